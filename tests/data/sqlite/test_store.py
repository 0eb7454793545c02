"""What only the embedded store promises: one commit for many, catalog jobs, erasing, no scans."""

from __future__ import annotations

import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data.errors import Stale, Unavailable
from data.events import Imported, Paused
from data.records.base import Prose
from data.records.decision import ClaimKind, Dead, Done, OnUnknown, Unknown
from data.sqlite.store import SqliteStore
from data.store import Trouble, Verified
from tests.contract.scripted import NOW, Scripted, Tally, a_command, a_timer, an_effect, at, count_up, tally

ROOT = Path(__file__).parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "emeritus.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(path, Scripted())
    yield opened
    opened.close()


def test_whoever_reads_while_it_is_closed_may_end(path: Path) -> None:
    """SQLite dies of a connection that is closed under a statement of another thread."""
    store = SqliteStore(path, Scripted())
    entered, go_on = threading.Event(), threading.Event()

    def look() -> tuple[int]:
        with store.reading() as conn:
            entered.set()
            go_on.wait(10)
            found: tuple[int] = conn.execute("SELECT 1").fetchone()
            return found

    def is_closed() -> bool:
        try:
            store.state("RET-1")
        except Unavailable:
            return True
        return False

    with ThreadPoolExecutor(2) as people:
        looking = people.submit(look)
        entered.wait(10)
        closing = people.submit(store.close)
        while not is_closed():
            pass
        go_on.set()
        closing.result(10)

        assert looking.result(10) == (1,)


def test_closing_finishes_what_waits(path: Path) -> None:
    store = SqliteStore(path, Scripted())
    entered, leave = threading.Event(), threading.Event()

    def slow(_: sqlite3.Connection) -> None:
        entered.set()
        leave.wait(10)

    with ThreadPoolExecutor(3) as people:
        blocked = people.submit(store.write, slow)
        entered.wait(10)
        vote = people.submit(count_up, store, "k1")
        wait_for_queue(store, 1)
        closing = people.submit(store.close)
        leave.set()
        closing.result(10)
        assert (blocked.result(10), vote.result(10).version) == (None, 1)


def wait_for_queue(store: SqliteStore, length: int) -> None:
    assert store._writer is not None
    while len(store._writer._jobs) < length:
        threading.Event().wait(0.001)


def test_commands_that_wait_share_one_commit(store: SqliteStore) -> None:
    statements: list[str] = []
    store.write(lambda conn: conn.set_trace_callback(statements.append))
    entered, leave = threading.Event(), threading.Event()

    def slow(_: sqlite3.Connection) -> None:
        entered.set()
        leave.wait(10)

    with ThreadPoolExecutor(65) as people:
        people.submit(store.write, slow)
        entered.wait(10)
        statements.clear()
        votes = [people.submit(count_up, store, f"k{number}") for number in range(64)]
        wait_for_queue(store, 64)
        leave.set()
        receipts = [vote.result(10) for vote in votes]
    store.write(lambda conn: conn.set_trace_callback(None))

    # The slow one's, and the one that all votes share.
    assert statements.count("COMMIT") == 2
    assert sorted(receipt.version for receipt in receipts) == list(range(1, 65))


def test_a_job_that_fails_takes_only_itself_back(store: SqliteStore) -> None:
    entered, leave = threading.Event(), threading.Event()

    def slow(_: sqlite3.Connection) -> None:
        entered.set()
        leave.wait(10)

    def wrong(conn: sqlite3.Connection) -> None:
        conn.execute("INSERT INTO reservations VALUES ('x', 'RET-9')")
        raise LookupError("a bug")

    with ThreadPoolExecutor(4) as people:
        people.submit(store.write, slow)
        entered.wait(10)
        before = people.submit(count_up, store, "k1")
        wait_for_queue(store, 1)
        failing = people.submit(store.write, wrong)
        wait_for_queue(store, 2)
        after = people.submit(count_up, store, "k2")
        wait_for_queue(store, 3)
        leave.set()
        assert (before.result(10).version, after.result(10).version) == (1, 2)
        with pytest.raises(LookupError, match="a bug"):
            failing.result(10)
    assert store.read().execute("SELECT count(*) FROM reservations").fetchone() == (0,)


class Interrupted(BaseException):
    """As Ctrl-C is: it comes to the main thread, whatever that is doing."""


