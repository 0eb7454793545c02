"""The bot dies at each boundary around a consumer that another catalog calls otherwise: it follows once, told once."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from data import events
from data.records.retirement import Duty
from tests.scenarios.mortal import Mortal
from tests.scenarios.test_dying_over_more_time import dies, happened, lives_again
from tests.scenarios.test_joined_consumers import BATCH_X, IS_NOW, announced, joins, says, standing
from tests.scenarios.town import ADA, BRUNO, GOVERNANCE, TOM, words

JOINING = 22
"""Boundaries from the import to the last message that is drawn anew."""
EVERY = [
    pytest.param(at, marks=() if at % 3 == 1 else pytest.mark.long, id=str(at))
    for at in range(1, JOINING + 1)
]


@pytest.mark.parametrize("at", EVERY)
def test_whenever_it_dies_the_obligation_moves_once_and_its_new_owners_hear_once(tmp_path: Path, at: int):
    with Mortal(tmp_path, serves=False) as town:
        announced(town)
        says(town, BRUNO, "duty.acknowledge")
        before = {person: len(town.keys(person)) for person in (ADA, BRUNO, TOM)}
        dies(town, at)
        with suppress(Exception):  # whatever a record says that is gone
            joins(town, "growth-ml")
        lives_again(town, at)
        assert standing(town) == {BATCH_X: Duty.OPEN}
        assert (happened(town, events.IdsChanged), happened(town, events.OwnersChanged)) == (1, 1)
        assert town.thread().count(IS_NOW) == 1
        heard = {person: town.keys(person)[number:] for person, number in before.items()}
        assert {person: len(keys) for person, keys in heard.items()} == {ADA: 1, BRUNO: 0, TOM: 1}
        assert "*batch-x*: open" in words(town.announcement(ADA))
        growth = [key for key in town.keys(GOVERNANCE) if key.endswith("/team/group:default/growth-ml")]
        assert len(growth) == 1
