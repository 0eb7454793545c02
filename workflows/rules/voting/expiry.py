"""What does the end of a round without a quorum lead to? What the policy says, within bounds no policy lifts.

Silence of some roles is consent only where somebody said yes, nobody said no, and the model is of a lesser tier: for
the strictest one, where nobody knows the tier, and where a regulation binds it, it never is. A round is prolonged once.
Calling off and more time are not agreed to by silence: with no answer everything stays as it was voted on.
"""

from __future__ import annotations

from collections.abc import Mapping

from data.records.policy import OnExpiry
from data.records.retirement import Retirement
from data.records.rounds import Purpose
from workflows.rules.people.lines import lead_of
from workflows.rules.voting.quorum import awaited
from workflows.rules.voting.weighing import may_be_agreed_to_by_silence


def on_expiry(state: Retirement) -> OnExpiry:
    """What holds for the round of this retirement as it stands."""
    assert state.policy is not None
    assert state.plan is not None
    if state.round is None or state.round.purpose is not Purpose.RETIRE:
        return OnExpiry.EXPIRE
    match state.policy.on_expiry:
        case OnExpiry.APPROVE if may_be_agreed_to_by_silence(state):
            return OnExpiry.APPROVE
        case OnExpiry.ESCALATE if state.prolonged != state.round.number:
            return OnExpiry.ESCALATE
        case _:
            return OnExpiry.EXPIRE


def leads(state: Retirement, managers: Mapping[str, str]) -> dict[str, str]:
    """Role that is short -> who is above most of those whose votes are awaited in it; without those nobody is above."""
    found = {role: lead_of(people, managers, state.unreached) for role, people in awaited(state).items()}
    return {role: lead for role, lead in found.items() if lead}
