"""Does one thing that hangs or breaks keep the others waiting?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.rates import Rates
from bot.slack import SlackMessenger
from bot.wiring import CalendarWorld
from tests.bot.listeners.desk import ELENA, Desk
from workflows.adapters.local_directory import LocalDirectory
from workflows.commands import Resume, encoded
from workflows.dispatcher import Dispatcher
from workflows.effects.workshop import Workshop


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


def test_the_thread_that_decides_outlives_a_bug(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.propose()
    failing, decided, bell = iter((True,)), threading.Event(), threading.Event()

    def arm(_due: object) -> None:
        if next(failing, False):
            bell.set()
            raise ZeroDivisionError
        decided.set()

    world = CalendarWorld(wall=desk.now.timestamp)
    engine = desk.bot.engine
    messenger = SlackMessenger(
        desk.client, Rates(desk.now.timestamp), wall=desk.now.timestamp, retirements=engine.retirements
    )
    shop = Workshop(
        engine=engine,
        world=world,
        messenger=messenger,
        archive=LocalDirectory(desk.bot.store.path.parent / "archive"),
        controls={},
        ending=threading.Event(),
    )
    dispatcher = Dispatcher(
        shop,
        tell=lambda *_: None,
        arm=arm,
        bell=bell,
        pool=ThreadPoolExecutor(1),
        teller=ThreadPoolExecutor(1),
    )
    dispatcher.start()

    assert decided.wait(20)
    assert "ZeroDivisionError" in caplog.text
    dispatcher.stop(4)