@pytest.fixture
def interrupt() -> Iterator[Callable[[], None]]:
    came = threading.Event()
    main = threading.main_thread().ident
    assert main is not None

    def come(*_: object) -> None:
        if not came.is_set():
            came.set()
            raise Interrupted

    def send() -> None:
        # One that arrives just before the main thread begins to wait is noticed only with the next.
        while not came.wait(0.01):
            signal.pthread_kill(main, signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, come)
    yield send
    signal.signal(signal.SIGUSR1, before)


def test_who_is_interrupted_while_they_wait_takes_their_job_back(
    store: SqliteStore, interrupt: Callable[[], None]
) -> None:
    entered, leave = threading.Event(), threading.Event()

    def slow(_: sqlite3.Connection) -> None:
        entered.set()
        leave.wait(10)

    def when_it_waits() -> None:
        wait_for_queue(store, 1)
        interrupt()

    with ThreadPoolExecutor(3) as people:
        blocked = people.submit(store.write, slow)
        entered.wait(10)
        people.submit(when_it_waits)
        with pytest.raises(Interrupted):
            count_up(store, "k1")
        after = people.submit(count_up, store, "k2")
        wait_for_queue(store, 1)
        leave.set()
        assert (blocked.result(10), after.result(10).version) == (None, 1)
    assert (store.receipt("k1"), store.verify()) == (None, Verified(entries=1, streams=1))


def test_an_interrupt_is_for_whoever_was_writing_and_the_others_try_again(
    store: SqliteStore, interrupt: Callable[[], None]
) -> None:
    entered, leave, writing = threading.Event(), threading.Event(), threading.Event()

    def slow(_: sqlite3.Connection) -> None:
        entered.set()
        leave.wait(10)

    def endless(_: sqlite3.Connection) -> None:
        writing.set()
        threading.Event().wait(10)

    with ThreadPoolExecutor(3) as people:

        def when_both_share_a_commit() -> None:
            wait_for_queue(store, 1)
            other = people.submit(count_up, store, "k1")
            wait_for_queue(store, 2)
            leave.set()
            writing.wait(10)
            interrupt()
            with pytest.raises(Unavailable) as told:
                other.result(10)
            assert str(told.value) == f"Writing to {store.path} was interrupted. It is tried again"

        people.submit(store.write, slow)
        entered.wait(10)
        shared = people.submit(when_both_share_a_commit)
        with pytest.raises(Interrupted):
            store.write(endless)
        shared.result(10)
    assert (store.receipt("k1"), count_up(store, "k1").version) == (None, 1)


def test_a_job_can_change_the_catalog_and_append_its_event_in_one_commit(store: SqliteStore) -> None:
    imported = Imported(
        at=NOW,
        by="U1",
        format="backstage",
        source_digest="sha256:aa",
        counts={"models": 2},
        changed_ids=("a",),
    )

    def import_once(conn: sqlite3.Connection) -> int:
        conn.execute("UPDATE catalog_version SET version = version + 1")
        return store.append(conn, "catalog", [imported], NOW)

    assert store.write(import_once) == 1
    assert store.events("catalog")[0].event == imported
    assert store.verify() == Verified(entries=1, streams=1)
    with pytest.raises(Stale):
        store.transact("k1", "RET-*", a_command(counts=1), b"", NOW, catalog_version=0)
    assert store.transact("k1", "RET-*", a_command(counts=1), b"", NOW, catalog_version=1).stream == "RET-1"


def test_a_reading_connection_cannot_write(store: SqliteStore) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store.read().execute("DELETE FROM events")


def test_what_was_asked_is_erased_once_it_is_answered(store: SqliteStore) -> None:
    store.receive("m1", "secret words", {"url": "hook"}, NOW)
    (claim,) = store.claim(ClaimKind.INBOX, NOW, 1)
    store.settle(claim, Done(found={"receipt": "k1"}), NOW)

    row = store.read().execute("SELECT command, reply_to, outcome, found FROM inbox").fetchone()
    assert row == (None, None, "done", '{"receipt":"k1"}')


def test_words_that_are_gone_though_no_entry_says_so_are_missed(store: SqliteStore) -> None:
    store.transact("k1", "RET-1", a_command(counts=1, says=("Pat broke it",)), b"", NOW)
    store.transact("k2", "RET-1", a_command(erases=1), b"", NOW)
    store.erase("RET-1", 2)
    missed = "RET-1 entry 2: words of it are missing, and no entry says that they were erased"
    assert store.verify() == Verified(entries=3, streams=1, bad=missed)


