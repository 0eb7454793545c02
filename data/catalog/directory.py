"""Teams and people at one version of the catalog: who is in which, and who answers for a thing?

How somebody is reached in Slack: data/catalog/accounts.py.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from data.catalog.accounts import Accounts
from data.catalog.layered import Layered
from data.catalog.same_people import Merged, merged
from data.closest import closest
from data.errors import NotFound, Refused
from data.importers.known import Known
from data.records.catalog import NO_OWNER, Entity, Group, Owners, Person

UserGroups = Mapping[str, tuple[str, ...]]
"""User group -> Slack ids of its members."""
_TOLD = re.compile(r'owner "(?P<written>.*)": ')


class Resolved:
    """What was asked before; of use for as long as teams and people are the same."""

    def __init__(self) -> None:
        self.owners: dict[tuple[str, str, tuple[str, ...]], Owners] = {}
        self.accounts: Accounts | None = None
        self.merged: Merged | None = None
        self.names: tuple[Known, Known] | None = None


class Directory:
    """Never changes. `unseen` says since when somebody is not declared any more.

    user_groups   of Slack, by their names in the policy, as it told last: catalogs tell nothing of these
    """

    def __init__(
        self,
        groups: Layered[str, Group],
        people: Layered[str, Person],
        unseen: Layered[str, str],
        resolved: Resolved | None = None,
        user_groups: UserGroups = MappingProxyType({}),
    ) -> None:
        self._groups = groups
        self._people = people
        self.unseen = unseen
        self._resolved = resolved or Resolved()
        self.user_groups = user_groups

    def changed(
        self, groups: Mapping[str, Group], people: Mapping[str, Person], unseen: Mapping[str, str | None]
    ) -> Directory:
        """The same but for these. Where it concerns no team and nobody, all that was resolved stays so."""
        return Directory(
            self._groups.changed(groups),
            self._people.changed(people),
            self.unseen.changed(unseen),
            None if groups or people else self._resolved,
            self.user_groups,
        )

    def beside(self, user_groups: UserGroups) -> Directory:
        """The same, with these user groups."""
        return Directory(self._groups, self._people, self.unseen, self._resolved, user_groups)

    @property
    def _merged(self) -> Merged:
        found = self._resolved.merged
        if found is None:
            found = self._resolved.merged = merged(self._groups, self._people, self.unseen)
        return found

    @property
    def groups(self) -> Layered[str, Group]:
        """Each once, whichever sources tell of it; so are people."""
        return self._merged.groups

    @property
    def people(self) -> Layered[str, Person]:
        return self._merged.people

    def id_of(self, one: str) -> str:
        """The id under which somebody stands, or a team."""
        return self._merged.same.get(one, one)

    @property
    def accounts(self) -> Accounts:
        found = self._resolved.accounts
        if found is None:
            found = self._resolved.accounts = Accounts(self.people, self.unseen)
        return found

    def by_slack(self, slack_id: str, *, listed: bool = False) -> Person | None:
        """Whose account this is; with `listed`, what a list of accounts says of it."""
        return self.accounts.listed(slack_id) if listed else self.accounts.holder(slack_id)

    def manager_slack_of(self, slack_id: str) -> str | None:
        """The Slack id of a person's manager; None when there is none, or none who can be reached."""
        person = self.by_slack(slack_id)
        manager = self.people.get(person.manager_id) if person else None
        return (
            self.accounts.of(manager).slack_id or None if manager and manager.id not in self.unseen else None
        )

    def groups_of(self, slack_id: str) -> tuple[Group, ...]:
        person = self.by_slack(slack_id)
        return tuple(group for group in self.groups.values() if person and person.id in group.member_ids)

    def group(self, name_or_ref: str) -> Group:
        """A team by its reference or name, whatever the case.

        Raises `Refused` with the ids when several match, `NotFound` with the closest names when none does.
        """
        wanted = name_or_ref.strip().lower()
        # As in Backstage, a name alone means the namespace "default", whoever else took the same name elsewhere.
        exact = self.groups.get(wanted) or self.groups.get(f"group:{wanted}")
        exact = exact or self.groups.get(f"group:default/{wanted.removeprefix('group:')}")
        if exact is not None:
            return exact
        name = wanted.removeprefix("group:")
        matches = [group for group in self.groups.values() if group.name.lower() == name]
        if len(matches) > 1:
            ids = ", ".join(sorted(group.id for group in matches))
            raise Refused(
                f'"{wanted}" names {len(matches)} teams', reasons=(ids,), next_step="Use the exact id"
            )
        if matches:
            return matches[0]
        raise NotFound(
            "team", name_or_ref, closest=closest(name, [group.name for group in self.groups.values()])
        )

    def members(self, name_or_ref: str) -> tuple[str, ...]:
        """Slack ids of those who are in the team now: without who left and who has no Slack id."""
        return self._reach(self.group(name_or_ref).member_ids)[0]

    def why(self, owners: Owners) -> tuple[str, ...]:
        """How we come to think that these people answer, where their own catalog does not say it outright."""
        group = self.groups.get(owners.team_id)
        own, teams = (group.member_ids, self._answering(group)) if group else ((owners.team_id,), ())
        said = (
            [f"{group.name} has nobody of its own; asked for it: {_named(teams)}"] if group and teams else []
        )
        ids = (*own, *(one for team in teams for one in team.member_ids))
        people = (self.people[one] for one in dict.fromkeys(ids) if one in self.people)
        return (*said, *(f"{_short(one.id)} {how}" for one in people if (how := self.accounts.of(one).how)))

    def owned(self, entity: Entity) -> Entity:
        """With whoever owns it now, where its source only names them: whichever was imported first."""
        if not entity.owner_names:
            owner_id = self.id_of(entity.owner_id)
            return entity if owner_id == entity.owner_id else replace(entity, owner_id=owner_id)
        known = self._resolved.names
        if known is None:
            there = (one for one in self.people.values() if one.id not in self.unseen)
            known = self._resolved.names = (
                Known((*self.groups.values(), *there)),
                Known(self.people.values()),
            )
        # Who left is told as having left only where nobody else is meant.
        names = [
            self.id_of(name.casefold()) if name.startswith("urn:") else name for name in entity.owner_names
        ]
        fits = [each.owners(name) for each in known for name in names]
        owner_id = next((ids[0] for ids in fits if len(ids) == 1), "")
        if owner_id:
            note = entity.owner_note if owner_id == entity.owner_id else ""
        elif several := next(filter(None, fits), ()):
            note = f'owner "{_written(entity)}": could be {" or ".join(several)}; write the id'
        else:
            note = known[0].nobody(_written(entity))
        return replace(entity, owner_id=owner_id, owner_note=note)

    def owners_of(self, entity: Entity) -> Owners:
        key = (entity.owner_id, "" if entity.owner_id else entity.owner_note, entity.owner_names)
        found = self._resolved.owners.get(key)
        if found is None:
            one = self.owned(entity)
            found = self._resolved.owners[key] = self._resolve(one.owner_id, one.owner_note)
        return found

    def answering(self, owner_id: str) -> Owners:
        """A team or person as owners."""
        return self._resolve(self.id_of(owner_id), "")

    def _resolve(self, owner_id: str, note: str) -> Owners:
        if not owner_id:
            return Owners(noted=(f"no owner: {note}" if note not in ("", NO_OWNER) else "no owner",))
        group = self.groups.get(owner_id)
        if group is not None:
            slack_ids, notes = self._reach(group.member_ids)
            if teams := self._answering(group):
                slack_ids, more = self._reach([one for team in teams for one in team.member_ids])
                notes = (*notes, *more)
            elif not group.member_ids:
                notes = (f"{group.name} has no members{self._above(group)}",)
            if owner_id in self.unseen:
                notes = (*notes, f"{group.name} is not in the catalog since {self.unseen[owner_id][:10]}")
            return Owners(
                team_id=group.id, called=group.title or group.name, slack_ids=slack_ids, noted=notes
            )
        slack_ids, notes = self._reach((owner_id,))
        person = self.people.get(owner_id)
        name = person.name if person else _short(owner_id)
        return Owners(team_id=owner_id, called=name, slack_ids=slack_ids, noted=notes)

    def _answering(self, group: Group) -> tuple[Group, ...]:
        """The teams within this one that answer for it, as nobody who is in it itself can be reached; nearest first."""
        if self._reach(group.member_ids)[0]:
            return ()
        seen, level = {group.id}, [group.id]
        while level:
            within = [one for one in self.groups.values() if one.parent_id in level and one.id not in seen]
            level = [one.id for one in within]
            seen.update(level)
            if found := tuple(one for one in within if self._reach(one.member_ids)[0]):
                return found
        return ()

    def _above(self, group: Group) -> str:
        parent = self.groups.get(group.parent_id)
        return f"; it is a team of {parent.name}, which may know" if parent else ""

    def _reach(self, person_ids: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        slack_ids: list[str] = []
        notes: list[str] = []
        for person_id in person_ids:
            person = self.people.get(person_id)
            if person is None:
                notes.append(f"nobody called {_short(person_id)} is in the catalog; they may have left")
            elif person_id in self.unseen:
                notes.append(
                    f"{_short(person_id)} left: not in the catalog since {self.unseen[person_id][:10]}"
                )
            elif account := self.accounts.of(person).slack_id:
                slack_ids.append(account)
            else:
                notes.append(f"{_short(person_id)} {self.accounts.of(person).why_not}")
        return tuple(dict.fromkeys(slack_ids)), tuple(notes)


class Peopled:
    """Whatever has a directory answers for its teams and people itself."""

    _directory: Directory

    @property
    def user_groups(self) -> UserGroups:
        return self._directory.user_groups

    def person(self, person_id: str) -> Person | None:
        return self._directory.people.get(self._directory.id_of(person_id))

    def person_by_slack(self, slack_id: str, *, listed: bool = False) -> Person | None:
        return self._directory.by_slack(slack_id, listed=listed)

    @property
    def people_ids(self) -> Collection[str]:
        return self._directory.people.keys()

    def is_team(self, owner_id: str) -> bool:
        """Of what is neither a team nor a person that the catalog knows: by how it is written."""
        return self._directory.id_of(owner_id) in self._directory.groups or owner_id.startswith("group:")

    def manager_slack_of(self, slack_id: str) -> str | None:
        return self._directory.manager_slack_of(slack_id)

    def groups_of(self, slack_id: str) -> tuple[Group, ...]:
        return self._directory.groups_of(slack_id)

    def group(self, name_or_ref: str) -> Group:
        return self._directory.group(name_or_ref)

    def members(self, name_or_ref: str) -> tuple[str, ...]:
        return self._directory.members(name_or_ref)


def _named(teams: Sequence[Group]) -> str:
    return f"{' and '.join(team.name for team in teams)}, within it"


def _written(entity: Entity) -> str:
    """Its owner as the source has it, which its reader told; ids are what that may mean."""
    found = _TOLD.match(entity.owner_note)
    return found["written"] if found else entity.owner_names[0]


def _short(person_id: str) -> str:
    return person_id.rpartition("/")[2]
