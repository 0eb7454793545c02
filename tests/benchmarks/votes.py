"""The work that is measured: votes as production decides and stores them, and the statements they came to.

Eight people vote on each retirement, and change their minds for ever: the state stays as large as it is, and the
round never closes, because the security team never approves.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from data.records.decision import Outcome
from data.records.facts import Facts
from data.records.plan import Subject
from data.records.rounds import Choice
from data.sql.connection import Values
from data.sqlite.store import SqliteStore
from data.sqlite.writer import Writer
from data.store import Store
from tests.builders import (
    LIVE,
    MACHINE,
    PAT,
    PLATO,
    PROPOSED_AT,
    SELMA,
    a_proposed,
    a_subject,
    casting,
    facts_for,
    proposing,
)
from workflows import commands as cmd

OWNERS = tuple(f"UOWNER{number}" for number in range(8))
ENDS = ("BEGIN", "COMMIT")


class Vote(NamedTuple):
    """The arguments of `Store.transact`."""

    key: str
    stream: str
    command: str
    facts: Facts

    def cast(self, store: Store) -> None:
        receipt = store.transact(*self, PROPOSED_AT, catalog_version=0)
        assert receipt.outcome is Outcome.DONE, receipt


def _subject(number: int) -> Subject:
    endpoint = replace(LIVE, id=f"resource:default/churn-live-{number}")
    return a_subject(model_id=f"component:default/churn-{number}", endpoints=(endpoint,))


def _facts(number: int = 0) -> Facts:
    members = {"owner": (PAT, *OWNERS), "platform": (PLATO,), "security": (SELMA,)}
    return facts_for(_subject(number), members=members, owners=(PAT, *OWNERS))


def open_rounds(store: Store, retirements: int) -> None:
    """So many retirements, proposed and open for votes; everybody has voted once."""
    for number in range(retirements):
        command = cmd.encoded(proposing(model_id=f"component:default/churn-{number}"))
        receipt = store.transact(f"propose/{number}", "RET-*", command, _facts(number), PROPOSED_AT)
        assert receipt.outcome is Outcome.DONE, receipt
    for vote in votes(retirements * len(OWNERS), retirements, series="first"):
        vote.cast(store)


def votes(count: int, retirements: int, *, series: str) -> list[Vote]:
    """Each another than its voter's last, one retirement after the other."""
    facts = _facts()
    proposed = [a_proposed(_subject(which)).state for which in range(retirements)]
    found = []
    for number in range(count):
        turn, which = divmod(number, retirements)
        again, who = divmod(turn, len(OWNERS))
        approves = (again % 2 == 0) != (series == "first")
        choice = Choice.APPROVE if approves else Choice.ABSTAIN
        ballot = casting(proposed[which], by=OWNERS[who], choice=choice)
        found.append(Vote(f"{series}/{number}", f"RET-{which + 1}", cmd.encoded(ballot), facts))
    return found


class Statement(NamedTuple):
    text: str
    values: Any
    is_many: bool = False


class Recorder:
    """A connection that writes down what it is asked. It keeps the values: production decided them."""

    def __init__(self, conn: sqlite3.Connection, log: list[Statement]) -> None:
        self._conn, self._log = conn, log

    def execute(self, statement: str, values: Values = (), /) -> sqlite3.Cursor:
        self._log.append(Statement(statement, values))
        return self._conn.execute(statement, values)

    def executemany(self, statement: str, rows: Iterable[Values], /) -> sqlite3.Cursor:
        rows = list(rows)
        self._log.append(Statement(statement, rows, is_many=True))
        return self._conn.executemany(statement, rows)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._conn, name)


def recorded(path: Path, casting_: Sequence[Vote]) -> list[list[Statement]]:
    """Cast the votes one by one on this file, and give back the statements of each, its BEGIN and COMMIT too."""
    log: list[Statement] = []
    store = SqliteStore(
        path,
        MACHINE,
        writer=lambda connect, at: Writer(lambda: Recorder(connect(), log), at),  # type: ignore[arg-type,return-value]
    )
    scripts = []
    for vote in casting_:
        log.clear()
        vote.cast(store)
        scripts.append(list(log))
    store.close()
    assert all(script[0].text.startswith(ENDS[0]) and script[-1].text == ENDS[1] for script in scripts)
    return scripts


def batches(scripts: Sequence[list[Statement]], size: int) -> Iterator[list[Statement]]:
    """The same statements with so many votes to a commit."""
    for at in range(0, len(scripts), size):
        some = scripts[at : at + size]
        inner = [statement for script in some for statement in script[1:-1]]
        yield [some[0][0], *inner, some[0][-1]]


def bare(path: Path, like: dict[str, Any]) -> sqlite3.Connection:
    """sqlite3 as it comes, with the settings of the store's own connection."""
    conn = sqlite3.connect(path, isolation_level=None)
    for name, value in like.items():
        conn.execute(f"PRAGMA {name} = {value}")
    return conn


def settings(path: Path) -> dict[str, Any]:
    """What the store's writer sets on its connection, read from that connection."""
    store = SqliteStore(path, MACHINE)

    def asked(conn: sqlite3.Connection) -> dict[str, Any]:
        names = ("journal_mode", "synchronous", "secure_delete", "wal_autocheckpoint", "cache_size")
        return {name: conn.execute(f"PRAGMA {name}").fetchone()[0] for name in names}

    found = store.write(asked)
    store.close()
    # SQLite answers with the number of a setting, and takes it for this one as a word only.
    return {**found, "secure_delete": ("OFF", "ON", "FAST")[found["secure_delete"]]}


def replay(conn: sqlite3.Connection, script: Iterable[Statement]) -> None:
    for text, values, is_many in script:
        if is_many:
            conn.executemany(text, values)
        else:
            conn.execute(text, values).fetchall()
