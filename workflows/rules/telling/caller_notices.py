"""Who hears of callers nobody declares, and of calls after somebody said to have moved?"""

from __future__ import annotations

from collections.abc import Iterable

from data import events
from data.records.catalog import Owners
from data.records.decision import Effect
from data.records.retirement import Retirement
from workflows.rules.consumers.callers import AT_ONCE, MESSAGES_MAX
from workflows.rules.telling import announcement, messages


def for_event(
    before: Retirement,
    state: Retirement,
    event: events.CallersSeen
    | events.CallerClaimed
    | events.CallerDeclared
    | events.Reopened
    | events.ServiceMissed
    | events.WaiverOutdated,
    version: int,
) -> Iterable[Effect]:
    """The thread asks once; answers are drawn into the question, and whoever has to move now is told."""
    match event:
        case events.CallersSeen():
            # Who was declared for a while is asked about anew: not in two messages.
            yield from redrawn(before, [one.consumer.consumer_id for one in event.callers])
            for part in range(min(MESSAGES_MAX, -(-len(event.callers) // AT_ONCE))):
                key = messages.callers_key(state, version, part)
                yield messages.in_thread(state, key, "callers", asked=str(version), part=str(part))
        case events.CallerClaimed():
            yield from redrawn(state, (event.consumer_id,))
            yield from _asked(before, state, event.consumer_id, event.consumer_id, version)
        case events.CallerDeclared():
            yield from redrawn(state, (event.consumer_id,))
            yield from _asked(before, state, event.consumer_id, event.declared_as, version)
        case events.Reopened():
            consumer_id = event.calls.consumer_id
            # Whoever has taken it over since is told as others are who take something over.
            for slack_id in _stayed(before, consumer_id, event.owners):
                key = f"{state.id}/reopened/{version}/{slack_id}"
                yield messages.direct(key, "reopened", slack_id, first=str(version), last=str(version))
            yield from _asked(before, state, consumer_id, consumer_id, version)
        case events.WaiverOutdated():
            for slack_id in _stayed(before, event.consumer_id, event.owners):
                key = messages.handed_key(state, version, slack_id)
                yield messages.direct(key, "handed", slack_id, consumer_ids=event.consumer_id)
            yield from _asked(before, state, event.consumer_id, event.consumer_id, version)
        case events.ServiceMissed():
            for slack_id in event.to:
                key = f"{state.id}/missed/{version}/{slack_id}"
                yield messages.direct(key, "missed", slack_id, first=str(version), last=str(version))


def _stayed(before: Retirement, consumer_id: str, now: Owners) -> list[str]:
    duty = before.obligation(consumer_id)
    was = duty.consumer.owners if duty is not None else Owners()
    return [one for one in now.slack_ids if one in was.slack_ids and now.team_id == was.team_id]


def redrawn(state: Retirement, consumer_ids: Iterable[str] | None = None) -> Iterable[Effect]:
    """The questions that ask about these callers, or about any, as they stand now."""
    wanted = None if consumer_ids is None else set(consumer_ids)
    drawn = {
        (one.asked, one.part)
        for one in state.callers
        if one.part < MESSAGES_MAX and (wanted is None or one.consumer.consumer_id in wanted)
    }
    for asked, part in sorted(drawn):
        key = messages.callers_key(state, asked, part)
        yield messages.edit(key, "callers", asked=str(asked), part=str(part))


def _asked(
    before: Retirement, state: Retirement, was_id: str, consumer_id: str, version: int
) -> Iterable[Effect]:
    """Whoever answers for it from now on is told as owners are; lists of whoever did until now are drawn anew."""
    yield from announcement.redrawn(before, (was_id,))
    if state.obligation(consumer_id) is not None:
        yield from announcement.joined(before, state, (consumer_id,), version)
        yield from announcement.redrawn(state, (consumer_id,))
