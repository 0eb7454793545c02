"""Is nothing lost or doubled, wherever the bot is killed and however Slack behaves? A failure names its command."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest

from data import events
from data.records.decision import NotDone, Result
from tests.simulation import asleep
from tests.simulation.asleep import Everywhere
from tests.simulation.company import START
from tests.simulation.faults import Weather
from tests.simulation.mutants.couriers import Courier
from tests.simulation.people import WISHES
from tests.simulation.process import Parts
from tests.simulation.run import NEVER, Report, after_changes, simulate
from tests.simulation.town import Town
from tests.written import judge_one
from workflows.ports import Message
from workflows.rules.people.windows import next_window

PARTS, PARTS_OF_100, PARTS_OF_2000 = 8, 2, 40
"""So that all cores share what is one claim, to the end; in the sum every crash and every world is there."""


def unharmed(report: Report) -> Report:
    assert not report.violation, str(report)
    return report


@pytest.mark.parametrize("part", range(PARTS))
def test_a_crash_after_each_change_loses_and_doubles_nothing(part: int) -> None:
    """A crash at any boundary between two changes leaves the same world: each night tries them all."""
    numbers = after_changes()
    assert len(numbers) > 150, "the quiet story has become very short"
    for number in numbers[part::PARTS]:
        assert unharmed(simulate(retirements=1, seed=1, crash_at=number)).crashes == 1


@pytest.mark.parametrize("part", range(PARTS_OF_100))
def test_a_hundred_worlds_show_nothing_that_must_not_be(part: int) -> None:
    worlds = 100 // PARTS_OF_100
    report = unharmed(simulate(retirements=worlds, seed=1 + part * worlds, together=1))
    assert report.worlds == worlds
    assert report.crashes > 2 * worlds


@pytest.mark.parametrize("wish", WISHES)
def test_a_retirement_ends_as_its_people_want_it_to(wish: str, tmp_path: Path) -> None:
    town = Town(tmp_path, 1, weather=Weather(), wishes=(wish,))
    town.run()
    assert [str(one.state) for one in town.witness.histories.values()] == [wish]
    for shown in chain.from_iterable(town.workspace.channels.values()):
        for look in shown.looks:
            judge_one(shown.key, "message", look)
    for trigger, view in town.workspace.windows.items():
        judge_one(trigger, "modal", view)


class NoCardForMonths(Courier):
    """The first card of all is posted when nobody expects it any more."""

    def post(self, message: Message, now: datetime) -> Result:
        if message.key == "RET-1/card" and now < START + timedelta(days=90):
            return NotDone(retry_at=now + timedelta(hours=6), why="Slack is busy")
        return super().post(message, now)


def test_a_round_nobody_could_see_is_voted_on_once_its_card_is_up(tmp_path: Path) -> None:
    parts = Parts(messenger=NoCardForMonths)
    town = Town(tmp_path, 1, weather=Weather(), parts=parts, wishes=("archived",))
    town.run()
    ends = {stream: str(one.state) for stream, one in town.witness.histories.items()}
    assert ends == {"RET-1": "archived"}


@pytest.mark.parametrize("part", range(PARTS_OF_100))
def test_whoever_is_asleep_hears_in_the_morning_and_nothing_is_lost_or_doubled(
    tmp_path: Path, part: int
) -> None:
    """Crashes, storms and clocks that are set fall upon messages that wait for the hours of whom they are for."""
    slept = 0
    for seed in range(1 + part * 3, 4 + part * 3):
        (folder := tmp_path / str(seed)).mkdir()
        town = Town(folder, seed, parts=Parts(timekeeper=Everywhere))
        town.run()
        for channel, shown in chain.from_iterable(
            [(name, one) for one in told] for name, told in town.workspace.channels.items()
        ):
            # That a service is missed, or is to come back, is told at any hour.
            is_urgent = "/missed/" in shown.key or "/asked again/restore/" in shown.key
            if channel.startswith("DU") and shown.key and not is_urgent:
                person = channel.removeprefix("D")
                at = shown.landed_at - timedelta(minutes=2)  # it takes a while to land, and clocks differ
                # A delegation may have ended while the bot was away for weeks, which no afternoon's rest prolongs.
                since = at - timedelta(weeks=8) if "/over/" in shown.key else at
                opened = next_window(at, asleep.hours(person, at), since=since)
                assert opened - at < timedelta(minutes=4), (seed, person, shown.key, shown.landed_at)
                slept += 1
    assert slept > 5


def test_the_same_seed_gives_the_same_world() -> None:
    figures = [simulate(retirements=2, seed=7).figures() for _ in range(2)]
    for one in figures:
        del one["seconds"], one["per_retirement_ms"]
    assert figures[0] == figures[1]


@pytest.mark.long
def test_a_failing_seed_prints_the_command_that_shows_it_again() -> None:
    module = [sys.executable, "-m", "tests.simulation"]
    done = subprocess.run(
        [*module, "--retirements", "200", "--mutant", "settled-first"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    violation, again = done.stdout.splitlines()[2], done.stdout.splitlines()[-1]
    assert violation.startswith("VIOLATION ")
    command = again.removeprefix("again: uv run python -m tests.simulation ").split()
    replayed = subprocess.run([*module, *command], capture_output=True, text=True, check=False)
    assert replayed.returncode == 1
    assert violation in replayed.stdout


def test_figures_are_for_machines_too() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--retirements", "1", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    figures = json.loads(done.stdout)
    assert (figures["retirements"], figures["violation"]) == (1, "")


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS_OF_2000))
def test_two_thousand_more_worlds_show_nothing_that_must_not_be(part: int) -> None:
    worlds = 2_000 // PARTS_OF_2000
    report = unharmed(simulate(retirements=worlds, seed=101 + part * worlds, together=1))
    assert report.worlds == worlds


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(PARTS))
def test_a_crash_at_each_boundary_loses_and_doubles_nothing(part: int) -> None:
    boundaries = unharmed(simulate(retirements=1, seed=1, crash_at=NEVER)).boundaries
    for number in range(1 + part, boundaries + 1, PARTS):
        unharmed(simulate(retirements=1, seed=1, crash_at=number))


def test_worlds_with_steps_of_their_own_escalate_by_them(tmp_path: Path) -> None:
    """Which of them do is chance: one after the other, until some have."""
    told_as: set[str] = set()
    for seed in range(30, 90, 3):
        (folder := tmp_path / str(seed)).mkdir()
        town = Town(folder, seed, retirements=2)
        town.run()
        entries = chain.from_iterable(one.entries for one in town.witness.histories.values())
        escalated = [event for event in entries if isinstance(event, events.Escalated)]
        told_as |= {target for event in escalated for target in event.told_as.values()}
        if {"owner", "manager"} <= told_as:
            break
    assert {"owner", "manager"} <= told_as
