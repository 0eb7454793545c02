"""How often is a model called, and when last? From meters and from calls that were seen; what nobody tells is a gap.

An endpoint that a meter reads says all of its calls itself. Whoever uses the model otherwise is known by what sources
tell of them; whoever is only declared may call all day, so unknown use counts as use.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence

from data.records.base import Record
from data.records.catalog import Dependency, Entity
from data.records.facts import Reading
from workflows.rules.wording import counted


class Usage(Record, frozen=True, kw_only=True):
    """What is known of the use of a model.

    calls_per_day  of all who tell of any, together; None where nobody does
    last_seen      the last day on which somebody is told to have called
    metered        whether meters cover the time that was asked for; `metered_calls` is what they counted in it
    uncounted, undated  whom nobody tells numbers of, or days
    counted_by, dated_by  who tells
    """

    calls_per_day: float | None = None
    last_seen: str = ""
    metered: bool = False
    metered_calls: int = 0
    uncounted: tuple[str, ...] = ()
    undated: tuple[str, ...] = ()
    counted_by: tuple[str, ...] = ()
    dated_by: tuple[str, ...] = ()


def usage_of(
    endpoints: Sequence[Entity],
    readings: Sequence[Reading],
    uses: Sequence[Dependency],
    names: Mapping[str, str],
    *,
    days: int,
) -> Usage:
    """`names` of whoever uses it; `days` is how long a meter has to have counted to be believed."""
    read = {one.endpoint_id: one for one in readings if one.calls >= 0}
    whole = {one.endpoint_id: one for one in read.values() if one.days >= days}
    others = [one for one in uses if one.to_id not in whole]
    meters = [f"the meter of {one.name}" for one in endpoints if one.id in whole]
    gaps = tuple(_unmetered(endpoints, read, whole, {one.to_id for one in uses}))
    ends = {one.id for one in endpoints}
    uncounted = _callers(others, uses, ends, whole, lambda one: one.calls_per_day is not None)
    undated = _callers(others, uses, ends, whole, lambda one: bool(one.last_seen))
    rates = [one.calls / days for one in whole.values()]
    rates += [one.calls_per_day for one in others if one.calls_per_day is not None]
    return Usage(
        calls_per_day=sum(rates) if rates else None,
        last_seen=max((one.last_seen for one in uses), default=""),
        metered=bool(whole),
        metered_calls=sum(one.calls for one in whole.values()),
        uncounted=(*gaps, *(f"nobody says how often {names.get(one, one)} calls" for one in uncounted)),
        undated=(*gaps, *(f"nobody says when {names.get(one, one)} called" for one in undated)),
        counted_by=(*meters, *_sources(one for one in others if one.calls_per_day is not None)),
        dated_by=(*meters, *_sources(one for one in uses if one.last_seen)),
    )


def _callers(
    others: Sequence[Dependency],
    uses: Sequence[Dependency],
    endpoints: Collection[str],
    metered: Container[str],
    is_told: Callable[[Dependency], bool],
) -> tuple[str, ...]:
    """Of whom something is not told. Whoever is told to call an endpoint depends on the model by that, if it is
    declared to depend on it as well; it may call another endpoint besides."""
    known = {one.from_id for one in uses if is_told(one) or one.to_id in metered}
    return tuple(
        dict.fromkeys(
            one.from_id
            for one in others
            if not is_told(one) and (one.to_id in endpoints or one.from_id not in known)
        )
    )


def _unmetered(
    endpoints: Sequence[Entity], read: Mapping[str, Reading], whole: Mapping[str, Reading], used: set[str]
) -> Iterator[str]:
    for one in endpoints:
        if one.id in whole:
            continue
        if one.id in read:
            has = f"{counted(read[one.id].calls, 'call')} in {counted(read[one.id].days, 'day')}"
            yield f"the meter of {one.name} is too young ({has})"
        elif one.id not in used:
            yield f"no meter reads {one.name}, and nobody is known to call it"


def _sources(uses: Iterator[Dependency]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source for one in uses for source in one.sources))
