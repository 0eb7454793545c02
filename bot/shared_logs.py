"""An access log that was shared in Slack: who was seen calling what, in the name of whoever shared it.

It is taken, as a table of calls is: a caller nobody knows of is worse than one somebody made up, which the coordinator
vouches for by name. Whoever may share files can hold a step by it, so all that is told of such calls says who shared
them, and they are kept apart from those of other sources. How often is not taken: a log that somebody has at hand is
one of many, and would thin the numbers that all of them gave.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import msgspec

from data.errors import Invalid, Problem
from data.importers.call_files import GZIP
from data.importers.report import Note, Reading
from data.records.callers import SHARED_BY
from data.records.catalog import Entity, Group, Person

NO_NUMBERS = (
    "how often is not taken from a log shared in Slack, which is one of many: import all of them on the machine with "
    "emeritus import calls"
)
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
    return f"{SHARED_BY}{person_id} in {name}"


def without_numbers(reading: Reading) -> Reading:
    """That and when there were calls."""
    if not reading.sightings:
        return reading
    seen = tuple(msgspec.structs.replace(one, calls_per_day=None) for one in reading.sightings)
    note = Note(where=seen[0].seen_in, what="calls a day", note=NO_NUMBERS)
    return msgspec.structs.replace(reading, sightings=seen, notes=(*reading.notes, note))
