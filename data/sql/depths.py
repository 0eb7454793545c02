"""How much waits, since when, and how much has stopped for good? Found by the indexes of what waits."""

from __future__ import annotations

from datetime import datetime

from data.records.decision import ClaimKind
from data.schema import instant, micros
from data.sql.connection import Connection
from data.store import Queue

# What was tried already should be done by now, though it is to be tried again later.
_SHOULD_BE_DONE = "ready_at IS NOT NULL AND (ready_at <= :now OR first_tried IS NOT NULL)"
_SINCE = "min(CASE WHEN first_tried < ready_at THEN first_tried ELSE ready_at END)"

_STATEMENTS = {
    ClaimKind.INBOX: f"""SELECT count(*), {_SINCE},
        (SELECT count(*) FROM inbox WHERE ready_at IS NOT NULL), (SELECT count(*) FROM inbox WHERE outcome = 'dead')
        FROM inbox WHERE {_SHOULD_BE_DONE}""",  # noqa: S608 - constants of this file, here and below
    # Most timers lie far ahead. One that was tried is tried again within the day, so no others are looked at.
    ClaimKind.TIMER: """SELECT count(*), min(due_at),
        (SELECT count(*) FROM timers WHERE ready_at IS NOT NULL), (SELECT count(*) FROM timers WHERE ready_at IS NULL)
        FROM timers WHERE ready_at <= :now + 86400000000 AND due_at <= :now""",
    ClaimKind.EFFECT: f"""SELECT count(*), {_SINCE},
        (SELECT count(*) FROM effects WHERE ready_at IS NOT NULL),
        (SELECT count(*) FROM effects WHERE status IN ('parked', 'dead'))
        FROM effects WHERE {_SHOULD_BE_DONE}""",  # noqa: S608
}


def queues(conn: Connection, now: datetime) -> tuple[Queue, ...]:
    found = []
    for kind, statement in _STATEMENTS.items():
        due, since, waiting, stopped = conn.execute(statement, {"now": micros(now)}).fetchone()
        oldest = None if since is None else instant(since)
        found.append(Queue(kind=kind, due=due, oldest_due_at=oldest, waiting=waiting, stopped=stopped))
    return tuple(found)