def test_erasing_the_words_of_an_entry_leaves_a_record_that_holds(store: SqliteStore) -> None:
    store.transact("k1", "RET-1", a_command(says=("Pat broke it", "Fine")), b"", NOW)

    store.transact("k2", "RET-1", a_command(erases=1), b"", NOW)
    assert store.erase("RET-1", 1) == 1
    assert store.erase("RET-1", 1) == 0
    assert store.events("RET-1")[0].event == Paused(at=NOW, by="U1", why=Prose(prose="[erased]"))
    assert tally(store.state("RET-1")) == Tally(count=3, said=("[erased]", "Fine"))
    assert store.verify() == Verified(entries=3, streams=1)
    store.close()
    assert b"Pat broke it" not in store.path.read_bytes()


def test_what_stopped_is_listed_with_its_reason(store: SqliteStore) -> None:
    effects = (
        an_effect("disable churn", on_unknown=OnUnknown.PARK),
        an_effect("dm", batch="dms"),
        an_effect("dm 2", batch="dms"),
    )
    store.transact("k1", "RET-1", a_command(effects=effects, timers=(a_timer(),)), b"", NOW)
    disable, message = store.claim(ClaimKind.EFFECT, NOW, 9)
    (timer,) = store.claim(ClaimKind.TIMER, NOW, 9)
    store.settle(disable, Unknown(retry_at=at(5), why="timed out"), NOW)
    store.settle(message, Dead(why="user_not_found"), NOW)
    store.settle(timer, Dead(why="unknown command"), NOW)

    assert store.troubles() == (
        Trouble("disable churn", "RET-1", "timed out"),
        Trouble("dm", "RET-1", "user_not_found"),
        Trouble("dm 2", "RET-1", "user_not_found"),
        Trouble("RET-1/remind", "RET-1", "unknown command"),
    )


def test_the_receipt_of_a_follow_up_can_be_read(store: SqliteStore) -> None:
    store.transact("k1", "RET-1", a_command(timers=(a_timer(),)), b"", NOW)
    (timer,) = store.claim(ClaimKind.TIMER, NOW, 1)
    store.settle(timer, Done(), NOW, then=("RET-1", a_command(refuses="Over"), b""))

    receipt = store.receipt("then/RET-1/remind/1")
    assert receipt is not None
    assert receipt.reply == "Over. Try something else"
    assert store.receipt("never") is None


@pytest.mark.parametrize(
    "query",
    [
        "SELECT name FROM timers WHERE ready_at <= 5 AND due_at <= 5 ORDER BY ready_at LIMIT 9",
        "SELECT min(ready_at) FROM timers WHERE ready_at IS NOT NULL",
        """SELECT key FROM inbox i WHERE ready_at <= 5 AND NOT EXISTS (SELECT 1 FROM inbox held WHERE
            held.sender = i.sender AND held.arrival < i.arrival AND held.leased = 1) ORDER BY arrival LIMIT 9""",
        "SELECT stream FROM events WHERE version = 1 AND substr(stream, 1, 4) = 'RET-' ORDER BY position",
        "SELECT key FROM effects WHERE ready_at <= 5 ORDER BY ready_at, seq LIMIT 9",
        "SELECT min(seq) FROM effects WHERE lane = 'C1' AND ready_at IS NOT NULL",
        "SELECT key FROM effects WHERE batch = 'b' AND ready_at <= 5",
        "SELECT key FROM effects WHERE after_key = 'card' AND status = 'pending' AND ready_at IS NULL",
    ],
)
def test_what_lies_ahead_or_behind_is_never_scanned(store: SqliteStore, query: str) -> None:
    plan = [row[3] for row in store.read().execute(f"EXPLAIN QUERY PLAN {query}")]
    looks = [step for step in plan if step.startswith(("SCAN", "SEARCH"))]

    assert looks
    assert all(" INDEX " in step for step in looks), plan


def test_what_is_due_is_taken_in_the_order_of_an_index_however_much_there_is(store: SqliteStore) -> None:
    rows = store.read().execute(
        "EXPLAIN QUERY PLAN SELECT name FROM timers WHERE ready_at <= 5 AND due_at <= 5"
        " ORDER BY ready_at, stream, name LIMIT 9"
    )
    plan = [row[3] for row in rows]

    assert plan[0] == "SEARCH timers USING INDEX timers_ready (ready_at<?)"
    # Only those due at the same instant are sorted.
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan
