"""Which directories belong to this record? Each has a mark in it, and the record has it, too; replicas share them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from data.sql.connection import Connection


class Tables(Protocol):
    def write(self, job: Callable[[Connection], Any]) -> Any: ...

    def reading(self) -> AbstractContextManager[Connection]: ...


def mark_of(store: Tables, name: str) -> str:
    """Empty while no replica has used such a directory yet."""
    with store.reading() as conn:
        row = conn.execute("SELECT mark FROM places WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else ""


def settle_mark(store: Tables, name: str, mark: str) -> str:
    """The mark that counts from now on: this one, unless another replica was first."""

    def job(conn: Connection) -> str:
        conn.execute("INSERT INTO places VALUES (?, ?) ON CONFLICT (name) DO NOTHING", (name, mark))
        return str(conn.execute("SELECT mark FROM places WHERE name = ?", (name,)).fetchone()[0])

    return str(store.write(job))
