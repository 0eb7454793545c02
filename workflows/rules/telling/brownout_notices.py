"""Who hears of brownouts? The thread, in one message for each; and whoever answers for a consumer, before and after."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from data import events
from data.events.brownouts import (
    BrownoutAborted,
    BrownoutAnnounced,
    BrownoutBegun,
    BrownoutCounted,
    BrownoutEnded,
    BrownoutEvent,
    BrownoutSkipped,
    ConsumerExempted,
)
from data.records.brownouts import BrownoutState
from data.records.decision import Effect
from data.records.retirement import Retirement
from workflows.rules.consumers.obligations import people_of
from workflows.rules.plans.browned import seen, window
from workflows.rules.telling import messages

NOTICE, TOLD = "brownout", "brownout told"
AHEAD, BEGUN, OVER = "ahead", "begun", "over"


def told(
    before: Retirement, state: Retirement, happened: Sequence[events.RetirementEvent]
) -> Iterable[Effect]:
    """`state` is the one after all that happened."""
    for version, event in enumerate(happened, start=state.version - len(happened) + 1):
        if isinstance(event, BrownoutEvent):
            yield from _of_event(before, state, event, version)


def _of_event(before: Retirement, state: Retirement, event: BrownoutEvent, version: int) -> Iterable[Effect]:
    """Told once each; the message in the thread always shows how it stands."""
    match event:
        case BrownoutAnnounced():
            yield from _in_thread(before, state, event.number)
            yield from _direct(state, event.number, AHEAD, version)
        case BrownoutBegun():
            yield from _in_thread(before, state, event.number)
            yield from _direct(state, event.number, BEGUN, version)
        case BrownoutEnded():
            if _is_told(before, event.number):
                yield from _in_thread(before, state, event.number)
                # Whoever moved, and did not call, has nothing to do about it.
                yield from _direct(state, event.number, OVER, version, of=event.refused)
        case BrownoutAborted() | BrownoutSkipped():
            if _is_told(before, event.number):
                yield from _in_thread(before, state, event.number)
                yield from _direct(state, event.number, OVER, version)
        case BrownoutCounted():
            if _is_told(before, event.number):
                yield from _in_thread(before, state, event.number)
        case ConsumerExempted():
            for number, _ in enumerate(state.plan.windows if state.plan else (), start=1):
                if _is_told(before, number):
                    yield from _in_thread(before, state, number)


def is_wanted(state: Retirement, number: int, what: str) -> bool:
    """Of one that is over nobody need hear that it is near."""
    one = seen(state, number)
    if what == BEGUN:
        return one is not None and one.state is BrownoutState.RUNNING
    return one is None if what == AHEAD else True


def _is_told(state: Retirement, number: int) -> bool:
    found = window(state, number)
    return found is not None and found.starts_at in state.brownouts_told


def _in_thread(before: Retirement, state: Retirement, number: int) -> Iterable[Effect]:
    found = window(state, number)
    if found is None:
        return
    key = f"{state.id}/announcement-{state.announced}/brownout/{number}/{found.starts_at:%Y%m%dT%H%M}"
    if _is_told(before, number):
        yield messages.edit(key, NOTICE, number=str(number))
    else:
        yield messages.in_thread(state, key, NOTICE, number=str(number))


def _direct(
    state: Retirement, number: int, what: str, version: int, *, of: Container[str] | None = None
) -> Iterable[Effect]:
    """To whoever answers for a consumer, or for one of these."""
    duties = [one for one in state.obligations if of is None or one.consumer.consumer_id in of]
    for person in people_of(duties):
        key = f"{state.id}/brownout-{version}/{what}/{person}"
        yield messages.direct(key, TOLD, person, number=str(number), what=what)
