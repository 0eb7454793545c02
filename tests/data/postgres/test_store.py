"""What only the store for several processes promises: races end well, a tail skips nothing, lost servers come back."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from data.errors import Invalid, Unavailable
from data.events import Resumed
from data.postgres.connection import PostgresConnection, translated
from data.postgres.store import PostgresStore
from data.records.decision import ClaimKind, Done, Outcome, Receipt
from data.store import BEGINNING, StoredEvent, Verified
from tests.contract.postgresql import fresh_url
from tests.contract.scripted import (
    NOW,
    Scripted,
    a_command,
    a_timer,
    an_effect,
    at,
    count_up,
    tally,
)

PATIENCE_SECONDS = 20


@pytest.fixture
def url() -> str:
    return fresh_url()


@pytest.fixture
def replica(url: str) -> Iterator[Callable[[], PostgresStore]]:
    """Opens the same record again, as another process would."""
    opened: list[PostgresStore] = []

    def open_one() -> PostgresStore:
        opened.append(PostgresStore(url, Scripted()))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(replica: Callable[[], PostgresStore]) -> PostgresStore:
    return replica()


@pytest.fixture
def other(replica: Callable[[], PostgresStore], store: PostgresStore) -> PostgresStore:
    return replica()


def at_once(count: int, act: Callable[[int], Receipt]) -> list[Receipt]:
    start = threading.Barrier(count)

    def begin(number: int) -> Receipt:
        start.wait(PATIENCE_SECONDS)
        return act(number)

    with ThreadPoolExecutor(count) as people:
        return list(people.map(begin, range(count)))


def test_two_replicas_that_open_one_stream_at_once_make_one_chain(
    store: PostgresStore, other: PostgresStore
) -> None:
    receipts = at_once(8, lambda n: count_up((store, other)[n % 2], f"k{n}"))

    assert sorted(receipt.version for receipt in receipts) == list(range(1, 9))
    assert store.verify() == Verified(entries=8, streams=1)


def test_one_key_sent_to_two_replicas_happens_once(store: PostgresStore, other: PostgresStore) -> None:
    new = a_command(counts=1, reply="Proposed")
    receipts = at_once(8, lambda n: (store, other)[n % 2].transact("k1", "RET-*", new, b"", NOW))

    assert sorted(receipt.repeated for receipt in receipts) == [False] + [True] * 7
    assert {(receipt.stream, receipt.reply) for receipt in receipts} == {("RET-1", "Proposed")}
    assert store.streams() == ("RET-1",)


def test_proposals_at_once_get_numbers_without_gaps(store: PostgresStore, other: PostgresStore) -> None:
    new = a_command(counts=1)
    receipts = at_once(8, lambda n: (store, other)[n % 2].transact(f"k{n}", "RET-*", new, b"", NOW))

    assert {receipt.stream for receipt in receipts} == {f"RET-{number}" for number in range(1, 9)}


def test_one_id_is_reserved_by_one_of_two_at_once(store: PostgresStore, other: PostgresStore) -> None:
    reserve = a_command(counts=1, reserves=("endpoint:churn",))
    receipts = at_once(2, lambda n: (store, other)[n].transact(f"k{n}", f"RET-{n}", reserve, b"", NOW))

    assert sorted(receipt.outcome for receipt in receipts) == [Outcome.DONE, Outcome.REFUSED]


@pytest.mark.parametrize("kind", [ClaimKind.TIMER, ClaimKind.EFFECT])
def test_what_one_replica_is_claiming_the_other_passes_over(
    store: PostgresStore, other: PostgresStore, kind: ClaimKind
) -> None:
    rows = {"timers": (a_timer("a"), a_timer("b"))}
    if kind is ClaimKind.EFFECT:
        rows = {"effects": (an_effect("RET-1/a"), an_effect("RET-1/b"))}
    store.transact("k1", "RET-1", a_command(counts=1, **rows), b"", NOW)

    def claim_both(conn: PostgresConnection) -> tuple[list[str], list[str]]:
        table, key = ("timers", "stream || '/' || name") if kind is ClaimKind.TIMER else ("effects", "key")
        conn.execute(f"SELECT 1 FROM {table} WHERE {key} = 'RET-1/a' FOR UPDATE")  # noqa: S608
        return [claim.key for claim in other.claim(kind, NOW, 9)], []

    taken, _ = store.write(claim_both)
    assert taken == ["RET-1/b"]
    assert [claim.key for claim in other.claim(kind, NOW, 9)] == ["RET-1/a"]


def test_many_claiming_at_once_take_each_row_once_and_keep_every_lane_in_order(
    store: PostgresStore, other: PostgresStore
) -> None:
    effects = tuple(an_effect(f"{lane}{n}", lane=lane) for n in range(6) for lane in "ABCD")
    store.transact("k1", "RET-1", a_command(counts=1, effects=effects), b"", NOW)
    done: list[str] = []

    def work(number: int) -> Receipt:
        mine = (store, other)[number % 2]
        while len(done) < len(effects):
            for claim in mine.claim(ClaimKind.EFFECT, NOW, 3):
                done.append(claim.key)
                mine.settle(claim, Done(), NOW)
        return Receipt(key="", stream="", outcome=Outcome.DONE, version=0)

    at_once(4, work)
    assert Counter(done) == Counter(effect.key for effect in effects)
    for lane in "ABCD":
        assert [key for key in done if key[0] == lane] == [f"{lane}{n}" for n in range(6)]


def test_a_replica_that_lost_its_lease_is_fenced_off_by_the_other(
    store: PostgresStore, other: PostgresStore
) -> None:
    store.transact("k1", "RET-1", a_command(counts=1, effects=(an_effect("card"),)), b"", NOW)
    (lost,) = store.claim(ClaimKind.EFFECT, NOW, 1)
    (taken,) = other.claim(ClaimKind.EFFECT, at(61), 1)

    assert (lost.attempt, taken.attempt) == (1, 2)
    assert not store.renew(lost, at(61))
    assert not store.settle(lost, Done(), at(61), then=("RET-1", a_command(counts=1), b""))
    assert other.settle(taken, Done(), at(61))
    assert tally(store.state("RET-1")).count == 1


def test_what_waits_for_an_effect_that_is_just_being_settled_is_not_left_behind(
    store: PostgresStore, other: PostgresStore
) -> None:
    """Each of 20 times, an effect is done by one replica while the other wants something after it."""
    for n in range(20):
        store.transact(
            f"card {n}", f"RET-{n}", a_command(counts=1, effects=(an_effect(f"card {n}"),)), b"", NOW
        )
        (card,) = store.claim(ClaimKind.EFFECT, NOW, 1)
        line = a_command(counts=1, effects=(an_effect(f"line {n}", after=f"card {n}"),))
        with ThreadPoolExecutor(2) as both:
            wanting = both.submit(other.transact, f"line {n}", f"RET-{n + 100}", line, b"", NOW)
            assert both.submit(store.settle, card, Done(), NOW).result(PATIENCE_SECONDS)
            wanting.result(PATIENCE_SECONDS)
        (claim,) = store.claim(ClaimKind.EFFECT, NOW, 9)
        assert claim.key == f"line {n}"
        assert store.settle(claim, Done(), NOW)


def test_a_tail_read_while_eight_write_misses_nothing_and_keeps_each_stream_in_order(
    store: PostgresStore, other: PostgresStore
) -> None:
    """By position alone 16 % were missed in the design's measurement: positions are given out before commits."""
    seen: list[StoredEvent] = []
    writing = threading.Event()
    writing.set()

    def follow() -> None:
        cursor = BEGINNING
        while True:
            is_last_look = not writing.is_set()
            for event in other.tail(cursor):
                seen.append(event)
                cursor = event.cursor
            if is_last_look:
                return

    def write(number: int) -> Receipt:
        for n in range(40):
            mine = (store, other)[n % 2]
            receipt = mine.transact(f"{number}/{n}", f"RET-{n % 3}", a_command(counts=2), b"", NOW)
        return receipt

    with ThreadPoolExecutor(1) as reader:
        following = reader.submit(follow)
        at_once(8, write)
        writing.clear()
        following.result(PATIENCE_SECONDS)

    versions = defaultdict(list)
    for event in seen:
        versions[event.stream].append(event.version)
    assert sum(map(len, versions.values())) == 8 * 40 * 2
    for stream, found in versions.items():
        assert found == [event.version for event in store.events(stream)]


