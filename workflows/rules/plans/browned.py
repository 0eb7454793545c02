"""What became of the brownouts of a plan, and which of them is at hand? None begins late: what has missed its time is

skipped, and said. However one ends, calls are let through again: what holds it ends it by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from msgspec.structs import replace

from data.events.base import Event
from data.events.brownouts import (
    BrownoutAborted,
    BrownoutAnnounced,
    BrownoutBegun,
    BrownoutCounted,
    BrownoutEnded,
    BrownoutSkipped,
    ConsumerExempted,
    OnBrownouts,
)
from data.records.brownouts import BrownoutSeen, BrownoutState, Counted
from data.records.plan import Window
from data.records.progress import Progress, StepKind, StepProgress
from data.records.retirement import Retirement
from data.records.rounds import Purpose
from data.records.waivers import BROWNOUTS
from workflows.rules.consumers.vouching import who_vouches
from workflows.rules.voting.quorum import vote_beside

AHEAD = timedelta(minutes=15)
"""So long before it begins what holds it is told: enough for some tries, and for a person to read that it is held."""
TOLD_AHEAD = timedelta(days=1)


def seen(state: Retirement, number: int) -> BrownoutSeen | None:
    return next((one for one in state.brownouts if one.number == number), None)


def window(state: Retirement, number: int) -> Window | None:
    """None where the plan has none of this number, as another plan may."""
    windows = state.plan.windows if state.plan is not None else ()
    return windows[number - 1] if 0 < number <= len(windows) else None


def running(state: Retirement) -> BrownoutSeen | None:
    return next((one for one in state.brownouts if one.state is BrownoutState.RUNNING), None)


def ahead(state: Retirement) -> tuple[tuple[int, Window], ...]:
    """Those that neither began nor were skipped; none where somebody goes on without them."""
    if state.plan is None or who_vouches(state, BROWNOUTS):
        return ()
    over = {one.number for one in state.brownouts}
    return tuple(
        (number, one) for number, one in enumerate(state.plan.windows, start=1) if number not in over
    )


def is_on(state: Retirement) -> bool:
    """May there be one at all, as it stands?"""
    return state.is_migrating and state.paused_at is None and not state.restoring


def is_wanted(state: Retirement, number: int, plan_digest: str) -> bool:
    """Is this one of this plan to be held, or held on?"""
    if not is_on(state) or state.plan is None or state.plan.digest != plan_digest:
        return False
    found = seen(state, number)
    return number in dict(ahead(state)) if found is None else found.state is BrownoutState.RUNNING


def ends_with(before: Retirement, after: Retirement) -> str:
    """Why what runs now ends by what just happened; empty where it goes on."""
    one = running(before)
    if one is None or seen(after, one.number) not in (None, one):
        return ""
    if after.paused_at is not None:
        return "it is paused"
    if after.restoring or not after.is_migrating:
        return "service is asked back" if after.restoring else f"it is {after.state}"
    if who_vouches(after, BROWNOUTS):
        return "brownouts are waived"
    if (voting := vote_beside(after)) is not None and voting.purpose is Purpose.CANCEL:
        return "people vote on calling it off"
    return "its dates moved" if after.plan != before.plan else ""


def cut_short(before: Retirement, first: Event, why: str) -> BrownoutAborted:
    """What ends what runs, ahead of what happened."""
    one = running(before)
    assert one is not None
    return BrownoutAborted(at=first.at, by=first.by, number=one.number, because=why)


def is_called_off(before: Retirement, after: Retirement) -> bool:
    """Could there have been one, and can there be none any more, or another one?"""
    if before.plan is None or not before.plan.windows or not is_on(before):
        return False
    return not is_on(after) or after.plan != before.plan or (bool(ahead(before)) and not ahead(after))


def after(state: Retirement, event: OnBrownouts) -> Retirement:
    """The retirement once one of these has happened."""
    match event:
        case BrownoutAnnounced():
            return _told(state, event.number)
        case BrownoutBegun():
            became = BrownoutSeen(
                number=event.number, state=BrownoutState.RUNNING, at=event.at, before=event.before
            )
        case BrownoutEnded():
            became = BrownoutSeen(
                number=event.number, state=BrownoutState.HELD, at=event.at, refused=event.refused
            )
        case BrownoutAborted():
            became = BrownoutSeen(
                number=event.number,
                state=BrownoutState.ABORTED,
                at=event.at,
                why=event.because or str(event.why),
                before=() if event.refused else _before(state, event.number),
                refused=event.refused,
            )
        case BrownoutCounted():
            one = seen(state, event.number)
            if one is None:
                return state
            became = replace(one, before=(), refused=event.refused)
        case BrownoutSkipped():
            became = BrownoutSeen(
                number=event.number, state=BrownoutState.SKIPPED, at=event.at, why="; ".join(event.reasons)
            )
        case ConsumerExempted():
            return replace(state, exempt=(*state.exempt, event.consumer_id))
        case _:
            assert_never(event)
    others = tuple(one for one in state.brownouts if one.number != event.number)
    state = _told(state, event.number) if became.state is BrownoutState.RUNNING else state
    known = replace(state, brownouts=tuple(sorted((*others, became), key=lambda one: one.number)))
    return replace(known, steps=tuple(_come(one, known, event.at) for one in known.steps))


def _before(state: Retirement, number: int) -> tuple[Counted, ...]:
    """What had been counted when it began: as long as it is kept, nobody has said yet who called."""
    one = seen(state, number)
    return one.before if one is not None else ()


def uncounted(state: Retirement) -> BrownoutSeen | None:
    """One that was ended early, and of which nobody has said yet who called."""
    early = (one for one in state.brownouts if one.state is BrownoutState.ABORTED)
    return next((one for one in early if one.before), None)


def _told(state: Retirement, number: int) -> Retirement:
    found = window(state, number)
    if found is None or found.starts_at in state.brownouts_told:
        return state
    return replace(state, brownouts_told=(*state.brownouts_told, found.starts_at))


def _come(step: StepProgress, state: Retirement, at: datetime) -> StepProgress:
    """The step runs from the first that began on, and is done with the last."""
    if step.kind is not StepKind.BROWNOUT or state.plan is None:
        return step
    is_over = len(state.brownouts) == len(state.plan.windows) and running(state) is None
    progress = Progress.DONE if is_over else Progress.RUNNING
    return step if step.progress is progress else StepProgress(kind=step.kind, progress=progress, at=at)
