"""Who answers for this person now? The one place that says so: whoever is asked, reminded or told goes through it.

Delegations are followed to the end while each is in force: where Ana delegates to Bo and Bo to Cyd, Cyd is asked, and
Bo may answer for Ana as well. One whose delegate has left does not count, so it falls back to whoever delegated. A loop
is refused when it would be closed; two that were closed at the same moment fall back to the first, too.
Rejected: to refuse chains. Whoever was asked to stand in could then never go on leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from data.records.delegation import Delegation

InForce = Mapping[str, Delegation]
"""Person -> their delegation, where it counts now."""
NOBODY: InForce = {}
"""Everybody answers for themselves."""


def in_force(
    every: Iterable[Delegation], at: datetime, *, is_there: Callable[[str], bool] = lambda _: True
) -> dict[str, Delegation]:
    """Those that count at this instant. `is_there`: whether somebody can still answer for others."""
    return {one.person: one for one in every if one.is_in_force(at) and is_there(one.to)}


def chain(person: str, delegations: InForce) -> tuple[str, ...]:
    """Who stands in for this person, the nearest first; the last one is asked. Nobody where it leads round."""
    found = [person]
    while (one := delegations.get(found[-1])) is not None:
        if one.to in found:
            return ()
        found.append(one.to)
    return tuple(found[1:])


def receiver(person: str, delegations: InForce) -> str:
    """To whom goes what is asked of this person: themselves where nobody stands in for them."""
    return (chain(person, delegations) or (person,))[-1]


def line(person: str, delegations: InForce) -> tuple[Delegation, ...]:
    """The delegations that lead from this person to whoever is asked in their place."""
    return tuple(delegations[one] for one in (person, *chain(person, delegations))[:-1])


def over(every: Iterable[Delegation], at: datetime) -> dict[str, datetime]:
    """Person -> when their last delegation was over, where it is by this instant."""
    ends = {one.person: min(one.until, one.ended_at or one.until) for one in every if one.until is not None}
    return {person: ended_at for person, ended_at in ends.items() if ended_at <= at}


def answers_since(person: str, delegations: InForce, over: Mapping[str, datetime]) -> datetime | None:
    """Since when whoever answers for this person does: it came to them, or back to them; None where it always was."""
    begun = [one.since for one in line(person, delegations)]
    return max(filter(None, (*begun, over.get(receiver(person, delegations)))), default=None)


def answers_as(owners: Sequence[str], person: str, delegations: InForce) -> str:
    """For whom this person may answer what these are asked: themselves, or the first they stand in for; else empty."""
    if person in owners:
        return person
    return next((owner for owner in owners if person in chain(owner, delegations)), "")


def hears_as(owners: Sequence[str], reader: str, delegations: InForce) -> str:
    """In whose place this reader is asked what these are asked, so that it is once: in nobody else's than that."""
    asked = [owner for owner in owners if receiver(owner, delegations) == reader]
    return reader if reader in asked else next(iter(asked), "")


def stands_in_for(person: str, delegations: InForce) -> tuple[str, ...]:
    """Everybody for whom this person may answer."""
    return tuple(one for one in delegations if person in chain(one, delegations))


def answers_for(person: str, others: Iterable[str], delegations: InForce) -> str:
    """Whom of these this person stands in for now, or has stand in for them; empty for none: it takes two of them."""
    return next(
        (
            one
            for one in others
            if one != person and (person in chain(one, delegations) or one in chain(person, delegations))
        ),
        "",
    )
