"""All models of the catalog with what is known of them, for whoever ranks those worth retiring. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from data.catalog.hosting import hosted_parts
from data.catalog.serving import server_of
from data.catalog.snapshot import Snapshot
from data.errors import EmeritusError
from data.records.base import Record
from data.records.catalog import Dependency, EndpointKind, Entity
from data.records.facts import Reading
from data.records.policy import Criteria
from data.records.retirement import Retirement
from workflows.ports import TrafficMeter
from workflows.readings import traffic
from workflows.rules.choosing import support
from workflows.rules.choosing.candidates import ENDING, Candidate, Considered, ranked
from workflows.rules.lifecycle import is_living
from workflows.rules.plans.leaving import leaving


class Ranking(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Candidates in order, and how many models are none of them, and why.

    leaving  models that retire already, or did; unused: hosted ones that nothing here uses and nobody owns
    """

    as_of: datetime
    candidates: tuple[Candidate, ...]
    leaving: int
    unused: int
    unremarkable: int


def ranking(
    catalog: Snapshot,
    retirements: Sequence[Retirement],
    meters: Mapping[EndpointKind, TrafficMeter],
    criteria: Criteria,
    now: datetime,
    *,
    today: date,
) -> Ranking:
    """Meters are asked of models that are in question only. A model that retires is none, however little it is used."""
    gathered = _Gathered(catalog, retirements, meters, criteria, now, today)
    gone, unused, considered = 0, 0, []
    for model in catalog.models():
        if gathered.why_leaving(model):
            gone += 1
        elif model.support and not catalog.owners_of(model).team_id and not gathered.uses_of(model):
            unused += 1
        else:
            considered.append(gathered.considered(model))
    found = ranked(considered, criteria, today)
    return Ranking(
        as_of=now,
        candidates=found,
        leaving=gone,
        unused=unused,
        unremarkable=len(considered) - len(found),
    )


@dataclass(slots=True)
class _Gathered:
    catalog: Snapshot
    retirements: Sequence[Retirement]
    meters: Mapping[EndpointKind, TrafficMeter]
    criteria: Criteria
    now: datetime
    today: date

    def considered(self, model: Entity) -> Considered:
        uses = self.uses_of(model)
        onward = self.catalog.succession(model.id)
        endpoints = self.catalog.endpoints_of(model.id)
        whys = {one.id: self.why_not_next(one) for one in onward.models}
        return Considered(
            model=model,
            hosted=hosted_parts(self.catalog, model.id),
            versions=self.catalog.versions_of(model.id),
            endpoints=endpoints,
            readings=tuple(filter(None, map(self._reading, endpoints))),
            uses=uses,
            names={use.from_id: self.catalog.entity(use.from_id).name for use in uses},
            successors=onward.models,
            is_cyclic=onward.is_cyclic,
            missing=onward.missing,
            leaving={one_id: why for one_id, why in whys.items() if why},
            served_by=self.served_by(onward.models[0]) if onward.models else (),
        )

    def uses_of(self, model: Entity) -> tuple[Dependency, ...]:
        """Edges from outside of what retires with it."""
        endpoints = [one.id for one in self.catalog.endpoints_of(model.id)]
        versions = [one.id for one in self.catalog.versions_of(model.id)]
        own = dict.fromkeys((model.id, *versions, *endpoints, *map(server_of, endpoints)))
        ends = [(one, part) for part in own for one in self.catalog.users_of(part) if one not in own]
        return tuple(self.catalog.dependency(*end) for end in sorted(ends))

    def served_by(self, model: Entity) -> tuple[str, ...]:
        """Endpoints of the catalog, and the provider of a hosted one that a registry calls active."""
        parts = hosted_parts(self.catalog, model.id)
        is_hosted = any(told.status == "active" for part in parts for told in part.support)
        names = (endpoint.name for endpoint in self.catalog.endpoints_of(model.id))
        return (*names, *(["its provider"] if is_hosted else []))

    def why_leaving(self, model: Entity) -> str:
        """Why nobody can propose it, or begin to use it; empty where nothing speaks against that."""
        endpoints = [self.catalog.ids_of(endpoint.id) for endpoint in self.catalog.endpoints_of(model.id)]
        by = leaving(self.catalog.ids_of(model.id), endpoints, self.retirements)
        if by is None:
            return ""
        does = "is being retired itself" if is_living(by) else "was retired"
        return f"{model.name} {does} ({by.id})"

    def why_not_next(self, model: Entity) -> str:
        """Why it cannot take over."""
        if why := self.why_leaving(model):
            return why
        if model.lifecycle.lower() in ENDING:
            return f"{model.name} is {model.lifecycle.lower()} itself"
        end = support.ending(hosted_parts(self.catalog, model.id))
        if end is not None and end.shutdown_on <= self.today.isoformat():
            return f"the provider of {model.name} switched it off on {end.shutdown_on}"
        since = self.catalog.unseen.get(model.id, "")
        return f"{model.name} is not in its catalog since {since[:10]}" if since else ""

    def _reading(self, endpoint: Entity) -> Reading | None:
        """What its meter counted; None where none reads it, or it cannot tell."""
        meter = self.meters.get(endpoint.endpoint_kind)
        if meter is None:
            return None
        try:
            calls, days, _ = traffic(endpoint.endpoint_ref, meter, self.criteria.idle_days, self.now)
        except EmeritusError:
            return None
        return None if calls is None else Reading(endpoint_id=endpoint.id, calls=calls, days=days)
