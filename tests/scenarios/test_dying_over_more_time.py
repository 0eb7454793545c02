"""The bot dies at each boundary around a vote on more time: it is opened once, and what it decides is told once."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from data import events
from data.records.progress import StepKind
from tests.scenarios.mortal import Mortal
from tests.scenarios.test_callers import sees
from tests.scenarios.town import ADA, GOVERNANCE, MINA, PRIYA, SAM

OPENING, DECIDING = 12, 49
"""Boundaries from the import to the card with the vote, and from the last ballot to the last message of new dates."""


def happened(town: Mortal, kind: type[events.Event]) -> int:
    return sum(isinstance(stored.event, kind) for stored in town.bot.store.events("RET-1"))


def dies(town: Mortal, at: int) -> None:
    town.passed.clear()
    town.dies_at = at


def lives_again(town: Mortal, at: int) -> None:
    assert town.is_dead.wait(30), f"there are fewer boundaries than {at}"
    town.restart()
    town.pass_time(minutes=10)
    assert town.bot.store.troubles() == ()
    assert town.bot.store.verify().bad == ""


@pytest.mark.parametrize("at", range(1, OPENING + 1))
def test_whenever_it_dies_over_a_found_caller_the_vote_is_opened_and_shown_once(tmp_path: Path, at: int):
    with Mortal(tmp_path, serves=False) as town:
        town.announce()
        dies(town, at)
        with suppress(Exception):  # whatever a record says that is gone
            sees(town, "night-scorer/1.2")
        lives_again(town, at)
        assert happened(town, events.ExtensionProposed) == 1
        assert len([key for key in town.keys(GOVERNANCE) if "/callers/" in key]) == 1
        assert town.thread().count("A vote on *more time* for *night-scorer* is open") == 1
        town.approve(ADA, MINA, PRIYA, SAM)
        assert happened(town, events.ExtensionAgreed) == 1


@pytest.mark.parametrize("at", [*range(1, 10), *range(10, DECIDING + 1, 7)])
def test_whenever_it_dies_over_the_last_vote_dates_move_once_and_each_hears_once(tmp_path: Path, at: int):
    with Mortal(tmp_path, serves=False) as town:
        town.announce()
        sees(town, "night-scorer/1.2")
        town.approve(ADA, MINA, PRIYA)
        before = {person: len(town.keys(person)) for person in town.owners()}
        dies(town, at)
        with suppress(Exception):
            town.approve(SAM)
        lives_again(town, at)
        assert (happened(town, events.ExtensionAgreed), happened(town, events.Amended)) == (1, 1)
        assert town.retirement().plan.step(StepKind.DISABLE).due_at.date().isoformat() == "2026-05-18"
        assert town.retirement().plan.digest == town.retirement().approved_digest
        told = {person: town.keys(person)[number:] for person, number in before.items()}
        assert {len(keys) for keys in told.values()} == {1}
        assert all(key.startswith("RET-1/moved-") for keys in told.values() for key in keys)
        assert town.thread().count("The vote on more time ended with approval") == 1
