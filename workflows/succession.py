"""Can this model take over? Its own successors are followed to the end, and one that goes bars the whole chain.

Whoever moves to a model that goes itself moves twice, or into the dark. Decides nothing: what it finds is a fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from data.catalog.called import is_shared
from data.catalog.snapshot import Snapshot
from data.catalog.successors import ONLY_SHARED, Succession
from data.errors import EmeritusError
from data.records.catalog import Entity
from data.records.retirement import Retirement
from workflows.audiences import is_marked
from workflows.rules.lifecycle import is_living
from workflows.rules.plans.leaving import leaving
from workflows.rules.wording import chain
from workflows.veiling import NAME

STAYS = "choose one that stays"


class Named(NamedTuple):
    """A successor as somebody named it: why it cannot be one, and what is to be known of one that can.

    first_day   "2027-03-01"; empty where the catalog tells none
    """

    name: str = ""
    trouble: str = ""
    note: str = ""
    first_day: str = ""


def named(
    model: Entity, successor_id: str, there: Snapshot, retirements: Iterable[Retirement], *, known: Snapshot
) -> Named:
    """`known`: of `there`, where whoever names it finds it; what is not in it is not there for them."""
    if not successor_id:
        return Named()
    if successor_id == model.id:
        return Named(model.name, "a model cannot succeed itself: choose another one")
    try:
        successor = known.model(successor_id)
    except EmeritusError as error:
        return Named(successor_id, str(error))
    why = trouble(model, successor, there, retirements)
    note = "" if why else onward_note(model, successor, there)
    return Named(successor.name, why, note, successor.serves_from)


def trouble(model: Entity, successor: Entity, there: Snapshot, retirements: Iterable[Retirement]) -> str:
    """Why the successor cannot take over from the model, with the chain as all may know it; empty when it can."""
    onward, every = there.succession(successor.id), tuple(retirements)
    why = _trouble(model, successor, onward, there, every)
    as_told = _as_told(model, onward, there)
    return _trouble(model, successor, as_told, there, every) if why and as_told.missing else why


def _trouble(
    model: Entity,
    successor: Entity,
    onward: Succession,
    there: Snapshot,
    retirements: tuple[Retirement, ...],
) -> str:
    links = (successor, *onward.models)
    going = {link.id: why for link in links if (why := _why_going(link, there, retirements))}
    if is_shared(successor) and not is_shared(model):
        going[successor.id] = ONLY_SHARED
    ids = [model.id, *(link.id for link in links)]
    if is_back := model.id in ids[1:]:
        ids = ids[: ids.index(model.id, 1) + 1]
    elif onward.is_cyclic:
        ids.append(onward.back_to)
    missing = [onward.missing] if onward.missing and not is_back else []
    names = chain([*(there.entity(one).name for one in ids), *missing])
    ends = not is_back and not onward.is_cyclic and not onward.missing and links[-1].id not in going
    if ends and going:
        return f"{_first(links, going)}: choose {links[-1].name}. The chain: {names}"
    if successor.id in going:
        return f"{_first(links, going)}: {STAYS}. The chain: {names}"
    if is_back or onward.is_cyclic:
        return f"its own successors {'lead back here' if is_back else 'go round'}: {names}"
    if going:
        number = next(number for number, link in enumerate(links) if link.id in going)
        remedy = f"{STAYS}, or correct the successor of {links[number - 1].name} in the catalog"
        return f"{_first(links, going)}: {remedy}. The chain: {names}"
    if onward.missing:
        return f"{_missing(links[-1], onward)}. The chain: {names}"
    return ""


def onward_note(model: Entity, successor: Entity, there: Snapshot) -> str:
    """That who moves now may have to move again; empty where the successor has none itself."""
    onward = _as_told(model, there.succession(successor.id), there)
    after = [*(link.name for link in onward.models), *filter(None, [onward.missing])]
    if not after:
        return ""
    names = chain([successor.name, *after])
    return f"{successor.name} is to be followed itself: {names}; whoever moves now may have to move again"


def _as_told(model: Entity, onward: Succession, there: Snapshot) -> Succession:
    """Up to the first that is restricted: everybody reads the plan, and neither its name nor what follows it."""
    hidden = there.audiences.keys() - {model.id}
    first = next((number for number, link in enumerate(onward.models) if link.id in hidden), None)
    if first is None:
        return onward
    return Succession(models=onward.models[:first], missing=NAME, why_missing="cannot take over itself")


def _missing(last: Entity, onward: Succession) -> str:
    """Who says that it goes on where nobody is, and what to do about it."""
    told = f" ({last.declared_in} says so)" if last.declared_in else ""
    says = f"{last.name} is to be followed by {onward.missing}, which {onward.why_missing}{told}"
    return f"{says}: correct the successor of {last.name} in the catalog and import it, or {STAYS}"


def _first(links: tuple[Entity, ...], going: Mapping[str, str]) -> str:
    """The first link that goes, and why."""
    return next(f"{link.name} {going[link.id]}" for link in links if link.id in going)


def _why_going(model: Entity, there: Snapshot, retirements: Iterable[Retirement]) -> str:
    """It retires, all it has was retired, or no catalog mentions it any more."""
    endpoints = [there.ids_of(endpoint.id) for endpoint in there.endpoints_of(model.id)]
    by = leaving(there.ids_of(model.id), endpoints, retirements)
    if by is not None:
        does = "is being retired itself" if is_living(by) else "was retired"
        return does if is_marked(by, there) else f"{does} ({by.id})"
    since = there.unseen.get(model.id)
    return f"is not in the catalog since {since[:10]}" if since else ""
