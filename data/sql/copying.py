"""How does a whole record move to another database? Row by row, in one commit, and compared afterwards.

Nothing is decoded on the way, so every byte and hash stays as it is, and the log goes on with its leaves in their
order; only the place of an event in the tail is the new database's own, and up to where there all is in the log.
Whoever calls has both records for itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

import msgspec

from data.errors import Corrupt, Refused
from data.records.base import Record
from data.sql.connection import Connection
from data.sql.record import SqlStore

Page = list[tuple[Any, ...]]

PAGE = 1000
_DIGESTS = 2**256


class _Table(NamedTuple):
    columns: str
    key: str


TABLES = {
    "events": _Table("position, stream, version, stored, digest", "position"),
    "states": _Table("stream, version, digest, state", "stream"),
    "prose": _Table("commitment, stream, version, salt, text, stored_at", "commitment"),
    "leaves": _Table("number, position, stream, version, digest", "number"),
    "tiles": _Table("level, number, hashes", "level, number"),
    "heads": _Table("size, root, checkpoint, sealed_at", "size, checkpoint"),
    "receipts": _Table("key, stream, outcome, version, reply", "key"),
    "numbers": _Table("prefix, last", "prefix"),
    "reservations": _Table("id, stream", "id"),
    "catalog_version": _Table("version", "version"),
    "catalog_change": _Table("version, id", "version, id"),
    "fold_version": _Table("version", "version"),
    "secrets": _Table("name, value", "name"),
    "backups": _Table("taken_at, restored_at", "taken_at"),
    "inbox": _Table(
        "arrival, key, command, reply_to, attempt, first_tried, leased, ready_at, outcome, found, why, sender",
        "arrival",
    ),
    "timers": _Table(
        "stream, name, due_at, command, attempt, first_tried, leased, ready_at, why, set_at", "stream, name"
    ),
    "effects": _Table(
        "key, seq, stream, effect, lane, after_key, batch, status, ready_at, attempt, first_tried, wanted,"
        " claimed_wanted, lead, merged, found, why, tried_at, gate, place, turn_at, held_up, kept, kept_until",
        "key",
    ),
    "entity": _Table("id, kind, name, record, declared_in, file, unseen_since", "id"),
    "edge": _Table(
        "from_id, to_id, declared_by, source, declared_in, withdrawn_at", "from_id, to_id, declared_by"
    ),
    "sighting": _Table(
        "from_id, to_id, source, seen_in, first_seen, last_seen, calls_per_day", "from_id, to_id, source"
    ),
    "team": _Table("id, name, record, file, unseen_since", "id"),
    "member": _Table("team_id, position, person_id", "team_id, position"),
    "person": _Table("id, name, slack_id, record, file, unseen_since", "id"),
}

# An empty record has a row in each of these.
_MARKS = ("catalog_version", "fold_version", "secrets")


class Copied(Record, frozen=True, kw_only=True):
    """What the destination holds now: rows by table, and what its own check of the chain found."""

    rows: dict[str, int]
    entries: int
    streams: int


def copy(source: SqlStore, destination: SqlStore, say: Callable[[str, int], None]) -> Copied:
    """Copy everything into an empty record; `say` hears a table and how many of its rows are through.

    Raises `Refused` when the destination is not empty, `Corrupt` when a record does not hold.
    """
    checked = source.verify()
    if checked.bad:
        raise Corrupt(
            f"The source does not hold ({checked.bad}); nothing was copied. Restore it from a backup"
        )

    def job(into: Connection) -> dict[str, tuple[int, int]]:
        _check_empty(into)
        for mark in _MARKS:
            into.execute(f"DELETE FROM {mark}")  # noqa: S608 - from above
        sums = {}
        with source.reading() as conn:
            for name, table in TABLES.items():
                places = ", ".join("?" * len(table.columns.split(",")))
                insert = f"INSERT INTO {name} ({table.columns}) VALUES ({places})"  # noqa: S608
                sums[name] = _summed(_put(_pages(conn, name, table), into, insert, partial(say, name)))
        destination.renumber(into)
        return sums

    sums = destination.write(job)
    with destination.snapshot() as conn:
        for name, table in TABLES.items():
            if _summed(_pages(conn, name, table)) != sums[name]:
                raise Corrupt(f'The copied rows of "{name}" are not those of the source. Delete the copy')
    copied = destination.verify()
    if (copied.bad, copied.entries) != ("", checked.entries):
        raise Corrupt(f"The copy does not hold ({copied.bad}). Delete it; the source is as it was")
    rows = {name: count for name, (count, _) in sums.items()}
    return Copied(rows=rows, entries=copied.entries, streams=copied.streams)


def _check_empty(conn: Connection) -> None:
    filled = [f"SELECT 1 FROM {name}" for name in TABLES if name not in _MARKS]  # noqa: S608 - from above
    filled.append("SELECT 1 FROM catalog_version WHERE version <> 0")
    if any(conn.execute(f"{query} LIMIT 1").fetchone() for query in filled):
        raise Refused(
            "The destination holds a record already", next_step="Give a new file, or an empty database"
        )


def _pages(conn: Connection, name: str, table: _Table) -> Iterator[Page]:
    columns, key = table.columns.split(", "), table.key.split(", ")
    places = ", ".join("?" * len(key))
    after: tuple[Any, ...] = ()
    while True:
        where = f"WHERE ({table.key}) > ({places})" if after else ""
        page = conn.execute(
            f"SELECT {table.columns} FROM {name} {where} ORDER BY {table.key} LIMIT {PAGE}",  # noqa: S608
            after,
        ).fetchall()
        if page:
            yield page
        if len(page) < PAGE:
            return
        after = tuple(page[-1][columns.index(part)] for part in key)


def _put(pages: Iterable[Page], into: Connection, insert: str, say: Callable[[int], None]) -> Iterator[Page]:
    """The same pages, each once it is in the copy."""
    count = 0
    for page in pages:
        into.executemany(insert, page)
        count += len(page)
        say(count)
        yield page


def _summed(pages: Iterable[Page]) -> tuple[int, int]:
    """How many rows, and the sum of their digests."""
    count, total = 0, 0
    for page in pages:
        count, total = count + len(page), total + sum(map(_digest, page))
    return count, total % _DIGESTS


def _digest(row: tuple[Any, ...]) -> int:
    """Summed up over a table, digests say whether two hold the same rows, in whatever order they are read."""
    return int.from_bytes(hashlib.sha256(msgspec.msgpack.encode(row)).digest(), "big")
