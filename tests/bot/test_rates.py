"""Token buckets: a burst, then a steady rate; a channel that is busy holds up no other."""

from __future__ import annotations

from bot.rates import LANES_MAX, Rates


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


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


def test_a_closed_lane_stays_closed_as_long_as_slack_said() -> None:
    clock = Clock()
    rates = Rates(clock)
    rates.close("chat.postMessage", "C1", 30)
    assert rates.wait("chat.postMessage", "C1") == 30
    assert rates.wait("chat.postMessage", "C2") == 0.0
    clock.seconds = 30
    assert rates.wait("chat.postMessage", "C1") == 0.0


def test_lanes_that_are_idle_are_forgotten() -> None:
    clock = Clock()
    rates = Rates(clock)
    for number in range(LANES_MAX * 2):
        clock.seconds += 1
        rates.wait("chat.postMessage", f"C{number}")
    assert len(rates._lanes) <= LANES_MAX + 2
