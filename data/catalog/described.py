"""How does a thing read that several sources tell of? As the first of them has it; what that leaves out, as the next.

Where two say different things the first one counts, in the order of who describes it (data/catalog/called.py), and
people are told. What was shared in Slack may add work to look at, but removes no block and owns nothing: it fills
nothing in. How an endpoint is switched off is only for the first one to say, as `manual` is a word of its own there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec.structs import replace

from data.catalog.called import SHARED, is_shared
from data.catalog.serving import switch_of
from data.records.catalog import NO_OWNER, Entity, Kind, Measured
from data.records.checks import CheckAddress

Said = Callable[[Entity], str]
"""What somebody says of a thing; empty where nothing."""
Owned = Callable[[Entity], Entity]
"""With whoever owns it now."""


def as_one(members: Sequence[Entity]) -> Entity:
    """`members`: who describes it first."""
    told = told_by_catalogs(members)
    owned = _first(told, _names_owner, lambda one: one.owner_note not in ("", NO_OWNER))
    followed = _first(told, lambda one: bool(one.successor_named or one.successor_id))
    return replace(
        told[0],
        title=_first(told, lambda one: bool(one.title)).title,
        owner_id=owned.owner_id,
        owner_note=owned.owner_note,
        owner_names=_names_of_owners(told),
        tier=_first(told, lambda one: bool(one.tier)).tier,
        lifecycle=_first(told, lambda one: bool(one.lifecycle)).lifecycle,
        successor_id=followed.successor_id,
        successor_named=followed.successor_named,
        artifacts=_artifacts_of(told).artifacts,
        classes=_artifacts_of(told).classes,
        references=tuple(dict.fromkeys(found for one in told for found in one.references)),
        support=next((member.support for member in members if member.support), ()),
        measured=_measured(members),
        restricted_to=narrowest(one.restricted_to for one in told),
        guide=_first(told, lambda one: bool(one.guide)).guide,
        checks=_checks(told),
        serves_from=_first(told, lambda one: bool(one.serves_from)).serves_from,
        regulated=_first(told, lambda one: bool(one.regulated)).regulated,
        about=_first(told, lambda one: bool(one.about)).about,
        domain=_first(told, lambda one: bool(one.domain)).domain,
    )


def narrowest(every: Iterable[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    """Whom all sources that restrict a model let see it; None where none of them restricts it."""
    said = [one for one in every if one is not None]
    if not said:
        return None
    return tuple(name for name in said[0] if all(name in other for other in said[1:]))


def differing(members: Sequence[Entity], owned: Owned, successor_of: Said) -> Iterator[str]:
    """Who says otherwise than what counts, as sentences; `owned`, `successor_of`: whom they mean."""
    told = told_by_catalogs(members)
    yield from _in_vain(list(filter(_names_owner, map(owned, told))))
    claims: tuple[tuple[str, Said], ...] = (
        ("its owner is", lambda one: owned(one).owner_id),
        ("its tier is", lambda one: str(one.tier or "")),
        ("its successor is", successor_of),
        ("its first day is", lambda one: one.serves_from),
        ("the regulation it is under is", lambda one: one.regulated),
        ("its artifacts are", _artifacts),
    )
    for claim, said in claims:
        first = next(filter(said, told), told[0])
        counts = said(first)
        for one in members:
            if said(one) not in ("", counts):
                yield f"{one.id} says {claim} {said(one)}; {_why_not(one, first, counts)}"
    by = switch_of(told[0]) or "people"
    if told[0].kind is Kind.ENDPOINT:
        for one in members:
            if switch_of(one) not in ("", by):
                why_not = _why_not(one, told[0], f"by {by}")
                yield f"{one.id} says it is switched off by {switch_of(one)}; {why_not}"


def _in_vain(naming: Sequence[Entity]) -> Iterator[str]:
    """Who names an owner who is not there. Where nobody is, that of the first is told as what is missing."""
    is_owned = any(one.owner_id for one in naming)
    for one in naming if is_owned else naming[1:]:
        if not one.owner_id:
            yield f"{one.id} names {one.owner_note}"


def _why_not(one: Entity, first: Entity, counts: str) -> str:
    if is_shared(one) and not is_shared(first):
        return "as it was shared in Slack, that does not count"
    return f"{first.id} says {counts}, which counts"


def who_names_owner(members: Sequence[Entity]) -> str:
    """Who says whose it is, where that is not who describes it."""
    found = next(filter(_names_owner, told_by_catalogs(members)), members[0])
    return found.id if found is not members[0] else ""


def told_by_catalogs(members: Sequence[Entity]) -> Sequence[Entity]:
    """All of them, where all were shared in Slack."""
    return [one for one in members if not is_shared(one)] or members


def _measured(members: Sequence[Entity]) -> tuple[Measured, ...]:
    """All that anybody measured; what was shared in Slack counts only where no catalog tells that measure."""
    rows = {row for one in members for row in one.measured}
    by_catalogs = {row.measure for row in rows if not row.told_in.startswith(SHARED)}
    counting = (row for row in rows if row.measure not in by_catalogs or not row.told_in.startswith(SHARED))
    return tuple(sorted(counting, key=lambda row: (row.measure, row.on, row.told_in, row.value)))


def _names_of_owners(told: Sequence[Entity]) -> tuple[str, ...]:
    """Who is not there leaves it to whom the next source names."""
    naming = list(filter(_names_owner, told))
    if len(naming) == 1:
        return naming[0].owner_names
    return tuple(dict.fromkeys(name for one in naming for name in one.owners_told))


def _checks(told: Sequence[Entity]) -> tuple[CheckAddress, ...]:
    """Those of every catalog. Nobody has an address asked by sharing a file in Slack."""
    return tuple(dict.fromkeys(check for one in told if not is_shared(one) for check in one.checks))


def _artifacts_of(told: Sequence[Entity]) -> Entity:
    return _first(told, lambda one: bool(one.artifacts))


def _first(told: Sequence[Entity], *claims: Callable[[Entity], bool]) -> Entity:
    return next((one for says in claims for one in told if says(one)), told[0])


def _names_owner(one: Entity) -> bool:
    return bool(one.owners_told)


def _artifacts(one: Entity) -> str:
    more = f" and {len(one.artifacts) - 1:,} more" if len(one.artifacts) > 1 else ""
    return f"{one.artifacts[0][:200]}{more}" if one.artifacts else ""
