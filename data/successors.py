"""Which model is meant by a successor that its source names and does not declare?

Asked of the catalog as it stands: whoever declares such a model later is meant from then on, in whatever order
sources are imported, and who does so no more is not. Nothing is made a model by being named.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Protocol

from data.importers.known import Known
from data.importers.refs import Found, Missing
from data.records.base import Record
from data.records.catalog import Entity, Kind, SuccessorName

NOBODY = "no catalog declares"
NO_MODEL = "is no model but of kind"


class There(Protocol):
    """What is there, by id."""

    def find(self, entity_id: str, /) -> Entity | None: ...


class Succession(Record, frozen=True, kw_only=True):
    """Who follows a model, next one first.

    back_to      whom the last of them leads back to: the model, or one of the chain
    missing      whom the last of them names as its successor, where that is not there, is no model or may be several,
    why_missing  and which of these
    """

    models: tuple[Entity, ...]
    back_to: str = ""
    missing: str = ""
    why_missing: str = ""

    @property
    def is_cyclic(self) -> bool:
        return bool(self.back_to)


class Models:
    """All models of a catalog, by name."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        models = (one for one in entities if one.kind is Kind.MODEL)
        self.by_name = tuple(sorted(models, key=lambda model: (model.name.casefold(), model.id)))

    @cached_property
    def names(self) -> Known:
        """What they are called; few catalogs name what they do not declare."""
        return Known(self.by_name)


def named_by(model: Entity) -> str:
    """The successor as its source names it; empty where it names none."""
    return model.successor_named.text if model.successor_named else model.successor_id


def successor_of(model: Entity, there: There, models: Models) -> Found | Missing | None:
    """What follows a model; None where its source names nothing."""
    if model.successor_named is not None:
        return _meant(model.successor_named, there, models)
    if not model.successor_id:
        return None
    named = SuccessorName(text=model.successor_id, ids=(model.successor_id,), is_by_name=False)
    return _meant(named, there, models)


def _meant(named: SuccessorName, there: There, models: Models) -> Found | Missing:
    """Exact ids where it is written first, the nearest one; as Backstage has it, one of another kind is too many."""
    things = {one: thing for one in named.ids if (thing := there.find(one)) is not None}
    fits = [one for one, thing in things.items() if thing.kind is Kind.MODEL]
    fits = [one for one in fits if one.partition(":")[2] == fits[0].partition(":")[2]]
    if len(fits) > 1:
        return Missing(why=f"could be {' or '.join(fits)}", tried=tuple(fits))
    if fits:
        return Found(id=fits[0])
    if (found := models.names.find(named.text, is_by_name=named.is_by_name)) is not None:
        return found
    other = next(iter(things.values()), None) or there.find(named.text.casefold())
    return Missing(why=f"{NO_MODEL} {other.kind}" if other else NOBODY)