def test_a_tail_goes_on_after_any_event_that_was_read(store: PostgresStore) -> None:
    for n in range(5):
        count_up(store, f"k{n}", f"RET-{n % 2}")
    everything = list(store.tail())

    for place, event in enumerate(everything):
        assert list(store.tail(event.cursor)) == everything[place + 1 :]
    assert store.events("RET-1")[-1].cursor == everything[3].cursor


def test_a_record_from_a_dump_of_another_server_is_tailed_from_its_first_event(
    store: PostgresStore, replica: Callable[[], PostgresStore]
) -> None:
    count_up(store, "k1")
    store.write(lambda conn: conn.execute("UPDATE events SET xid = '9000000000000'::xid8"))
    assert list(store.tail()) == []

    assert [event.version for event in replica().tail()] == [1]


def test_a_log_from_a_dump_of_another_server_goes_on_with_what_is_not_in_it(
    store: PostgresStore, replica: Callable[[], PostgresStore]
) -> None:
    count_up(store, "k1")
    store.seal(NOW)
    count_up(store, "k2")
    store.write(lambda conn: conn.execute("UPDATE events SET xid = '9000000000000'::xid8"))
    store.write(lambda conn: conn.execute("UPDATE sealed_until SET xid = 9000000000000"))
    ours = replica()
    count_up(ours, "k3", "RET-2")

    assert ours.seal(NOW).entries == 2
    assert ours.verify() == Verified(entries=3, streams=2, sealed=3)


