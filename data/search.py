"""Which texts have these words in them? An index of SQLite's FTS5, in memory, whatever keeps the record.

It is a copy that nothing is decided from: whoever shows what is found looks at the record for what may be shown.
Source: sqlite.org/fts5.html
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

TOKENS_MAX = 32
"""Of one search: whoever writes more pastes a page."""


class Text(NamedTuple):
    """One text of a document: `field` is what it is of it."""

    field: str
    text: str


class Index:
    """Documents by key, each of several texts. Not for several threads at once."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[int, ...]] = {}

    @cached_property
    def _db(self) -> sqlite3.Connection:
        """Made when the first text comes: whoever searches nothing pays nothing."""
        made = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        made.execute(
            "CREATE VIRTUAL TABLE texts USING fts5(key UNINDEXED, field UNINDEXED, text, "
            "tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')"
        )
        return made

    def put(self, key: str, texts: Iterable[Text]) -> None:
        """In place of all that was under this key."""
        self.drop(key)
        rows = []
        for field, text in texts:
            found = self._db.execute(
                "INSERT INTO texts(key, field, text) VALUES (?, ?, ?)", (key, field, text)
            )
            assert found.lastrowid is not None
            rows.append(found.lastrowid)
        self._rows[key] = tuple(rows)

    def drop(self, key: str) -> None:
        self._db.executemany("DELETE FROM texts WHERE rowid = ?", ((row,) for row in self._rows.pop(key, ())))

    def with_word(self, word: str) -> Mapping[str, tuple[Text, ...]]:
        """By key, the texts that have it, or a word that begins so: "churn-v1" as two, one after the other.

        Nothing in it is a command of the search: whatever somebody types is a word.
        """
        quoted = '"' + word.replace('"', " ").replace("\0", " ") + '"*'
        found: dict[str, list[Text]] = defaultdict(list)
        for key, field, text in self._db.execute(
            "SELECT key, field, text FROM texts WHERE texts MATCH ?", (f"text : {quoted}",)
        ):
            found[key].append(Text(field, text))
        return {key: tuple(texts) for key, texts in found.items()}
