"""What of an archive may go for good, and has anybody asked that it does? Holds beat every rule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from data import events
from data.records.facts import Facts
from data.records.keeping import Prune, Pruned
from data.records.retention import StartsFrom
from data.records.retirement import Retirement
from workflows.rules.keeping.retention import Term, started_at, terms
from workflows.rules.lifecycle import ENDED
from workflows.rules.voting.weighing import regulations
from workflows.rules.wording import counted, named

EVERYTHING = "all"


def left(state: Retirement) -> tuple[Term, ...]:
    """The classes that the archive still has."""
    gone = {one.of for one in state.pruned}
    return tuple(term for term in terms(state) if term.kept.of not in gone)


def kept_because(state: Retirement, term: Term, now: datetime) -> str:
    """Why it may not go now; empty where it may."""
    if state.holds:
        numbers = ", ".join(str(one.number) for one in state.holds)
        return f"a legal hold keeps it ({numbers})"
    if term.rule is None:
        return "the policy it was voted on with does not say how long it is kept"
    if term.starts_at is None or term.free_at is None:
        return f"{term.rule.id} counts from when it is {term.rule.starts_from}, which it is not"
    if now >= term.free_at or (term.is_contested and term.due_at is not None and now >= term.due_at):
        return "" if state.state in ENDED else f"nothing goes while it is {state.state}"
    days = counted(term.days_min, "day")
    return f"{term.rule.id} keeps it for {days}, until {term.free_at:%Y-%m-%d}"


def beside(state: Retirement, every: Iterable[Retirement]) -> tuple[Retirement, ...]:
    """Others whose archive lies at the same place, as the same content of a model once did."""
    if state.archived is None:
        return ()
    at = state.archived.location
    return tuple(
        one
        for one in every
        if one.id != state.id and one.archived is not None and one.archived.location == at
    )


def kept_with(state: Retirement, every: Iterable[Retirement], now: datetime) -> dict[str, str]:
    """Those of them that something of it is kept for -> why."""
    found = {}
    for other in beside(state, every):
        terms_left = ((term, kept_because(other, term, now)) for term in left(other))
        if why := next((f"{term.kept.of}: {why}" for term, why in terms_left if why), ""):
            found[other.id] = f"{other.id} has its archive at the same place, and keeps it ({why})"
    return found


def over_between(state: Retirement, after: datetime, until: datetime) -> tuple[Term, ...]:
    """Classes whose days were over in this time, once each: due to go, or free to where nothing makes them go."""
    ended_at = started_at(state, StartsFrom.CLOSED)
    if state.state not in ENDED or ended_at is None:
        return ()
    asked = state.prune.classes if state.prune else ()
    over = {term: term.due_at or term.free_at for term in left(state) if term.kept.of not in asked}
    return tuple(term for term, at in over.items() if at is not None and after < max(at, ended_at) <= until)


def overridden(state: Retirement, term: Term, at: datetime) -> str:
    """Which minimum it would not have been kept for, were it to go at this moment; empty where it has been.

    Two people may let it go in spite of that, once it is due: this is what they decide on, word for word.
    """
    if not term.is_contested or term.rule is None or term.free_at is None or at >= term.free_at:
        return ""
    is_by_law = term.days_min > term.rule.keep_days_min
    keeps = f"[regulated] keep_days_min ({named(regulations(state))})" if is_by_law else term.rule.id
    return (
        f"{keeps} keeps it for {counted(term.days_min, 'day')}, until {term.free_at:%Y-%m-%d}; "
        f"by {term.rule.id} it is due to go since {term.due_at:%Y-%m-%d}"
    )


def entitled(state: Retirement, facts: Facts) -> tuple[str, ...]:
    """Whoever may ask for it or confirm it, by a role of their own."""
    seated = (person for people in facts.members.values() for person in people)
    return tuple(sorted(dict.fromkeys((state.coordinator_id, *facts.owners, *facts.holders, *seated))))


def is_asked(state: Retirement) -> bool:
    """Does it wait for a second person?"""
    return state.state in ENDED and state.prune is not None and not state.prune.confirmed_by


def after(
    state: Retirement,
    event: events.PruneAsked | events.PruneConfirmed | events.PruneDropped | events.ClassPruned,
) -> Retirement:
    """The retirement once one of these has happened."""
    match event:
        case events.PruneAsked():
            asked = Prune(
                number=state.version,
                classes=event.classes,
                why=event.why,
                asked_by=event.by,
                asked_at=event.at,
            )
            return replace(state, prune=asked)
        case events.PruneConfirmed():
            assert state.prune is not None
            return replace(state, prune=replace(state.prune, confirmed_by=event.by))
        case events.PruneDropped():
            return replace(state, prune=None)
        case events.ClassPruned():
            gone = Pruned(
                of=event.of,
                at=event.at,
                files=event.files,
                bytes=event.bytes,
                tombstone=event.tombstone,
                number=event.number,
            )
            is_last = state.prune is None or {one.of for one in (*state.pruned, gone)} >= set(
                state.prune.classes
            )
            return replace(state, pruned=(*state.pruned, gone), prune=None if is_last else state.prune)
