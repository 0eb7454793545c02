"""What a file shared in Slack may not say: who is in which team, has which account, or owns a model.

So nobody becomes an owner or a voter by it, of what others tell of or of what it is the first to tell of.
"""

from __future__ import annotations

import msgspec

from data.errors import Invalid, Problem
from data.importers.report import Note, Reading
from data.records.catalog import Group, Kind, Person

OWNERS = "Who owns a model is not taken from a file shared in Slack: import it on the machine"
"""Whoever owns a model has a vote on whether it ends."""
PEOPLE = "Who is in which team or has which account is not taken from a file shared in Slack: import it on the machine"
"""Whoever could tell of a team that a policy names, or of an account for somebody in one, would be a voter."""


def without_people(reading: Reading, name: str) -> Reading:
    """Raises `Invalid` where it tells of nothing else."""
    owners: tuple[Group | Person, ...] = (*reading.groups, *reading.people)
    if owners and not (reading.entities or reading.dependencies or reading.sightings):
        raise Invalid([Problem(field=name, value="", accepted=f"tells of nothing else. {PEOPLE}")])
    notes = (Note(where=reading.files[one.id], what=one.id, note=f"passed over. {PEOPLE}") for one in owners)
    return msgspec.structs.replace(reading, groups=(), people=(), notes=(*reading.notes, *notes))


def without_owners(reading: Reading) -> Reading:
    """Nobody in Slack makes anybody the owner of a model, though no other source tells of it yet."""
    owned = {
        one.id: one.owner_id or " or ".join(one.owner_names)
        for one in reading.entities
        if one.owners_told and one.kind in (Kind.MODEL, Kind.VERSION)
    }
    notes = [
        Note(where=reading.files[one], what=one, note=f"owner {owner_id} is left out. {OWNERS}")
        for one, owner_id in owned.items()
    ]
    entities = tuple(
        msgspec.structs.replace(one, owner_id="", owner_names=(), owner_note=OWNERS)
        if one.id in owned
        else one
        for one in reading.entities
    )
    return msgspec.structs.replace(reading, entities=entities, notes=(*reading.notes, *notes))
