"""How does a PostgreSQL connection take the statements of `data.sql`? Translated once each, then from memory.

PostgreSQL's text holds no NUL character, and people's words may: it is written as U+FFFF and a digit, which
nobody can type, and read back as it was.
"""

from __future__ import annotations

import re
import select
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import psycopg
from psycopg.adapt import Buffer, Loader
from psycopg.pq import TransactionStatus

from data.postgres.silence import Heard
from data.sql.connection import Values
from data.sql.wishes import NEXT_SEQ

_TOKENS = re.compile(r"'[^']*'|\?|(?<!:):(?P<name>[a-z_]+)|/\*! (?P<ours>.*?) \*/|%", re.DOTALL)
_OPEN = (TransactionStatus.INTRANS, TransactionStatus.INERROR, TransactionStatus.ACTIVE)

_MARK, _NUL = "\uffff", "\x00"


def translated(statement: str) -> str:
    """A statement of ours as psycopg wants it."""

    def spelled(token: re.Match[str]) -> str:
        if token["ours"]:
            return _TOKENS.sub(spelled, token["ours"])
        if token["name"]:
            return f"%({token['name']})s"
        return "%s" if token[0] == "?" else token[0].replace("%", "%%")

    return _TOKENS.sub(spelled, statement.replace(NEXT_SEQ, "nextval('effects_seq')"))


def _storable(values: Values) -> Values:
    """A dumper of psycopg's would do, at ten times the price: it is asked for every text of every statement."""
    given = values.values() if isinstance(values, Mapping) else values
    for value in given:
        if value.__class__ is str and (_NUL in value or _MARK in value):
            break
    else:
        return values
    if isinstance(values, Mapping):
        return {name: _escaped(value) for name, value in values.items()}
    return [_escaped(value) for value in values]


def _escaped(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value.replace(_MARK, f"{_MARK}1").replace(_NUL, f"{_MARK}0")


class _Loader(Loader):
    def load(self, data: Buffer) -> str:
        text = str(data, "utf-8")
        if _MARK in text:
            text = text.replace(f"{_MARK}0", _NUL).replace(f"{_MARK}1", _MARK)
        return text


class PostgresConnection:
    """Implements `data.sql.connection.Connection`."""

    _known: ClassVar[dict[str, Any]] = {}

    def __init__(self, conn: Heard) -> None:
        self.raw = conn
        conn.adapters.register_loader("text", _Loader)

    @property
    def in_transaction(self) -> bool:
        return not self.raw.closed and self.raw.info.transaction_status in _OPEN

    @property
    def is_alive(self) -> bool:
        """Whether it can be used again: nothing comes from a server unasked but its farewell.

        A network that broke without a word is noticed later only.
        """
        if self.raw.closed:
            return False
        waiting = select.poll()
        waiting.register(self.raw.fileno(), select.POLLIN)
        return not waiting.poll(0)

    def execute(self, statement: str, values: Values = (), /) -> psycopg.Cursor[Any]:
        return self.raw.execute(self._spelled(statement), _storable(values))

    def executemany(self, statement: str, rows: Iterable[Values], /) -> object:
        rows = [_storable(row) for row in rows]
        if len(rows) == 1:
            return self.raw.execute(self._spelled(statement), rows[0])
        cursor = self.raw.cursor()
        if rows:
            cursor.executemany(self._spelled(statement), rows)
        return cursor

    def _spelled(self, statement: str) -> Any:
        # Two threads may translate the same statement; they come to the same.
        known = self._known.get(statement)
        if known is None:
            known = self._known[statement] = translated(statement)
        return known
