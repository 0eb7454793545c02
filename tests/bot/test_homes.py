"""Looking whose Home is out of date goes on whatever happens, says once that it cannot, and leaves answers alone."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.homes import Homes
from bot.world import CalendarWorld
from data.catalog.catalog import Catalog
from data.errors import Unavailable
from data.sqlite.store import SqliteStore
from workflows.machine import RetirementMachine


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "emeritus.db", RetirementMachine())
    yield opened
    opened.close()


def test_what_keeps_it_from_looking_is_said_once_and_it_looks_again(
    store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    came_through = threading.Event()

    class Hindered(Homes):
        looks = 0

        def look(self) -> None:
            self.looks += 1
            if self.looks < 4:
                raise Unavailable("the database is away")
            if self.looks == 4:
                raise ValueError("U0SOMEBODY")
            came_through.set()

    homes = Hindered(store, Catalog(store), CalendarWorld(), lambda: None, look_seconds=0.001)
    with caplog.at_level(logging.WARNING):
        homes.start()
        assert came_through.wait(5)
        homes.stop()
    said = [record.getMessage() for record in caplog.records]
    assert said[0] == "Homes are not looked at: the database is away"
    assert [one.partition("\n")[0] for one in said[1:]] == ["a look at Homes failed"]
    assert "U0SOMEBODY" not in "".join(said)


def test_a_record_that_does_not_answer_keeps_no_answer_from_anybody(store: SqliteStore) -> None:
    homes = Homes(store, Catalog(store), CalendarWorld(), lambda: None)
    store.close()
    homes.acted({"user": "U0SOMEBODY"})
    homes.acted({"user": "U0SOMEBODY", "home": "answers 2"})


def test_who_never_opened_their_home_gets_none(store: SqliteStore) -> None:
    homes = Homes(store, Catalog(store), CalendarWorld(), lambda: None)
    homes.acted({"user": "U0SOMEBODY"})
    homes.acted({})
    homes.look()
    assert store.kept("home/") == ()


def test_one_whose_id_begins_another_ones_is_somebody_else(store: SqliteStore) -> None:
    homes = Homes(store, Catalog(store), CalendarWorld(), lambda: None)
    homes.acted({"user": "U012", "home": "overview 1"})
    homes.acted({"user": "U01"})
    assert [one.effect.key for one in store.kept("home/")] == ["home/U012"]
