"""Do the stored states follow from the entries as this version folds them?

Events are brought up to date whenever they are read; a state is kept as it was folded. So the record says with
which `fold_version`, and where it is another one, every state is folded anew before anything is decided.
"""

from __future__ import annotations

import logging

import msgspec

from data.errors import Corrupt, Unavailable
from data.ledger import Text, opened
from data.schema import newer
from data.sql.connection import Connection
from data.store import Machine

log = logging.getLogger("emeritus.record")

# So often does a long fold say how far it is.
STREAMS_PER_LINE = 1000


def folded(conn: Connection, machine: Machine, stream: str) -> bytes | None:
    """What a stream's entries come to. Raises `Corrupt` with the one that cannot be folded."""
    rows = conn.execute("SELECT commitment, salt, text FROM prose WHERE stream = ?", (stream,))
    texts = {commitment: Text(commitment, salt, text) for commitment, salt, text in rows}
    state: bytes | None = None
    for version, stored in conn.execute(
        "SELECT version, stored FROM events WHERE stream = ? ORDER BY version", (stream,)
    ):
        try:
            state = machine.evolve(stream, state, opened(stored, texts.get))
        except Exception as error:
            why = str(error) if isinstance(error, msgspec.MsgspecError) else type(error).__name__
            raise Corrupt(
                f"{stream} entry {version} cannot be folded ({why}); all states stay as they were. "
                "Run emeritus verify, and restore the last backup if it names an entry"
            ) from error
    return state


def folded_with(conn: Connection, machine: Machine, where: object) -> int:
    """The `fold_version` of all states. Raises `Unavailable` when only a newer version can read them."""
    rows = conn.execute("SELECT version FROM fold_version").fetchall()
    if len(rows) != 1 or not isinstance(rows[0][0], int):
        found = ", ".join(ascii(version) for (version,) in rows[:2]) or "nothing"
        raise Corrupt(
            f"{where} does not say how its states were folded: fold_version holds {found} instead of one number. "
            "Keep a copy of it, then restore the last backup"
        )
    made_by = int(rows[0][0])
    if made_by > machine.fold_version:
        raise newer(where, f"states of fold {made_by}")
    return made_by


def check_folded(conn: Connection, machine: Machine, where: object) -> None:
    """For whoever only reads. Raises `Unavailable` where states were folded by another version."""
    made_by = folded_with(conn, machine, where)
    if made_by < machine.fold_version:
        raise Unavailable(
            f"{where} has states as an older Emeritus folded them. "
            "Run emeritus serve on it once, which folds them anew"
        )


def fold_anew(conn: Connection, machine: Machine, where: object) -> None:
    """Inside a transaction, for whoever writes: all states or none of them."""
    if folded_with(conn, machine, where) == machine.fold_version:
        return
    streams = [stream for (stream,) in conn.execute("SELECT stream FROM states ORDER BY stream").fetchall()]
    for count, stream in enumerate(streams):
        if count % STREAMS_PER_LINE == 0:
            log.warning("%s: folding the states anew for this version, %d of %d", where, count, len(streams))
        # A state without entries is left to verify.
        if (state := folded(conn, machine, stream)) is not None:
            conn.execute("UPDATE states SET state = ? WHERE stream = ?", (state, stream))
    conn.execute("DELETE FROM fold_version")
    conn.execute("INSERT INTO fold_version VALUES (?)", (machine.fold_version,))
    if streams:
        log.warning("%s: %d states folded anew", where, len(streams))
