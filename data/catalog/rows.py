"""The catalog as tables beside the record: what is stored, and how one reading is merged into it.

A row holds the fact as it was declared, encoded; where it stands (`declared_in`, `file`) is kept apart, so
a line that moved is no change. Nothing is ever deleted. What its file no longer declares is `unseen_since`
then and still counts, as an import may be partial. Edges: catalog_edges.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from data.catalog.callers import declared_by
from data.catalog.edges import Edges, hand_on
from data.catalog.hosted import HOSTED, described_anew
from data.catalog.stored import RecordT, decoded
from data.importers.report import Reading
from data.records.catalog import SEEN, Entity, Group, Person
from data.sql.among import rows_among
from data.sql.connection import Connection

_COLUMNS = {
    "entity": ("id", "kind", "name", "record", "declared_in", "file", "unseen_since"),
    "team": ("id", "name", "record", "file", "unseen_since"),
    "person": ("id", "name", "slack_id", "record", "file", "unseen_since"),
}


@dataclass(slots=True)
class Merged:
    """Ids by what became of them; `withdrawn` holds "from -> to".

    moved   of what changed: which file declared it before, where that was another one
    written   ids of all things whose rows were, and of whatever edges that were lead from
    """

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)

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
        self._mentions = frozenset(reading.mentions)
        self._declared = reading.entities

    def merge(self, conn: Connection, at: str) -> Merged:
        """Bring the tables up to this reading of its source, inside the caller's transaction."""
        merged = Merged()
        self._merge_things(conn, "entity", self.entities, at, merged)
        self._merge_things(conn, "team", self.teams, at, merged)
        self._merge_things(conn, "person", self.people, at, merged)
        moved = self.edges.merge(conn, self.source, at)
        merged.new.extend(moved.new)
        merged.changed.extend(moved.changed)
        merged.withdrawn.extend(moved.withdrawn)
        merged.written |= moved.written
        self._join_callers(conn, merged)
        self._join_hosted(conn, merged)
        written = [one for one in self.teams if one in merged.written]
        conn.executemany("DELETE FROM member WHERE team_id = ?", [(team_id,) for team_id in written])
        conn.executemany(
            "INSERT INTO member VALUES (?, ?, ?)", [row for row in self.members if row[0] in merged.written]
        )
        return merged

    def _is_described(self, thing_id: str, known: Sequence[str | None]) -> bool:
        """Whether it is only named here, and another file tells of it: it is left as that has it."""
        *_, file, unseen_since = known
        return thing_id in self._mentions and unseen_since is None and not _covers(self.roots, str(file))

    def _join_callers(self, conn: Connection, merged: Merged) -> None:
        """Callers nobody knew, and what this declares by what they were seen as: from now on they are that."""
        rows = conn.execute("SELECT id, record FROM entity WHERE id > ? AND id < ?", (SEEN, f"{SEEN[:-1]};"))
        callers = {str(caller_id): decoded(record, Entity) for caller_id, record in rows}
        for caller_id, thing_id in declared_by(self._declared, callers.values()).items():
            record = _encoded(msgspec.structs.replace(callers[caller_id], declared_as=thing_id))
            conn.execute("UPDATE entity SET record = ? WHERE id = ?", (record, caller_id))
            merged.changed += [caller_id, *hand_on(conn, caller_id, thing_id)]
            merged.written |= {caller_id, thing_id}

    def _join_hosted(self, conn: Connection, merged: Merged) -> None:
        """Models that providers host, and this declares as a catalog's own."""
        rows = conn.execute(
            "SELECT id, record FROM entity WHERE id > ? AND id < ?", (HOSTED, f"{HOSTED[:-1]};")
        )
        hosted = [decoded(record, Entity) for one, record in rows if one not in self.entities]
        for one in described_anew(self._declared, hosted) if hosted else ():
            conn.execute(
                "UPDATE entity SET kind = ?, name = ?, record = ? WHERE id = ?",
                (one.kind, one.name, _encoded(one), one.id),
            )
            merged.changed.append(one.id)
            merged.written.add(one.id)

    def _merge_things(
        self,
        conn: Connection,
        table: str,
        rows: Mapping[str, tuple[str, ...]],
        at: str,
        merged: Merged,
    ) -> None:
        found = rows_among(conn, f"SELECT * FROM {table} WHERE", "id", rows)  # noqa: S608
        stored = {row[0]: row[1:] for row in found}
        # Up to the record it is the fact; what follows says where it stands.
        told = _COLUMNS[table].index("record")
        writes: list[tuple[str | None, ...]] = []
        for thing_id, row in rows.items():
            known = stored.get(thing_id)
            if known is not None and (known == (*row, None) or self._is_described(thing_id, known)):
                continue
            writes.append((thing_id, *row, None))
            if known is None:
                merged.new.append(thing_id)
            elif known[-1] is not None or not _says_the_same(known[:told], row[:told]):
                merged.changed.append(thing_id)
                if known[-2] != row[-1] and known[-1] is None:
                    merged.moved[thing_id] = str(known[-2])
        marks = ", ".join("?" * len(_COLUMNS[table]))
        changes = ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS[table][1:])
        conn.executemany(
            f"INSERT INTO {table} VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {changes}",  # noqa: S608
            writes,
        )
        gone = sorted({one for one in _declared_under(conn, table, self.roots) if one not in rows})
        conn.executemany(f"UPDATE {table} SET unseen_since = ? WHERE id = ?", [(at, one) for one in gone])  # noqa: S608
        merged.unseen.extend(gone)
        merged.written.update(gone, (str(row[0]) for row in writes))


