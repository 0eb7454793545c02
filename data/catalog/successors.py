"""Which model is meant by a successor that its source names and does not declare?

Asked of the catalog as it stands: whoever declares such a model later is meant from then on, in whatever order
sources are imported, and who does so no more is not. Nothing is made a model by being named.

A file shared in Slack may add work to look at, but never removes a block: who is told of only there follows nothing
that a catalog tells of, and makes no name mean several.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Protocol

from data.catalog.called import is_shared
from data.catalog.model_names import Called, Members
from data.importers.known import Known
from data.importers.refs import Found, Missing
from data.records.base import Record
from data.records.catalog import Entity, Kind, SuccessorName

NOBODY = "no catalog declares"
ONLY_SHARED = "is told of only in a file shared in Slack"
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
        self._called: Called | None = None

    def called(self, members: Members) -> Called:
        """By what people may call them; `members` answer the same for as long as the models do."""
        if self._called is None:
            self._called = Called(self.by_name, members)
        return self._called

    @cached_property
    def names(self) -> Known:
        """What they are called; few catalogs name what they do not declare."""
        return Known(self.by_name)

    @cached_property
    def names_of_catalogs(self) -> Known:
        """The same without those of which only files tell that were shared in Slack."""
        return Known(one for one in self.by_name if not is_shared(one))


def named_by(model: Entity) -> str:
    """The successor as its source names it; empty where it names none."""
    return model.successor_named.text if model.successor_named else model.successor_id


def successor_of(model: Entity, there: There, models: Models) -> Found | Missing | None:
    """What follows a model; None where its source names nothing."""
    named = model.successor_named
    if named is None and model.successor_id:
        named = SuccessorName(text=model.successor_id, ids=(model.successor_id,), is_by_name=False)
    return _meant(named, there, models, is_shared(model)) if named is not None else None


def _meant(named: SuccessorName, there: There, models: Models, is_of_shared: bool) -> Found | Missing:
    """Exact ids where it is written first, the nearest one; as Backstage has it, one of another kind is too many."""
    every = {one: thing for one in named.ids if (thing := there.find(one)) is not None}
    things = {one: thing for one, thing in every.items() if is_of_shared or not is_shared(thing)}
    fits = [one for one, thing in things.items() if thing.kind is Kind.MODEL]
    fits = [one for one in fits if one.partition(":")[2] == fits[0].partition(":")[2]]
    if len(fits) > 1:
        return Missing(why=f"could be {' or '.join(fits)}", tried=tuple(fits))
    if fits:
        return Found(id=fits[0])
    names = models.names if is_of_shared else models.names_of_catalogs
    if (found := names.find(named.text, is_by_name=named.is_by_name)) is not None:
        return found
    other = next(iter((things or every).values()), None) or there.find(named.text.casefold())
    if other is None:
        return Missing(why=NOBODY)
    return Missing(why=ONLY_SHARED if other.kind is Kind.MODEL else f"{NO_MODEL} {other.kind}")
