"""The catalog at one version: which model is meant, who serves it, who owns it, who depends on it?

A snapshot never changes, so everything read from one agrees with everything else read from it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from data.catalog_rows import Stored
from data.closest import closest
from data.errors import NotFound, Refused
from data.records.base import Record
from data.records.catalog import Dependency, Entity, Group, Impacted, Kind, Owners, Person, Responsible
from data.serving import serving

if TYPE_CHECKING:
    from data.lineage import Lineage


class Impact(Record, frozen=True, kw_only=True):
    """Who is impacted when a model retires with these endpoints, as of this version of the catalog."""

    catalog_version: int
    model_id: str
    endpoint_ids: tuple[str, ...]
    consumers: tuple[Impacted, ...]


class Succession(Record, frozen=True, kw_only=True):
    """Who follows a model, next one first. `is_cyclic` when the last of them points back into the chain."""

    models: tuple[Entity, ...]
    is_cyclic: bool = False


class Snapshot:
    def __init__(self, stored: Stored) -> None:
        entities, self._dependencies = serving(stored.entities, stored.dependencies)
        self.version = stored.version
        self.unseen = stored.unseen
        self._declared = stored
        self._entities = {entity.id: entity for entity in entities}
        self._groups = {group.id: group for group in stored.groups}
        self._people = {person.id: person for person in stored.people}
        self._by_slack_id = {person.slack_id: person for person in reversed(stored.people) if person.slack_id}
        self._models = tuple(
            sorted(
                (entity for entity in entities if entity.kind == Kind.MODEL),
                key=lambda model: (model.name.casefold(), model.id),
            )
        )
        self._owners: dict[tuple[str, str], Owners] = {}

    @cached_property
    def lineage(self) -> Lineage:
        from data import lineage  # noqa: PLC0415 - networkx takes a while, and most commands ask for no graph

        return lineage.Lineage.of(self._entities.values(), self._dependencies)

    @cached_property
    def _edges(self) -> dict[tuple[str, str], Dependency]:
        return {(edge.from_id, edge.to_id): edge for edge in self._dependencies}

    def dependency(self, from_id: str, to_id: str) -> Dependency:
        """How an edge of a path is known."""
        return self._edges[from_id, to_id]

    def known(self) -> tuple[Entity | Group | Person, ...]:
        """Everything declared, for an importer whose references may point there."""
        return (*self._declared.entities, *self._declared.groups, *self._declared.people)

    def models(self, query: str = "") -> tuple[Entity, ...]:
        """Models by name; with a query those that contain it, and those that begin with it first."""
        folded = query.strip().casefold()
        matches = [
            model for model in self._models if folded in f"{model.name}\n{model.title}\n{model.id}".casefold()
        ]
        return tuple(sorted(matches, key=lambda model: not model.name.casefold().startswith(folded)))

    def model(self, name_or_id: str) -> Entity:
        """The one model with exactly this id or name; failing that, whose name or title it is but for case.

        Raises `Refused` with the ids when several match, `NotFound` with the closest names when none does.
        """
        wanted = name_or_id.strip()
        by_id = self._entities.get(wanted.lower())
        if by_id is not None and by_id.kind == Kind.MODEL:
            return by_id
        folded = wanted.casefold()
        matches = [model for model in self._models if model.name == wanted] or [
            model for model in self._models if folded in (model.name.casefold(), model.title.casefold())
        ]
        if len(matches) > 1:
            ids = ", ".join(sorted(model.id for model in matches))
            raise Refused(
                f'"{wanted}" names {len(matches)} models', reasons=(ids,), next_step="Use the exact id"
            )
        if matches and wanted:
            return matches[0]
        names = [name for model in self._models for name in (model.name, model.title) if name]
        raise NotFound("model", wanted, closest=closest(wanted, names))

    def entity(self, entity_id: str) -> Entity:
        """Any node by its exact id. Raises `NotFound`."""
        found = self._entities.get(entity_id)
        if found is None:
            raise NotFound("entity", entity_id, closest=closest(entity_id, self._entities))
        return found

    def endpoints_of(self, model_id: str) -> tuple[Entity, ...]:
        return tuple(self._entities[endpoint_id] for endpoint_id in self.lineage.endpoints_of(model_id))

    def succession(self, model_id: str) -> Succession:
        chain: dict[str, Entity] = {}
        next_id = self.entity(model_id).successor_id
        while next_id in self._entities and next_id not in chain and next_id != model_id:
            chain[next_id] = self._entities[next_id]
            next_id = chain[next_id].successor_id
        return Succession(models=tuple(chain.values()), is_cyclic=next_id == model_id or next_id in chain)

    def person(self, person_id: str) -> Person | None:
        return self._people.get(person_id)

    def person_by_slack(self, slack_id: str) -> Person | None:
        return self._by_slack_id.get(slack_id)

    def manager_slack_of(self, slack_id: str) -> str | None:
        """The Slack id of a person's manager; None when there is none, or none who can be reached."""
        person = self._by_slack_id.get(slack_id)
        manager = self._people.get(person.manager_id) if person else None
        return manager.slack_id or None if manager and manager.id not in self.unseen else None

    def groups_of(self, slack_id: str) -> tuple[Group, ...]:
        person = self._by_slack_id.get(slack_id)
        return tuple(group for group in self._groups.values() if person and person.id in group.member_ids)

    def group(self, name_or_ref: str) -> Group:
        """A team by its reference or name, whatever the case. Raises `Refused` or `NotFound` like `model`."""
        wanted = name_or_ref.strip().lower()
        # As in Backstage, a name alone means the namespace "default", whoever else took the same name elsewhere.
        exact = self._groups.get(wanted) or self._groups.get(f"group:{wanted}")
        exact = exact or self._groups.get(f"group:default/{wanted.removeprefix('group:')}")
        if exact is not None:
            return exact
        name = wanted.removeprefix("group:")
        matches = [group for group in self._groups.values() if group.name.lower() == name]
        if len(matches) > 1:
            ids = ", ".join(sorted(group.id for group in matches))
            raise Refused(
                f'"{wanted}" names {len(matches)} teams', reasons=(ids,), next_step="Use the exact id"
            )
        if matches:
            return matches[0]
        raise NotFound(
            "team", name_or_ref, closest=closest(name, [group.name for group in self._groups.values()])
        )

    def members(self, name_or_ref: str) -> tuple[str, ...]:
        """Slack ids of those who are in the team now: without who left and who has no Slack id."""
        return self._reach(self.group(name_or_ref).member_ids)[0]

    def owners_of(self, entity: Entity) -> Owners:
        key = (entity.owner_id, "" if entity.owner_id else entity.owner_note)
        if key not in self._owners:
            self._owners[key] = self._resolve(*key)
        return self._owners[key]

    def owners_now(self, entity_ids: Iterable[str]) -> tuple[str, ...]:
        """Slack ids of whoever owns these, each once; what the catalog has no more has no owners."""
        known = (self._entities[one] for one in entity_ids if one in self._entities)
        return tuple(dict.fromkeys(person for one in known for person in self.owners_of(one).slack_ids))

    def responsible(self, model_id: str) -> tuple[Responsible, ...]:
        """The model first, then its versions and endpoints, then its successor: each with its owners."""
        model = self.entity(model_id)
        versions = [self._entities[one] for one in self.lineage.versions_of(model_id)]
        things = [(str(thing.kind), thing) for thing in (model, *versions, *self.endpoints_of(model_id))]
        if (after := self._entities.get(model.successor_id)) is not None:
            things.append(("successor", after))
        return tuple(
            Responsible(part=part, thing=thing, owners=self.owners_of(thing)) for part, thing in things
        )

    def impact(self, model_id: str, endpoint_ids: Collection[str] | None = None) -> Impact:
        """Who depends on a model and its endpoints; given `endpoint_ids`, on those and the model directly."""
        self.entity(model_id)
        consumers = []
        for dependant in self.lineage.consumers_of(model_id, endpoint_ids):
            entity = self._entities[dependant.id]
            consumers.append(
                Impacted(
                    consumer_id=entity.id,
                    name=entity.name,
                    owners=self.owners_of(entity),
                    distance=dependant.distance,
                    path=dependant.path,
                )
            )
        chosen = self.lineage.endpoints_of(model_id) if endpoint_ids is None else tuple(endpoint_ids)
        return Impact(
            catalog_version=self.version, model_id=model_id, endpoint_ids=chosen, consumers=tuple(consumers)
        )

    def _resolve(self, owner_id: str, note: str) -> Owners:
        if not owner_id:
            return Owners(
                notes=(f"no owner: {note}" if note not in ("", "no owner declared") else "no owner",)
            )
        group = self._groups.get(owner_id)
        if group is not None:
            slack_ids, notes = self._reach(group.member_ids)
            if not group.member_ids:
                notes = (f"{group.name} has no members",)
            if owner_id in self.unseen:
                notes = (*notes, f"{group.name} is not in the catalog since {self.unseen[owner_id][:10]}")
            return Owners(
                team_id=group.id, team_name=group.title or group.name, slack_ids=slack_ids, notes=notes
            )
        slack_ids, notes = self._reach((owner_id,))
        person = self._people.get(owner_id)
        name = person.name if person else _short(owner_id)
        return Owners(team_id=owner_id, team_name=name, slack_ids=slack_ids, notes=notes)

    def _reach(self, person_ids: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        slack_ids: list[str] = []
        notes: list[str] = []
        for person_id in person_ids:
            person = self._people.get(person_id)
            if person is None:
                notes.append(f"nobody called {_short(person_id)} is in the catalog; they may have left")
            elif person_id in self.unseen:
                notes.append(
                    f"{_short(person_id)} left: not in the catalog since {self.unseen[person_id][:10]}"
                )
            elif not person.slack_id:
                notes.append(f"{_short(person_id)} has no Slack id")
            else:
                slack_ids.append(person.slack_id)
        return tuple(dict.fromkeys(slack_ids)), tuple(notes)


def _short(person_id: str) -> str:
    return person_id.rpartition("/")[2]
