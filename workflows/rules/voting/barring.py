"""Who never counts, whatever role they have: whoever asks for a vote, or drew up what is voted on, who stands in for
them or they for whom, and who is no colleague.
"""

from __future__ import annotations

from data.errors import Refused
from data.records.delegation import Account
from data.records.facts import Facts
from data.records.retirement import Retirement
from data.records.rounds import Choice, Purpose, Round
from workflows.rules.people.delegating import InForce, answers_for, chain


def barred(round_: Round, state: Retirement) -> frozenset[str]:
    """Who never counts: whoever opened the round, and where it approves a plan also who proposed it or drew it up.

    And whoever asks for the time that is voted on, or objects.
    """
    found = {round_.opened_by, round_.opened_for, *askers(round_, state)}
    if round_.purpose is not Purpose.CANCEL:
        found |= {state.proposer_id, *state.drawn_by}
    return frozenset(found - {""})


def askers(round_: Round, state: Retirement) -> tuple[str, ...]:
    """The owners this round is about, and who spoke for them."""
    if round_.purpose is Purpose.EXTEND and state.later is not None:
        return state.later.asked_by
    if round_.purpose is not Purpose.OVERRULE:
        return ()
    found = (one for one in state.obligations if one.objection and one.objection.number == state.objected)
    return tuple(who for one in found for who in (one.changed_by, one.changed_for) if who)


def why_barred(person: str, round_: Round, state: Retirement) -> str:
    """What such a person did."""
    if person == round_.opened_by:
        return "opened this round"
    if person == round_.opened_for:
        return f"had this round opened by <@{round_.opened_by}>"
    if person in askers(round_, state):
        return "objects" if round_.purpose is Purpose.OVERRULE else "asked for what is voted on"
    return "proposed this retirement" if person == state.proposer_id else "drew up this plan"


def in_place_of(person: str, state: Retirement, delegations: InForce) -> str:
    """The coordinator, where somebody may ask for a vote only as their delegate; empty for who may by themselves."""
    if person in (state.coordinator_id, state.proposer_id):
        return ""
    return state.coordinator_id if person in chain(state.coordinator_id, delegations) else ""


def beside_barred(voter_id: str, round_: Round, state: Retirement, delegations: InForce) -> str:
    """Whoever never counts in this round, and answers for this person or has them answer; empty where nobody does."""
    return answers_for(voter_id, sorted(barred(round_, state)), delegations)


def check_votes_for_themselves(
    voter_id: str, state: Retirement, choice: Choice, delegations: InForce
) -> None:
    """Raises `Refused` for who is bound to somebody that has no vote here. A vote cast before may be taken back."""
    round_ = state.round
    assert round_ is not None
    behind = beside_barred(voter_id, round_, state, delegations)
    has_voted = any(cast.voter_id == voter_id for cast in round_.ballots)
    if not behind or (has_voted and choice is Choice.ABSTAIN):
        return
    did = why_barred(behind, round_, state)
    if voter_id in chain(behind, delegations):
        raise Refused(
            "Your vote does not count",
            reasons=[f"you answer for <@{behind}> now, who {did}"],
            next_step="Run /retire delegate off @them, which tells them, and vote; or ask a colleague in the role",
        )
    raise Refused(
        "Your vote does not count",
        reasons=[f"<@{behind}>, who {did}, answers for you now"],
        next_step="Run /retire delegate off, which tells them, and vote; or ask a colleague in the role",
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
