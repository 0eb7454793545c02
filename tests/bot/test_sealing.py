"""Is what is new sealed by itself, once for all processes, and by whoever is left?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.sealing import LATELY, Sealing
from bot.settings import read
from bot.signing_key import make
from bot.wiring import build
from bot.world import CalendarWorld
from data.log.checkpoints import opened
from data.sqlite.store import SqliteStore
from tests.contract.scripted import NOW, Scripted, count_up
from tests.contract.test_store_log import SIGNER, use
from workflows.machine import log_keys_of


class At(CalendarWorld):
    """A clock that stands; `looked_again` is set once it was read twice."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.at, self.reads, self.looked_again = now, 0, threading.Event()

    def now(self) -> datetime:
        self.reads += 1
        if self.reads == 2:
            self.looked_again.set()
        return self.at


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "emeritus.db", Scripted())
    yield opened
    opened.close()


def test_one_process_seals_for_all_and_another_goes_on_when_that_one_is_gone(store: SqliteStore) -> None:
    use(store, SIGNER)
    ours, theirs = Sealing(store, At(NOW), SIGNER), Sealing(store, At(NOW + LATELY), SIGNER)
    ours.turn()
    count_up(store, "k1")
    theirs.turn()
    assert store.verify().sealed == 1, "another has just sealed"
    Sealing(store, At(NOW + LATELY + timedelta(seconds=1)), SIGNER).turn()

    assert store.verify().sealed == 2
    assert store.verify().checkpoints == 2


def test_a_clock_that_was_set_back_keeps_nothing_out_of_the_log(store: SqliteStore) -> None:
    count_up(store, "k1")
    Sealing(store, At(NOW), None).turn()
    count_up(store, "k2")
    Sealing(store, At(NOW - timedelta(hours=1)), None).turn()

    assert store.verify().sealed == 2


def test_it_is_done_by_itself(store: SqliteStore) -> None:
    count_up(store, "k1")
    clock = At(NOW)
    sealing = Sealing(store, clock, None, seconds=0.01)
    sealing.start()
    assert clock.looked_again.wait(20)
    sealing.stop()

    assert store.verify().sealed == 1


def test_a_bot_with_a_key_has_it_on_record_and_signs(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    public = make(tmp_path / "key", "example.com/record")
    settings = read(
        {
            "EMERITUS_STORE": str(home / "emeritus.db"),
            "EMERITUS_ARCHIVE": str(home),
            "EMERITUS_SIGNING_KEY": str(tmp_path / "key"),
        },
        writes=True,
    )
    bot = build(settings)
    bot.start()
    try:
        bot.sealing.turn()
        checkpoint = bot.store.checkpoint()
        assert checkpoint is not None
        assert opened(checkpoint.checkpoint.encode(), [public])[0].origin == "example.com/record"
        assert log_keys_of(bot.store.state("log")).keys == (str(public),)
    finally:
        bot.stop()
