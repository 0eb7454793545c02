"""Owners as they go on record: where that is one person, by words that can be erased, and by an id without a name.

The id is the same each time, as a team is asked and answers by it, and is made with a secret of the record: of a bare
hash anybody finds the name who guesses it. Whoever stands on record by their id of the catalog, as everybody did once,
goes on by that: else they would be another team, and be asked anew.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable

from msgspec.structs import replace

from data.catalog.snapshot import Snapshot
from data.records.base import Prose
from data.records.catalog import Impacted, Owners
from data.records.retirement import Retirement

PERSON = "person:"
OWN_NOTES = frozenset({"no owner"})
"""What names nobody: all else may."""


def by_name(state: Retirement | None) -> frozenset[str]:
    """Owners that this retirement has on record by their ids of the catalog: teams, and people of before."""
    if state is None:
        return frozenset()
    consumers = (*state.impact, *(one.consumer for one in state.obligations))
    ids = {*(one.owners.team_id for one in consumers), *(one.team_id for one in state.callers)}
    return frozenset(one for one in ids if not one.startswith(PERSON))


def erasable(there: Snapshot, impact: Iterable[Impacted], named: Collection[str]) -> tuple[Impacted, ...]:
    """In their order; `named`: who stays on record by their id."""
    return tuple(replace(one, owners=owners(there, one.owners, named)) for one in impact)


def owners(there: Snapshot, found: Owners, named: Collection[str] = ()) -> Owners:
    is_person = bool(found.team_id) and not there.is_team(found.team_id)
    is_known = found.team_id in named or found.team_id.startswith(PERSON)
    return replace(
        found,
        team_id=_id(found.team_id, there.secret) if is_person and not is_known else found.team_id,
        called=Prose(prose=found.team_name) if is_person else found.called,
        noted=tuple(one if one in OWN_NOTES else Prose(prose=str(one)) for one in found.noted),
    )


def answering(there: Snapshot, team_id: str, named: Collection[str]) -> Owners:
    """Whoever stands on record by this id, as the catalog knows them now."""
    ids = there.people_ids if team_id.startswith(PERSON) else ()
    known = next((one for one in ids if _id(one, there.secret) == team_id), team_id)
    return owners(there, there.answering(known), named)


def _id(one: str, secret: bytes) -> str:
    return f"{PERSON}{hmac.digest(secret, one.encode(), 'sha256').hex()[:24]}"
