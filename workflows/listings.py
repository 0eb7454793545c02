"""Where is what retires listed, and under which name there? By the catalogs as they were imported, and aliases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple

from msgspec.structs import replace

from data.catalog.catalog import Catalog
from data.catalog.serving import server_of
from data.importers.refs import parse
from data.records.catalog import EndpointKind, Entity, Kind
from data.records.decision import Effect
from data.records.deprecation import CatalogKind, Deprecation, Lifecycle, Listing, Part
from data.records.plan import Endpoint
from data.records.progress import StepKind
from data.records.retirement import Retirement
from data.store import Store
from workflows.engine import all_retirements
from workflows.ports import CatalogWriter
from workflows.rules.hours import day_of
from workflows.rules.plans.deprecation import announced_plans, dropped, lifecycle_of, writing, writing_key

BACKSTAGE_KINDS = frozenset(("component", "resource", "api", "airesource"))
_MODELS = re.compile(r"models:/(?P<name>[^/@:]+)")
_SAGEMAKER = re.compile(
    r"arn:[a-z-]+:sagemaker:[a-z0-9-]+:\d{12}:(model|model-package|model-package-group)/.+"
)
IN_FRONT = frozenset((EndpointKind.PROXY, EndpointKind.ENVOY, EndpointKind.HAPROXY))
KNOWN_BY_REF = {
    CatalogKind.SAGEMAKER: frozenset((EndpointKind.SAGEMAKER,)),
    CatalogKind.PROXY: IN_FRONT,
    CatalogKind.FLAGS: frozenset((EndpointKind.FLAGS,)),
}
"""What drives these endpoints tells of them, too, by the name it drives them by."""
_PARTS = {Kind.MODEL: Part.MODEL, Kind.VERSION: Part.VERSION, Kind.ENDPOINT: Part.ENDPOINT}


SAYS, PLACES = "says", "places"
"""Under which names a done effect keeps what its catalog says, and where; one that had nothing to write has none."""


class Standing(NamedTuple):
    """How one catalog that lists a retiring model stands. `says` is empty until it was told."""

    kind: CatalogKind
    says: str
    places: tuple[str, ...]
    is_configured: bool


@dataclass(frozen=True, kw_only=True)
class Listings:
    """What every catalog is to say of a retirement. `writers` are those that this installation writes to."""

    catalog: Catalog
    store: Store
    writers: Mapping[CatalogKind, CatalogWriter]

    def owed(self, kind: CatalogKind, state: Retirement) -> Deprecation | None:
        """None where it was never announced, or that catalog lists nothing of it."""
        if not state.announced or state.plan is None or state.policy is None:
            return None
        lifecycle = lifecycle_of(state)
        subject = state.plan.subject
        happened = (entry.event for entry in self.store.events(state.id))
        gone = dropped(state, announced_plans(happened))
        # On another host the model stays what it is.
        chosen = (endpoint.id for endpoint in subject.endpoints)
        is_whole = self.catalog.snapshot().is_all_of(subject.model_id, chosen)
        listings: list[Listing] = []
        if lifecycle is not Lifecycle.IN_SERVICE:
            # One that was deployed elsewhere since the announcement takes nothing of it back.
            listings += self._of_model(kind, subject.model_id, lifecycle, is_kept=not is_whole)
            listings += self._of_endpoints(kind, subject.endpoints, lifecycle)
        lifted = (*gone, *(subject.endpoints if lifecycle is Lifecycle.IN_SERVICE else ()))
        if lifted or lifecycle is Lifecycle.IN_SERVICE:
            anew = self._announced_anew(state)
            if lifecycle is Lifecycle.IN_SERVICE and subject.model_id not in anew:
                listings += self._of_model(kind, subject.model_id, lifecycle)
            free = tuple(endpoint for endpoint in lifted if endpoint.id not in anew)
            listings += self._of_endpoints(kind, free, Lifecycle.IN_SERVICE)
        if not listings:
            return None
        successor = self._successor(kind, state.plan.successor_id, lifecycle)
        until = state.plan.step(StepKind.DISABLE).due_at
        return Deprecation(
            retirement_id=state.id,
            model_name=subject.model_name,
            lifecycle=lifecycle,
            last_day=day_of(until, state.policy),
            since=state.progress(StepKind.ANNOUNCE).at or until,
            until=until,
            successor=successor.called if successor else state.plan.successor_name,
            is_listed=successor is not None,
            is_whole=is_whole,
            listings=tuple(dict.fromkeys(listings)),
        )

    def is_settled(self, kind: CatalogKind, state: Retirement) -> bool:
        """Was it called off, and is nothing of it left to lift there, or was nothing ever written?"""
        said = self.store.found(writing_key(state, kind)) or {}
        is_lifted = said.get(SAYS, Lifecycle.IN_SERVICE) == Lifecycle.IN_SERVICE
        return lifecycle_of(state) is Lifecycle.IN_SERVICE and is_lifted

    def standings(self, state: Retirement) -> tuple[Standing, ...]:
        """Every catalog that lists it and has something to say of it, or has said."""
        if not state.announced:
            return ()
        found = []
        for kind in CatalogKind:
            said = self.store.found(writing_key(state, kind)) or {}
            owed = self.owed(kind, state)
            if SAYS in said or (owed is not None and owed.is_new):
                places = tuple(filter(None, said.get(PLACES, "").split("\n")))
                found.append(Standing(kind, said.get(SAYS, ""), places, kind in self.writers))
        return tuple(found)

    def unwritten(self, state: Retirement) -> tuple[Effect, ...]:
        """What was announced before this installation was told to write to a catalog, and is still to be said there."""
        if lifecycle_of(state) is Lifecycle.IN_SERVICE:
            return ()
        return tuple(
            effect
            for effect in writing(state)
            if CatalogKind(effect.body["catalog"]) in self.writers
            and SAYS not in (self.store.found(effect.key) or {})
            and self.store.waiting(effect.key) is None
        )

    def _announced_anew(self, state: Retirement) -> frozenset[str]:
        """What another retirement has announced meanwhile: that one says what becomes of it."""
        others = (
            other.plan.subject
            for other in all_retirements(self.store)
            if other.id != state.id and other.plan and other.announced
            if lifecycle_of(other) is Lifecycle.DEPRECATED
        )
        return frozenset(
            one for subject in others for one in (subject.model_id, *(end.id for end in subject.endpoints))
        )

    def _of_model(
        self, kind: CatalogKind, model_id: str, lifecycle: Lifecycle, *, is_kept: bool = False
    ) -> list[Listing]:
        """The model first, then its versions."""
        if not model_id:
            return []
        known = self.catalog.snapshot()
        ids = (model_id, *(version.id for version in known.versions_of(model_id)))
        return [replace(one, is_kept=is_kept) for one in self._listed(kind, ids, lifecycle)]

    def _of_endpoints(
        self, kind: CatalogKind, endpoints: tuple[Endpoint, ...], lifecycle: Lifecycle
    ) -> list[Listing]:
        """A server that several models share goes on for the others, so nothing is said of it."""
        found = self._listed(
            kind, tuple(one.id for one in endpoints if server_of(one.id) == one.id), lifecycle
        )
        if (own := KNOWN_BY_REF.get(kind)) is not None:
            found += [
                Listing(part=Part.ENDPOINT, called=one.ref, lifecycle=lifecycle)
                for one in endpoints
                if one.kind in own and one.ref
            ]
        return found

    def _successor(self, kind: CatalogKind, model_id: str, lifecycle: Lifecycle) -> Listing | None:
        """As that catalog lists it; as a proxy knows it, by the first endpoint that is behind one."""
        if kind is not CatalogKind.PROXY:
            return next(iter(self._of_model(kind, model_id, lifecycle)), None)
        served = self.catalog.snapshot().endpoints_of(model_id) if model_id else ()
        refs = sorted(one.endpoint_ref for one in served if one.endpoint_kind in IN_FRONT)
        return Listing(part=Part.ENDPOINT, called=refs[0], lifecycle=lifecycle) if refs else None

    def _listed(self, kind: CatalogKind, ids: tuple[str, ...], lifecycle: Lifecycle) -> list[Listing]:
        known, files = self.catalog.snapshot(), self.catalog.files(ids)
        return [
            Listing(part=_PARTS[entity.kind], called=called, lifecycle=lifecycle, source=source)
            for entity in map(known.find, ids)
            if entity is not None and entity.kind in _PARTS and entity.id not in known.unseen
            for called, source in _names(kind, entity, files.get(entity.id, ""))
        ]


def registered_as(entity: Entity) -> tuple[str, ...]:
    """What registries of MLflow call it."""
    found = (_MODELS.fullmatch(alias) for alias in entity.aliases)
    return tuple(dict.fromkeys(one["name"] for one in found if one))


def _names(kind: CatalogKind, entity: Entity, file: str) -> Iterator[tuple[str, str]]:
    """What a catalog calls it, and where it was imported from; nothing where that catalog does not list it."""
    match kind:
        case CatalogKind.MLFLOW if entity.kind is Kind.MODEL:
            source = file.removeprefix("mlflow:") if entity.id.startswith("mlflow:") else ""
            yield from ((name, source) for name in registered_as(entity))
        case CatalogKind.DATAHUB:
            yield from ((alias, "") for alias in entity.aliases if alias.startswith("urn:li:"))
        case CatalogKind.SAGEMAKER if entity.kind is not Kind.ENDPOINT:
            yield from ((alias, "") for alias in entity.aliases if _SAGEMAKER.fullmatch(alias))
        case CatalogKind.BACKSTAGE:
            ref = parse(entity.id)
            if ref and ref.kind in BACKSTAGE_KINDS and ref.namespace and PurePath(file).is_absolute():
                yield entity.id, file
        case _:
            return
