"""Imports on a schedule: what is read when, and what people hear of one that fails.

A failing import changes nothing: what its source told before still counts, and it is tried at its next hour.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from data import events
from data.records.decision import Decision, Effect, EffectKind, Timer
from data.records.facts import Facts
from data.records.imports import Failing, Imports
from data.records.retirement import Retirement
from workflows.commands import RecordImport, RunImport, ScheduleImports, encoded
from workflows.rules.permissions import check
from workflows.rules.telling.messages import in_channel

STREAM = "imports"
TOLD_AGAIN = timedelta(days=7)
"""A source nobody mends is told again after this: ours, because the catalog is a week older by then."""

ImportEvent = events.ImportsScheduled | events.ImportFailed | events.ImportMended


def evolve(state: Imports, event: ImportEvent) -> Imports:
    match event:
        case events.ImportsScheduled():
            kept = tuple(one for one in state.failing if event.has(one.name))
            state = replace(state, scheduled=event.scheduled, failing=kept)
        case events.ImportFailed():
            before = state.failure(event.name)
            failing = Failing(
                name=event.name, since=before.since if before else event.at, told_at=event.at, why=event.why
            )
            state = replace(state, failing=(*_others(state, event.name), failing))
        case events.ImportMended():
            state = replace(state, failing=_others(state, event.name))
    return replace(state, version=state.version + 1)


def _others(state: Imports, name: str) -> tuple[Failing, ...]:
    return tuple(one for one in state.failing if one.name != name)


def schedule(
    state: Imports, command: ScheduleImports, facts: Facts, now: datetime
) -> Decision[events.AnyEvent]:
    """What is new, or is read otherwise than before, is read at once; all else at the hour it had."""
    check("schedule imports", command.by, Retirement(id=""), facts)
    if command.scheduled == state.scheduled:
        return Decision()
    moved = [one for one in command.scheduled if state.named(one.name) != one]
    kept = {one.name for one in command.scheduled}
    return Decision(
        events=(events.ImportsScheduled(at=now, by=command.by, scheduled=command.scheduled),),
        cancels=tuple(_timer_name(one.name) for one in state.scheduled if one.name not in kept),
        timers=tuple(_timer(one.name, now) for one in moved),
    )


def run(state: Imports, command: RunImport, facts: Facts, now: datetime) -> Decision[events.AnyEvent]:
    """Read it, and again after its hours. After downtime it is read once."""
    check("run import", command.by, Retirement(id=""), facts)
    one = state.named(command.name)
    if one is None:  # it was taken off the schedule as it fell due
        return Decision()
    reading = Effect(
        key=f"imports/{one.name}",
        kind=EffectKind.IMPORT,
        lane=f"imports/{one.name}",
        body={"name": one.name},
        refresh=True,
    )
    again = _timer(one.name, now + timedelta(hours=one.every_hours))
    return Decision(timers=(again,), effects=(reading,))


def record(state: Imports, command: RecordImport, facts: Facts, now: datetime) -> Decision[events.AnyEvent]:
    """People hear of the first failure, of one that lasts each week, and that it is over."""
    check("record import", command.by, Retirement(id=""), facts)
    assert facts.policy is not None
    failing = state.failure(command.name)
    if state.named(command.name) is None:
        return Decision()
    if not command.why:
        if failing is None:
            return Decision()
        mended = events.ImportMended(at=now, by=command.by, name=command.name)
        return Decision(events=(mended,), effects=(_told(state, "import mended", facts, name=command.name),))
    if failing is not None and now - failing.told_at < TOLD_AGAIN:
        return Decision()
    failed = events.ImportFailed(at=now, by=command.by, name=command.name, why=command.why)
    told = _told(state, "import failed", facts, name=command.name, why=command.why)
    return Decision(events=(failed,), effects=(told,))


def _told(state: Imports, notice: str, facts: Facts, **body: str) -> Effect:
    return in_channel(f"imports/told/{state.version + 1}", notice, facts, lane="imports", **body)


def _timer(name: str, due_at: datetime) -> Timer:
    command = RunImport(by=events.EMERITUS, name=name)
    return Timer(name=_timer_name(name), due_at=due_at, command=encoded(command))


def _timer_name(name: str) -> str:
    return f"import/{name}"
