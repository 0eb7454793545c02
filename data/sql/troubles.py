"""What waits for a person to look: it stopped for good, or is held up until they mend what it names."""

from __future__ import annotations

from data.sql.connection import Connection
from data.store import Trouble

_STOPPED = (
    "SELECT key, stream, why FROM effects WHERE status IN ('parked', 'dead') ORDER BY seq",
    "SELECT stream || '/' || name, stream, why FROM timers WHERE ready_at IS NULL ORDER BY due_at",
    "SELECT key, '', why FROM inbox WHERE outcome = 'dead' ORDER BY arrival",
)
_HELD_UP = "SELECT key, stream, why FROM effects WHERE held_up = 1 ORDER BY seq"


def troubles(conn: Connection) -> tuple[Trouble, ...]:
    """What stopped (effects, then timers and commands), then what is held up."""
    return (
        *(Trouble(*row) for query in _STOPPED for row in conn.execute(query)),
        *(Trouble(key, stream, why, is_held_up=True) for key, stream, why in conn.execute(_HELD_UP)),
    )
