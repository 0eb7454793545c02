"""Catalogs that are read on a schedule: nobody has to remember, and nobody is left to think that they still are."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.records.imports import Scheduled
from tests.scenarios.town import GOVERNANCE, Town, words

EDGES = "from,to,from_kind\nsunday-mailer,churn-v1,consumer\n"


def scheduled(file: Path) -> tuple[Scheduled, ...]:
    return (Scheduled(name="edges", format="csv", sources=(str(file),), every_hours=24),)


@pytest.fixture
def file(town: Town) -> Path:
    path = town.folder / "edges.csv"
    path.write_text(EDGES)
    return path


def consumers(town: Town) -> set[str]:
    found = town.bot.house.catalog.impact("resource:default/churn-v1").consumers
    return {one.name for one in found}


def told(town: Town) -> list[str]:
    return [words(one) for one in town.slack.messages(GOVERNANCE) if "import" in words(one).lower()]


def test_what_is_scheduled_is_read_at_the_start_and_every_day(town: Town, file: Path) -> None:
    town.bot.engine.schedule(scheduled(file))
    town.settle()
    assert "sunday-mailer" in consumers(town)
    file.write_text(EDGES + "monday-mailer,churn-v1,consumer\n")
    town.pass_time(hours=23)
    assert "monday-mailer" not in consumers(town)
    town.pass_time(hours=2)
    assert "monday-mailer" in consumers(town)
    assert told(town) == []


def test_logs_are_read_on_a_schedule_like_catalogs(town: Town) -> None:
    log = town.folder / "access.log"
    log.write_text('{"time": "2026-03-01", "endpoint": "churn-v1-prod", "user_agent": "night-scorer/1"}\n')
    logs = Scheduled(name="gateway", format="calls", sources=(str(log),), every_hours=24)
    town.bot.engine.schedule((logs,))
    town.settle()
    assert "night-scorer" in consumers(town)
    log.write_text('{"time": "2026-03-02", "path": "/healthz"}\n')
    town.pass_time(days=2)
    assert "night-scorer" in consumers(town)
    assert told(town) == []


def test_a_source_that_is_cut_off_changes_nothing_and_is_told_once_until_it_is_mended(
    town: Town, file: Path
) -> None:
    town.bot.engine.schedule(scheduled(file))
    town.settle()
    version = town.bot.house.catalog.version()
    file.write_text("")
    town.pass_time(days=5)
    assert town.bot.house.catalog.version() == version
    (once,) = told(town)
    assert "The import *edges* failed. Nothing was changed" in once
    assert "edges.csv" in once
    file.write_text(EDGES)
    town.pass_time(days=2)
    assert len(told(town)) == 2
    assert "The import *edges* is read again" in told(town)[-1]
    assert town.bot.house.catalog.version() == version


def test_a_source_that_is_gone_for_weeks_is_told_each_week(town: Town, file: Path) -> None:
    town.bot.engine.schedule(scheduled(file))
    town.settle()
    file.unlink()
    town.pass_time(days=20)
    assert len(told(town)) == 3


def test_after_a_restart_it_goes_on_and_what_is_taken_off_is_read_no_more(town: Town, file: Path) -> None:
    town.bot.engine.schedule(scheduled(file))
    town.settle()
    town.restart()
    town.bot.engine.schedule(scheduled(file))
    file.write_text(EDGES + "monday-mailer,churn-v1,consumer\n")
    town.pass_time(days=1, hours=1)
    assert "monday-mailer" in consumers(town)
    town.bot.engine.schedule(())
    file.write_text("")
    town.pass_time(days=9)
    assert told(town) == []
