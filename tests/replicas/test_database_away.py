"""The database is stopped, or stands still, under load: nothing is lost, and people are told what is waited for."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import pytest

from tests.kill.aftermath import await_record, waiting
from tests.kill.bot_process import GOVERNANCE
from tests.replicas.conftest import Scene
from tests.replicas.database import Database
from tests.replicas.storm import MEMBERS, a_storm, meanwhile

TOM = "U01TOMBIRCH"
PATIENCE_SECONDS = 30
WAITS = "waiting: postgresql:///postgres does not answer"
never = threading.Event()
"""Waiting for it is how long an outage lasts."""


@contextmanager
def stopped(database: Database) -> Iterator[None]:
    database.stop()
    try:
        yield
    finally:
        database.start()


HOW: dict[str, Callable[[Database], object]] = {"stopped": stopped, "standing still": Database.standing_still}


def check_storm(
    database: Database, folder: str, chance: random.Random, *, how: str, posts: int, seconds: float
) -> None:
    with a_storm(database, folder, chance, posts=posts, rooms=posts // 5, times=20) as storm:
        wanting = meanwhile(storm.want)
        with storm.slack.ws.changed:
            assert storm.slack.ws.changed.wait_for(lambda: storm.told() >= posts // 5, 60)
        with HOW[how](database):  # type: ignore[attr-defined]
            never.wait(seconds)
            # A machine that is busy with other things notices late.
            until = monotonic() + PATIENCE_SECONDS
            while WAITS not in storm.fleet.said() and monotonic() < until:
                never.wait(0.1)
        wanting.join()
        storm.settle(120)
        storm.check()
        assert WAITS in storm.fleet.said()
        assert "going on: what was waited for is there" in storm.fleet.said()


@pytest.mark.long
def test_a_database_that_is_restarted_under_load_loses_and_doubles_nothing(
    database: Database, folder: str, chance: random.Random
) -> None:
    check_storm(database, folder, chance, how="stopped", posts=60, seconds=1)


@pytest.mark.nightly
@pytest.mark.parametrize("how", HOW)
def test_a_database_that_is_away_for_a_minute_loses_and_doubles_nothing(
    database: Database, folder: str, chance: random.Random, how: str
) -> None:
    check_storm(database, folder, chance, how=how, posts=600, seconds=60)


def test_whoever_asks_while_the_database_stands_still_is_told_in_time_what_is_waited_for(
    scene: Scene, database: Database
) -> None:
    scene.keeper.start(1)
    scene.people.insist(lambda: scene.slack.command(TOM, GOVERNANCE, "/retire", "list"))
    scene.slack.wait_for(lambda: scene.slack.ephemerals, 30)
    # What is still under way has its connection with it, and whoever asks then has to make another.
    await_record(scene.record, lambda record: not waiting(record), scene.keeper)
    with database.standing_still():
        began, before = monotonic(), len(scene.slack.ephemerals)
        answer = scene.slack.command(TOM, GOVERNANCE, "/retire", "list")
        assert (answer.ok, monotonic() - began < 3) == (True, True)
        (told,) = scene.slack.wait_for(lambda: scene.slack.ephemerals[before:], 20)

    assert told["text"].startswith(
        ":no_entry: Emeritus waits for something it needs: postgresql:///postgres does not answer (not a word for"
    )
    await_record(scene.record, lambda record: not waiting(record), scene.keeper)
    before = len(scene.slack.ephemerals)
    scene.people.insist(lambda: scene.slack.command(TOM, GOVERNANCE, "/retire", "list"))
    shown = scene.slack.wait_for(lambda: scene.slack.ephemerals[before:], 30)
    assert "No model is being retired" in str(shown)
    scene.keeper.stop()


def test_a_replica_that_is_told_to_leave_while_the_database_stands_still_leaves(
    scene: Scene, database: Database
) -> None:
    scene.keeper.start(*MEMBERS)
    with database.standing_still():
        scene.keeper.stop()
