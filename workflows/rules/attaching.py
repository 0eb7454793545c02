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


class Attachment(Record, frozen=True, kw_only=True):
    edge: Dependency
    retirement: Retirement
    verdict: Verdict


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
) -> tuple[Attachment, ...]:
    """Every edge that leads to a model, or an endpoint of it, whose last retirement does not leave it in service.

    known   edges that the catalog has already, as (from_id, to_id)
    parts   by where an edge leads to: what else that may retire as (`leads_to`)
    """
    by_target: dict[str, Retirement] = {}
    for one in retirements:  # oldest first: of a model that was proposed again, the last one counts
        if one.plan is not None:
            subject = one.plan.subject
            by_target |= dict.fromkeys((subject.model_id, *(end.id for end in subject.endpoints)), one)
    found = []
    for edge in {(edge.from_id, edge.to_id): edge for edge in edges}.values():
        meant = (edge.to_id, *parts.get(edge.to_id, ()))
        retirement = next((by_target[one] for one in meant if one in by_target), None)
        if retirement is None or PERMITS[retirement.state].attach == "yes":
            continue
        if (edge.from_id, edge.to_id) in known:
            verdict = Verdict.KNOWN
        else:
            is_open = PERMITS[retirement.state].attach == "warned"
            verdict = Verdict.WARNED if is_open else Verdict.REFUSED
        found.append(Attachment(edge=edge, retirement=retirement, verdict=verdict))
    return tuple(found)
