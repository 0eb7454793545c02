"""Which models are worth retiring? The policy's criteria, each with what is known, who says so, and as of when.

What nobody tells speaks for nothing: a caller without numbers, an endpoint without a meter and a model that no
registry knows are said to be that. Ranked by how many criteria speak for it, then by the most telling of them.
Decay, drift and cost: rules/choosing/measured.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum

from data.records.base import Record
from data.records.catalog import Dependency, Entity, Measure
from data.records.facts import Reading
from data.records.policy import Criteria, Criterion
from workflows.rules.choosing import support
from workflows.rules.choosing.measured import counted_calls, currencies, said, weighed
from workflows.rules.choosing.usage import Usage, usage_of
from workflows.rules.wording import counted

ENDING = frozenset(("archived", "deprecated", "end-of-life", "retired", "sunset"))
"""Lifecycles that catalogs write, in small letters, of what nobody should begin to use."""

LIVE = frozenset(("active", "ga", "in service", "live", "prod", "production", "released", "stable"))
"""Lifecycles that catalogs write, in small letters, of what everybody may use."""


MEASURES = {
    Criterion.DECAY: Measure.DECAY,
    Criterion.DRIFT: Measure.DRIFT,
    Criterion.COST: Measure.COST,
}


class Verdict(StrEnum):
    """What a criterion says of retiring a model. What is unknown never counts."""

    FOR = "for"
    AGAINST = "against"
    UNKNOWN = "unknown"


class Finding(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One criterion of one model. `as_of`: a day like "2026-03-02"; empty where nobody says which."""

    criterion: Criterion
    verdict: Verdict
    value: str
    source: str = ""
    as_of: str = ""


class Considered(Record, frozen=True, kw_only=True):
    """A model with all that is known of it.

    hosted      what registries of providers tell of: the model, or versions of it
    versions    all that are told of
    endpoints   those that serve it, and what their meters say, where one was asked
    uses        edges from outside to the model, its versions and its endpoints; `names` of where they begin
    successors  who follows it, next one first; `leaving`: id -> why it cannot take over
    served_by   names of what serves the next one: its endpoints, or its provider
    missing     whom the last of these, or the model itself, names as its successor, where nobody declares it
    """

    model: Entity
    hosted: tuple[Entity, ...] = ()
    versions: tuple[Entity, ...] = ()
    endpoints: tuple[Entity, ...] = ()
    readings: tuple[Reading, ...] = ()
    uses: tuple[Dependency, ...] = ()
    names: dict[str, str] = {}
    successors: tuple[Entity, ...] = ()
    is_cyclic: bool = False
    missing: str = ""
    leaving: dict[str, str] = {}
    served_by: tuple[str, ...] = ()


class Candidate(Record, frozen=True, kw_only=True):
    """A model something speaks for retiring. Findings are in the order of the policy."""

    model: Entity
    findings: tuple[Finding, ...]

    @property
    def reasons(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.verdict is Verdict.FOR)


def ranked(considered: Iterable[Considered], criteria: Criteria, today: date) -> tuple[Candidate, ...]:
    """Those something speaks for; of as many reasons, the most telling first, then by name."""
    considered = tuple(considered)
    told_in = currencies(part for one in considered for part in (one.model, *one.versions, *one.endpoints))
    found = [
        Candidate(model=one.model, findings=findings(one, criteria, today, told_in)) for one in considered
    ]
    return tuple(sorted((one for one in found if one.reasons), key=_rank))


