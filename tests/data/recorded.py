"""Records on disk as an older version left them: real entries of tests/golden, under whatever states one gives them."""

from __future__ import annotations

from pathlib import Path

from data.schema import micros
from data.sql.connection import Connection
from data.sql.record import SqlStore
from tests.contract.scripted import NOW
from tests.golden.reading import LEDGERS, lines

STORIES = tuple(sorted(path.stem for path in LEDGERS.glob("2026-11/*.ndjson")))

# A state as no version folds it today.
FORMER = b'{"id":"RET-1","standing":"as it was called once"}'


def ledger_of(story: str) -> Path:
    return LEDGERS / "2026-11" / f"{story}.ndjson"


def record(store: SqlStore, story: str, *, state: bytes = FORMER, fold_version: int = 0) -> None:
    """Put the story's entries into an empty record, each stream with this state, said to be of this fold."""
    kept = list(lines(ledger_of(story)))

    def job(conn: Connection) -> None:
        for line in kept:
            entry = line.entry
            conn.execute(
                "INSERT INTO events (stream, version, stored, digest) VALUES (?, ?, ?, ?)",
                (entry.stream, entry.version, entry.stored, entry.digest),
            )
            for commitment, words in line.prose.items():
                conn.execute(
                    "INSERT INTO prose VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        commitment,
                        entry.stream,
                        entry.version,
                        bytes.fromhex(words.salt),
                        words.text,
                        micros(NOW),
                    ),
                )
        ends = {line.stream: line.entry for line in kept}
        for stream, entry in ends.items():
            conn.execute(
                "INSERT INTO states VALUES (?, ?, ?, ?)", (stream, entry.version, entry.digest, state)
            )
        conn.execute("UPDATE fold_version SET version = ?", (fold_version,))
        store.renumber(conn)

    store.write(job)
