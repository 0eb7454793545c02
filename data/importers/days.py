"""Days as sources write them: which is meant, and which cannot be, as it has not come yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from data.importers.report import Note, Reading
from data.records.catalog import Sighting


def day_in(text: str) -> str:
    """The day of an ISO day or instant, as it is written there. Raises `ValueError` for anything else."""
    return datetime.fromisoformat(text).date().isoformat()


def seen_by(reading: Reading, now: datetime) -> Reading:
    """With calls seen on days to come kept as seen on no day, and told.

    Nobody has seen them: a slip in a date would say for years that somebody calls whom nobody calls any more.
    """
    latest = (now.astimezone(UTC).date() + timedelta(days=1)).isoformat()  # it is tomorrow already elsewhere
    ahead = [one for one in reading.sightings if max(one.first_seen, one.last_seen) > latest]
    if not ahead:
        return reading
    notes = (
        Note(where=one.seen_in, what=f"{one.from_id} -> {one.to_id}", note=_told(one, latest))
        for one in ahead
    )
    sightings = tuple(_without_days_after(latest, one) for one in reading.sightings)
    return msgspec.structs.replace(reading, sightings=sightings, notes=(*reading.notes, *notes))


def measured_by(reading: Reading, now: datetime) -> Reading:
    """Without what is said to be measured on days to come: it would be the last value for as long as they have not."""
    latest = (now.astimezone(UTC).date() + timedelta(days=1)).isoformat()
    ahead = [(one, row) for one in reading.entities for row in one.measured if row.on > latest]
    if not ahead:
        return reading
    notes = (
        Note(
            where=row.told_in,
            what=f"{row.measure} of {one.name}",
            note=f"measured on {row.on}, which is a day to come; left out",
        )
        for one, row in ahead
    )
    entities = tuple(
        msgspec.structs.replace(one, measured=tuple(row for row in one.measured if row.on <= latest))
        for one in reading.entities
    )
    return msgspec.structs.replace(reading, entities=entities, notes=(*reading.notes, *notes))


def _told(one: Sighting, latest: str) -> str:
    which = one.last_seen if one.last_seen > latest else one.first_seen
    return f"seen on {which}, which is a day to come; kept without one"


def _without_days_after(latest: str, one: Sighting) -> Sighting:
    first, last = (day if day <= latest else "" for day in (one.first_seen, one.last_seen))
    return msgspec.structs.replace(one, first_seen=first, last_seen=last or first)
