"""Calls that a file tells of which was shared in Slack, such as an access log: who was seen calling what, in the name
of whoever shared it.

It is taken, as a table of calls is: a caller nobody knows of is worse than one somebody made up, which the coordinator
vouches for by name. Whoever may share files can hold a step by it, so all that is told of such calls says who shared
them, and they are kept apart from those of other sources. How often is not taken: a log that somebody has at hand is
one of many, and would thin the numbers that all of them gave, and a table may say that somebody hardly calls.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import msgspec

from bot.formats import CALLS
from data.errors import Invalid, Problem
from data.importers.call_files import GZIP
from data.importers.report import Note, Reading
from data.records.callers import IN, SHARED_BY
from data.records.catalog import Entity, Group, Measure, Person

NO_NUMBERS = (
    "how often is not taken from a log shared in Slack, which is one of many: import all of them on the machine with "
    "emeritus import calls"
)
NO_NUMBER = "how often is not taken from a file shared in Slack: import it on the machine"
PACKED = (
    "a log is read from Slack as text only: share it unpacked, or on the machine, emeritus import calls FILE"
)


def read_log(path: Path, known: Iterable[Entity | Group | Person], now: datetime) -> Reading:
    """Raises `Invalid` for what is none, or is packed: nobody knows before how large it becomes."""
    from data.importers.calls import read_calls  # noqa: PLC0415 - as the other readers of formats.py

    with path.open("rb") as file:
        if file.read(len(GZIP)) == GZIP:
            raise Invalid([Problem(field=path.name, value="is packed", accepted=PACKED)])
    return read_calls([path], known=known, now=now)


def told_by(person_id: str, name: str) -> str:
    """The source of these calls, as it stands wherever they are told: who vouches for one file does for no other."""
    return f"{SHARED_BY}{person_id}{IN}{name}"


def in_the_name_of(seen_by: str, reading: Reading, format: str) -> Reading:  # noqa: A002 - the word of the commands
    """That and when there were calls, as told by them, and nothing of how many."""
    seen = tuple(msgspec.structs.replace(one, calls_per_day=None) for one in reading.sightings)
    counted = [one.seen_in for one in reading.sightings if one.calls_per_day is not None]
    why = NO_NUMBERS if format == CALLS else NO_NUMBER
    counted += [
        row.told_in for one in reading.entities for row in one.measured if row.measure is Measure.CALLS
    ]
    notes = tuple(Note(where=where, what="calls a day", note=why) for where in counted[:1])
    return msgspec.structs.replace(
        reading,
        entities=tuple(map(_without_calls, reading.entities)),
        sightings=seen,
        seen_by=seen_by,
        notes=(*reading.notes, *notes),
    )


def _without_calls(entity: Entity) -> Entity:
    kept = tuple(row for row in entity.measured if row.measure is not Measure.CALLS)
    return msgspec.structs.replace(entity, measured=kept) if kept != entity.measured else entity
