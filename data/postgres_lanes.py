"""How fast may all processes together go? Token buckets in a table: whoever takes a token takes it from everybody.

Divided by the number of replicas instead, each would crawl while the others are idle, and a number that is wrong would
be found out by Slack. A token costs a commit that waits for no disk, and there are a few a second of them at most.
The server's clock counts, so that replicas whose clocks differ agree. After a crash of the server every lane is full
again: what Slack then refuses for a moment comes back later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


class Writing(Protocol):
    def write(self, job: Callable[[Connection], Any]) -> Any: ...


class PostgresLanes:
    """A lane has a row once it is used: as many as there are methods, channels and people."""

    def __init__(self, store: Writing) -> None:
        self._store = store

    def take(self, buckets: Mapping[str, Bucket]) -> float:
        """0.0 when a token was taken from every lane, else none was, and seconds until asking again may help."""
        # All lock in the same order, so that none waits for one who waits for it.
        names = sorted(buckets)
        lanes = ", ".join("(?, 0, 0)" for _ in names)

        def job(conn: Connection) -> int:
            rows = conn.execute(f"INSERT INTO lanes VALUES {lanes} {_LOCKED} {_NOW}", names).fetchall()  # noqa: S608
            now = max(row[-1] for row in rows)
            wait = 0
            for name, full_at, closed_until, _ in rows:
                missing = full_at - now - (buckets[name].burst - 1) * buckets[name].micros
                wait = max(wait, missing, closed_until - now)
            if wait > ROUNDING_MICROS:
                return wait
            conn.executemany(
                "UPDATE lanes SET full_at = ? WHERE name = ?",
                [(max(full_at, now) + buckets[name].micros, name) for name, full_at, *_ in rows],
            )
            return 0

        return float(self._store.write(job)) / 1_000_000

    def close(self, name: str, seconds: float) -> None:
        """No token for anybody before `seconds` are over."""

        def job(conn: Connection) -> None:
            conn.execute(
                f"INSERT INTO lanes VALUES (?, 0, {_NOW} + ?) ON CONFLICT (name) DO UPDATE"  # noqa: S608
                " SET closed_until = greatest(lanes.closed_until, excluded.closed_until)",
                (name, round(seconds * 1_000_000)),
            )

        self._store.write(job)
