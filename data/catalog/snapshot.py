"""The catalog at one version: which model is meant, who serves it, who owns it, who depends on it?

A snapshot never changes, so everything read from one agrees with everything else read from it. The next one is made
of it and of what changed since (`after`), and shares the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from data.catalog import described, restricted
from data.catalog.called import NAMED_IN_BACKSTAGE
from data.catalog.directory import Directory, Peopled, UserGroups
from data.catalog.joined import Joined
from data.catalog.joins import Joins
from data.catalog.layered import Layered
from data.catalog.model_names import Called
from data.catalog.stored import Stored
from data.catalog.successors import Models, Succession, named_by, successor_of
from data.catalog.things import Things
from data.closest import closest
from data.errors import NotFound
from data.importers.refs import Found, Missing
from data.records.catalog import Dependency, Entity, Group, Impacted, Kind, Owners, Person, Responsible
from data.records.impact import Impact

if TYPE_CHECKING:
    from data.catalog.lineage import Lineage


class Snapshot(Peopled):
    def __init__(
        self,
        version: int,
        things: Things,
        directory: Directory,
        joined: Joined,
        models: Models | None = None,
        *,
        secret: bytes = b"",
    ) -> None:
        self.version = version
        self.secret = secret
        self._joined = joined
        self._things = things
        self._directory = directory
        self._known_models = models

    @classmethod
    def of(cls, stored: Stored) -> Snapshot:
        joined = Joined.of(stored)
        directory = Directory(Layered(stored.groups), Layered(stored.people), Layered(joined.unseen()))
        return cls(stored.version, Things.of(joined.read()), directory, joined, secret=stored.secret)

    def after(self, ids: Collection[str], stored: Stored) -> Snapshot:
        """What follows once all that is stored under these ids is this."""
        joined, (told, since) = self._joined.changed(ids, stored, self._things.graph.direct)
        unseen = {one: at for one, at in since.items() if at or one in self.unseen}
        before = (self._things.get(one) for one in told.entities)
        both = filter(None, (*before, *told.entities.values()))
        is_of_models = any(one.kind is Kind.MODEL for one in both)
        return Snapshot(
            stored.version,
            self._things.changed(told),
            self._directory.changed(stored.groups, stored.people, unseen),
            joined,
            None if is_of_models else self._known_models,
            secret=stored.secret,
        )

    def beside(self, user_groups: UserGroups) -> Snapshot:
        """The same catalog, with these user groups of Slack."""
        there, models = self._directory.beside(user_groups), self._known_models
        return Snapshot(self.version, self._things, there, self._joined, models, secret=self.secret)

    @cached_property
    def audiences(self) -> Mapping[str, frozenset[str]]:
        """Of every restricted model, whose Slack accounts may see it."""
        return restricted.audiences(self)

    def without(self, hidden: Collection[str]) -> Snapshot:
        """As who may not see these models sees it: neither them nor what serves them, nor whom they follow."""
        told = restricted.left(hidden, self, self._things.declared)
        joined = self._joined.without(told.hidden, self._successor_told)
        return Snapshot(self.version, self._things.changed(told), self._directory, joined, secret=self.secret)

    def __contains__(self, one: str) -> bool:
        return self.id_of(one) in self._things

    def id_of(self, one: str) -> str:
        """The id under which a thing stands that several sources tell of (joins.py); any other's is its own."""
        return self.joins.id_of(one)

    def ids_of(self, one: str) -> tuple[str, ...]:
        """All ids under which it is told of."""
        return self.joins.one_of.get(one, (one,))

    @property
    def joins(self) -> Joins:
        """What is one with what, by which names, and what is in doubt."""
        return self._joined.joins

    @property
    def unseen(self) -> Mapping[str, str]:
        """Since when what is not declared any more is not."""
        return self._directory.unseen

    @cached_property
    def lineage(self) -> Lineage:
        from data.catalog import lineage  # noqa: PLC0415 - networkx takes a while, and hardly anybody asks for it

        return lineage.Lineage.of(self._things)

    @property
    def _named_models(self) -> Models:
        if self._known_models is None:
            self._known_models = Models(self._things.declared.entities.values())
        return self._known_models

    def dependency(self, from_id: str, to_id: str) -> Dependency:
        """How an edge of a path is known."""
        found = self.edge(from_id, to_id)
        assert found is not None, f"no edge leads from {from_id} to {to_id}"
        return found

    def among(self, ids: Collection[str]) -> tuple[Dependency, ...]:
        """All edges between these, in order of their ends."""
        return tuple(self.dependency(*ends) for ends in self._things.edges_among(set(map(self.id_of, ids))))

    def reached(self, model_id: str) -> tuple[str, ...]:
        """Ids of all that depends on it, nearest first, whatever it is."""
        return self._things.graph.reached(self.entity(model_id).id)

    def edge(self, from_id: str, to_id: str) -> Dependency | None:
        """The same for an edge that may have been withdrawn since."""
        return self._things.dependency(self.id_of(from_id), self.id_of(to_id))

    def declared_as(self, caller_id: str) -> str:
        """What a caller turned out to be that nobody knew; empty while nobody does."""
        caller = self._things.get(caller_id)
        return self.id_of(caller.declared_as) if caller is not None else ""

    def known(self) -> tuple[Entity | Group | Person, ...]:
        """Everything declared, for an importer whose references may point there; who but refers to it declares none."""
        every = self._things.declared.entities.values()
        entities = (one for one in every if not one.id.startswith(NAMED_IN_BACKSTAGE))
        return (*entities, *self._directory.groups.values(), *self._directory.people.values())

    def as_told(self) -> tuple[Entity, ...]:
        """The same under the ids that their sources give them, also of what is one with others."""
        return tuple(self._joined.entities.values())

    def models(self, query: str = "") -> tuple[Entity, ...]:
        """Models by name; with a query those that contain it, and those that begin with it first."""
        return self.called.matching(query) if query else self._named_models.by_name

    def model(self, name_or_id: str) -> Entity:
        """The one model with exactly this id, or else of this name."""
        wanted = name_or_id.strip()
        by_id = self.find(wanted.lower())
        return by_id if by_id and by_id.kind is Kind.MODEL else self.called.meant(wanted)

    @property
    def called(self) -> Called:
        """Models by whatever anybody calls them."""
        return self._named_models.called(self._joined.members)

    def find(self, entity_id: str) -> Entity | None:
        """Any node by its exact id, or None."""
        return self._things.get(self.id_of(entity_id))

    def entity(self, entity_id: str) -> Entity:
        """Any node by its exact id. Raises `NotFound`."""
        found = self.find(entity_id)
        if found is None:
            raise NotFound("entity", entity_id, closest=closest(entity_id, self._things))
        return found

    def endpoints_of(self, model_id: str) -> tuple[Entity, ...]:
        return tuple(self._things[one] for one in self._things.endpoints_of(self.id_of(model_id)))

    def versions_of(self, model_id: str) -> tuple[Entity, ...]:
        return tuple(self._things[one] for one in self._things.versions_of(self.id_of(model_id)))

    def users_of(self, one: str) -> tuple[str, ...]:
        """Whoever depends on this directly, endpoints and versions as well."""
        return tuple(sorted(self._things.graph.direct(self.id_of(one))))

    def used_by(self, one: str) -> tuple[str, ...]:
        """What this depends on directly."""
        used = self._things.declared.depends_on(self.id_of(one))
        return tuple(sorted(other for other in used if other in self._things))

    def is_all_of(self, model_id: str, endpoint_ids: Iterable[str]) -> bool:
        """Are these all that serve the model? One that was deployed again, or elsewhere too, still serves."""
        return set(self._things.endpoints_of(self.id_of(model_id))) <= set(map(self.id_of, endpoint_ids))

    def succession(self, model_id: str) -> Succession:
        """All that follow a model, to the end: each as its source declares it, or names it."""
        first = last = self.entity(model_id)
        chain: dict[str, Entity] = {}
        while isinstance(found := self._after(last), Found):
            if found.id == first.id or found.id in chain:
                return Succession(models=tuple(chain.values()), back_to=found.id)
            last = chain[found.id] = self._things[found.id]
        models = tuple(chain.values())
        if found is None:
            return Succession(models=models)
        return Succession(models=models, missing=named_by(last), why_missing=found.why)

    def successor(self, model_id: str) -> Entity | None:
        """The next one only; None where none is named, or what is named is not there."""
        found = self._after(self.entity(model_id))
        return self._things[found.id] if isinstance(found, Found) else None

    def _after(self, model: Entity) -> Found | Missing | None:
        found = successor_of(model, self, self._named_models)
        return Found(id=self.id_of(found.id)) if isinstance(found, Found) else found

    def owners_of(self, entity: Entity) -> Owners:
        return self._directory.owners_of(entity)

    def told_apart(self, one: str) -> Iterator[str]:
        """What is told differently by sources that tell of the same thing, and what counts."""
        if not (members := self._joined.members(one) if self.id_of(one) in self.joins.one_of else ()):
            return
        if named_by := described.who_names_owner(members):
            yield f"{named_by} says whose it is, and {members[0].id} does not"
        yield from described.differing(members, self.owned, self._successor_told)

    def _successor_told(self, one: Entity) -> str:
        found = self._after(one)
        return found.id if isinstance(found, Found) else named_by(one)

    def owned(self, entity: Entity) -> Entity:
        """With whoever owns it now, where its source only names them."""
        return self._directory.owned(entity)

    def answering(self, owner_id: str) -> Owners:
        """A team or person as owners: whom a claim puts in charge of something the catalog does not declare."""
        return self._directory.answering(owner_id)

    def owners_now(self, entity_ids: Iterable[str]) -> tuple[str, ...]:
        """Slack ids of whoever owns these, each once; what the catalog has no more has no owners."""
        known = (self.entity(one) for one in entity_ids if one in self)
        return tuple(dict.fromkeys(person for one in known for person in self.owners_of(one).slack_ids))

    def responsible(self, model_id: str) -> tuple[Responsible, ...]:
        """The model first, then its versions and endpoints, then its successor: each with its owners."""
        model = self.entity(model_id)
        parts = (model, *self.versions_of(model_id), *self.endpoints_of(model_id))
        things = [(str(thing.kind), thing) for thing in parts]
        if (after := self.successor(model_id)) is not None:
            things.append(("successor", after))
        return tuple(
            Responsible(
                part=part,
                thing=self.owned(thing),
                owners=owners,
                why=(*self._directory.why(owners), *self.joins.said(thing.id), *self.told_apart(thing.id)),
                doubts=tuple(
                    note for one in self._joined.members(thing.id) for _, note in self.joins.in_doubt(one.id)
                ),
            )
            for part, thing in things
            for owners in (self.owners_of(thing),)
        )

    def impact(self, model_id: str, endpoint_ids: Collection[str] | None = None) -> Impact:
        """Who depends on a model and its endpoints; given `endpoint_ids`, on those and the model directly."""
        own = self.entity(model_id).id
        ids = tuple(self._things.endpoints_of(own) if endpoint_ids is None else endpoint_ids)
        reached = self._things.consumers_of(own, [self.id_of(one) for one in ids])
        consumers = tuple(
            Impacted(
                consumer_id=entity.id,
                name=entity.name,
                owners=self.owners_of(entity),
                distance=dependant.distance,
                path=dependant.path,
                kind=entity.kind,
            )
            for dependant, entity in ((one, self._things[one.id]) for one in reached)
        )
        return Impact(catalog_version=self.version, model_id=own, endpoint_ids=ids, consumers=consumers)
