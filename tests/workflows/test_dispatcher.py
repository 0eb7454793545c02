"""Does one thing that hangs or breaks keep the others waiting?"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from bot.formats import ScheduledSources
from bot.slack.messenger import SlackMessenger
from bot.slack.rates import Rates
from bot.world import CalendarWorld
from data.records.decision import LEASE, ClaimKind, Done, NotDone, Result
from tests.bot.listeners.desk import CHURN, CHURN_2, ELENA, GOVERNANCE, Desk
from workflows.adapters.local_directory import LocalDirectory
from workflows.commands import Resume, encoded
from workflows.dispatcher import BATCH, RENEW_SECONDS, Dispatcher
from workflows.effects.workshop import Workshop
from workflows.ports import Message, SharedFiles


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


def test_all_that_people_asked_for_goes_before_what_time_brings(desk: Desk) -> None:
    desk.propose()
    for number in range(BATCH):
        asks(desk, f"k{number}")
    later = CalendarWorld(wall=(desk.now + timedelta(days=40)).timestamp)
    # A card that comes up so late gives its round more days: then nothing is due.
    dispatcher_of(desk, world=later, pool=Idle()).drain()
    due = desk.bot.store.claim(ClaimKind.TIMER, later.now(), BATCH)
    assert due, "they are due"
    assert {claim.attempt for claim in due} == {1}, "more may wait behind the first commands"


REASON = "Ada leaves us in May, and nobody else can read her model"


class Quoting(SlackMessenger):
    """Breaks over a message, and its error says what was in it."""

    def post(self, message: Message, now: datetime) -> Result:
        raise ZeroDivisionError(REASON)


def dispatcher_of(
    desk: Desk,
    *,
    messenger: Callable[..., SlackMessenger] = SlackMessenger,
    world: CalendarWorld | None = None,
    ending: threading.Event | None = None,
    store: Any = None,
    files: SharedFiles | None = None,
    **parts: Any,
) -> Dispatcher:
    """A dispatcher of its own at the desk's store, put together from these parts."""
    engine = replace(desk.bot.engine, store=store or desk.bot.store)
    shop = Workshop(
        engine=engine,
        world=world or CalendarWorld(wall=desk.now.timestamp),
        messenger=messenger(desk.client, Rates(desk.now.timestamp), wall=desk.now.timestamp),
        archive=LocalDirectory(desk.bot.store.path.parent / "archive"),
        controls={},
        importer=ScheduledSources(desk.bot.house.catalog, {}),
        ending=ending or threading.Event(),
        files=files,
    )
    idle = {"tell": lambda *_: None, "arm": lambda _due: None, "bell": threading.Event()}
    hands = {"pool": ThreadPoolExecutor(1), "teller": ThreadPoolExecutor(1)}
    return Dispatcher(shop, **{**idle, **hands, **parts})


