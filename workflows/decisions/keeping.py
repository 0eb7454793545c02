"""Legal holds: whoever has a say in a retirement may place one, and only whom the policy names ends it."""

from __future__ import annotations

from datetime import datetime

from data import events
from data.errors import NotFound, Refused
from data.records.facts import Facts
from data.records.keeping import Hold
from data.records.retirement import Retirement
from workflows.commands import PlaceHold, ReleaseHold
from workflows.decisions.decided import RetirementDecision, decided
from workflows.rules.lifecycle import CALLED_OFF
from workflows.rules.permissions import check
from workflows.rules.voting.barring import check_is_colleague
from workflows.rules.voting.proving import check_proof
from workflows.rules.wording import counted

NOBODY = "Nobody who can be reached may: have whoever runs Emeritus name them in [holds] of its policy"


def place(state: Retirement, command: PlaceHold, facts: Facts, now: datetime) -> RetirementDecision:
    """At any time: what is not archived yet is held as soon as it is."""
    check("place hold", command.by, state, facts, doing="place a legal hold on")
    if state.state in CALLED_OFF and state.archived is None:
        raise Refused(
            f"Nothing of {state.id} is kept: it is {state.state}, and was never archived",
            next_step="/retire list all has the retirements whose archives there are",
        )
    check_is_colleague(facts, "A legal hold of yours")
    number = state.holds_placed + 1
    event = events.HoldPlaced(at=now, by=command.by, number=number, why=command.why)
    since = "from now on" if state.archived else "once it is archived"
    return decided(state, event, reply=f"Hold {number} of {state.id} keeps everything {since}.")


def release(state: Retirement, command: ReleaseHold, facts: Facts, now: datetime) -> RetirementDecision:
    """One hold at a time, with the reason: others go on, and so do the days of the policy."""
    check(
        "release hold",
        command.by,
        state,
        facts,
        doing="release a legal hold of",
        people=facts.holders,
        next_step="" if facts.holders else NOBODY,
    )
    held = _meant(state, command.number)
    check_is_colleague(facts, "What you release")
    event = events.HoldReleased(
        at=now,
        by=command.by,
        number=held.number,
        why=command.why,
        entitled=facts.holders,
        proof=check_proof(facts),
    )
    left = len(state.holds) - 1
    goes_on = f"{counted(left, 'hold')} on it {'goes' if left == 1 else 'go'} on" if left else "none is left"
    return decided(state, event, reply=f"Hold {held.number} of {state.id} is released; {goes_on}.")


def _meant(state: Retirement, number: int) -> Hold:
    if not state.holds:
        raise Refused(
            f"There is no legal hold on {state.id}", next_step=f"See where it stands: /retire show {state.id}"
        )
    found = next((one for one in state.holds if one.number == number), None)
    if found is None:
        raise NotFound("hold", str(number), closest=[str(one.number) for one in state.holds])
    return found
