"""What the demo's terminal tells: who to be and what to type, and then no more than somebody can follow."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from bot.demo.chronicle import Quiet
from bot.demo.company import names
from bot.demo.run import what_to_do
from bot.typed.table import COMMANDS
from bot.typed.usage import understood

TOLD = what_to_do(datetime(2026, 12, 10, 7, tzinfo=UTC), url="http://127.0.0.1:1", day_seconds=6)


def test_everybody_the_demo_says_to_be_is_called_so_in_its_slack() -> None:
    told = set(re.findall(r"\b[A-Z]\w+ [A-Z]\w+(?=[,:])", TOLD))
    assert len(told) == 10
    assert told - set(names().values()) == set()


def test_every_command_the_demo_says_to_type_is_one() -> None:
    told = re.findall(r"/retire (\w+)", TOLD)
    assert {"propose", "delegate", "help"} <= set(told) <= set(COMMANDS)
    assert understood("delegate <@U01ELENAROSSI> until 2027-01-07").word == "delegate"
    assert "/retire delegate @elena until 2027-01-07 " in TOLD, "on a day that is still to come"


def test_silence_is_told_ever_more_rarely_so_that_what_to_do_stays_in_sight() -> None:
    quiet = Quiet(0)
    told = [second for second in range(3_600) if quiet.is_told(second)]
    assert told == [6, 17, 38, 79, 160, 321, 642, 1283, 2564]
    quiet.broken(3_000)
    assert [second for second in range(3_000, 3_020) if quiet.is_told(second)] == [3_006, 3_017]