def test_an_entry_that_is_committed_late_is_sealed_after_those_that_were_faster(
    store: PostgresStore, replica: Callable[[], PostgresStore]
) -> None:
    """Its place among all is before theirs, and the log has them all the same, each once."""
    ours = replica()
    seen: list[int] = []

    def slow(conn: PostgresConnection) -> None:
        store.append(conn, "RET-1", [Resumed(at=NOW, by="U1")], NOW)
        count_up(ours, "k2", "RET-2")
        seen.append(ours.seal(NOW).entries)

    store.write(slow)
    seen.append(ours.seal(NOW).entries)

    assert seen == [0, 2]
    assert ours.verify() == Verified(entries=2, streams=2, sealed=2)


def test_a_connection_the_server_dropped_is_replaced_before_it_is_used(
    store: PostgresStore, url: str
) -> None:
    count_up(store, "k1")
    drop_all(url)

    assert count_up(store, "k2").version == 2


def test_a_connection_lost_within_a_commit_is_unavailable_and_the_next_call_connects_again(
    store: PostgresStore, url: str
) -> None:
    def job(conn: PostgresConnection) -> None:
        conn.execute("INSERT INTO reservations VALUES ('x', 'RET-9')")
        drop_all(url)
        conn.execute("SELECT 1")

    with pytest.raises(Unavailable) as lost:
        store.write(job)

    assert str(lost.value) == (
        f"{store.name} does not answer (terminating connection due to administrator command). "
        "Check the server and the URL; it is tried again"
    )
    with store.reading() as conn:
        assert conn.execute("SELECT count(*) FROM reservations").fetchone() == (0,)
    assert count_up(store, "k1").version == 1


