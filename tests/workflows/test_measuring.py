"""What retirements came to is read from their events, and read again once more have happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from data import events
from data.records.decision import Decision
from data.records.facts import Facts
from data.sqlite.store import SqliteStore
from data.store import Store
from tests.builders import PROPOSED_AT, Story, a_dark, a_proposed, a_running_retirement, facts_for
from workflows.engine import all_retirements
from workflows.machine import RetirementMachine
from workflows.measuring import outcomes
from workflows.rules.hindsight.outcomes import outcome


class Retold(RetirementMachine):
    """Whatever is asked, what a story tells is what happened next."""

    def __init__(self) -> None:
        self.next: list[events.AnyEvent] = []

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: Facts | None, now: datetime
    ) -> Decision[events.AnyEvent]:
        return Decision(events=tuple(self.next))


@pytest.fixture
def machine() -> Retold:
    return Retold()


@pytest.fixture
def store(tmp_path: Path, machine: Retold) -> Iterator[Store]:
    with closing(SqliteStore(tmp_path / "a.db", machine)) as opened:
        yield opened


def retell(store: Store, machine: Retold, key: str, stream: str, happened: list[events.AnyEvent]) -> None:
    machine.next = happened
    store.transact(key, stream, "{}", facts_for(), PROPOSED_AT)


def of(story: Story) -> list[events.AnyEvent]:
    return [*story.happened]


def test_each_is_read_as_its_events_tell_and_again_when_it_goes_on(store: Store, machine: Retold) -> None:
    begun, dark = a_running_retirement(), a_dark()
    retell(store, machine, "1", "RET-1", of(begun))
    retell(store, machine, "2", "RET-2", of(dark))
    assert outcomes(store, all_retirements(store)) == (
        outcome("RET-1", begun.happened),
        outcome("RET-2", dark.happened),
    )
    before = len(begun.happened)
    assert dark.happened[:before] == begun.happened
    retell(store, machine, "3", "RET-1", of(dark)[before:])
    assert outcomes(store, all_retirements(store))[0] == outcome("RET-1", dark.happened)


def test_a_state_that_is_older_than_the_record_is_told_as_it_stood(store: Store, machine: Retold) -> None:
    story = a_dark()
    retell(store, machine, "1", "RET-1", of(story))
    (state,) = all_retirements(store)
    proposed = a_proposed()
    older = replace(state, version=len(proposed.happened))
    assert outcomes(store, [older]) == (outcome("RET-1", proposed.happened),)
    assert outcomes(store, [state]) == (outcome("RET-1", story.happened),)


def test_two_records_are_not_mixed_up(tmp_path: Path, store: Store, machine: Retold) -> None:
    other_machine = Retold()
    with closing(SqliteStore(tmp_path / "b.db", other_machine)) as other:
        retell(store, machine, "1", "RET-1", of(a_dark()))
        retell(other, other_machine, "1", "RET-1", of(a_running_retirement()))
        (here,), (there,) = (outcomes(one, all_retirements(one)) for one in (store, other))
    assert here.dark_on is not None
    assert there.dark_on is None
