"""Hundreds of people who all come to work at ten: what waited for them arrives then, at Slack's pace."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.slack.rates import POST_IN_ALL
from data.policies.policy import read_windows
from tests.scenarios.crowd import Crowd

RETIREMENTS = 4
TEN = replace(read_windows(), from_hour=10)
SIZES = [
    pytest.param(20, id="80 reminders"),
    pytest.param(600, id="2,400 reminders", marks=pytest.mark.nightly),
]


@pytest.mark.parametrize("people", SIZES)
def test_all_that_waited_for_a_morning_arrives_in_it_once_and_in_order(tmp_path: Path, people: int):
    """A fifth of them rest until half past ten. Clocks and rest are asked about for many at once."""
    with Crowd(tmp_path, retirements=RETIREMENTS, people=people, windows=TEN) as crowd:
        crowd.begin()
        opens_at = crowd.due_at + timedelta(hours=1)
        rests_until = int((opens_at + timedelta(minutes=30)).timestamp())
        resting = crowd.people[::5]
        for person in resting:
            crowd.slack.ws.users[person].rests = (rests_until - 3600 * 12, rests_until)
        crowd.goes_on_until(lambda: len(crowd.bot.store.asleep()) == people)
        assert crowd.arrived == 0
        crowd.restart()

        awake = (people - len(resting)) * RETIREMENTS
        minutes = crowd.goes_on_until(lambda: crowd.arrived >= awake) - 60
        assert 0 <= minutes < awake / POST_IN_ALL.per_minute + people / 100 + 0.5
        crowd.goes_on_until(lambda: crowd.arrived == crowd.reminders)
        assert crowd.seconds - rests_until < 60 * (people / 100 + 1)
        for person in crowd.people:
            assert crowd.reminded(person) == crowd.names
            opened = rests_until if person in resting else opens_at.timestamp()
            assert all(float(one["ts"]) >= opened for one in crowd.slack.messages(person))
        assert crowd.refused() == {}
        asked = Counter(call.method for call in crowd.slack.calls)
        assert asked["users.info"] + asked["dnd.info"] + asked["dnd.teamInfo"] < 4 * people
        assert crowd.bot.store.asleep() == crowd.bot.store.troubles() == ()
