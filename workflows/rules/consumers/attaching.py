"""Which of these dependencies attach to something that is being retired, and may they? See `PERMITS`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum

from data.records.base import Record
from data.records.catalog import Dependency
from data.records.retirement import Retirement
from workflows.rules.lifecycle import PERMITS


class Verdict(StrEnum):
    """What is said of a dependency on a model with a retirement."""

    REFUSED = "refused"
    WARNED = "warned"
    KNOWN = "known"
    """It was there before: its owners are asked to move."""
    ASKED = "asked"
    """It depends on a consumer: it will be asked to move as that is."""


class Attachment(Record, frozen=True, kw_only=True):
    """`through` is what retires where the edge leads there only by way of an API or of a consumer; else empty."""

    edge: Dependency
    retirement: Retirement
    verdict: Verdict
    through: str = ""


class Ways(Record, frozen=True, kw_only=True):
    """Where something leads that is no part of what retires: its own providers, and all beyond, nearest first."""

    provided_by: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()


def ways(to_id: str, uses: Mapping[str, Collection[str]], own_models: Collection[tuple[str, str]]) -> Ways:
    """An API is the face of what provides it: whoever consumes it depends on that as on nothing between.

    uses        what each thing depends on, with the change
    own_models  (endpoint, model) that it serves: an endpoint that the plan spares retires not with its model
    """
    faces = list(_reached([to_id], uses, is_on=is_api))
    beyond = _reached([to_id], uses, own_models=own_models)
    return Ways(provided_by=tuple(faces), beyond=tuple(one for one in beyond if one not in faces))


def is_api(one: str) -> bool:
    return one.startswith("api:")


def _reached(
    todo: list[str],
    uses: Mapping[str, Collection[str]],
    *,
    is_on: Callable[[str], bool] = lambda _: True,
    own_models: Collection[tuple[str, str]] = (),
) -> Iterable[str]:
    seen, found = set(todo), []
    for one in todo:  # grows while it is walked
        for other in sorted(uses.get(one, ())) if is_on(one) else ():
            if other not in seen:
                seen.add(other)
                todo.append(other)
                found += [other] if (one, other) not in own_models else []
    return found


def leads_to(
    to_id: str,
    *,
    same: Callable[[str], Collection[str]],
    servers: Mapping[str, str],
    models: Mapping[str, str],
) -> frozenset[str]:
    """All ids that a plan may have for what retires with this, whatever the catalog called it when people voted.

    same       all ids of one thing
    servers    endpoint of a plan -> the server that it is a part of, or itself
    models     of versions, by the id of the version
    """
    ids = set(same(to_id))
    parts = {one for one, server in servers.items() if server in ids}
    whole = {models[one] for one in ids if one in models}
    return frozenset(ids.union(parts, *map(same, whole)))


def attachments(
    edges: Iterable[Dependency],
    retirements: Iterable[Retirement],
    known: Collection[tuple[str, str]],
    parts: Mapping[str, Collection[str]],
    onward: Mapping[str, Ways],
) -> tuple[Attachment, ...]:
    """Every edge that leads to a model, or an endpoint of it, whose last retirement does not leave it in service.

    known   edges that the catalog has already, as (from_id, to_id)
    parts   by where an edge leads to: what else that may retire as (`leads_to`)
    onward  by the same: what is behind that. A new dependency on a consumer is not refused: the consumer has to move
            first, and that is asked of everybody on the way.
    """
    by_target: dict[str, Retirement] = {}
    for one in retirements:  # oldest first: of a model that was proposed again, the last one counts
        if one.plan is not None:
            subject = one.plan.subject
            by_target |= dict.fromkeys((subject.model_id, *(end.id for end in subject.endpoints)), one)
    leaving = {one: there for one, there in by_target.items() if PERMITS[there.state].attach != "yes"}

    def retiring(one: str) -> str:
        """As what it retires; a model that was proposed again stands for its last retirement only."""
        return next((other for other in (one, *parts.get(one, ())) if other in by_target), "")

    found = []
    for edge in {(edge.from_id, edge.to_id): edge for edge in edges}.values():
        is_known = (edge.from_id, edge.to_id) in known
        way = onward.get(edge.to_id, Ways())
        through, here = "", retiring(edge.to_id)
        if here not in leaving:
            here = through = next((to for to in map(retiring, way.provided_by) if to in leaving), "")
        if here in leaving:
            verdict = _verdict(leaving[here], is_known=is_known)
            found.append(Attachment(edge=edge, retirement=leaving[here], verdict=verdict, through=through))
            continue
        behind = "" if is_known else next((to for to in map(retiring, way.beyond) if to in leaving), "")
        if behind:
            retirement = leaving[behind]
            found.append(Attachment(edge=edge, retirement=retirement, verdict=Verdict.ASKED, through=behind))
    return tuple(found)


def _verdict(retirement: Retirement, *, is_known: bool) -> Verdict:
    if is_known:
        return Verdict.KNOWN
    return Verdict.WARNED if PERMITS[retirement.state].attach == "warned" else Verdict.REFUSED
