"""How is it known that a consumer depends on a model? By all its edges to the model and its parts, taken together.

A catalog says that it depends on the model, a log that it calls the endpoint: it is declared, and was last seen then.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from data.catalog.snapshot import Snapshot
from data.records.catalog import Dependency, Impacted, Kind, Origin


def known_edge(there: Snapshot, consumer: Impacted) -> Dependency | None:
    """The first edge of its way, with what other edges to the same model tell; None where it has been withdrawn."""
    first = there.edge(*consumer.path[:2]) if len(consumer.path) > 1 else None
    if first is None or consumer.distance > 1:
        return first
    edges = (first, *(one for one in _beside(there, consumer) if one.to_id != first.to_id))
    declared = next((one for one in edges if one.origin is Origin.DECLARED), first)
    latest = max(edges, key=lambda one: (one.last_seen, one.calls_per_day is not None))
    return replace(
        declared,
        sources=tuple(dict.fromkeys(source for one in (declared, *edges) for source in one.sources)),
        first_seen=min((one.first_seen for one in edges if one.first_seen), default=""),
        last_seen=latest.last_seen,
        calls_per_day=latest.calls_per_day,
    )


def _beside(there: Snapshot, consumer: Impacted) -> Iterator[Dependency]:
    """What it states of the model that its way ends at, and of parts of it."""
    end = there.find(consumer.path[-1])
    if end is None:
        return
    model_id = end.id if end.kind is Kind.MODEL else end.model_id
    for target in there.used_by(consumer.consumer_id):
        part = there.find(target)
        is_of_it = part is not None and model_id in (part.id, part.model_id)
        if is_of_it and (edge := there.edge(consumer.consumer_id, target)) is not None:
            yield edge
