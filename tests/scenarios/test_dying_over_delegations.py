"""The bot dies at each boundary of a delegation: it begins and ends once, is told of once, and nothing is lost."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from data import events
from tests.scenarios.mortal import Mortal
from tests.scenarios.test_delegating import delegated
from tests.scenarios.test_dying_over_more_time import dies, lives_again
from tests.scenarios.test_hours import until
from tests.scenarios.town import BRUNO, INES

BEGINNING, ENDING = 7, 10
"""Boundaries from the command to the message that it began, and from the timer to both that it is over."""


def happened(town: Mortal, kind: type[events.Event]) -> int:
    return sum(isinstance(stored.event, kind) for stored in town.bot.store.events(f"delegation/{INES}"))


def counted(town: Mortal, ending: str) -> list[int]:
    """How many messages of this kind each of the two has."""
    return [sum(ending in key for key in town.keys(person)) for person in (BRUNO, INES)]


@pytest.mark.parametrize("at", range(1, BEGINNING + 1, 2))
def test_whenever_it_dies_over_the_command_it_begins_once(tmp_path: Path, at: int) -> None:
    with Mortal(tmp_path, serves=False) as town:
        dies(town, at)
        with suppress(Exception):  # whoever typed it may have got no answer
            delegated(town)
        lives_again(town, at)
        assert happened(town, events.Delegated) == 1
        assert counted(town, "/begun") == [1, 0]


@pytest.mark.parametrize("at", range(1, ENDING + 1, 3))
def test_whenever_it_dies_over_the_end_both_hear_of_it_once(tmp_path: Path, at: int) -> None:
    with Mortal(tmp_path, serves=False) as town:
        delegated(town, until="2026-03-04")
        until(town, "2026-03-04 23:00")
        dies(town, at)
        with suppress(Exception):
            town.pass_time(hours=2)
        lives_again(town, at)
        assert happened(town, events.DelegationEnded) == 1
        assert counted(town, "/over/") == [1, 1]


@pytest.mark.parametrize("at", range(1, 42, 10))
def test_whenever_it_dies_over_an_announcement_what_is_asked_reaches_the_delegate_once(
    tmp_path: Path, at: int
) -> None:
    with Mortal(tmp_path, serves=False) as town:
        town.propose()
        town.approve()
        delegated(town, until="2026-04-10")
        until(town, "2026-03-16 07:59")
        dies(town, at)
        with suppress(Exception):
            town.pass_time(hours=1)
        lives_again(town, at)
        assert counted(town, f"/dm/{INES}") == [1, 0]
        assert counted(town, f"/dm/{BRUNO}") == [1, 0]
