"""Does one thing that hangs or breaks keep the others waiting?"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot.rates import Rates
from bot.slack import SlackMessenger
from bot.wiring import CalendarWorld
from data.records.decision import ClaimKind, Done, Result
from tests.bot.listeners.desk import CHURN, CHURN_2, ELENA, Desk
from workflows.adapters.local_directory import LocalDirectory
from workflows.commands import Resume, encoded
from workflows.dispatcher import Dispatcher
from workflows.effects.workshop import Workshop
from workflows.ports import Message


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as opened:
        yield opened


@pytest.fixture
def hung() -> Iterator[tuple[str, threading.Event]]:
    """An address that takes an answer and says nothing until it is released."""
    released = threading.Event()

    class Hung(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            released.wait(20)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hung)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/answer", released
    released.set()
    server.shutdown()
    server.server_close()


def asks(desk: Desk, key: str, **reply_to: str) -> None:
    """A stranger asks for what is refused, so that there is something to answer."""
    command = encoded(Resume(by=ELENA))
    desk.bot.store.receive(key, command, {"stream": "RET-1", "user": ELENA, **reply_to}, desk.now)


def test_an_answer_slack_does_not_take_keeps_no_other_command_waiting(
    desk: Desk, hung: tuple[str, threading.Event]
) -> None:
    desk.propose()
    url, released = hung
    for number in range(5):
        asks(desk, f"k{number}", response_url=url)

    desk.bot.dispatcher.drain()

    assert not released.is_set()
    assert all(desk.bot.store.receipt(f"k{number}") for number in range(5))
    released.set()
    desk.bot.dispatcher.until_idle()


REASON = "Ada leaves us in May, and nobody else can read her model"


class Quoting(SlackMessenger):
    """Breaks over a message, and its error says what was in it."""

    def post(self, message: Message, now: datetime) -> Result:
        raise ZeroDivisionError(REASON)


def dispatcher_of(
    desk: Desk, *, messenger: type[SlackMessenger] = SlackMessenger, **parts: Any
) -> Dispatcher:
    """A dispatcher of its own at the desk's store, put together from these parts."""
    engine = desk.bot.engine
    shop = Workshop(
        engine=engine,
        world=CalendarWorld(wall=desk.now.timestamp),
        messenger=messenger(desk.client, Rates(desk.now.timestamp), wall=desk.now.timestamp),
        archive=LocalDirectory(desk.bot.store.path.parent / "archive"),
        controls={},
        ending=threading.Event(),
    )
    idle = {"tell": lambda *_: None, "arm": lambda _due: None, "bell": threading.Event()}
    hands = {"pool": ThreadPoolExecutor(1), "teller": ThreadPoolExecutor(1)}
    return Dispatcher(shop, **{**idle, **hands, **parts})


class Slow(SlackMessenger):
    """Posts once it is let go on."""

    begun, going_on = threading.Event(), threading.Event()

    def post(self, message: Message, now: datetime) -> Result:
        self.begun.set()
        self.going_on.wait()
        return Done(found={"channel": message.channel, "ts": "1.0"})


def test_work_that_a_stop_kept_from_beginning_can_be_taken_up_at_once(desk: Desk) -> None:
    desk.propose(CHURN)
    desk.propose(CHURN_2)
    dispatcher = dispatcher_of(desk, messenger=Slow)
    dispatcher.start()
    assert Slow.begun.wait(20)

    dispatcher.stop(0.5)

    (given_back,) = desk.bot.store.claim(ClaimKind.EFFECT, desk.now, 9)
    assert given_back.key == "RET-2/card"
    Slow.going_on.set()


def test_the_thread_that_decides_outlives_a_bug_and_tells_only_its_kind_and_place(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.propose()
    failing, decided, bell = iter((True,)), threading.Event(), threading.Event()

    def arm(_due: object) -> None:
        if next(failing, False):
            bell.set()
            raise ZeroDivisionError(REASON)
        decided.set()

    dispatcher = dispatcher_of(desk, arm=arm, bell=bell)
    dispatcher.start()

    assert decided.wait(20)
    assert re.search(
        r"waiting after a bug\nZeroDivisionError\n(  .*\n)*  test_dispatcher.py:\d+ in arm", caplog.text
    )
    assert REASON not in caplog.text
    dispatcher.stop(4)


def test_what_people_wrote_is_in_no_log_whatever_breaks_over_it(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    def tell(*_: object) -> None:
        raise ZeroDivisionError(REASON)

    desk.propose()
    asks(desk, "k")
    dispatcher = dispatcher_of(desk, messenger=Quoting, tell=tell)

    dispatcher.until_idle()

    assert re.search(
        r"an answer was not given\nZeroDivisionError\n(  .*\n)*  test_dispatcher.py:\d+ in tell", caplog.text
    )
    assert re.search(
        r"/card\S* failed\nZeroDivisionError\n(  .*\n)*  test_dispatcher.py:\d+ in post", caplog.text
    )
    assert REASON not in caplog.text
