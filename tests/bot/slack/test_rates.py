"""Token buckets: a burst, then a steady rate; a channel that is busy holds up no other."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from bot.slack.rates import LANES_MAX, METHODS, Rates
from data.records.decision import Gate
from tests.bot.test_manifest import called

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_every_method_that_has_a_limit_is_called() -> None:
    assert {method.replace(".", "_") for method in METHODS} - called() == set()


def test_a_channel_takes_a_burst_and_then_one_post_a_second() -> None:
    clock = Clock()
    rates = Rates(clock)
    assert [rates.wait("chat.postMessage", "C1") for _ in range(5)] == [0.0, 0.0, 0.0, 0.0, 1.0]
    assert rates.wait("chat.postMessage", "C2") == 0.0
    clock.seconds = 0.5
    assert rates.wait("chat.postMessage", "C1") == 0.5
    clock.seconds = 1.0
    assert rates.wait("chat.postMessage", "C1") == 0.0


def test_the_workspace_as_a_whole_is_limited_too() -> None:
    rates = Rates(Clock())
    waits = [rates.wait("chat.postMessage", f"C{number}") for number in range(61)]
    assert waits[:60] == [0.0] * 60
    assert waits[60] > 0


def test_a_busy_channel_that_slack_refuses_stays_closed_as_long_as_slack_said() -> None:
    clock = Clock()
    rates = Rates(clock)
    assert [rates.wait("chat.postMessage", "C1") for _ in range(3)] == [0.0] * 3
    rates.close("chat.postMessage", "C1", 30)
    assert rates.wait("chat.postMessage", "C1") == 30
    assert rates.wait("chat.postMessage", "C2") == 0.0
    clock.seconds = 30
    assert [rates.wait("chat.postMessage", "C1") for _ in range(2)] == [0.0, 1.0], "no new burst"


def test_where_slack_refuses_a_quiet_channel_it_was_too_much_for_the_workspace() -> None:
    """As in a minute of thousands of direct messages: each of them would run into it, otherwise."""
    clock = Clock()
    rates = Rates(clock)
    assert rates.wait("chat.postMessage", "D1") == 0.0
    rates.close("chat.postMessage", "D1", 30)
    assert rates.wait("chat.postMessage", "D2") == 30
    clock.seconds = 30
    assert [rates.wait("chat.postMessage", f"D{number}") for number in (2, 3)] == [0.0, 0.2]


def test_what_the_outbox_may_begin_keeps_some_calls_for_what_somebody_waits_for() -> None:
    clock = Clock()
    rates = Rates(clock)
    room, seconds = rates.room((), NOW)
    assert (room.free, room.patient) == (
        {Gate.POST: 60, Gate.EDIT: 30, Gate.HOME: 50, Gate.FIND: 30},
        {Gate.POST: 50, Gate.EDIT: 20, Gate.HOME: 40, Gate.FIND: 20},
    )
    assert seconds == math.inf, "waiting leaves no more"
    for number in range(55):
        rates.wait("chat.postMessage", f"C{number}")
    room, seconds = rates.room((), NOW)
    assert (room.free[Gate.POST], room.patient[Gate.POST]) == (5, 0)
    assert seconds == pytest.approx(1.2), "six are kept from 300 a minute"


def test_what_is_under_way_may_still_take_its_calls() -> None:
    rates = Rates(Clock())
    begun = [(Gate.POST, "C1")] * 3 + [(Gate.EDIT, "")]
    room, _ = rates.room(begun, NOW)
    assert (room.free[Gate.POST], room.free[Gate.EDIT]) == (57, 29)
    assert room.shut == frozenset()
    room, _ = rates.room([*begun, (Gate.POST, "C1")], NOW)
    assert room.shut == {"C1"}


def test_a_channel_that_had_its_burst_is_shut_until_it_may_have_more() -> None:
    clock = Clock()
    rates = Rates(clock)
    for _ in range(4):
        rates.wait("chat.postMessage", "C1")
    room, seconds = rates.room((), NOW)
    assert (room.shut, seconds) == ({"C1"}, 1.0)
    clock.seconds = 1.0
    assert rates.room((), NOW)[0].shut == frozenset()


def test_a_clock_that_is_set_back_takes_no_calls_away() -> None:
    clock = Clock()
    clock.seconds = 100
    rates = Rates(clock)
    assert rates.wait("chat.postMessage", "C1") == 0.0
    clock.seconds = 0
    assert rates.wait("chat.postMessage", "C1") == 0.0


def test_lanes_that_are_idle_are_forgotten() -> None:
    clock = Clock()
    rates = Rates(clock)
    for number in range(LANES_MAX * 2):
        clock.seconds += 1
        rates.wait("chat.postMessage", f"C{number}")
    assert len(rates._lanes) <= LANES_MAX + 2