class Idle(Executor):
    """Begins nothing that it is handed."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return Future()


class Slow:
    """Builds a messenger whose posts end once they are let go on."""

    def __init__(self) -> None:
        self.begun, self.going_on = threading.Event(), threading.Event()
        self.posts: list[str] = []

    def __call__(self, *parts: Any, **more: Any) -> SlackMessenger:
        slow = self

        class Posting(SlackMessenger):
            def post(self, message: Message, now: datetime) -> Result:
                slow.posts.append(message.key)
                slow.begun.set()
                slow.going_on.wait(30)
                return Done(found={"channel": message.channel, "ts": "1.0"})

        return Posting(*parts, **more)


def test_work_that_a_stop_kept_from_beginning_can_be_taken_up_at_once(desk: Desk) -> None:
    desk.propose(CHURN)
    desk.propose(CHURN_2)
    slow = Slow()
    dispatcher = dispatcher_of(desk, messenger=slow)
    dispatcher.start()
    assert slow.begun.wait(20)

    dispatcher.stop(0.5)

    (given_back,) = desk.bot.store.claim(ClaimKind.EFFECT, desk.now, 9)
    assert given_back.key == "RET-2/card"
    slow.going_on.set()


def test_what_still_waits_for_a_hand_when_a_stop_comes_is_not_begun(desk: Desk) -> None:
    """Between the word and the end of it, hands that become free would go on with what waits."""
    desk.propose(CHURN)
    desk.propose(CHURN_2)
    slow, ending = Slow(), threading.Event()
    pool = ThreadPoolExecutor(1)
    dispatcher = dispatcher_of(desk, messenger=slow, ending=ending, pool=pool)
    dispatcher.drain()
    assert slow.begun.wait(20)

    ending.set()
    slow.going_on.set()
    pool.shutdown()

    assert slow.posts == ["RET-1/card"]
    assert "RET-2/card" in [claim.key for claim in desk.bot.store.claim(ClaimKind.EFFECT, desk.now, 9)]


class StoppedAtOnce(CalendarWorld):
    """Is told to stop while the first command is decided."""

    ending = threading.Event()

    def point(self, name: str) -> None:
        if name == "settled":
            self.ending.set()


def test_a_stop_lets_the_command_end_that_is_decided_and_gives_the_others_back(desk: Desk) -> None:
    for number in range(3):
        asks(desk, f"k{number}")
    world = StoppedAtOnce(wall=desk.now.timestamp)
    dispatcher = dispatcher_of(desk, world=world, ending=world.ending)

    assert dispatcher.drain() == 1
    assert dispatcher.drain() == 0, "nothing is claimed after a stop"

    assert [key for key in ("k0", "k1", "k2") if desk.bot.store.receipt(key)] == ["k0"]
    assert [claim.key for claim in desk.bot.store.claim(ClaimKind.INBOX, desk.now, 9)] == ["k1", "k2"]


def test_what_was_claimed_while_a_stop_ended_the_pool_is_given_back(desk: Desk) -> None:
    desk.propose()
    pool = ThreadPoolExecutor(1)
    pool.shutdown()

    assert dispatcher_of(desk, pool=pool).drain() == 0

    (given_back,) = desk.bot.store.claim(ClaimKind.EFFECT, desk.now, 9)
    assert given_back.key == "RET-1/card"


def test_a_command_decided_while_a_stop_ended_the_answers_is_decided_all_the_same(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    asks(desk, "k")
    teller = ThreadPoolExecutor(1)
    teller.shutdown()

    assert dispatcher_of(desk, teller=teller).drain() == 1

    assert desk.bot.store.receipt("k") is not None
    assert "an answer was not given: the bot stopped" in caplog.text


def test_a_dispatcher_that_was_never_started_can_be_stopped(desk: Desk) -> None:
    dispatcher_of(desk).stop(0.1)


def test_one_that_stood_still_beyond_its_lease_does_not_end_the_renewing_of_the_next(desk: Desk) -> None:
    """A machine that slept for a minute, say: the first attempt ends while the second is at work."""
    desk.propose()
    posting, going_on = SimpleQueue[int](), [threading.Event(), threading.Event()]
    attempts = count()

    class Posting(SlackMessenger):
        def find(self, message: Message, since: datetime, now: datetime) -> Result:
            return NotDone(retry_at=now, why="it is not there")

        def post(self, message: Message, now: datetime) -> Result:
            number = next(attempts)
            posting.put(number)
            going_on[number].wait(30)
            return Done(found={"channel": message.channel, "ts": f"{number}.0"})

    seconds, ended, pool = [desk.now.timestamp()], threading.Event(), ThreadPoolExecutor(2)
    world = CalendarWorld(wall=lambda: seconds[0])
    dispatcher = dispatcher_of(desk, messenger=Posting, world=world, pool=pool, bell=ended)
    dispatcher.drain()
    assert posting.get(timeout=20) == 0
    seconds[0] += 2 * LEASE.total_seconds()
    dispatcher.drain()
    assert posting.get(timeout=20) == 1
    going_on[0].set()
    assert ended.wait(20)

    for _ in range(3):
        seconds[0] += 0.9 * LEASE.total_seconds()
        dispatcher._renew()

    assert desk.bot.store.claim(ClaimKind.EFFECT, world.now(), 9) == ()
    going_on[1].set()
    pool.shutdown()
    assert desk.bot.store.found("RET-1/card") == {"channel": GOVERNANCE, "ts": "1.0"}


class Counting:
    """A store that counts how often leases were renewed."""

    def __init__(self, store: Any) -> None:
        self._store, self.renewed = store, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def renew(self, *claim: Any) -> bool:
        self.renewed += 1
        return bool(self._store.renew(*claim))


def test_leases_are_kept_however_much_there_is_to_decide(desk: Desk) -> None:
    """A crowd that presses on and on keeps the dispatcher from ever waiting, when it would renew them."""
    desk.propose()
    for number in range(3 * BATCH):
        asks(desk, f"k{number}")
    slow, store, decided = Slow(), Counting(desk.bot.store), threading.Event()
    ticks = count(0, RENEW_SECONDS + 1)
    dispatcher = dispatcher_of(
        desk, messenger=slow, store=store, stopwatch=lambda: next(ticks), arm=lambda _due: decided.set()
    )
    dispatcher.start()

    assert decided.wait(20)

    assert store.renewed >= 2
    slow.going_on.set()
    dispatcher.stop(4)


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
