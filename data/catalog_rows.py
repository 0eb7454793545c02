"""The catalog as tables beside the record: what is stored, and how one reading is merged into it.

A row holds the fact as it was declared, encoded; where it stands (`declared_in`, `file`) is kept apart, so
a line that moved is no change. Nothing is ever deleted. What its file no longer declares is `unseen_since`
then and still counts, as an import may be partial. Only what the same document, read again, no longer
states is `withdrawn_at` then: an edge its declarer dropped because it moved on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from data.importers.report import Reading
from data.records.catalog import Dependency, Entity, Group, Person
from data.sql.connection import Connection

_COLUMNS = {
    "entity": ("id", "kind", "name", "record", "declared_in", "file", "unseen_since"),
    "team": ("id", "name", "record", "file", "unseen_since"),
    "person": ("id", "name", "slack_id", "record", "file", "unseen_since"),
}
RecordT = TypeVar("RecordT", Entity, Group, Person)


@dataclass(slots=True)
class Merged:
    """Ids by what became of them; `withdrawn` holds "from -> to".

    moved   of what changed: which file declared it before, where that was another one
    """

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(sorted({*self.new, *self.changed, *self.unseen, *self.withdrawn}))


class Rows:
    """One reading, encoded ahead of the commit, so that the writer is held up as shortly as may be."""

    def __init__(self, reading: Reading) -> None:
        files = reading.files
        self.roots = reading.roots
        self.declared = frozenset(files)
        self.entities = {
            entity.id: (
                entity.kind,
                entity.name,
                _encoded(entity),
                entity.declared_in,
                files.get(entity.id, ""),
            )
            for entity in reading.entities
        }
        self.teams = {
            group.id: (group.name, _encoded(group), files.get(group.id, "")) for group in reading.groups
        }
        self.members = [
            (group.id, position, person_id)
            for group in reading.groups
            for position, person_id in enumerate(group.member_ids)
        ]
        self.people = {
            person.id: (person.name, person.slack_id, _encoded(person), files.get(person.id, ""))
            for person in reading.people
        }
        self.edges = {
            (edge.from_id, edge.to_id): (edge.declared_in, declared_by)
            for edge, declared_by in zip(reading.dependencies, reading.declared_by, strict=True)
        }

        self.unresolved = {(edge.from_id, edge.to_id) for edge in reading.unresolved}

    def merge(self, conn: Connection, at: str) -> Merged:
        """Bring the tables up to this reading, inside the caller's transaction."""
        merged = Merged()
        self._merge_things(conn, "entity", self.entities, at, merged)
        self._merge_things(conn, "team", self.teams, at, merged)
        self._merge_things(conn, "person", self.people, at, merged)
        conn.executemany("DELETE FROM member WHERE team_id = ?", [(team_id,) for team_id in self.teams])
        conn.executemany("INSERT INTO member VALUES (?, ?, ?)", self.members)
        self._merge_edges(conn, at, merged)
        return merged

    def _merge_things(
        self,
        conn: Connection,
        table: str,
        rows: Mapping[str, tuple[str, ...]],
        at: str,
        merged: Merged,
    ) -> None:
        stored = {row[0]: row[1:] for row in conn.execute(f"SELECT * FROM {table}")}  # noqa: S608
        # Up to the record it is the fact; what follows says where it stands.
        told = _COLUMNS[table].index("record")
        writes: list[tuple[str | None, ...]] = []
        for thing_id, row in rows.items():
            known = stored.get(thing_id)
            if known == (*row, None):
                continue
            writes.append((thing_id, *row, None))
            if known is None:
                merged.new.append(thing_id)
            elif known[:told] != row[:told] or known[-1] is not None:
                merged.changed.append(thing_id)
                if known[:told] != row[:told] and known[-2] != row[-1] and known[-1] is None:
                    merged.moved[thing_id] = str(known[-2])
        marks = ", ".join("?" * len(_COLUMNS[table]))
        changes = ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS[table][1:])
        conn.executemany(
            f"INSERT INTO {table} VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {changes}",  # noqa: S608
            writes,
        )
        gone = [
            thing_id
            for thing_id, known in stored.items()
            if thing_id not in rows and known[-1] is None and _covers(self.roots, str(known[-2]))
        ]
        conn.executemany(f"UPDATE {table} SET unseen_since = ? WHERE id = ?", [(at, one) for one in gone])  # noqa: S608
        merged.unseen.extend(gone)

    def _merge_edges(self, conn: Connection, at: str, merged: Merged) -> None:
        stored = {(row[0], row[1]): row[2:] for row in conn.execute("SELECT * FROM dependency")}
        writes = []
        for ends, row in self.edges.items():
            known = stored.get(ends)
            if known != (*row, None):
                writes.append((*ends, *row, None))
            if known is None:
                merged.new.append(" -> ".join(ends))
            elif known[-1] is not None:
                merged.changed.append(" -> ".join(ends))
        conn.executemany(
            """INSERT INTO dependency VALUES (?, ?, ?, ?, ?) ON CONFLICT (from_id, to_id) DO UPDATE SET
                declared_in = excluded.declared_in, declared_by = excluded.declared_by, withdrawn_at = NULL""",
            writes,
        )
        stated = self.edges.keys() | self.unresolved
        dropped = [
            ends
            for ends, (_, declared_by, withdrawn_at) in stored.items()
            if withdrawn_at is None and ends not in stated and declared_by in self.declared
        ]
        conn.executemany(
            "UPDATE dependency SET withdrawn_at = ? WHERE from_id = ? AND to_id = ?",
            [(at, *ends) for ends in dropped],
        )
        merged.withdrawn.extend(" -> ".join(ends) for ends in dropped)


