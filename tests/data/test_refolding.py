"""Are states that an older version folded folded anew before anything is decided, all of them or none?"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from data.errors import Corrupt, Unavailable
from data.postgres.store import PostgresStore
from data.sql.record import SqlStore
from data.sqlite.store import SqliteStore
from data.store import Machine
from tests.contract.postgresql import fresh_url
from tests.data.recorded import FORMER, STORIES, ledger_of, record
from tests.golden.reading import states_of
from workflows.machine import RetirementMachine

Open = Callable[..., SqlStore]


class Of(RetirementMachine):
    """The real machine of another version."""

    def __init__(self, fold_version: int) -> None:
        self.fold_version = fold_version


TODAY = Of(3)


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the same record each time, as another process would."""
    stores: list[SqlStore] = []
    url = fresh_url() if request.param == "postgresql" else ""

    def opening(machine: Machine = TODAY, *, read_only: bool = False) -> SqlStore:
        if url:
            stores.append(PostgresStore(url, machine, read_only=read_only))
        else:
            stores.append(SqliteStore(tmp_path / "emeritus.db", machine, read_only=read_only))
        return stores[-1]

    yield opening
    for store in stores:
        store.close()


def left_by(opened: Open, story: str, *, fold_version: int) -> None:
    with closing(opened(Of(fold_version))) as store:
        record(store, story, fold_version=fold_version)


@pytest.mark.parametrize("story", STORIES)
def test_states_of_an_older_fold_are_folded_anew_when_the_record_is_opened(opened: Open, story: str) -> None:
    left_by(opened, story, fold_version=2)
    store = opened()

    expected = json.loads(states_of(ledger_of(story)).read_text(encoding="utf-8"))
    assert {stream: json.loads(store.state(stream) or b"") for stream in store.streams()} == expected
    assert store.verify().bad == ""


def test_a_record_from_before_folds_were_counted_is_folded_anew(opened: Open) -> None:
    left_by(opened, "vetoed", fold_version=0)

    assert opened(RetirementMachine()).verify().bad == ""


def test_states_of_this_fold_are_left_alone(opened: Open) -> None:
    left_by(opened, "vetoed", fold_version=3)

    assert opened().state("RET-1") == FORMER


def test_folding_anew_says_how_far_it_is(opened: Open, caplog: pytest.LogCaptureFixture) -> None:
    left_by(opened, "vetoed", fold_version=2)
    with caplog.at_level(logging.WARNING, logger="emeritus.record"):
        opened().close()
        opened()

    first, last = (entry.getMessage() for entry in caplog.records)
    assert first.endswith(": folding the states anew for this version, 0 of 2")
    assert last.endswith(": 2 states folded anew")


def test_whoever_only_reads_is_told_who_folds_them_anew(opened: Open) -> None:
    left_by(opened, "vetoed", fold_version=2)

    with pytest.raises(
        Unavailable,
        match=r"has states as an older Emeritus folded them\. Run emeritus serve on it once, which folds them anew",
    ):
        opened(read_only=True)


@pytest.mark.parametrize("read_only", [False, True], ids=["to write", "to read"])
def test_states_of_a_newer_fold_are_left_to_its_version(opened: Open, read_only: bool) -> None:
    left_by(opened, "vetoed", fold_version=4)

    with pytest.raises(
        Unavailable, match=r"was written by a newer Emeritus \(states of fold 4\)\. Install that version"
    ):
        opened(read_only=read_only)


def test_an_entry_that_cannot_be_folded_is_named_and_every_state_stays(opened: Open) -> None:
    left_by(opened, "vetoed", fold_version=2)
    with closing(opened(Of(2))) as store:
        store.write(
            lambda conn: conn.execute(
                "UPDATE events SET stored = ? WHERE stream = 'RET-1' AND version = 2",
                (b'{"event":{"event":"eaten"}}',),
            )
        )
    with pytest.raises(Corrupt) as refused:
        opened()

    assert str(refused.value) == (
        "RET-1 entry 2 cannot be folded (Invalid value 'eaten' - at `$.event`); all states stay as they were. "
        "Run emeritus verify, and restore the last backup if it names an entry"
    )
    store = opened(Of(2))
    assert {store.state(stream) for stream in store.streams()} == {FORMER}


def test_nothing_is_folded_anew_while_an_older_version_still_writes() -> None:
    url = fresh_url()
    with closing(PostgresStore(url, Of(2))) as older:
        record(older, "vetoed", fold_version=2)
        with pytest.raises(Unavailable) as refused:
            PostgresStore(url, TODAY)
        assert str(refused.value) == (
            f"{older.name} is in use by an older Emeritus. Wait until that has ended, then try again"
        )
        assert older.state("RET-1") == FORMER

    with closing(PostgresStore(url, TODAY)) as store:
        assert store.verify().bad == ""
