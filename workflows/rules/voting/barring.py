"""Who never counts, whatever role they have: whoever asks for a vote, who answers for them, and who is no colleague."""

from __future__ import annotations

from data.errors import Refused
from data.records.delegation import Account
from data.records.facts import Facts
from data.records.retirement import Retirement
from data.records.rounds import Choice, Purpose, Round
from workflows.rules.people.delegating import InForce, chain


def barred(round_: Round, state: Retirement) -> frozenset[str]:
    """Who never counts: whoever opened the round, and where it approves a plan also whoever proposed it first."""
    is_about_a_plan = round_.purpose is not Purpose.CANCEL
    return frozenset({round_.opened_by, state.proposer_id} if is_about_a_plan else {round_.opened_by})


def instead_of_barred(voter_id: str, round_: Round, state: Retirement, delegations: InForce) -> str:
    """Whoever never counts in this round and has this person answer for them; empty where nobody does."""
    behind = sorted(one for one in barred(round_, state) if voter_id in chain(one, delegations))
    return behind[0] if behind else ""


def check_votes_for_themselves(
    voter_id: str, state: Retirement, choice: Choice, delegations: InForce
) -> None:
    """Raises `Refused` for who answers for somebody that has no vote here. What they cast before they may take back."""
    assert state.round is not None
    behind = instead_of_barred(voter_id, state.round, state, delegations)
    has_voted = any(cast.voter_id == voter_id for cast in state.round.ballots)
    if not behind or (has_voted and choice is Choice.ABSTAIN):
        return
    is_proposer = behind == state.proposer_id and state.round.purpose is not Purpose.CANCEL
    what = "proposed this retirement" if is_proposer else "opened this round"
    raise Refused(
        "Your vote does not count",
        reasons=[f"you answer for <@{behind}> now, who {what}"],
        next_step="Run /retire delegate off @them, which tells them, and vote; or ask a colleague in the role",
    )


def check_is_colleague(facts: Facts, what: str) -> None:
    """Raises `Refused` for a guest, a bot, an account that is off, and whoever is of another workspace or unknown."""
    if facts.account is not Account.MEMBER:
        raise Refused(
            f"{what} does not count",
            reasons=[f"by Slack this account is {facts.account}, and only a member's own name counts"],
            next_step="Ask a colleague in the role, or whoever runs this workspace to make it a member's; where Slack "
            "should know it, emeritus doctor says what Emeritus may not ask",
        )
