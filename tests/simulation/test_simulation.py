"""Is nothing lost or doubled, wherever the bot is killed and however Slack behaves? A failure names its command."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.simulation.run import NEVER, Report, after_changes, simulate


def unharmed(report: Report) -> Report:
    assert not report.violation, str(report)
    return report


def test_a_crash_after_each_single_change_loses_and_doubles_nothing() -> None:
    numbers = after_changes()
    assert len(numbers) > 150, "the quiet story has become very short"
    for number in numbers:
        assert unharmed(simulate(retirements=1, seed=1, crash_at=number)).crashes == 1


def test_a_hundred_worlds_show_nothing_that_must_not_be() -> None:
    report = unharmed(simulate(retirements=100, seed=1, together=1))
    assert report.worlds == 100
    assert report.crashes > 300
    assert report.endings.keys() == {
        "archived",
        "withdrawn",
        "rejected",
        "expired",
        "cancelled",
        "rolled back",
    }


def test_the_same_seed_gives_the_same_world() -> None:
    figures = [simulate(retirements=2, seed=7).figures() for _ in range(2)]
    for one in figures:
        del one["seconds"], one["per_retirement_ms"]
    assert figures[0] == figures[1]


def test_a_failing_seed_prints_the_command_that_shows_it_again() -> None:
    module = [sys.executable, "-m", "tests.simulation"]
    done = subprocess.run(
        [*module, "--retirements", "8", "--mutant", "settled-first"],
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
def test_two_thousand_more_worlds_show_nothing_that_must_not_be() -> None:
    assert unharmed(simulate(retirements=2_000, seed=1_001, together=1)).worlds == 2_000


@pytest.mark.long
def test_a_crash_at_each_boundary_loses_and_doubles_nothing() -> None:
    boundaries = unharmed(simulate(retirements=1, seed=1, crash_at=NEVER)).boundaries
    for number in range(1, boundaries + 1):
        unharmed(simulate(retirements=1, seed=1, crash_at=number))
