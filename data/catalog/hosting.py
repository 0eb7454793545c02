"""What of a model does a provider host? For whoever tells until when it is supported."""

from __future__ import annotations

from data.catalog.snapshot import Snapshot
from data.errors import NotFound
from data.records.catalog import Entity


def hosted_parts(catalog: Snapshot, model_id: str) -> tuple[Entity, ...]:
    """The model and its versions, as far as registries of providers tell of them; nothing of what nobody knows."""
    try:
        model = catalog.entity(model_id)
    except NotFound:
        return ()
    return tuple(one for one in (model, *catalog.versions_of(model_id)) if one.support)
