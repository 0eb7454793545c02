"""Which teams and people that DataHub describes are those of another source? Whoever has the same e-mail address there,
or else the same name, if that is one alone.

Asked of the catalog as it stands: it is the same whichever was imported first. Members, managers and names are then as
the other source has them. A Slack account that a list tells of is nobody's description (data/catalog/accounts.py).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from data.catalog.layered import Layered
from data.importers.known import Known
from data.records.catalog import ACCOUNT, Group, Person

_OF: dict[str, type[Group | Person]] = {"urn:li:corpgroup:": Group, "urn:li:corpuser:": Person}
DATAHUB = tuple(_OF)
"""How their ids begin."""


class Merged(NamedTuple):
    """Each once; `same`: the id of who is another source's, and theirs."""

    groups: Layered[str, Group]
    people: Layered[str, Person]
    same: Mapping[str, str]


def merged(groups: Layered[str, Group], people: Layered[str, Person], unseen: Container[str]) -> Merged:
    teams = [one for one in groups.values() if one.id.startswith(DATAHUB)]
    persons = [one for one in people.values() if one.id.startswith(DATAHUB)]
    if not teams and not persons:
        return Merged(groups, people, {})
    elsewhere: tuple[Group | Person, ...] = (
        *groups.values(),
        *(one for one in people.values() if one.id not in unseen),
    )
    others = Known(one for one in elsewhere if not one.id.startswith((*DATAHUB, ACCOUNT)))
    emails = {one.id: one.email for one in persons}
    found = ((one, _same(one, emails.get(one, ""), others)) for one in _ids(teams, persons))
    same = {one: other for one, other in found if other}
    return Merged(
        groups.changed({one.id: None if one.id in same else _of_those(one, same) for one in teams}),
        people.changed({one.id: None if one.id in same else _under_those(one, same) for one in persons}),
        same,
    )


def _ids(teams: list[Group], people: list[Person]) -> Iterator[str]:
    """Also of who is a member, and described nowhere."""
    for team in teams:
        yield from (one for one in (team.id, *team.member_ids) if one.startswith(DATAHUB))
    yield from (one.id for one in people)


def _same(one: str, email: str, others: Known) -> str:
    prefix = next(filter(one.startswith, DATAHUB))
    for name in filter(None, (email, one.removeprefix(prefix))):
        if fits := others.called(name, _OF[prefix]):
            return fits[0] if len(fits) == 1 else ""
    return ""


def _of_those(team: Group, same: Mapping[str, str]) -> Group:
    members = tuple(dict.fromkeys(same.get(one, one) for one in team.member_ids))
    return replace(team, parent_id=same.get(team.parent_id, team.parent_id), member_ids=members)


def _under_those(person: Person, same: Mapping[str, str]) -> Person:
    return replace(person, manager_id=same.get(person.manager_id, person.manager_id))
