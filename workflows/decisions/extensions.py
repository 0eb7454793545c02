"""Votes on more time: for callers that were found, and for owners who ask for it; ended by people or by events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from data import events
from data.records.decision import Timer
from data.records.facts import Facts
from data.records.retirement import Obligation, Retirement
from data.records.rounds import Purpose
from workflows.decisions.decided import (
    RetirementDecision,
    decided,
    folded,
    held_again,
    owners_timer,
    running_timers,
)
from workflows.decisions.rounds import begun_round
from workflows.rules.plans import extending
from workflows.rules.voting.verdicts import Verdict
from workflows.rules.wording import counted

DATES_MOVED = "the dates have moved meanwhile"
PAST = "past"
"""How a request ends whose day came before anybody could be asked, or by which the dates have moved anyway."""
DATES_PAST = "its dates are past, or nearly, before it could be held"


class Ended(NamedTuple):
    """What the end of a vote that nobody decided leads to; nothing where none was open."""

    events: tuple[events.ExtensionDropped | events.ObjectionEnded, ...] = ()
    timers: tuple[Timer, ...] = ()
    cancels: tuple[str, ...] = ()


def met(state: Retirement, facts: Facts, now: datetime) -> tuple[events.RetirementEvent, ...]:
    """Close the vote that is open where nobody needs the time any more, and open one for whoever does.

    Nobody is there to hear a refusal: it is opened though a role may have nobody to vote in it, and the card says so.
    """
    over: tuple[events.RetirementEvent, ...] = overtaken(state, now).events
    after = folded(state, over)
    over = (*over, *_decided(extending.lapsed(after, now), PAST, now))
    after = folded(state, over)
    found, wishes = extending.to_vote_on(after), extending.wishes_to_vote_on(after)
    if not found and not wishes:
        return over
    assert state.policy is not None
    dates = extending.later_dates(after, found, now, wishes)
    round_ = begun_round(
        number=after.rounds + 1,
        purpose=Purpose.EXTEND,
        opened_by=events.EMERITUS,
        review_until=now,
        members=facts.members,
        policy=state.policy,
        now=now,
    )
    round_ = replace(round_, expires_at=extending.open_until(dates, state.policy, now))
    return (*over, events.ExtensionProposed(at=now, by=events.EMERITUS, dates=dates, round=round_))


def _decided(
    wishes: Iterable[Obligation], granted: str, now: datetime
) -> tuple[events.ExtensionDecided, ...]:
    return tuple(
        events.ExtensionDecided(
            at=now,
            by=events.EMERITUS,
            consumer_id=duty.consumer.consumer_id,
            number=duty.extension.number,
            granted=granted,
        )
        for duty in wishes
        if duty.extension is not None
    )


def overtaken(state: Retirement, now: datetime) -> Ended:
    """Whoever is left of those the vote is about has moved, was vouched for, or was asked all along."""
    if not extending.is_overtaken(state):
        return Ended()
    return set_aside(state, now, "nobody it is about needs more time any more")


def set_aside(state: Retirement, now: datetime, because: str) -> Ended:
    """The vote on more time that is open ends undecided; who still needs the time is voted on anew once that can be."""
    if state.later is None:
        return Ended()
    assert state.round is not None
    number = state.round.number
    event = events.ExtensionDropped(at=now, by=events.EMERITUS, round_number=number, because=because)
    timers = (*held_again(folded(state, (event,)), now), owners_timer(now))
    return Ended((event,), timers, ("round/*",))


def settled(
    state: Retirement,
    happened: tuple[events.RetirementEvent, ...],
    verdict: Verdict,
    now: datetime,
    reply: str,
) -> RetirementDecision:
    """With approval the dates are those that were voted on, to the day; else they stay, and what holds a step does."""
    after = folded(state, happened)
    assert after.round is not None
    assert after.later is not None
    number, by = after.round.number, events.EMERITUS
    wishes, later = extending.wished_for(after), after.later
    # A ballot that was taken in while the vote was open can be heard long after that.
    is_past = extending.migrate_by(after.later) <= now
    if verdict is not Verdict.APPROVED or is_past:
        because = DATES_PAST if verdict is Verdict.APPROVED else ""
        dropped = events.ExtensionDropped(at=now, by=by, round_number=number, because=because)
        over: tuple[events.RetirementEvent, ...] = (
            dropped,
            *_decided(wishes, "no" if not because else PAST, now),
        )
        timers = (*held_again(folded(after, over), now), owners_timer(now))
        return decided(state, *happened, *over, timers=timers, cancels=("round/*",), reply=reply)
    plan = extending.plan_with(after, after.later)
    assert plan.digest == after.later.plan_digest, "the plan has changed under an open vote on its dates"
    agreed = events.ExtensionAgreed(at=now, by=by, round_number=number, plan_digest=plan.digest)
    for_whom = {
        "for callers that were found": bool(later.consumer_ids),
        "that owners asked for": bool(later.wishes),
    }
    whose = " and ".join(who for who, is_so in for_whom.items() if is_so)
    because = f"people voted for {counted(later.days, 'more day')} {whose}"
    moved = events.Amended(at=now, by=by, plan=plan, because=because, answer_by="stays")
    given = _decided(wishes, "yes", now)
    last = folded(after, (agreed, *given, moved))
    timers = running_timers(last, now) if state.paused_at is None else ()
    return decided(
        state,
        *happened,
        agreed,
        *given,
        moved,
        timers=(*timers, owners_timer(now)),
        cancels=("round/*", "remind/*", "escalate/*"),
        reply=reply,
    )
