"""Calls are seen on days that have been: one that is told of a day to come is a slip or a wrong clock.

It would speak against everybody who says to have moved, until that day. So it is kept without the day, and told.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from data.importers.report import Note, Reading
from data.records.catalog import Sighting


def without_days_to_come(reading: Reading, now: datetime) -> Reading:
    """The reading, with a note for each sighting that lost a day. Tomorrow may have begun somewhere."""
    latest = f"{now.astimezone(UTC).date() + timedelta(days=1)}"
    odd = [one for one in reading.sightings if max(one.first_seen, one.last_seen) > latest]
    if not odd:
        return reading
    notes = tuple(
        Note(
            where=one.seen_in,
            what=f"{one.from_id} -> {one.to_id}",
            note=f"calls on {max(one.first_seen, one.last_seen)}, a day that has not come; kept without it",
        )
        for one in odd
    )
    seen = tuple(_before(one, latest) for one in reading.sightings)
    return replace(reading, sightings=seen, notes=(*reading.notes, *notes))


def _before(sighting: Sighting, latest: str) -> Sighting:
    first, last = (day if day <= latest else "" for day in (sighting.first_seen, sighting.last_seen))
    return replace(sighting, first_seen=first, last_seen=last or first)
