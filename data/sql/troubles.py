"""What waits for a person to look: it stopped for good, or is held up until they mend what it names.

They can have it tried again, or put away what stopped. Neither is an event: what happened to a retirement did not
change, only what the outside was told of it.
"""

from __future__ import annotations

from datetime import datetime

from data.schema import micros
from data.sql.connection import Connection
from data.store import Trouble

_STOPPED = "status IN ('parked', 'dead')"
_A_TIMER = "stream || '/' || name = ? AND ready_at IS NULL"

_HELD_UP = 4
# One statement, as each is a moment in which another thread may go first.
_ALL = f"""SELECT key, stream, why, 1 AS part, seq AS turn FROM effects WHERE {_STOPPED}
    UNION ALL SELECT stream || '/' || name, stream, why, 2, due_at FROM timers WHERE ready_at IS NULL
    UNION ALL SELECT key, '', why, 3, arrival FROM inbox WHERE outcome = 'dead'
    UNION ALL SELECT key, stream, why, {_HELD_UP}, seq FROM effects WHERE held_up = 1
    ORDER BY part, turn"""  # noqa: S608 - from above


def troubles(conn: Connection) -> tuple[Trouble, ...]:
    """What stopped (effects, then timers and commands), then what is held up."""
    found = conn.execute(_ALL)
    return tuple(
        Trouble(key, stream, why, is_held_up=part == _HELD_UP) for key, stream, why, part, _ in found
    )


def retry(conn: Connection, key: str, now: datetime) -> bool:
    """Have it tried again at once. A message that stopped is looked up first, as after any try of unknown end.

    False for what neither stopped nor is held up, and for a command: what it asked is erased once it is given up.
    """
    if (lead := _lead(conn, key)) is not None:
        # Performed together, they are tried again together.
        conn.execute(
            f"UPDATE effects SET status = 'claimed', why = '' WHERE lead = ? AND {_STOPPED}",  # noqa: S608
            (lead,),
        )
        conn.execute("UPDATE effects SET status = 'unknown', ready_at = ? WHERE key = ?", (micros(now), lead))
        return True
    held_up = conn.execute(
        """UPDATE effects SET ready_at = CASE WHEN status = 'claimed' THEN ready_at ELSE ? END
        WHERE key = ? AND held_up = 1""",
        (micros(now), key),
    )
    if held_up.rowcount == 1:
        return True
    timers = conn.execute(
        f"UPDATE timers SET ready_at = ?, leased = 0, why = '' WHERE {_A_TIMER}",  # noqa: S608
        (micros(now), key),
    )
    return timers.rowcount == 1


def dismiss(conn: Connection, key: str) -> bool:
    """Somebody has seen to it: it is not told any more, and not tried either. False for what did not stop for good."""
    if (lead := _lead(conn, key)) is not None:
        conn.execute(
            f"UPDATE effects SET status = 'dismissed' WHERE (key = ? OR lead = ?) AND {_STOPPED}",  # noqa: S608
            (lead, lead),
        )
        return True
    timers = conn.execute(f"DELETE FROM timers WHERE {_A_TIMER}", (key,))  # noqa: S608
    if timers.rowcount == 1:
        return True
    commands = conn.execute(
        "UPDATE inbox SET outcome = 'dismissed' WHERE key = ? AND outcome = 'dead'", (key,)
    )
    return commands.rowcount == 1


def _lead(conn: Connection, key: str) -> str | None:
    """The effect that was performed for this one; None where no effect of this key has stopped."""
    row = conn.execute(
        f"SELECT coalesce(lead, key) FROM effects WHERE key = ? AND {_STOPPED} /*! FOR UPDATE */",  # noqa: S608
        (key,),
    ).fetchone()
    return row[0] if row else None
