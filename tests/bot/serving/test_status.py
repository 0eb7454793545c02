"""What probes are told, and that nothing they ask holds them up."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from bot.serving.status import CONNECTING, MUTE, STARTING, STOPPING, Glance, Status
from data.errors import EmeritusError, Unavailable

WELL = Glance(queues=(), age_seconds={}, record_bytes=4096)


class Bot:
    """As still, and with a record as mute, as a test says."""

    def __init__(self, look: Callable[[], Glance] = lambda: WELL, *, still: float = 0.0) -> None:
        self.look, self.still = look, still

    def glance(self) -> Glance:
        return self.look()

    def still_for(self) -> float:
        return self.still

    def policy(self) -> str:
        return "town, sha256:aa"


class Front:
    def __init__(self, away: str = "") -> None:
        self.why = away

    def away(self) -> str:
        return self.why


def a_status(bot: Bot | None = None, front: Front | None = None, **patience: float) -> Status:
    status = Status(**patience)
    if bot:
        status.built(bot)
    if front:
        status.connected(front)
    return status


def fails(error: Exception) -> Callable[[], Glance]:
    def look() -> Glance:
        raise error

    return look


@pytest.mark.parametrize(
    ("status", "waits_for"),
    [
        (a_status(), (STARTING,)),
        (a_status(Bot()), (CONNECTING,)),
        (a_status(Bot(), Front()), ()),
        (a_status(Bot(), Front("Slack: the connection is lost")), ("Slack: the connection is lost",)),
        (a_status(Bot(fails(Unavailable("no room"))), Front()), ("the record: no room",)),
        (
            a_status(Bot(still=121), Front()),
            ("the dispatcher has stood still for 121 seconds",),
        ),
        (
            a_status(Bot(fails(Unavailable("no room")), still=300)),
            (CONNECTING, "the record: no room", "the dispatcher has stood still for 300 seconds"),
        ),
    ],
    ids=["opening", "connecting", "ready", "cut off", "full disk", "stuck", "all of it"],
)
def test_it_is_ready_once_nothing_is_waited_for(status: Status, waits_for: tuple[str, ...]) -> None:
    assert status.waits_for() == waits_for


def test_one_that_stops_is_not_ready_and_not_dead() -> None:
    status = a_status(Bot(still=999), Front())
    status.stopping()

    assert status.waits_for() == (STOPPING,)
    assert status.why_dead() == ""


def test_only_a_loop_that_stands_still_is_dead() -> None:
    assert a_status().why_dead() == ""
    assert a_status(Bot(fails(Unavailable("no room")), still=119)).why_dead() == ""
    assert a_status(Bot(still=121)).why_dead() == "the dispatcher has stood still for 121 seconds"


def test_a_record_that_says_nothing_is_waited_for_a_moment_by_one_thread_only() -> None:
    answers, looks = threading.Event(), []

    def look() -> Glance:
        looks.append(1)
        answers.wait()
        return WELL

    status = a_status(Bot(look), Front(), look_seconds=0.01)
    assert [status.waits_for() for _ in range(20)] == [(MUTE,)] * 20
    assert len(looks) == 1
    assert a_status(Bot(look, still=5)).why_dead() == "", "asking whether it lives looks at no record"

    answers.set()
    patient = a_status(Bot(look), Front())
    assert patient.waits_for() == ()


def test_a_bug_in_a_look_is_no_readiness() -> None:
    status = a_status(Bot(fails(ZeroDivisionError())), Front())
    with pytest.raises(ZeroDivisionError):
        status.waits_for()
    assert not issubclass(ZeroDivisionError, EmeritusError)
