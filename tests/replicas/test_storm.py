"""Four bots on one database, killed at random while thousands of messages are told: none missing, none doubled.

This Slack allows a multiple of what it publishes (a workspace takes some 300 posts a minute), so that minutes do for
thousands; the bots are told so, and keep to that.
"""

from __future__ import annotations

import random

import pytest

from tests.replicas.database import Database
from tests.replicas.storm import a_storm, meanwhile


@pytest.mark.long
def test_four_bots_killed_at_random_lose_and_double_nothing(
    database: Database, folder: str, chance: random.Random
) -> None:
    with a_storm(database, folder, chance, posts=60, rooms=12, times=20, kills=6) as storm:
        wanting = meanwhile(storm.want)
        storm.rage()
        wanting.join()
        storm.settle(60)
        storm.check()


@pytest.mark.nightly
@pytest.mark.parametrize("turn", [1, 2, 3])
def test_three_thousand_posts_by_four_bots_killed_at_random_are_all_there_once(
    database: Database, folder: str, chance: random.Random, turn: int
) -> None:
    with a_storm(
        database, folder, chance, posts=3_000, rooms=600, times=40, kills=25, lease_seconds=6
    ) as storm:
        wanting = meanwhile(storm.want)
        storm.rage()
        wanting.join()
        storm.settle(120)
        storm.check()