def _says_the_same(known: Sequence[str | None], row: Sequence[str]) -> bool:
    """Up to the record; who is meant by an owner's name is asked as somebody looks (data/catalog/directory.py)."""
    if known == row:
        return True
    texts = (str(known[-1]), row[-1])
    if known[:-1] != row[:-1] or not any('"owner_names"' in one for one in texts):
        return False
    before, now = (decoded(one, Entity) for one in texts)
    is_by_name = bool(before.owner_names and now.owner_names)
    is_named_alike = (
        before.owner_names == now.owner_names if is_by_name else before.owners_told[:1] == now.owners_told[:1]
    )
    is_read_alike = is_by_name or now.owner_id != "" or now.owner_note == before.owner_note
    return is_named_alike and is_read_alike and _unowned(before) == _unowned(now)


def _unowned(entity: Entity) -> Entity:
    return msgspec.structs.replace(entity, owner_id="", owner_note="", owner_names=())


def slack_ids_outside(conn: Connection, roots: Sequence[str]) -> dict[str, str]:
    """Slack id -> the person who has it, without those a source of these roots decides on anew."""
    rows = conn.execute(
        "SELECT slack_id, id, file FROM person WHERE slack_id <> '' AND unseen_since IS NULL ORDER BY id DESC"
    )
    return {slack_id: person_id for slack_id, person_id, file in rows if not _covers(roots, file)}


def told_outside(conn: Connection, roots: Sequence[str], ids: Collection[str]) -> dict[str, str]:
    """Which of these ids sources of other roots tell of, or did, and in which file."""
    found: dict[str, str] = {}
    for table in _COLUMNS:
        query = f"SELECT id, file FROM {table} WHERE"  # noqa: S608
        rows = rows_among(conn, query, "id", sorted(ids), order="ORDER BY id")
        found.update((one, file) for one, file in rows if not _covers(roots, file))
    return found


def known_outside(conn: Connection, roots: Sequence[str]) -> tuple[Entity | Group | Person, ...]:
    """All that is declared, without what a source of these roots decides on anew."""
    entities = conn.execute("SELECT record, file FROM entity ORDER BY id")
    return (
        *_records((row for row in entities if not _covers(roots, row[1])), Entity),
        *_records(conn.execute("SELECT record FROM team ORDER BY id"), Group),
        *_records(conn.execute("SELECT record FROM person WHERE unseen_since IS NULL ORDER BY id"), Person),
    )


def _declared_under(conn: Connection, table: str, roots: Sequence[str]) -> Iterator[str]:
    """What is declared under these roots until now."""
    query = f"SELECT id FROM {table} WHERE unseen_since IS NULL AND file"  # noqa: S608
    for root in roots:
        # Whatever begins with "root/" lies before "root0": that is the sign that follows the stroke.
        for rows in (
            conn.execute(f"{query} = ?", (root,)),
            conn.execute(f"{query} > ? AND file < ?", (f"{root}/", f"{root}0")),
        ):
            yield from (one for (one,) in rows)


def files_in(conn: Connection, entity_ids: Iterable[str]) -> dict[str, str]:
    """Where each of these was declared last."""
    rows = (
        (one, conn.execute("SELECT file FROM entity WHERE id = ?", (one,)).fetchone()) for one in entity_ids
    )
    return {one: str(row[0]) for one, row in rows if row is not None}


def scoped(source: str, place: str) -> str:
    """A file or root as this format reads it: another format that reads the same folder decides on none of it."""
    return place if source == "backstage" else f"{source}:{place}"


def _covers(roots: Sequence[str], file: str) -> bool:
    return any(file == root or file.startswith(f"{root}/") for root in roots)


def _encoded(record: Entity | Group | Person) -> str:
    if isinstance(record, Entity):
        record = msgspec.structs.replace(record, declared_in="")
    return msgspec.json.encode(record).decode()


def _records(rows: Iterable[Sequence[str]], kind: type[RecordT]) -> tuple[RecordT, ...]:
    return tuple(decoded(row[0], kind) for row in rows)
