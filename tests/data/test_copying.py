"""Does a record arrive in another database as it was, and come back: every row, every byte, every hash?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from data.catalog.catalog import Catalog
from data.errors import Corrupt, Refused, Unavailable
from data.postgres.store import PostgresStore
from data.records.decision import ClaimKind, Done, NotDone
from data.sql import copying
from data.sql.copying import TABLES, copy
from data.sql.record import SqlStore
from data.sqlite.store import SqliteStore
from tests.contract.postgresql import fresh_url
from tests.contract.scripted import NOW, Scripted, a_command, a_timer, an_effect, at, count_up
from tests.data.catalogs import COMPANY, a_reading_of_calls, imported

Opens = Callable[[], SqlStore]


@pytest.fixture
def opened() -> Iterator[Callable[[SqlStore], SqlStore]]:
    stores: list[SqlStore] = []

    def keep(store: SqlStore) -> SqlStore:
        stores.append(store)
        return store

    yield keep
    for store in stores:
        store.close()


def silent(_table: str, _rows: int) -> None:
    pass


def fill(store: SqlStore) -> None:
    """Something in every table, and rows in every state of their lives."""
    imported(Catalog(store), COMPANY)
    Catalog(store).import_(a_reading_of_calls(), format="csv", now=NOW)
    effects = (
        an_effect("card", refresh=True, lane="C1"),
        *(an_effect(f"dm {n}", batch="dms", lane="U1") for n in range(3)),
        an_effect("line", after="card"),
    )
    proposal = a_command(
        says=("Costs\x00 too much 🤖", "Really"),
        timers=(a_timer("soon"), a_timer("late", 90)),
        effects=effects,
    )
    store.transact("k1", "RET-*", proposal, b"", NOW)
    store.transact("k2", "RET-*", a_command(counts=3, reserves=("endpoint:churn",)), b"", NOW)
    store.transact("k3", "RET-1", a_command(refuses="Not now"), b"", NOW)
    store.transact("k4", "RET-1", a_command(erases=2), b"", NOW)
    store.erase("RET-1", 2)
    store.seal(NOW)
    for number in range(3):
        store.receive(f"m{number}", "vote", {"user": "U1"}, NOW)
    first, second, _ = store.claim(ClaimKind.INBOX, NOW, 3)
    store.settle(first, Done(found={"receipt": "k9"}), NOW)
    store.settle(second, NotDone(retry_at=at(30), why="429"), NOW)
    store.claim(ClaimKind.TIMER, NOW, 1)
    card, _ = store.claim(ClaimKind.EFFECT, NOW, 2)
    store.settle(card, Done(found={"ts": "17.1"}), NOW, then=("RET-2", a_command(counts=1), b""))
    store.write(lambda conn: conn.execute("INSERT INTO backups VALUES (1, 2)"))


def rows(store: SqlStore) -> dict[str, list[tuple[Any, ...]]]:
    with store.reading() as conn:
        return {
            name: [*conn.execute(f"SELECT {table.columns} FROM {name} ORDER BY {table.key}")]  # noqa: S608
            for name, table in TABLES.items()
        }


def test_a_record_goes_to_postgresql_and_back_with_every_row_as_it_was(
    tmp_path: Path, opened: Callable[[SqlStore], SqlStore]
) -> None:
    source = opened(SqliteStore(tmp_path / "first.db", Scripted()))
    between = opened(PostgresStore(fresh_url(), Scripted()))
    back = opened(SqliteStore(tmp_path / "back.db", Scripted()))
    fill(source)
    copied = copy(source, between, silent)
    copy(between, back, silent)

    was = rows(source)
    assert all(was.values())
    assert rows(between) == was
    assert rows(back) == was
    assert copied.rows == {name: len(found) for name, found in was.items()}
    assert between.verify() == back.verify() == source.verify()
    assert between.events("RET-1")[1].event == source.events("RET-1")[1].event
    assert Catalog(between).models() == Catalog(source).models()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_copy_goes_on_where_the_source_stopped(
    tmp_path: Path, kind: str, opened: Callable[[SqlStore], SqlStore]
) -> None:
    source = opened(SqliteStore(tmp_path / "first.db", Scripted()))
    fill(source)
    destination = opened(
        SqliteStore(tmp_path / "copy.db", Scripted())
        if kind == "sqlite"
        else PostgresStore(fresh_url(), Scripted())
    )
    copy(source, destination, silent)

    assert destination.transact("k1", "RET-*", a_command(counts=1), b"", NOW).repeated
    new = a_command(counts=1, effects=(an_effect("new"),))
    assert destination.transact("k10", "RET-*", new, b"", NOW).stream == "RET-3"
    assert destination.receive("m9", "vote", {}, NOW)
    assert not destination.receive("m0", "vote", {"user": "U1"}, NOW)
    assert "new" in [claim.key for claim in destination.claim(ClaimKind.EFFECT, at(99), 9)]
    assert list(destination.tail())[-1].stream == "RET-3"
    assert destination.verify().bad == ""
    assert destination.seal(NOW).entries == 2
    assert destination.verify().sealed == destination.entries()


def test_a_destination_that_holds_anything_is_refused_and_left_alone(
    tmp_path: Path, opened: Callable[[SqlStore], SqlStore]
) -> None:
    source = opened(SqliteStore(tmp_path / "first.db", Scripted()))
    count_up(source, "k1")
    destination = opened(PostgresStore(fresh_url(), Scripted()))
    destination.receive("m1", "vote", {}, NOW)
    with pytest.raises(Refused) as refused:
        copy(source, destination, silent)

    assert str(refused.value) == (
        "The destination holds a record already. Give a new file, or an empty database"
    )
    assert destination.streams() == ()


def test_a_record_that_does_not_hold_is_not_copied(
    tmp_path: Path, opened: Callable[[SqlStore], SqlStore]
) -> None:
    source = opened(SqliteStore(tmp_path / "first.db", Scripted()))
    count_up(source, "k1")
    source.write(lambda conn: conn.execute("UPDATE events SET digest = zeroblob(32)"))
    destination = opened(PostgresStore(fresh_url(), Scripted()))
    with pytest.raises(Corrupt) as corrupt:
        copy(source, destination, silent)

    assert str(corrupt.value) == (
        "The source does not hold (RET-1 entry 1: stored bytes do not match their hash); nothing was copied. "
        "Restore it from a backup"
    )
    assert destination.streams() == ()


def test_a_table_of_more_than_one_page_arrives_whole(
    tmp_path: Path, opened: Callable[[SqlStore], SqlStore]
) -> None:
    source = opened(SqliteStore(tmp_path / "first.db", Scripted()))
    destination = opened(PostgresStore(fresh_url(), Scripted()))
    count = copying.PAGE * 2 + 1
    source.transact("k1", "RET-1", a_command(counts=count), b"", NOW)
    told: list[tuple[str, int]] = []
    copy(source, destination, lambda table, rows: told.append((table, rows)))

    assert [rows for table, rows in told if table == "events"] == [1000, 2000, 2001]
    assert len(list(destination.tail())) == count


def test_a_record_in_use_is_not_copied_and_one_being_copied_is_not_used() -> None:
    url = fresh_url()
    running = PostgresStore(url, Scripted())
    with pytest.raises(Unavailable) as used:
        PostgresStore(url, Scripted(), exclusive=True)
    assert str(used.value) == (
        f"{running.name} is in use by a running Emeritus. Wait until that has ended, then try again"
    )
    running.close()

    copying_it = PostgresStore(url, Scripted(), exclusive=True)
    with pytest.raises(Unavailable) as copied:
        PostgresStore(url, Scripted())
    assert str(copied.value) == (f"{running.name} is being copied. Wait until that has ended, then try again")
    copying_it.close()


def test_no_table_and_no_column_is_forgotten(tmp_path: Path, opened: Callable[[SqlStore], SqlStore]) -> None:
    store = opened(SqliteStore(tmp_path / "first.db", Scripted()))
    with store.reading() as conn:
        names = {name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        columns = {name: {row[1] for row in conn.execute(f"PRAGMA table_info({name})")} for name in TABLES}

    assert names - {"_sqlite_migrations", "sqlite_sequence", "sealed_until"} == TABLES.keys()
    assert columns == {name: set(table.columns.split(", ")) for name, table in TABLES.items()}
