"""The catalog as tables beside the record: what is stored, and how one reading is merged into it.

A row holds the fact as it was declared, encoded; where it stands (`declared_in`, `file`) is kept apart, so
a line that moved is no change. Nothing is ever deleted. What its file no longer declares is `unseen_since`
then and still counts, as an import may be partial. Edges: catalog_edges.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from data.catalog_edges import Edges, dependencies_in
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

    def __init__(self, reading: Reading, source: str) -> None:
        files = {thing_id: scoped(source, file) for thing_id, file in reading.files.items()}
        self.source = source
        self.roots = [scoped(source, root) for root in reading.roots]
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
        self.edges = Edges(reading)

    def merge(self, conn: Connection, at: str) -> Merged:
        """Bring the tables up to this reading of its source, inside the caller's transaction."""
        merged = Merged()
        self._merge_things(conn, "entity", self.entities, at, merged)
        self._merge_things(conn, "team", self.teams, at, merged)
        self._merge_things(conn, "person", self.people, at, merged)
        conn.executemany("DELETE FROM member WHERE team_id = ?", [(team_id,) for team_id in self.teams])
        conn.executemany("INSERT INTO member VALUES (?, ?, ?)", self.members)
        moved = self.edges.merge(conn, self.source, at)
        merged.new.extend(moved.new)
        merged.changed.extend(moved.changed)
        merged.withdrawn.extend(moved.withdrawn)
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


def known_outside(conn: Connection, roots: Sequence[str]) -> tuple[Entity | Group | Person, ...]:
    """All that is declared, without what a source of these roots decides on anew."""
    entities = conn.execute("SELECT record, file FROM entity ORDER BY id")
    return (
        *_records((row for row in entities if not _covers(roots, row[1])), Entity),
        *_records(conn.execute("SELECT record FROM team ORDER BY id"), Group),
        *_records(conn.execute("SELECT record FROM person WHERE unseen_since IS NULL ORDER BY id"), Person),
    )


def stored_in(conn: Connection) -> Stored:
    """All of it; `conn` sees one moment."""
    unseen: dict[str, str] = {}
    for table in ("entity", "team", "person"):
        query = f"SELECT id, unseen_since FROM {table} WHERE unseen_since IS NOT NULL"  # noqa: S608
        unseen.update(conn.execute(query))
    entities = conn.execute("SELECT record, declared_in FROM entity ORDER BY id").fetchall()
    return Stored(
        version_in(conn),
        tuple(
            msgspec.structs.replace(_decoded(record, Entity), declared_in=declared_in)
            for record, declared_in in entities
        ),
        dependencies_in(conn),
        _records(conn.execute("SELECT record FROM team ORDER BY id"), Group),
        _records(conn.execute("SELECT record FROM person ORDER BY id"), Person),
        unseen,
    )


def scoped(source: str, place: str) -> str:
    """A file or root as this format reads it: another format that reads the same folder decides on none of it."""
    return place if source == "backstage" else f"{source}:{place}"


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
