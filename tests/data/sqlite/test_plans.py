"""Does any statement of the record's work read all of a table that grows for years? SQLite is asked about each."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from data.catalog.catalog import Catalog
from data.catalog.changes import changed_since
from data.catalog.stored import stored_in
from data.records.decision import ClaimKind, Dead, Done, NotDone
from data.sql.connection import Values
from data.sql.depths import queues
from data.sql.troubles import troubles
from data.sqlite.store import SqliteStore
from data.sqlite.writer import Writer
from tests.contract.scripted import NOW, Scripted, a_command, a_timer, an_effect, at
from tests.data.catalogs import a_reading_of_calls, a_source, imported

# These indexes hold only what waits or has stopped for good.
SMALL = (
    *(
        f"USING INDEX {name}"
        for name in ("inbox_arrival", "inbox_trouble", "timers_trouble", "effects_held_up", "effects_kept")
    ),
    "SCAN sqlite_sequence",  # a row for each table that numbers its rows
    "SCAN sealed_until",  # one row
    "SCAN backups",  # a row for each time the record was brought back
)


class Watched:
    """The writer's connection; looks at the plan of every statement before it is run."""

    def __init__(self, real: sqlite3.Connection, seen: list[tuple[str, str]]) -> None:
        self._real, self._seen = real, seen

    def execute(self, statement: str, values: Values = ()) -> sqlite3.Cursor:
        if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE)", statement):
            plan = self._real.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            self._seen.append((" ".join(statement.split()), " | ".join(row[3] for row in plan)))
        return self._real.execute(statement, values)

    def executemany(self, statement: str, rows: Iterable[Values]) -> None:
        for values in rows:
            self.execute(statement, values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


@pytest.fixture
def seen(tmp_path: Path) -> list[tuple[str, str]]:
    """Every statement of a record that is written to, with SQLite's plan for it."""
    seen: list[tuple[str, str]] = []

    def writer(connect: Any, path: Path) -> Writer:
        return Writer(lambda: Watched(connect(), seen), path)  # type: ignore[arg-type, return-value]

    with closing(SqliteStore(tmp_path / "emeritus.db", Scripted(), writer=writer)) as store:
        effects = (
            an_effect("card"),
            an_effect("card/edit", after="card", refresh=True),
            an_effect("line", after="card", lane="thread", batch="lines"),
            an_effect("line 2", after="card", lane="thread", batch="lines"),
        )
        for key in ("first", "second"):
            script = a_command(
                counts=1, says=("why",), effects=effects, timers=(a_timer(),), reserves=("model",)
            )
            store.receive(key, script, {"stream": "RET-1"}, NOW)
            for claim in store.claim(ClaimKind.INBOX, NOW, 9):
                store.transact(key, "RET-1", script, b"", NOW)
                store.settle(claim, Done(), NOW)
            for kind in (ClaimKind.TIMER, ClaimKind.EFFECT, ClaimKind.EFFECT):
                for claim in store.claim(kind, NOW, 9):
                    store.settle(claim, Done(), NOW)
        store.transact("third", "RET-1", a_command(effects=(an_effect("dm"), an_effect("dm 2"))), b"", NOW)
        busy, gone = store.claim(ClaimKind.EFFECT, NOW, 9)
        store.renew(busy, NOW)
        store.settle(busy, NotDone(retry_at=at(1), why="busy"), NOW)
        store.settle(gone, Dead(why="user_not_found"), NOW)
        store.write(troubles)
        store.write(lambda conn: queues(conn, NOW))
        for claim in store.claim(ClaimKind.EFFECT, at(1), 9):
            store.settle(claim, Dead(why="user_not_found"), at(1))
        for key in ("dm", "RET-1/remind"):
            store.retry(key, NOW)
            store.dismiss(key)
        store.dismiss("dm 2")
        store.erase("RET-1", 2)
        store.seal(NOW)
    return seen


def test_no_statement_reads_all_that_ever_happened(seen: list[tuple[str, str]]) -> None:
    assert len({statement for statement, _ in seen}) > 30
    scans = re.compile(r"SCAN (?!CONSTANT ROW)[^|]*")
    found = {(scan.strip(), statement) for statement, plan in seen for scan in scans.findall(plan)}
    assert [one for one in found if not one[0].endswith(SMALL)] == []


def test_an_import_reads_no_table_of_the_catalog_as_a_whole(tmp_path: Path) -> None:
    """Nor does who catches up with it: what was imported ever grows, and one edge that changed shall cost as one."""
    seen: list[tuple[str, str]] = []

    def writer(connect: Any, path: Path) -> Writer:
        return Writer(lambda: Watched(connect(), seen), path)  # type: ignore[arg-type, return-value]

    with closing(SqliteStore(tmp_path / "emeritus.db", Scripted(), writer=writer)) as store:
        catalog = Catalog(store)
        source = tmp_path / "a.yaml"
        for consumer in ("c, dependsOn: ['resource:m']", "d, dependsOn: ['resource:m']", "c, type: x"):
            a_source(
                source,
                "Resource m, type: ai-model",
                f"Component {consumer}",
                "Group t, members: [u]",
                "User u",
            )
            imported(catalog, source)
        catalog.import_(a_reading_of_calls(), format="csv", now=NOW)
        ids = store.write(lambda conn: changed_since(conn, 1, 4))
        assert ids is not None
        store.write(lambda conn: stored_in(conn, ids))
    ours = "entity|team|person|member|edge|sighting|catalog_change"
    assert {table for statement, _ in seen for table in re.findall(rf"\b({ours})\b", statement)} == set(
        ours.split("|")
    )
    scans = re.compile(rf"SCAN ({ours})\b[^|]*")
    assert [(statement, plan) for statement, plan in seen if scans.search(plan)] == []
