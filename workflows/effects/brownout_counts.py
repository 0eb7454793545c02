"""What was counted in a brownout, at all endpoints that hold it: who was refused, and how those fared that were not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from msgspec.structs import replace

from data.catalog.callers import declared_by, unknown
from data.catalog.snapshot import Snapshot
from data.errors import EmeritusError
from data.records.brownouts import BrownoutSeen, Counted
from data.records.catalog import SEEN
from data.records.plan import Endpoint
from data.records.retirement import Retirement
from data.records.traffic import OTHERS, Observed
from workflows.brownable import NEEDED
from workflows.effects.workshop import Workshop
from workflows.traffic_plane import TrafficPlane
from workflows.veiling import NAME, VEILED, callers_without_names, ids_without_names

STRANGERS_MAX = 20
"""As many as a message names; those after them are told of, and answered for, as one."""
Came = TypeVar("Came")


def at_each(
    state: Retirement,
    shop: Workshop,
    do: Callable[[TrafficPlane, Endpoint], Came],
    *,
    of_those_that_answer: bool = False,
) -> list[Came]:
    """What came of it at each endpoint at which one can be held; of all others the plan says that there is none.

    One that fails keeps it from none of the others. What the first of them raised is raised in the end, unless it is
    asked for those that answer.
    """
    assert state.plan is not None
    came: list[Came] = []
    failed: list[EmeritusError] = []
    for endpoint in state.plan.subject.endpoints:
        plane = shop.engine.gatherer.brownable.planes.get(endpoint.kind)
        try:
            if plane is not None and plane.abilities(endpoint.ref) >= NEEDED:
                came.append(do(plane, endpoint))
        except EmeritusError as error:
            failed.append(error)
    if failed and not of_those_that_answer:
        raise failed[0]
    return came


def counted(state: Retirement, shop: Workshop, *, of_those_that_answer: bool = False) -> tuple[Counted, ...]:
    def count(plane: TrafficPlane, endpoint: Endpoint) -> Counted:
        return _of(plane.observe(endpoint.ref), endpoint.id)

    return tuple(at_each(state, shop, count, of_those_that_answer=of_those_that_answer))


def _of(observed: Observed, endpoint_id: str) -> Counted:
    return Counted(
        endpoint_id=endpoint_id,
        since=observed.since,
        refused=observed.refused,
        calls=sum(one.calls for one in observed.counts),
        errors=sum(one.errors for one in observed.counts),
    )


def grown(
    state: Retirement, one: BrownoutSeen, shop: Workshop, *, of_those_that_answer: bool = False
) -> Iterator[Counted]:
    """Since it began; what began to count anew since then has counted nothing before."""
    before = {counted.endpoint_id: counted for counted in one.before}
    for now in counted(state, shop, of_those_that_answer=of_those_that_answer):
        was = before.get(now.endpoint_id)
        if was is None or was.since != now.since:
            yield now
            continue
        refused = {name: calls - was.refused.get(name, 0) for name, calls in now.refused.items()}
        grown = {name: calls for name, calls in refused.items() if calls > 0}
        yield replace(now, refused=grown, calls=now.calls - was.calls, errors=now.errors - was.errors)


def served(grown: Iterable[Counted]) -> tuple[int, int]:
    """Calls that were let through meanwhile, and those of them that failed."""
    every = list(grown)
    return sum(one.calls for one in every), sum(one.errors for one in every)


def refused(
    state: Retirement, grown: Iterable[Counted], shop: Workshop
) -> tuple[dict[str, int], dict[str, str]]:
    """Consumer -> calls of it that were refused; and how those call themselves that nobody declares.

    Of these the ones that called most often by their names: whoever makes names up makes no crowd to be answered for.
    Everybody reads of it, so what is restricted has no name here.
    """
    by_name: dict[str, int] = {}
    for one in grown:
        for name, calls in one.refused.items():
            by_name[name] = by_name.get(name, 0) + calls
    ids = _ids(state, by_name, shop.engine.gatherer.catalog.snapshot())
    found: dict[str, int] = {}
    for name, calls in by_name.items():
        found[ids[name]] = found.get(ids[name], 0) + calls
    rest = f"{SEEN}{OTHERS}"
    strangers = sorted((id_ for id_ in found if id_.startswith(SEEN)), key=lambda id_: -found[id_])
    for id_ in strangers[STRANGERS_MAX:]:
        found[rest] = found.pop(id_) + found.get(rest, 0)
    names = {ids[name]: _named(name, ids[name]) for name in by_name} | {rest: OTHERS}
    return found, {id_: names[id_] for id_ in found if id_.startswith(SEEN)}


def _named(name: str, caller_id: str) -> str:
    return NAME if caller_id.startswith(f"{SEEN}{VEILED}") else name


def _ids(state: Retirement, names: Iterable[str], there: Snapshot) -> dict[str, str]:
    """How a caller calls itself -> what a catalog declares by that name, else the id of an unknown caller."""
    assert state.plan is not None
    seen_as = {name: unknown(name, "") for name in names}
    declared = declared_by(there.as_told(), seen_as.values())
    ids = {name: there.id_of(declared.get(one.id, one.id)) for name, one in seen_as.items()}
    model_id = state.plan.subject.model_id
    hidden = ids_without_names(there, model_id)
    nobodys = (name for name, one in ids.items() if one.startswith(SEEN))
    veiled = callers_without_names(there, nobodys, model_id)
    return {name: veiled.get(name) or hidden.get(one, one) for name, one in ids.items()}


def names_of(state: Retirement, observed: Observed, shop: Workshop) -> tuple[str, ...]:
    """How those that are exempt call themselves: as they were seen, and as catalogs name them.

    What holds the brownout reads these, and nobody else.
    """
    if not state.exempt or state.plan is None:
        return ()
    there = shop.engine.gatherer.catalog.snapshot()
    names = {*observed.refused, *(one.consumer for one in observed.counts)}
    found = {name for name, one in _ids(state, names, there).items() if one in state.exempt}
    known_as = {one: known for known, one in ids_without_names(there, state.plan.subject.model_id).items()}
    for one in state.exempt:
        entity = there.find(known_as.get(one, one))
        found |= {one.removeprefix(SEEN)} if entity is None else {entity.id, entity.name, *entity.aliases}
    return tuple(sorted(found))
