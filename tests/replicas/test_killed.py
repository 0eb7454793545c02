"""A whole retirement by four bots of which one or the other is always being killed; judged as one bot's story is."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from data.records.retirement import State
from tests.kill.aftermath import await_record, waiting
from tests.kill.test_killed import check_story, go_on, retirement, spoil, state_of
from tests.replicas.conftest import Scene
from tests.replicas.storm import MEMBERS
from tests.replicas.test_one_bot import propose

KILLS = 30


@pytest.mark.nightly
@pytest.mark.parametrize("day_seconds", [1.5])
def test_thirty_kills_among_four_replicas_lose_and_double_nothing(
    serving: Scene, chance: random.Random
) -> None:
    scene = serving
    scene.keeper.start(*MEMBERS)
    propose(scene, scene.town.calendar.at(time.time()) + timedelta(days=25))
    with ThreadPoolExecutor(1) as everybody:
        story = everybody.submit(go_on, scene)
        for _ in range(KILLS):
            spoil(scene, chance)
            with scene.slack.ws.changed:
                enough = len(scene.slack.web_api.calls) + chance.randint(1, 8)
                scene.slack.ws.changed.wait_for(
                    lambda enough=enough: len(scene.slack.web_api.calls) >= enough, chance.uniform(0.2, 2.5)
                )
            number = chance.choice(MEMBERS)
            scene.keeper.kill(number)
            scene.keeper.start(number)
        assert retirement(scene).state is not State.ARCHIVED, "the kills must fall into the story"
        story.result(120)
    await_record(
        scene.record,
        lambda record: state_of(record).state is State.ARCHIVED and not waiting(record),
        scene.keeper,
        120,
    )
    scene.keeper.stop()

    check_story(scene)
