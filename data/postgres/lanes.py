"""How fast may all processes together go? Token buckets in a table: whoever takes a token takes it from everybody.

Divided by the number of replicas instead, each would crawl while the others are idle, and a number that is wrong would
be found out by Slack. A token costs a commit that waits for no disk, and there are a few a second of them at most.
The server's clock counts, so that replicas whose clocks differ agree. After a crash of the server every lane is full
again: what Slack then refuses for a moment comes back later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from data.sql.connection import Connection

ROUNDING_MICROS = 1_000
"""A token that is missing less than this is there: due times are rounded, too."""

_NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
# The update changes nothing: it locks the row and reads it. The clock is read once the lock is there.
_LOCKED = """ON CONFLICT (name) DO UPDATE SET full_at = lanes.full_at
    RETURNING name, full_at, closed_until, """


class Bucket(NamedTuple):
    """A token comes back every `micros`; after a quiet while there are `burst` of them."""

    micros: int
    burst: int


class _Standing(NamedTuple):
    """When a lane is full again, and open, in microseconds."""

    full_at: int
    closed_until: int


class Kept(Protocol):
    def write(self, job: Callable[[Connection], Any]) -> Any: ...

    def reading(self) -> AbstractContextManager[Connection]: ...


class PostgresLanes:
    """A lane has a row once it is used: as many as there are methods, channels and people."""

    def __init__(self, store: Kept) -> None:
        self._store = store

    def take(self, buckets: Mapping[str, Bucket]) -> float:
        """0.0 when a token was taken from every lane, else none was, and seconds until asking again may help."""

        def job(conn: Connection) -> int:
            lanes, now = _locked(conn, buckets)
            wait = 0
            for name, (full_at, closed_until) in lanes.items():
                missing = full_at - now - (buckets[name].burst - 1) * buckets[name].micros
                wait = max(wait, missing, closed_until - now)
            if wait > ROUNDING_MICROS:
                return wait
            conn.executemany(
                "UPDATE lanes SET full_at = ? WHERE name = ?",
                [(max(full_at, now) + buckets[name].micros, name) for name, (full_at, _) in lanes.items()],
            )
            return 0

        return float(self._store.write(job)) / 1_000_000

    def close(self, lanes: Sequence[tuple[str, Bucket]], seconds: float) -> None:
        """No token for anybody before `seconds` are over, then one, and no other burst.

        Which lane was too much is not said: the narrowest, named last, or where it was hardly used the widest.
        """

        def job(conn: Connection) -> None:
            known, now = _locked(conn, dict(lanes))
            name, bucket = lanes[-1]
            if known[name].full_at - now < 2 * bucket.micros:
                name, bucket = lanes[0]
            until = max(known[name].closed_until, now + round(seconds * 1_000_000))
            full_at = max(known[name].full_at, until + (bucket.burst - 1) * bucket.micros)
            conn.execute(
                "UPDATE lanes SET full_at = ?, closed_until = ? WHERE name = ?", (full_at, until, name)
            )

        self._store.write(job)

    def in_use(self) -> dict[str, _Standing]:
        """Of every lane that is not full or closed: microseconds until it is full, and open again."""
        with self._store.reading() as conn:
            rows = conn.execute(
                f"SELECT name, full_at - now, closed_until - now FROM lanes, (SELECT {_NOW} AS now) AS clock"  # noqa: S608
                " WHERE full_at > now OR closed_until > now"
            ).fetchall()
        return {name: _Standing(full_in, open_in) for name, full_in, open_in in rows}


def _locked(conn: Connection, names: Iterable[str]) -> tuple[dict[str, _Standing], int]:
    """How these lanes stand, and the time. All lock in the same order, so that none waits for one who waits for it."""
    ordered = sorted(names)
    lanes = ", ".join("(?, 0, 0)" for _ in ordered)
    rows = conn.execute(f"INSERT INTO lanes VALUES {lanes} {_LOCKED} {_NOW}", ordered).fetchall()  # noqa: S608
    return {name: _Standing(full_at, closed_until) for name, full_at, closed_until, _ in rows}, max(
        row[-1] for row in rows
    )
