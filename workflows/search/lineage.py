"""What did something feed, and what did it come from? As the catalog has it, and as plans of what retired froze it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from data.catalog.snapshot import Snapshot
from data.closest import closest
from data.errors import NotFound, Refused
from data.records.artifacts import ArtifactClass
from data.records.catalog import Entity, Kind
from data.records.retirement import Retirement
from workflows.search.wanted import LINEAGE, Wanted

PARTS = (Kind.VERSION, Kind.ENDPOINT)


@dataclass(frozen=True)
class Reached:
    """`ids`: of models; `others`: what else there is, by kind and name."""

    ids: frozenset[str]
    others: tuple[tuple[str, str], ...]

    def has(self, model_id: str, there: Snapshot) -> bool:
        return there.id_of(model_id) in self.ids or model_id in self.ids

    def named(self, there: Snapshot, retirements: Sequence[Retirement]) -> tuple[tuple[str, str], ...]:
        """All of it by kind and name, models first."""
        past = {
            one.plan.subject.model_id: one.plan.subject.model_name
            for one in retirements
            if one.plan is not None
        }
        found = ((there.find(one), past.get(one, one)) for one in self.ids)
        models = sorted((str(Kind.MODEL), one.name if one is not None else name) for one, name in found)
        return (*models, *self.others)


def reached_by(wanted: Wanted, there: Snapshot, retirements: Sequence[Retirement]) -> Reached | None:
    """None where nobody asks for lineage; what all of these reach, where several are asked of."""
    found = [reached(name, value, there, retirements) for name, value in wanted.filters if name in LINEAGE]
    if not found:
        return None
    ids = frozenset.intersection(*(one.ids for one in found))
    return Reached(
        ids, tuple(other for other in found[0].others if all(other in one.others for one in found))
    )


def reached(asked: str, name: str, there: Snapshot, retirements: Sequence[Retirement]) -> Reached:
    """`asked`: which of the filters of lineage. Raises `NotFound` for what nobody may see there."""
    start = _things(name, there)
    gone = [one for one in retirements if one.plan is not None and _is(one, name)]
    if not start and not gone and not (asked == "from" and _is_data(name, retirements)):
        names = (one.name for one in there.known() if isinstance(one, Entity))
        past = (one.plan.subject.model_name for one in retirements if one.plan is not None)
        near = closest(name, (*names, *past))
        raise NotFound(
            "model or dataset", name[:80], closest=near, next_step="Name it as its catalog does, or by its id"
        )
    step = there.used_by if asked == "into" else there.users_of
    ids = _walked([one.id for one in start], step, there)
    parts = {part for one in start for part in _parts(one, there)}
    ids |= _walked(parts, step, there)
    ids -= {one.id for one in start} | parts
    found = [one for each in ids if (one := there.find(each)) is not None]
    models = {one.id for one in found if one.kind is Kind.MODEL}
    models |= {one.model_id for one in found if one.kind in PARTS and one.model_id}
    others = {(str(one.kind), one.name) for one in found if one.kind not in (Kind.MODEL, *PARTS)}
    if asked != "into":
        for state in gone:
            told = [one for one in state.impact if one.consumer_id in there or one.kind is not Kind.MODEL]
            models |= {one.consumer_id for one in told if one.kind is Kind.MODEL}
            others |= {(str(one.kind), one.name) for one in told if one.kind is not Kind.MODEL}
    if asked == "from":
        models |= {
            one.plan.subject.model_id for one in retirements if one.plan is not None and _is_data(name, [one])
        }
    else:
        for state in gone if asked == "into" else ():
            assert state.plan is not None
            data = (one for one in state.plan.subject.references if one.of is ArtifactClass.DATA)
            others |= {(str(Kind.DATASET), one.name or one.where) for one in data}
    models -= {one.id for one in start}
    return Reached(frozenset(models), () if asked == "from" else tuple(sorted(others)))


def _things(name: str, there: Snapshot) -> tuple[Entity, ...]:
    """The model called so, or else the one thing of any kind. Raises `Refused` where several are."""
    by_id = there.find(name.lower())
    found = {one.id: one for one in ((by_id,) if by_id is not None else there.called.by(name))}
    if not found:
        folded = name.casefold()
        those = (one for one in there.known() if isinstance(one, Entity))
        same = {there.id_of(one.id) for one in those if folded in (one.id.casefold(), one.name.casefold())}
        found = {one: there.entity(one) for one in same}
    if len(found) > 1:
        raise Refused(
            f'"{name[:80]}" names {len(found)} things', reasons=sorted(found), next_step="Use the exact id"
        )
    return tuple(found.values())


def _parts(one: Entity, there: Snapshot) -> Iterable[str]:
    if one.kind is not Kind.MODEL:
        return ()
    return [part.id for part in (*there.versions_of(one.id), *there.endpoints_of(one.id))]


def _walked(ids: Iterable[str], step: Callable[[str], Iterable[str]], there: Snapshot) -> set[str]:
    found = set(ids)
    ahead = list(found)
    while ahead:
        new = [other for other in step(ahead.pop()) if other not in found and other in there]
        found.update(new)
        ahead += new
    return found


def _is(state: Retirement, name: str) -> bool:
    assert state.plan is not None
    subject = state.plan.subject
    return name.casefold() in (
        subject.model_name.casefold(),
        subject.model_id.casefold(),
        state.id.casefold(),
    )


def _is_data(name: str, retirements: Sequence[Retirement]) -> bool:
    """Does an archive describe it as what a model was trained on?"""
    return any(
        name.casefold() in (one.name.casefold(), one.where.casefold())
        for state in retirements
        if state.plan is not None
        for one in state.plan.subject.references
        if one.of is ArtifactClass.DATA
    )
