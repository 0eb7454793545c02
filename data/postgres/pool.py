"""Who uses which connection? A few are lent in turn, as many as one process may have; broken ones are replaced.

A server takes a hundred by default, and several processes with dozens of threads share it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg

from data.errors import Unavailable
from data.patience import is_hurried, seconds_left
from data.postgres.connection import PostgresConnection

# Longer than any lock is waited for: whoever has a connection by then is stuck.
PATIENCE_SECONDS = 15.0
# Whoever keeps a person waiting comes in turn at once or, where all others are stuck, not at all; connecting anew
# takes up to two seconds of Slack's three.
TURN_SECONDS = 0.5


class Pool:
    def __init__(self, connect: Callable[[], PostgresConnection], name: str, size: int) -> None:
        self._connect = connect
        self._name = name
        self._size = size
        self._free = threading.BoundedSemaphore(size)
        self._idle: list[PostgresConnection] = []
        self._gate = threading.Lock()
        self._closed = False

    @contextmanager
    def lent(self) -> Iterator[PostgresConnection]:
        """A connection outside any transaction; what is left open on it is rolled back."""
        patience = max(0.0, min(TURN_SECONDS, seconds_left())) if is_hurried() else PATIENCE_SECONDS
        if not self._free.acquire(timeout=patience):
            raise Unavailable(
                f"All {self._size} connections to {self._name} have been busy for {patience:.1f} s. "
                "It is tried again"
            )
        try:
            conn = self._taken()
            try:
                yield conn
            finally:
                self._put_back(conn)
        finally:
            self._free.release()

    def close(self) -> None:
        """Whoever has one may finish; theirs is closed when it comes back."""
        with self._gate:
            self._closed = True
            idle, self._idle = self._idle, []
        for conn in idle:
            conn.raw.close()

    def _taken(self) -> PostgresConnection:
        while True:
            with self._gate:
                if self._closed:
                    raise Unavailable(f"{self._name} is closed. Start Emeritus again")
                # The one used last is the likeliest to be alive, and knows the most statements.
                conn = self._idle.pop() if self._idle else None
            if conn is None:
                return self._connect()
            if conn.is_alive:
                return conn
            conn.raw.close()

    def _put_back(self, conn: PostgresConnection) -> None:
        if conn.in_transaction:
            with suppress(psycopg.Error):
                conn.raw.execute("ROLLBACK")
        with self._gate:
            if not self._closed and not conn.raw.closed and not conn.in_transaction:
                self._idle.append(conn)
                return
        conn.raw.close()
