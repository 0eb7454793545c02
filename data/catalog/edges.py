"""Dependencies as tables: who states each of them, and which calls were seen.

Everybody who states an edge is kept, so it counts for as long as one of them does. Only what the same document,
read again, no longer states is `withdrawn_at` then: it moved on. Calls that were seen are never undone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from data.catalog.statements import Calls
from data.importers.report import Reading
from data.sql.among import rows_among
from data.sql.connection import Connection

Ends = tuple[str, str]
EDGE = " -> "
"""How the ends of an edge are shown; no id has that inside."""

_Stored = dict[tuple[str, str, str], tuple[Any, ...]]
"""(from, to, who states it) -> source, where, and since when it is withdrawn."""


@dataclass(slots=True)
class Moved:
    """Edges, as "from -> to", by what became of them; `written` holds what those lead from that were written."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    written: set[str] = field(default_factory=set)


class Edges:
    """What one reading says of dependencies."""

    def __init__(self, reading: Reading) -> None:
        self._deciding = frozenset(reading.files).difference(reading.uncertain, reading.mentions)
        self._unresolved = {(edge.from_id, edge.to_id) for edge in reading.unresolved}
        self._stated = {
            (edge.from_id, edge.to_id, declared_by): edge.declared_in
            for edge, declared_by in zip(reading.dependencies, reading.declared_by, strict=True)
        }
        self._seen_by = reading.seen_by
        self._seen = {
            (one.from_id, one.to_id): Calls(one.seen_in, one.first_seen, one.last_seen, one.calls_per_day)
            for one in reading.sightings
        }

    def merge(self, conn: Connection, source: str, at: str) -> Moved:
        moved = Moved()
        self._merge_stated(conn, source, at, moved)
        self._merge_seen(conn, self._seen_by or source, moved)
        return moved

    def _merge_stated(self, conn: Connection, source: str, at: str, moved: Moved) -> None:
        stored = self._stored(conn)
        live = {key for key, (*_, withdrawn_at) in stored.items() if withdrawn_at is None}
        dropped = {
            (from_id, to_id, declared_by)
            for from_id, to_id, declared_by in live - self._stated.keys()
            if declared_by in self._deciding and (from_id, to_id) not in self._unresolved
        }
        # Of what else states these it is not known yet whether somebody does.
        stored |= _edges_from(conn, {from_id for from_id, _, _ in dropped})
        live = {key for key, (*_, withdrawn_at) in stored.items() if withdrawn_at is None}
        writes = [
            (*key, source, declared_in, None)
            for key, declared_in in self._stated.items()
            if stored.get(key) != (source, declared_in, None)
        ]
        conn.executemany(
            """INSERT INTO edge VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (from_id, to_id, declared_by) DO UPDATE SET
                source = excluded.source, declared_in = excluded.declared_in, withdrawn_at = NULL""",
            writes,
        )
        conn.executemany(
            "UPDATE edge SET withdrawn_at = ? WHERE from_id = ? AND to_id = ? AND declared_by = ?",
            [(at, *key) for key in sorted(dropped)],
        )
        moved.written.update((key[0] for key in dropped), (row[0] for row in writes))
        known = {key[:2] for key in stored}
        before = _sources({key: str(stored[key][0]) for key in live})
        after = _sources(
            {key: str(stored[key][0]) for key in live - dropped} | dict.fromkeys(self._stated, source)
        )
        moved.new.extend(_shown(ends) for ends in sorted(after.keys() - known))
        moved.changed.extend(
            _shown(ends) for ends in sorted(after.keys() & known) if after[ends] != before.get(ends)
        )
        moved.withdrawn.extend(_shown(ends) for ends in sorted(before.keys() - after.keys()))

    def _stored(self, conn: Connection) -> _Stored:
        """Edges of whatever this reading tells edges of, and all that its documents stated before."""
        by_them = rows_among(
            conn,
            "SELECT * FROM edge WHERE withdrawn_at IS NULL AND",
            "declared_by",
            self._deciding,
        )
        return _edges_from(conn, {from_id for from_id, _, _ in self._stated}) | _by_key(by_them)

    def _merge_seen(self, conn: Connection, source: str, moved: Moved) -> None:
        rows = rows_among(
            conn,
            "SELECT from_id, to_id, seen_in, first_seen, last_seen, calls_per_day FROM sighting"
            " WHERE source = ? AND",
            "from_id",
            {from_id for from_id, _ in self._seen},
            source,
        )
        stored = {(from_id, to_id): Calls(*seen) for from_id, to_id, *seen in rows}
        writes = []
        for ends, told in self._seen.items():
            known = stored.get(ends)
            seen = known.again(told) if known else told
            if known is None:
                moved.new.append(_shown(ends))
            elif known._replace(seen_in="") != seen._replace(seen_in=""):
                moved.changed.append(_shown(ends))
            if known != seen:
                writes.append((*ends, source, *seen))
        conn.executemany(
            """INSERT INTO sighting VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (from_id, to_id, source) DO UPDATE SET
                seen_in = excluded.seen_in, first_seen = excluded.first_seen, last_seen = excluded.last_seen,
                calls_per_day = excluded.calls_per_day""",
            writes,
        )
        moved.written.update(row[0] for row in writes)


def hand_on(conn: Connection, caller_id: str, thing_id: str) -> list[str]:
    """Calls of one thing are those of another from now on, as "from -> to"."""
    query = (
        "SELECT to_id, source, seen_in, first_seen, last_seen, calls_per_day FROM sighting WHERE from_id = ?"
    )
    known = {(to_id, source): Calls(*seen) for to_id, source, *seen in conn.execute(query, (thing_id,))}
    moved = {
        (to_id, source): Calls(*seen)
        for to_id, source, *seen in conn.execute(query, (caller_id,))
        if to_id != thing_id
    }
    conn.execute("DELETE FROM sighting WHERE from_id = ?", (caller_id,))
    for (to_id, source), seen in moved.items():
        both = known[to_id, source].again(seen) if (to_id, source) in known else seen
        conn.execute(
            """INSERT INTO sighting VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (from_id, to_id, source) DO UPDATE SET
                seen_in = excluded.seen_in, first_seen = excluded.first_seen, last_seen = excluded.last_seen,
                calls_per_day = excluded.calls_per_day""",
            (thing_id, to_id, source, *both),
        )
    return [_shown((thing_id, to_id)) for to_id, _ in moved]


def _edges_from(conn: Connection, from_ids: set[str]) -> _Stored:
    return _by_key(rows_among(conn, "SELECT * FROM edge WHERE", "from_id", from_ids))


def _by_key(rows: Iterable[tuple[Any, ...]]) -> _Stored:
    return {(row[0], row[1], row[2]): row[3:] for row in rows}


def _sources(stated: Mapping[tuple[str, str, str], str]) -> dict[Ends, frozenset[str]]:
    """Ends -> the sources that state the edge, from what is stated by whom."""
    found: dict[Ends, set[str]] = defaultdict(set)
    for (from_id, to_id, _), source in stated.items():
        found[from_id, to_id].add(source)
    return {ends: frozenset(sources) for ends, sources in found.items()}


def _shown(ends: Ends) -> str:
    return EDGE.join(ends)
