"""Who hears that the catalog has a consumer under another id, and that two are one, or one is two again?

The thread has a line. Whoever answers already has it before them, and it is drawn anew; only what is asked for by
itself again notifies anybody.
"""

from __future__ import annotations

from collections.abc import Iterable

from data import events
from data.records.decision import Effect
from data.records.retirement import Retirement
from workflows.rules.telling import announcement, caller_notices, messages


def for_event(
    before: Retirement, state: Retirement, event: events.IdsChanged, version: int
) -> Iterable[Effect]:
    was = dict.fromkeys((*event.ids, *map(before.id_of, event.ids)))
    now = dict.fromkeys(map(state.id_of, was))
    yield from announcement.redrawn(before, was, patience_seconds=messages.HOUR)
    yield from announcement.joined(before, state, event.apart_ids, version)
    yield from announcement.redrawn(state, now, patience_seconds=messages.HOUR)
    declared = [one.consumer.consumer_id for one in state.callers if one.declared_as in event.ids]
    yield from caller_notices.redrawn(state, declared)
    # Of a request for more time the old message says where it is now.
    asked_before = set(_requests(before))
    for one, number in _requests(state):
        if (one, number) not in asked_before:
            key = messages.extension_key(state, one, number)
            yield messages.in_thread(state, key, "extension", consumer_id=one, number=str(number))


def _requests(state: Retirement) -> Iterable[tuple[str, int]]:
    return (
        (duty.consumer.consumer_id, duty.extension.number)
        for duty in state.obligations
        if duty.extension is not None
    )
