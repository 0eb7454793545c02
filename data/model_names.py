"""Which model does somebody mean by a name they typed?"""

from __future__ import annotations

from collections.abc import Sequence

from data.closest import closest
from data.errors import NotFound, Refused
from data.records.catalog import Entity


def matching(models: Sequence[Entity], query: str) -> tuple[Entity, ...]:
    """Those that contain it, and those that begin with it first; all of them without a query."""
    folded = query.strip().casefold()
    found = [model for model in models if folded in f"{model.name}\n{model.title}\n{model.id}".casefold()]
    return tuple(sorted(found, key=lambda model: not model.name.casefold().startswith(folded)))


def meant(models: Sequence[Entity], wanted: str) -> Entity:
    """The one with exactly this name; failing that, whose name or title it is but for case.

    Raises `Refused` with the ids when several match, `NotFound` with the closest names when none does.
    """
    folded = wanted.casefold()
    matches = [model for model in models if model.name == wanted] or [
        model for model in models if folded in (model.name.casefold(), model.title.casefold())
    ]
    if len(matches) > 1:
        ids = ", ".join(sorted(model.id for model in matches))
        raise Refused(f'"{wanted}" names {len(matches)} models', reasons=(ids,), next_step="Use the exact id")
    if matches and wanted:
        return matches[0]
    names = [name for model in models for name in (model.name, model.title) if name]
    raise NotFound("model", wanted, closest=closest(wanted, names))
