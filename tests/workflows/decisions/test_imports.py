"""Imports on a schedule: set going, moved, taken off; who hears of one that fails, and how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from data import events
from data.errors import Refused
from data.events import EMERITUS
from data.records.decision import Decision
from data.records.imports import Failing, Imports, Scheduled
from tests.builders import PAT, facts_for
from workflows import commands as cmd
from workflows.decisions import imports

MONDAY = datetime(2027, 1, 4, 9, tzinfo=UTC)
REGISTRY = Scheduled(name="registry", format="mlflow", sources=("https://mlflow.example",), every_hours=6)
CATALOG = Scheduled(name="catalog", format="backstage", sources=("/srv/catalog",), every_hours=24)
BOTH = Imports(version=1, scheduled=(CATALOG, REGISTRY))


def scheduled(state: Imports, *wanted: Scheduled) -> Decision[events.AnyEvent]:
    return imports.schedule(state, cmd.ScheduleImports(by=EMERITUS, scheduled=wanted), facts_for(), MONDAY)


def recorded(state: Imports, *, why: str = "", at: datetime = MONDAY) -> Decision[events.AnyEvent]:
    command = cmd.RecordImport(by=EMERITUS, name="registry", why=why)
    return imports.record(state, command, facts_for(), at)


def folded(state: Imports, decision: Decision[events.AnyEvent]) -> Imports:
    for event in decision.events:
        assert isinstance(event, imports.ImportEvent)
        state = imports.evolve(state, event)
    return state


def timers(decision: Decision[events.AnyEvent]) -> dict[str, datetime]:
    return {timer.name: timer.due_at for timer in decision.timers}


def test_what_is_scheduled_first_is_read_at_once() -> None:
    decision = scheduled(Imports(), CATALOG, REGISTRY)
    assert timers(decision) == {"import/catalog": MONDAY, "import/registry": MONDAY}
    assert folded(Imports(), decision) == BOTH


def test_what_stays_keeps_its_hour_and_what_changed_is_read_at_once() -> None:
    decision = scheduled(BOTH, CATALOG, replace(REGISTRY, every_hours=1))
    assert timers(decision) == {"import/registry": MONDAY}
    assert scheduled(BOTH, CATALOG, REGISTRY) == Decision()


def test_what_is_taken_off_is_read_no_more_and_fails_no_more() -> None:
    failing = Failing(name="registry", since=MONDAY, told_at=MONDAY, why="gone")
    state = replace(BOTH, failing=(failing,))
    decision = scheduled(state, CATALOG)
    assert decision.cancels == ("import/registry",)
    after = folded(state, decision)
    assert (after.scheduled, after.failing) == ((CATALOG,), ())
    assert imports.run(after, cmd.RunImport(by=EMERITUS, name="registry"), facts_for(), MONDAY) == Decision()
    assert recorded(after, why="gone") == Decision()


def test_what_falls_due_is_read_and_falls_due_again_after_its_hours() -> None:
    late = MONDAY + timedelta(days=3)
    decision = imports.run(BOTH, cmd.RunImport(by=EMERITUS, name="registry"), facts_for(), late)
    (effect,) = decision.effects
    assert (effect.key, effect.body, effect.refresh) == ("imports/registry", {"name": "registry"}, True)
    assert timers(decision) == {"import/registry": late + timedelta(hours=6)}


def test_a_failure_is_told_once_and_after_a_week_again() -> None:
    first = recorded(BOTH, why="it does not answer")
    (effect,) = first.effects
    assert effect.body == {
        "notice": "import failed",
        "channel": "CGOV",
        "name": "registry",
        "why": "it does not answer",
    }
    state = folded(BOTH, first)
    assert recorded(state, why="it is empty", at=MONDAY + timedelta(days=6)) == Decision()
    again = recorded(state, why="it is empty", at=MONDAY + timedelta(days=7))
    assert again.effects[0].key != effect.key
    failing = folded(state, again).failure("registry")
    assert failing is not None
    assert (failing.since, failing.why) == (MONDAY, "it is empty")


def test_that_it_is_read_again_is_told_once() -> None:
    state = folded(BOTH, recorded(BOTH, why="it does not answer"))
    mended = recorded(state)
    assert [effect.body["notice"] for effect in mended.effects] == ["import mended"]
    state = folded(state, mended)
    assert state.failing == ()
    assert recorded(state) == Decision()


@pytest.mark.parametrize(
    ("decide", "command"),
    [
        (imports.schedule, cmd.ScheduleImports(by=PAT, scheduled=())),
        (imports.run, cmd.RunImport(by=PAT, name="registry")),
        (imports.record, cmd.RecordImport(by=PAT, name="registry")),
    ],
)
def test_only_time_does_any_of_it(decide, command) -> None:
    with pytest.raises(Refused, match="only time does this"):
        decide(BOTH, command, facts_for(), MONDAY)
