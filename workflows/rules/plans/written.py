"""Does a plan that somebody wrote down say what would be voted on if it were proposed now? All that differs is told.

A file says nothing that the catalog, the policy or the calendar say otherwise: what people vote on is the file, whole.
Only its announcement may come later than it has to, as nobody knows the hour at which a file is proposed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from data.errors import Problem
from data.records.artifacts import Classed, Reference
from data.records.plan import Endpoint, Plan, Step, Window
from data.records.policy import Policy
from data.records.progress import StepKind
from workflows.rules.hours import day_of, first_at_or_after, instant_on
from workflows.rules.plans.brownouts import Outages
from workflows.rules.plans.plan import announced_at, steps_between
from workflows.rules.voting.roles import notice_days
from workflows.rules.wording import named

SHOWN_MAX = 160
_APART = frozenset({"subject", "steps", "digest"})


def steps(
    written: Plan, *, proposed_at: datetime, target_on: date, policy: Policy, outages: Outages
) -> tuple[Step, ...]:
    """The steps of such a plan: announced when it says, and no earlier than it can be."""
    said = first_at_or_after(written.step(StepKind.ANNOUNCE).due_at, policy)
    announce_at = max(said, announced_at(proposed_at, policy))
    return steps_between(announce_at, max(announce_at, instant_on(target_on, policy)), policy, outages)


def problems(drawn: Plan, written: Plan, policy: Policy) -> list[Problem]:
    """Everything the file says otherwise than the plan that would be voted on."""
    found = [*_differing("plan", drawn, written), *_differing("plan.subject", drawn.subject, written.subject)]
    found += _steps_differing(drawn, written)
    announce_on, last_day = (
        day_of(drawn.step(kind).due_at, policy) for kind in (StepKind.ANNOUNCE, StepKind.DISABLE)
    )
    notice = notice_days(policy, drawn.subject)
    if last_day < announce_on + timedelta(days=notice):
        earliest = announce_on + timedelta(days=notice)
        found.append(
            Problem(
                field="[plan.steps disable] due_at",
                value=f"= {_text(written.step(StepKind.DISABLE).due_at)}",
                accepted=f"{notice} days after it is announced on {announce_on}, so {earliest} or later",
            )
        )
    return found


def _steps_differing(drawn: Plan, written: Plan) -> Iterator[Problem]:
    by = "by the policy and when it is proposed"
    for kind in StepKind:
        where = f"[plan.steps {kind}]"
        if not drawn.has(kind) and written.has(kind):
            why = f": {drawn.brownouts_lack}" if drawn.brownouts_lack else ""
            yield Problem(field=where, value="", accepted=f"leave it out{why}")
            continue
        if not drawn.has(kind):
            continue
        mine = drawn.step(kind)
        if not written.has(kind):
            yield Problem(
                field=where,
                value="is missing",
                accepted=f"due_at = {_text(mine.due_at)} and its windows, {by}",
            )
            continue
        theirs = written.step(kind)
        if mine.due_at != theirs.due_at:
            accepted = f"{_text(mine.due_at)}, {by}"
            yield Problem(field=f"{where} due_at", value=f"= {_text(theirs.due_at)}", accepted=accepted)
        elif mine.windows != theirs.windows:
            yield Problem(
                field=f"{where} windows", value="", accepted=f"{_listed(mine.windows, theirs.windows)}, {by}"
            )


def _differing(where: str, mine: object, theirs: object) -> Iterator[Problem]:
    for key in mine.__struct_fields__:  # type: ignore[attr-defined] # both are records of one kind
        drawn, said = getattr(mine, key), getattr(theirs, key)
        if key in _APART or drawn == said:
            continue
        if isinstance(drawn, tuple) and isinstance(said, tuple):
            yield Problem(field=f"[{where}] {key}", value="", accepted=_listed(drawn, said))
        else:
            accepted = f"{_text(drawn)}, by the catalog and the policy now"
            yield Problem(field=f"[{where}] {key}", value=f"= {_text(said)}", accepted=accepted)


def _listed(drawn: tuple[object, ...], said: tuple[object, ...]) -> str:
    lacks, beyond = ([one for one in a if one not in b] for a, b in ((drawn, said), (said, drawn)))
    parts = [f"it lacks {_names(lacks)}"] if lacks else []
    parts += [f"it has {_names(beyond)}, which would not be in it now"] if beyond else []
    return " and ".join(parts) or f"in this order: {_names(drawn)}"


def _names(those: Iterable[object]) -> str:
    return named([_text(one) for one in those])


def _text(value: object) -> str:
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case Window():
            text = f"{value.starts_at:%Y-%m-%dT%H:%MZ} to {value.ends_at:%Y-%m-%dT%H:%MZ}"
        case Endpoint():
            text = f"{value.id} ({value.name}, {value.kind}, {value.ref})"
        case Classed():
            text = f"{value.of}={value.uri}"
        case Reference():
            text = " ".join(filter(None, (value.what, value.name or value.where, value.version)))
        case None:
            return "left out"
        case _:
            text = str(value)
    return f'"{text[:SHOWN_MAX]}"' if not isinstance(value, int) else text