@dataclass(slots=True, frozen=True)
class Stored:
    """Everything the tables hold, as facts; `unseen` says since when something is not declared any more."""

    version: int
    entities: tuple[Entity, ...]
    dependencies: tuple[Dependency, ...]
    groups: tuple[Group, ...]
    people: tuple[Person, ...]
    unseen: dict[str, str]


def version_in(conn: Connection) -> int:
    row = conn.execute("SELECT version FROM catalog_version").fetchone()
    return int(row[0]) if row else 0


def slack_ids_outside(conn: Connection, roots: Sequence[str]) -> dict[str, str]:
    """Slack id -> the person who has it, without those a source of these roots decides on anew."""
    rows = conn.execute(
        "SELECT slack_id, id, file FROM person WHERE slack_id <> '' AND unseen_since IS NULL ORDER BY id DESC"
    )
    return {slack_id: person_id for slack_id, person_id, file in rows if not _covers(roots, file)}


def stored_in(conn: Connection) -> Stored:
    """All of it; `conn` sees one moment."""
    unseen: dict[str, str] = {}
    for table in ("entity", "team", "person"):
        query = f"SELECT id, unseen_since FROM {table} WHERE unseen_since IS NOT NULL"  # noqa: S608
        unseen.update(conn.execute(query))
    entities = conn.execute("SELECT record, declared_in FROM entity ORDER BY id").fetchall()
    edges = conn.execute(
        "SELECT from_id, to_id, declared_in FROM dependency WHERE withdrawn_at IS NULL ORDER BY 1, 2"
    )
    return Stored(
        version_in(conn),
        tuple(
            msgspec.structs.replace(_decoded(record, Entity), declared_in=declared_in)
            for record, declared_in in entities
        ),
        tuple(Dependency(from_id=a, to_id=b, declared_in=declared_in) for a, b, declared_in in edges),
        _records(conn.execute("SELECT record FROM team ORDER BY id"), Group),
        _records(conn.execute("SELECT record FROM person ORDER BY id"), Person),
        unseen,
    )


def _covers(roots: Sequence[str], file: str) -> bool:
    return any(file == root or file.startswith(f"{root}/") for root in roots)


def _encoded(record: Entity | Group | Person) -> str:
    if isinstance(record, Entity):
        record = msgspec.structs.replace(record, declared_in="")
    return msgspec.json.encode(record).decode()


# Built in one thread: two that are the first to read a type at the same time can crash msgspec 0.22.
_DECODERS: dict[type[Entity | Group | Person], msgspec.json.Decoder[Entity | Group | Person]] = {
    kind: msgspec.json.Decoder(kind) for kind in (Entity, Group, Person)
}


def _decoded(record: str, kind: type[RecordT]) -> RecordT:
    found = _DECODERS[kind].decode(record)
    assert isinstance(found, kind)
    return found


def _records(rows: Iterable[Sequence[str]], kind: type[RecordT]) -> tuple[RecordT, ...]:
    return tuple(_decoded(row[0], kind) for row in rows)
