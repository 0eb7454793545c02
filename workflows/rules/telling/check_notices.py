"""How a check ended is in the thread, with what it said, in a message of its own that `/retire show` leads to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from data import events
from data.records.decision import Effect
from data.records.retirement import Retirement
from workflows.rules.telling import messages


def logs(state: Retirement, happened: Sequence[events.RetirementEvent]) -> Iterable[Effect]:
    """A message for each that said something. `state` is the one after all of these."""
    for version, event in enumerate(happened, start=state.version - len(happened) + 1):
        if isinstance(event, events.CheckEnded) and event.log:
            key = messages.check_log_key(state.id, event.consumer_id, event.name, event.run)
            yield messages.in_thread(state, key, "check log", first=str(version), last=str(version))


def are_logs(happened: Sequence[events.RetirementEvent]) -> bool:
    """Is all that happened told with a log, so that no line has to say it again?"""
    return all(isinstance(event, events.CheckEnded) and bool(event.log) for event in happened)
