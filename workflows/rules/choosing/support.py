"""Until when does a provider serve a hosted model, who says so, and is a plan too late for it?

Takes the model and what is a version of it, those that registries tell of. Where several tell different days, each
is told, and the earliest counts: whoever moves by then is safe in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from data.records.catalog import Entity
from data.records.support import Support


def ending(hosted: Sequence[Entity]) -> Support | None:
    """The statement with the earliest shutdown; None where no provider has named a day."""
    told = [one for thing in hosted for one in thing.support if one.shutdown_on]
    return min(told, key=lambda one: one.shutdown_on, default=None)


def told(hosted: Sequence[Entity], today: date) -> tuple[str, ...]:
    """A sentence for each statement, with its source and when that was last verified."""
    return tuple(
        f"{thing.title or thing.name}: {_end(one, today)} ({source(one)}){_instead(one)}"
        for thing in hosted
        for one in thing.support
    )


def too_late(hosted: Sequence[Entity], last_day: date) -> tuple[str, ...]:
    """What a plan that serves until `last_day` has to know: who depends on it may be cut off before."""
    notes = []
    for thing in hosted:
        called, day = thing.title or thing.name, last_day.isoformat()
        firm = ending([thing])
        soft = min(
            (one.earliest_shutdown_on for one in thing.support if one.earliest_shutdown_on), default=""
        )
        if firm is not None and firm.shutdown_on < day:
            notes.append(
                f"{called} is switched off by its provider on {firm.shutdown_on}, before the last day of service, "
                f"{day} ({source(firm)}): consumers must have moved by then"
            )
        elif firm is None and soft and soft < day:
            by = next(one for one in thing.support if one.earliest_shutdown_on == soft)
            notes.append(
                f"{called} may be switched off by its provider from {soft} on, before the last day of service, "
                f"{day} ({source(by)})"
            )
    return tuple(notes)


def not_for_long(hosted: Sequence[Entity]) -> tuple[str, ...]:
    """What speaks against a successor: that its provider ends it as well."""
    return tuple(
        f"the successor, {thing.title or thing.name}, has an end as well: its provider switches it off on "
        f"{firm.shutdown_on} ({source(firm)})"
        for thing in hosted
        if (firm := ending([thing])) is not None
    )


def source(one: Support) -> str:
    """The registry, when it last verified that, and the address it has it from."""
    verified = (
        f"last verified {one.verified_on}" if one.verified_on else "it does not say when that was verified"
    )
    others = f" and {len(one.sources) - 1} more" if len(one.sources) > 1 else ""
    address = f", {one.sources[0]}{others}" if one.sources else ""
    return f"{one.told_by}, {verified}{address}"


def _end(one: Support, today: date) -> str:
    day = today.isoformat()
    if one.shutdown_on:
        does = "switches" if one.shutdown_on > day else "switched"
        return f"its provider {does} it off on {one.shutdown_on}"
    if one.earliest_shutdown_on > day:
        return f"its provider does not switch it off before {one.earliest_shutdown_on}, and names no day"
    if one.earliest_shutdown_on:
        return f"its provider may switch it off any day since {one.earliest_shutdown_on}"
    if one.status == "retired":
        return "its provider switched it off, on a day that is not told"
    if one.status == "deprecated" or one.deprecated_on:
        since = f" on {one.deprecated_on}" if one.deprecated_on else ""
        return f"its provider deprecated it{since}, and names no day for its end"
    return "its provider names no end"


def _instead(one: Support) -> str:
    return f"; named instead: {', '.join(one.replacements)}" if one.replacements else ""