def drop_all(url: str) -> None:
    """End every other connection of Emeritus, as a server does that is restarted."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE application_name = 'emeritus' AND pid <> pg_backend_pid()"
        )


def test_a_server_that_is_not_there_is_unavailable_and_its_password_is_not_told() -> None:
    with pytest.raises(Unavailable) as refused:
        PostgresStore("postgresql://me:hunter2@127.0.0.1:1/record", Scripted())

    said = str(refused.value)
    assert said.startswith("postgresql://127.0.0.1:1/record does not answer (connection failed: ")
    assert said.endswith("). Check the server and the URL; it is tried again")
    assert "hunter2" not in said


def test_a_url_that_cannot_be_read_is_invalid_and_its_password_is_not_told() -> None:
    with pytest.raises(Invalid) as refused:
        PostgresStore("postgresql://me:hunter2@[/record", Scripted())

    assert str(refused.value) == (
        "the store's URL cannot be read: a PostgreSQL URL, e.g. postgresql://user@host/database"
    )
    assert refused.value.__cause__ is None


def test_a_lock_that_nobody_lets_go_of_is_unavailable(store: PostgresStore, other: PostgresStore) -> None:
    count_up(store, "k1")

    def job(conn: PostgresConnection) -> None:
        conn.execute("SET LOCAL lock_timeout = '20ms'")
        conn.execute("SELECT 1 FROM states FOR UPDATE")

    def hold(conn: PostgresConnection) -> None:
        conn.execute("SELECT 1 FROM states FOR UPDATE")
        with pytest.raises(Unavailable) as busy:
            other.write(job)
        assert str(busy.value) == (
            f"{store.name} is too busy (canceling statement due to lock timeout); nothing was recorded. "
            "It is tried again"
        )

    store.write(hold)


def test_a_reader_may_look_but_not_write(store: PostgresStore, url: str) -> None:
    count_up(store, "k1")
    reader = PostgresStore(url, Scripted(), read_only=True)

    assert reader.verify() == Verified(entries=1, streams=1)
    with pytest.raises(Unavailable, match="was opened for reading only"):
        count_up(reader, "k2")
    with pytest.raises(Unavailable, match="is read-only"), reader.reading() as conn:
        conn.execute("DELETE FROM events")
    reader.close()
    with pytest.raises(Unavailable, match=r"is closed\. Start Emeritus again"):
        reader.state("RET-1")


def test_a_database_without_tables_or_of_a_newer_version_is_left_alone(url: str) -> None:
    with pytest.raises(Unavailable, match="lacks tables of this version"):
        PostgresStore(url, Scripted(), read_only=True)
    store = PostgresStore(url, Scripted())
    store.write(lambda conn: conn.execute("INSERT INTO applied_steps (name) VALUES ('of_2031')"))
    store.close()
    for read_only in (False, True):
        with pytest.raises(Unavailable) as refused:
            PostgresStore(url, Scripted(), read_only=read_only)
        assert str(refused.value) == (
            f"{store.name} was written by a newer Emeritus (of_2031). Install that version"
        )


def test_work_that_is_left_is_hinted_at_to_whoever_listens(
    store: PostgresStore, other: PostgresStore
) -> None:
    assert other.wait_hint(0)
    assert not other.wait_hint(0)
    with ThreadPoolExecutor(1) as listener:
        heard = listener.submit(other.wait_hint, PATIENCE_SECONDS)
        store.receive("m1", "vote", {}, NOW)
        assert heard.result(PATIENCE_SECONDS)


def test_an_entry_edited_behind_the_store_is_named(store: PostgresStore) -> None:
    for number in range(3):
        count_up(store, f"k{number}")
    store.write(
        lambda conn: conn.execute("UPDATE events SET stored = stored || ' '::bytea WHERE version = 2")
    )

    assert store.verify().bad == "RET-1 entry 2: stored bytes do not match their hash"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("SELECT a FROM t WHERE b = ? AND c = :c", "SELECT a FROM t WHERE b = %s AND c = %(c)s"),
        ("SELECT '?', ':a', '50%' FROM t", "SELECT '?', ':a', '50%%' FROM t"),
        ("SELECT 1 /*! FOR UPDATE */", "SELECT 1 FOR UPDATE"),
        ("SELECT a::text, :b::text", "SELECT a::text, %(b)s::text"),
    ],
)
def test_statements_are_spelled_for_postgresql(ours: str, theirs: str) -> None:
    assert translated(ours) == theirs
