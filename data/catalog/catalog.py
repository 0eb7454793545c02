"""The catalog in the store: imports go in, one commit and event each; a snapshot answers the questions.

The snapshot is shared by all threads, and asking costs one look at the version. Where that has moved, by an import of
this process or of any other, the next snapshot is made of the last one and of what changed (data/catalog/changes.py).
Whoever needs several answers that agree takes `snapshot()` once and asks that.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from data.catalog.called import NAMED_IN_BACKSTAGE, is_named_only
from data.catalog.changes import changed_since, note
from data.catalog.cut_off import check_ends
from data.catalog.directory import UserGroups
from data.catalog.edges import EDGE
from data.catalog.joined import as_one
from data.catalog.joined_notes import joined_in
from data.catalog.layered import Layered
from data.catalog.rows import Merged, Rows, files_in, known_outside, scoped, slack_ids_outside, told_outside
from data.catalog.same_people import merged
from data.catalog.snapshot import Snapshot
from data.catalog.stored import stored_in, version_in
from data.catalog.successors import Succession, named_by
from data.catalog.uncollected import set_aside, uncollected
from data.events import EMERITUS, AnyEvent, Imported
from data.importers.bounds import within_bounds
from data.importers.days import measured_by, seen_by
from data.importers.report import ImportReport, Note, Reading
from data.importers.sources import Source, root_of
from data.records.catalog import Entity, Group, Kind, Owners, Person
from data.records.impact import Impact
from data.sql.connection import Connection

if TYPE_CHECKING:
    from data.catalog.lineage import Lineage

STREAM = "catalog"
MANY = 10_000
"""From so many things on it is worth while to spare the collector of garbage them."""

_TURN = """SELECT version
    FROM catalog_version /*! , pg_advisory_xact_lock(hashtextextended('import ' || current_schema(), 0)) */
    /*! FOR UPDATE OF catalog_version */"""
T = TypeVar("T")


class Tables(Protocol):
    """What the catalog needs of a store: jobs inside its commits, events in them, and reading beside it."""

    def write(self, job: Callable[[Connection], T]) -> T: ...

    def append(self, conn: Connection, stream: str, events: Iterable[AnyEvent], now: datetime) -> int: ...

    def wake(self, conn: Connection, now: datetime) -> None: ...

    def left_work(self) -> None: ...

    def reading(self) -> AbstractContextManager[Connection]: ...

    def snapshot(self) -> AbstractContextManager[Connection]: ...


class Catalog:
    """`user_groups`: who is in user groups of Slack now, which no import tells."""

    def __init__(self, store: Tables, user_groups: Callable[[], UserGroups] = dict) -> None:
        self._store, self._user_groups = store, user_groups
        self._gate = threading.Lock()
        self._snapshot: Snapshot | None = None

    def import_(
        self,
        reading: Reading,
        *,
        format: str,  # noqa: A002 - the word of the event
        now: datetime,
        by: str = EMERITUS,
    ) -> ImportReport:
        """Merge a reading in one commit with its event. What the catalog knew already changes nothing.

        Raises `Invalid` where a file ends within the beginning of what it said before (data/catalog/cut_off.py).
        """
        reading = within_bounds(measured_by(seen_by(reading, now), now))
        rows = Rows(reading, format)

        def job(conn: Connection) -> tuple[int, Merged]:
            # Two imports at once take turns, and nothing is decided on facts that this one replaces.
            conn.execute(_TURN).fetchone()
            check_ends(conn, reading)
            merged = rows.merge(conn, now.isoformat())
            if merged.written:
                # What only moved in its file is told along with whatever changes next.
                note(conn, version_in(conn) + 1, merged.written)
            if merged.ids:
                conn.execute("UPDATE catalog_version SET version = version + 1")
                event = Imported(
                    at=now,
                    by=by,
                    format=format,
                    source_digest=reading.source_digest,
                    counts=_counts(reading, merged),
                    changed_ids=tuple(_of_things(conn, reading, merged)),
                )
                self._store.append(conn, STREAM, (event,), now)
                self._store.wake(conn, now)
            return version_in(conn), merged

        version, merged = self._store.write(job)
        # What waits on the catalog may be due at once in another process.
        self._store.left_work()
        withdrawn = self._gone(merged.withdrawn)
        return ImportReport(
            format=format,
            source_digest=reading.source_digest,
            changed=bool(merged.ids),
            catalog_version=version,
            counts={**_counts(reading, merged), "withdrawn": len(withdrawn)},
            documents=reading.documents,
            edges=reading.edges,
            skipped=reading.skipped,
            notes=(*reading.notes, *_taken_over(reading, merged), *self._joined(reading)),
            unseen=tuple(merged.unseen),
            withdrawn=withdrawn,
        )

    def _gone(self, withdrawn: Sequence[str]) -> tuple[str, ...]:
        """Of these edges those that nobody tells of by other names for both ends: all others count all the same."""
        if not withdrawn:
            return ()
        there = self.snapshot()
        return tuple(one for one in withdrawn if there.edge(*one.split(EDGE)) is None)

    def _joined(self, reading: Reading) -> Iterator[Note]:
        if any(one.aliases or is_named_only(one.id) or named_by(one) for one in reading.entities):
            yield from joined_in(reading, self.snapshot())

    def version(self) -> int:
        with self._store.reading() as conn:
            return version_in(conn)

    def snapshot(self) -> Snapshot:
        """The catalog as it stands."""
        told = self._user_groups()
        # All take turns, also who finds nothing new: where 64 asked at once without, the slowest waited three times as
        # long, as whoever gives way to a reader of the record comes back last.
        with self._gate:
            if self._snapshot is None or self._snapshot.version != self.version():
                with self._store.snapshot() as conn:
                    self._snapshot = _caught_up(conn, self._snapshot)
            if self._snapshot.user_groups != told:
                self._snapshot = self._snapshot.beside(told)
            return self._snapshot

    def lineage(self) -> Lineage:
        return self.snapshot().lineage

    def known(self) -> tuple[Entity | Group | Person, ...]:
        return self.snapshot().known()

    def slack_ids_outside(self, sources: Sequence[Source]) -> dict[str, str]:
        """Slack id -> the person who has it, for an importer of these sources: it is not given to a second one."""
        with self._store.reading() as conn:
            return slack_ids_outside(conn, [root_of(source) for source in sources])

    def told_outside(
        self,
        format: str,  # noqa: A002 - the word of the event
        sources: Sequence[Source],
        ids: Collection[str],
    ) -> dict[str, str]:
        """Which of these ids other sources tell of, or did, and in which file."""
        with self._store.reading() as conn:
            return told_outside(conn, [scoped(format, root_of(source)) for source in sources], ids)

    def known_outside(
        self,
        format: str,  # noqa: A002 - as above
        sources: Sequence[Source],
    ) -> tuple[Entity | Group | Person, ...]:
        """What an importer of these sources may refer to without declaring it."""
        with self._store.reading() as conn:
            found = known_outside(conn, [scoped(format, root_of(source)) for source in sources])
        told = as_one(one for one in found if isinstance(one, Entity))
        things = (one for one in told if not one.id.startswith(NAMED_IN_BACKSTAGE))
        groups = Layered({one.id: one for one in found if isinstance(one, Group)})
        people = Layered({one.id: one for one in found if isinstance(one, Person)})
        owners = merged(groups, people, ())
        return (*things, *owners.groups.values(), *owners.people.values())

    def as_told(self) -> tuple[Entity, ...]:
        """All things under the ids that their sources give them, also of what is one with others."""
        return self.snapshot().as_told()

    def files(self, entity_ids: Collection[str]) -> dict[str, str]:
        """Id -> the file or address that declares it, as its format reads it (data/catalog/rows.py, `scoped`)."""
        with self._store.reading() as conn:
            return files_in(conn, entity_ids)

    def models(self, query: str = "") -> tuple[Entity, ...]:
        return self.snapshot().models(query)

    def search_models(self, text: str, limit: int = 100) -> tuple[Entity, ...]:
        """For a select menu, which shows a hundred at most."""
        return self.snapshot().models(text)[:limit]

    def model(self, name_or_id: str) -> Entity:
        return self.snapshot().model(name_or_id)

    def entity(self, entity_id: str) -> Entity:
        return self.snapshot().entity(entity_id)

    def endpoints_of(self, model_id: str) -> tuple[Entity, ...]:
        return self.snapshot().endpoints_of(model_id)

    def succession(self, model_id: str) -> Succession:
        return self.snapshot().succession(model_id)

    def person(self, person_id: str) -> Person | None:
        return self.snapshot().person(person_id)

    def person_by_slack(self, slack_id: str) -> Person | None:
        return self.snapshot().person_by_slack(slack_id)

    def manager_slack_of(self, slack_id: str) -> str | None:
        return self.snapshot().manager_slack_of(slack_id)

    def groups_of(self, slack_id: str) -> tuple[Group, ...]:
        return self.snapshot().groups_of(slack_id)

    def group(self, name_or_ref: str) -> Group:
        return self.snapshot().group(name_or_ref)

    def members(self, name_or_ref: str) -> tuple[str, ...]:
        return self.snapshot().members(name_or_ref)

    def owners_of(self, entity: Entity) -> Owners:
        return self.snapshot().owners_of(entity)

    def owners_now(self, entity_ids: Iterable[str]) -> tuple[str, ...]:
        return self.snapshot().owners_now(entity_ids)

    def impact(self, model_id: str, endpoint_ids: Collection[str] | None = None) -> Impact:
        return self.snapshot().impact(model_id, endpoint_ids)


def _caught_up(conn: Connection, known: Snapshot | None) -> Snapshot:
    ids = None if known is None else changed_since(conn, known.version, version_in(conn))
    if known is None or ids is None:
        with uncollected():
            stored = stored_in(conn)
            snapshot = Snapshot.of(stored)
            if len(stored.entities) >= MANY:
                set_aside()
            return snapshot
    return known.after(ids, stored_in(conn, ids))


def _taken_over(reading: Reading, merged: Merged) -> Iterator[Note]:
    """Whoever declares a thing last decides who owns it, so nobody does that unnoticed."""
    for thing_id, before in merged.moved.items():
        note = f"{before} declared it otherwise; what was read last counts"
        yield Note(where=reading.files[thing_id], what=thing_id, note=note)


def _of_things(conn: Connection, reading: Reading, merged: Merged) -> Iterator[str]:
    """People are counted: what is hashed has no ids of theirs, which tell their names."""
    people, unseen = {one.id for one in reading.people}, frozenset(merged.unseen)
    for one in merged.ids:
        is_gone = one in unseen and conn.execute("SELECT 1 FROM person WHERE id = ?", (one,)).fetchone()
        if one not in people and not is_gone:
            yield one


def _counts(reading: Reading, merged: Merged) -> dict[str, int]:
    declared = (entity for entity in reading.entities if not entity.id.startswith(NAMED_IN_BACKSTAGE))
    kinds = Counter(entity.kind for entity in declared)
    edges = {(edge.from_id, edge.to_id) for edge in reading.dependencies}
    edges |= {(seen.from_id, seen.to_id) for seen in reading.sightings}
    return {
        "models": kinds[Kind.MODEL],
        "endpoints": kinds[Kind.ENDPOINT],
        "consumers": sum(kinds.values())
        - sum(kinds[own] for own in (Kind.MODEL, Kind.VERSION, Kind.ENDPOINT)),
        "teams": len(reading.groups),
        "people": len(reading.people),
        "dependencies": len(edges),
        "new": len(merged.new),
        "changed": len(merged.changed),
        "unseen": len(merged.unseen),
        "withdrawn": len(merged.withdrawn),
    }