def findings(
    one: Considered, criteria: Criteria, today: date, told_in: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """A finding for each criterion of the policy, whatever is known; `told_in`: the currencies of all costs."""
    days = criteria.idle_days
    used = usage_of(one.endpoints, one.readings, one.uses, one.names, days=days)
    found: Mapping[Criterion, Finding] = {
        Criterion.SUPPORT: _support(one, criteria, today),
        Criterion.DEPRECATED: _deprecated(one, today),
        Criterion.IDLE: _idle(used, days, today),
        Criterion.CALLS: _calls(one, used, criteria, today),
        Criterion.DECAY: _measured(Criterion.DECAY, one, criteria, today, told_in),
        Criterion.DRIFT: _measured(Criterion.DRIFT, one, criteria, today, told_in),
        Criterion.COST: _measured(Criterion.COST, one, criteria, today, told_in),
        Criterion.DEPENDANTS: _dependants(one, today),
        Criterion.SUCCESSOR: _successor(one, today),
    }
    return tuple(found[name] for name in criteria.looks_at)


def _rank(one: Candidate) -> tuple[object, ...]:
    telling = tuple(finding.verdict is not Verdict.FOR for finding in one.findings)
    return (-len(one.reasons), telling, one.model.name.casefold(), one.model.id)


def _support(one: Considered, criteria: Criteria, today: date) -> Finding:
    kind = Criterion.SUPPORT
    told = [statement for thing in one.hosted for statement in thing.support]
    end = support.ending(one.hosted)
    if end is None:
        if not told:
            return _unknown(kind, "no registry of a provider tells of it")
        soft = min((by.earliest_shutdown_on for by in told if by.earliest_shutdown_on), default="")
        value = f"no day is named, and none before {soft}" if soft else "no day is named"
        return _finding(kind, Verdict.AGAINST, value, told[0].told_by, told[0].verified_on)
    left = (date.fromisoformat(end.shutdown_on) - today).days
    when = (
        f"in {counted(left, 'day')}" if left > 0 else "today" if not left else f"{counted(-left, 'day')} ago"
    )
    value = f"its provider switches it off on {end.shutdown_on}, {when}"
    if left <= 0:
        value = f"its provider switched it off on {end.shutdown_on}, {when}"
    verdict = Verdict.FOR if left <= criteria.support_days else Verdict.AGAINST
    return _finding(kind, verdict, value, end.told_by, end.verified_on)


def _deprecated(one: Considered, today: date) -> Finding:
    kind = Criterion.DEPRECATED
    lifecycle = one.model.lifecycle
    by_provider = next((thing for thing in one.hosted if thing.lifecycle in ENDING), None)
    if by_provider is not None:
        said = by_provider.support[0]
        on = f" on {said.deprecated_on}" if said.deprecated_on else ""
        return _finding(kind, Verdict.FOR, f"deprecated by its provider{on}", said.told_by, said.verified_on)
    if not lifecycle:
        return _unknown(kind, "its catalog tells no lifecycle")
    verdict = Verdict.FOR if lifecycle.lower() in ENDING else Verdict.AGAINST
    return _finding(
        kind, verdict, f'its lifecycle is "{lifecycle}"', one.model.declared_in, today.isoformat()
    )


def _idle(used: Usage, days: int, today: date) -> Finding:
    kind, source = Criterion.IDLE, ", ".join(used.dated_by)
    if used.metered_calls:
        value = f"{counted(used.metered_calls, 'call')} within {counted(days, 'day')}"
        return _finding(kind, Verdict.AGAINST, value, source, today.isoformat())
    since = (today - date.fromisoformat(used.last_seen)).days if used.last_seen else None
    if since is not None and since < days:
        value = f"last called {used.last_seen}, {counted(max(since, 0), 'day')} ago"
        return _finding(kind, Verdict.AGAINST, value, source, used.last_seen)
    last = f"last called {used.last_seen}, as far as is told" if used.last_seen else ""
    if used.undated or not source:
        return _unknown(kind, _said(last, used.undated or ("nobody tells of calls",)), source, used.last_seen)
    if since is None:
        value = f"no call within {counted(days, 'day')}"
        return _finding(kind, Verdict.FOR, value, source, today.isoformat())
    value = f"last called {used.last_seen}, {counted(since, 'day')} ago"
    return _finding(kind, Verdict.FOR, value, source, used.last_seen)


def _calls(one: Considered, used: Usage, criteria: Criteria, today: date) -> Finding:
    """Somebody who measured all calls knows of those, too, whom nobody tells; but not where others count more."""
    kind, source, most = Criterion.CALLS, ", ".join(used.counted_by), criteria.calls_per_day_max
    measured = counted_calls(one.model, (one.endpoints, one.versions), criteria, today)
    if measured is not None and measured.calls_per_day >= (used.calls_per_day or 0):
        value = said(Measure.CALLS, measured.calls_per_day)
        verdict = Verdict.AGAINST if measured.calls_per_day > most else Verdict.FOR
        return _finding(kind, verdict, value, measured.source, measured.as_of)
    as_of = today.isoformat() if used.metered else used.last_seen
    if used.calls_per_day is None:
        return _unknown(kind, _said("", used.uncounted or ("nobody tells of calls",)))
    value = said(Measure.CALLS, used.calls_per_day)
    if used.calls_per_day > most:
        return _finding(kind, Verdict.AGAINST, value, source, as_of)
    if used.uncounted:
        return _unknown(kind, _said(f"{value}, as far as is told", used.uncounted), source, as_of)
    return _finding(kind, Verdict.FOR, value, source, as_of)


def _measured(
    kind: Criterion, one: Considered, criteria: Criteria, today: date, told_in: Sequence[str]
) -> Finding:
    parts = (*one.versions, *one.endpoints)
    found = weighed(MEASURES[kind], one.model, parts, criteria, today, told_in=told_in)
    if found.is_over is None:
        return _unknown(kind, found.value, found.source, found.as_of)
    verdict = Verdict.FOR if found.is_over else Verdict.AGAINST
    return _finding(kind, verdict, found.value, found.source, found.as_of)


def _dependants(one: Considered, today: date) -> Finding:
    count = len({use.from_id for use in one.uses})
    value = (
        f"{counted(count, 'thing depends', 'things depend')} on it directly"
        if count
        else "nothing depends on it"
    )
    sources = dict.fromkeys(source for use in one.uses for source in use.sources)
    verdict = Verdict.AGAINST if count else Verdict.FOR
    return _finding(
        Criterion.DEPENDANTS, verdict, value, ", ".join(sources) or "the catalog", today.isoformat()
    )


def _successor(one: Considered, today: date) -> Finding:
    chain = " -> ".join((one.model.name, *(follower.name for follower in one.successors)))
    verdict = Verdict.AGAINST
    if one.is_cyclic:
        value = f"its successors lead back to themselves: {chain}"
    elif one.missing:
        value = f"{one.missing} is named, which nobody declares: {chain} -> {one.missing}"
    elif not one.successors:
        value = "none is named"
    elif why := one.leaving.get(one.successors[0].id):
        value = f"{why}: {chain}"
    else:
        return _follower(one.successors[0], one.served_by, today)
    return _finding(Criterion.SUCCESSOR, verdict, value, one.model.declared_in, today.isoformat())


def _follower(next_one: Entity, served_by: tuple[str, ...], today: date) -> Finding:
    """Is it in service? By its lifecycle; where that is told nowhere, by what serves it."""
    name, lifecycle = next_one.name, next_one.lifecycle
    verdict, value = Verdict.AGAINST, f'the lifecycle of {name} is "{lifecycle}"'
    if lifecycle.lower() in LIVE:
        verdict = Verdict.FOR
    elif not lifecycle and served_by:
        verdict = Verdict.FOR
        more = f" (+{len(served_by) - 1:,} more)" if len(served_by) > 1 else ""
        value = f"{name} is served by {served_by[0]}{more}; its catalog tells no lifecycle"
    elif not lifecycle:
        verdict = Verdict.UNKNOWN
        value = f"{name} is named; its catalog tells no lifecycle, and of nothing that serves it"
    return _finding(Criterion.SUCCESSOR, verdict, value, next_one.declared_in, today.isoformat())


def _said(known: str, gaps: tuple[str, ...]) -> str:
    """What is known, and the first of what is not."""
    more = f" (+{len(gaps) - 1:,} more)" if len(gaps) > 1 else ""
    return f"{f'{known}; ' if known else ''}{gaps[0]}{more}"


def _finding(kind: Criterion, verdict: Verdict, value: str, source: str, as_of: str) -> Finding:
    return Finding(criterion=kind, verdict=verdict, value=value, source=source, as_of=as_of)


def _unknown(kind: Criterion, why: str, source: str = "", as_of: str = "") -> Finding:
    return Finding(criterion=kind, verdict=Verdict.UNKNOWN, value=why, source=source, as_of=as_of)
