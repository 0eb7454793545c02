"""What the tables of the catalog hold, as facts: all of it, or all that stands under some ids."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

import msgspec

from data.catalog.statements import Calls, Seen, Statement
from data.records.catalog import Entity, Group, Person
from data.sql.among import rows_among
from data.sql.connection import Connection

RecordT = TypeVar("RecordT", Entity, Group, Person)

_UNSEEN = ("entity", "team", "person")
_STATEMENT = itemgetter(1, 2, 3)


@dataclass(slots=True, frozen=True)
class Stored:
    """In order of ids. `unseen` says since when something is not declared any more.

    stated, seen   by what depends: which edges are stated, and which calls were seen
    secret         with which the ids are made of what has no name (workflows/veiling.py)
    """

    version: int
    entities: dict[str, Entity]
    stated: dict[str, tuple[Statement, ...]]
    seen: dict[str, tuple[Seen, ...]]
    groups: dict[str, Group]
    people: dict[str, Person]
    unseen: dict[str, str]
    secret: bytes = b""


def version_in(conn: Connection) -> int:
    row = conn.execute("SELECT version FROM catalog_version").fetchone()
    return int(row[0]) if row else 0


def stored_in(conn: Connection, ids: Collection[str] | None = None) -> Stored:
    """All of it, or what these ids stand for and depend on; `conn` sees one moment."""
    found = _Rows(conn, None if ids is None else sorted(ids))
    unseen = {one: since for table in _UNSEEN for one, since in found.unseen(table)}
    entities = {
        entity.id: msgspec.structs.replace(entity, declared_in=declared_in)
        for entity, declared_in in found.entities()
    }
    # Whoever depends on something is one text in memory; so is not what edges lead to, as to look each up takes longer.
    names = {one: one for one in entities}
    return Stored(
        version_in(conn),
        entities,
        found.stated(names),
        found.seen(names),
        {group.id: group for group in found.records("team", Group)},
        {person.id: person for person in found.records("person", Person)},
        dict(sorted(unseen.items())),
        _secret_in(conn),
    )


def _secret_in(conn: Connection) -> bytes:
    row = conn.execute("SELECT value FROM secrets WHERE name = 'veil'").fetchone()
    return bytes(row[0]) if row else b""


class _Rows:
    def __init__(self, conn: Connection, ids: Collection[str] | None) -> None:
        self._conn = conn
        self._ids = ids

    def _of(self, query: str, column: str, order: str) -> Iterable[tuple[Any, ...]]:
        """`query` ends in a WHERE with what else must hold."""
        order = f"ORDER BY {order}"
        if self._ids is None:
            return self._conn.execute(f"{query} 1 = 1 {order}")
        return rows_among(self._conn, query, column, self._ids, order=order)

    def entities(self) -> Iterator[tuple[Entity, str]]:
        rows = self._of("SELECT record, declared_in FROM entity WHERE", "id", "id")
        return ((decoded(record, Entity), declared_in) for record, declared_in in rows)

    def records(self, table: str, kind: type[RecordT]) -> Iterator[RecordT]:
        rows = self._of(f"SELECT record FROM {table} WHERE", "id", "id")  # noqa: S608
        return (decoded(record, kind) for (record,) in rows)

    def unseen(self, table: str) -> Iterable[tuple[Any, ...]]:
        query = f"SELECT id, unseen_since FROM {table} WHERE unseen_since IS NOT NULL AND"  # noqa: S608
        return self._of(query, "id", "id")

    def stated(self, names: dict[str, str]) -> dict[str, tuple[Statement, ...]]:
        rows = self._of(
            "SELECT from_id, to_id, source, declared_in FROM edge WHERE withdrawn_at IS NULL AND",
            "from_id",
            "from_id, to_id, declared_by",
        )
        # All that is done for a single row is done in C: there are very many.
        return {
            names.get(from_id, from_id): tuple(map(_STATEMENT, edges))
            for from_id, edges in groupby(rows, itemgetter(0))
        }

    def seen(self, names: dict[str, str]) -> dict[str, tuple[Seen, ...]]:
        rows = self._of(
            "SELECT from_id, to_id, source, seen_in, first_seen, last_seen, calls_per_day FROM sighting WHERE",
            "from_id",
            "from_id, to_id, source",
        )
        found: dict[str, list[Seen]] = {}
        for from_id, to_id, source, *calls in rows:
            edge = Seen(names.get(to_id, to_id), source, Calls(*calls))
            found.setdefault(names.get(from_id, from_id), []).append(edge)
        return {from_id: tuple(edges) for from_id, edges in found.items()}


# Built in one thread: two that are the first to read a type at the same time can crash msgspec 0.22.
_DECODERS: dict[type[Entity | Group | Person], msgspec.json.Decoder[Entity | Group | Person]] = {
    kind: msgspec.json.Decoder(kind) for kind in (Entity, Group, Person)
}


def decoded(record: str, kind: type[RecordT]) -> RecordT:
    found = _DECODERS[kind].decode(record)
    assert isinstance(found, kind)
    return found
