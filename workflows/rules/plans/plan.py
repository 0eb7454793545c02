"""What the plan is: its dated steps, its digest, and what it becomes when dates move later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import msgspec

from data.errors import Problem
from data.records.facts import Facts
from data.records.plan import Plan, Reason, Step, Subject
from data.records.policy import Policy
from data.records.progress import Progress, StepKind
from data.records.retirement import Retirement
from workflows.rules.hours import day_of, days_later, first_at_or_after, instant_on
from workflows.rules.plans import brownouts
from workflows.rules.plans.brownouts import NO_OUTAGES, Outages
from workflows.rules.plans.gap import Told, days_between
from workflows.rules.voting.roles import Weighed, notice_days
from workflows.rules.wording import NAMED_MAX

DAYS_AHEAD_MAX = 1826
"""Five years, far beyond any notice we know of: a later day is a slip of the finger, and where the calendar
ends, in 9999, no date could be counted from it any more."""

CHOSEN_FROM_MAX = 100
"""As many endpoints as a form can list to choose from (bot/views/limits.py); of more, all retire."""


def dated_steps(
    *, proposed_at: datetime, target_on: date, policy: Policy, outages: Outages = NO_OUTAGES
) -> tuple[Step, ...]:
    """The steps in order. `target_on` is the day service ends; everything else follows from the policy."""
    return steps_between(announced_at(proposed_at, policy), instant_on(target_on, policy), policy, outages)


def steps_between(
    announce_at: datetime, disable_at: datetime, policy: Policy, outages: Outages = NO_OUTAGES
) -> tuple[Step, ...]:
    """The same for these two; where less lies between them than the policy's lead days, none comes before another."""
    archive_at = max(announce_at, days_later(disable_at, -policy.archive_lead_days, policy))
    drill_at = days_later(archive_at, 1, policy)
    migrate_at = max(drill_at, days_later(disable_at, -policy.migrate_lead_days, policy))
    moved_at = max(drill_at, min(migrate_at, brownouts.moved_by(announce_at, disable_at, policy)))
    found = brownouts.windows(outages, moved_at, disable_at, policy)
    brownout = [Step(kind=StepKind.BROWNOUT, due_at=found[0].starts_at, windows=found)] if found else []
    migrate_at = moved_at if found else migrate_at
    return (
        Step(kind=StepKind.ANNOUNCE, due_at=announce_at),
        Step(kind=StepKind.ARCHIVE, due_at=archive_at),
        Step(kind=StepKind.DRILL, due_at=drill_at),
        Step(kind=StepKind.MIGRATE, due_at=migrate_at),
        *brownout,
        Step(kind=StepKind.DISABLE, due_at=disable_at),
        Step(kind=StepKind.CLOSE, due_at=days_later(disable_at, policy.dark_window_days, policy)),
    )


def reviewed_at(proposed_at: datetime, policy: Policy) -> datetime:
    """When the review ends: the vote may close from then on."""
    return first_at_or_after(proposed_at + timedelta(days=policy.review_days), policy)


def announced_at(proposed_at: datetime, policy: Policy) -> datetime:
    """The first instant a plan can be announced at: people may take their approvals back before."""
    return first_at_or_after(
        reviewed_at(proposed_at, policy) + timedelta(hours=policy.cool_off_hours), policy
    )


def earliest_target(*, proposed_at: datetime, subject: Weighed, policy: Policy) -> date:
    """The first day that leaves the review period and its notice in front of it."""
    announce_at = announced_at(proposed_at, policy)
    return day_of(announce_at, policy) + timedelta(days=notice_days(policy, subject))


def problems(
    *,
    subject: Subject | None,
    taken: Mapping[str, str],
    successor_id: str,
    successor_trouble: str,
    successor_from: Told,
    reason: Reason,
    why: str,
    interim: str,
    guide: str,
    target_on: date,
    proposed_at: datetime,
    policy: Policy,
) -> list[Problem]:
    """Everything wrong with a proposal, each on the field of the modal that caused it."""
    found: list[Problem] = []
    if subject is None:
        found.append(Problem(field="model", value="", accepted="choose a model from the list"))
    elif taken:
        found.append(_taken(subject, taken))
    if successor_trouble:
        found.append(Problem(field="successor", value=successor_id, accepted=successor_trouble))
    elif reason is Reason.REPLACED and not successor_id:
        found.append(Problem(field="successor", value="", accepted='the reason "replaced" needs a successor'))
    found += successor_from.problems(successor_id, target_on, interim)
    if subject is not None and successor_id and not guide and policy.needs_guide(subject.tier):
        found.append(_unguided(subject, successor_from.name))
    if not why.strip():
        found.append(Problem(field="why", value="", accepted="say in a sentence why the model retires"))
    if subject is not None:
        earliest = earliest_target(proposed_at=proposed_at, subject=subject, policy=policy)
        if target_on < earliest:
            tier = f"tier {subject.tier}" if subject.tier else "an unknown tier (counts as the strictest)"
            tier += f", regulated by {subject.regulated}," if subject.regulated else ""
            found.append(
                Problem(
                    field="target",
                    value=target_on.isoformat(),
                    accepted=f"{tier} needs {notice_days(policy, subject)} days of notice after "
                    f"{policy.review_days} days of review{_cooling(policy)}: {earliest.isoformat()} or later",
                )
            )
        latest = earliest + timedelta(days=DAYS_AHEAD_MAX)
        if target_on > latest:
            found.append(
                Problem(
                    field="target",
                    value=target_on.isoformat(),
                    accepted=f"at most five years after the earliest day possible: {latest.isoformat()} or earlier",
                )
            )
    return found


def _unguided(subject: Subject, successor_name: str) -> Problem:
    tier = f"of tier {subject.tier}" if subject.tier else "of an unknown tier"
    accepted = (
        f"the policy wants a page that says how consumers of a model {tier} move, and the catalog has none: add the "
        f"annotation emeritus.dev/migration-guide to {successor_name or 'it'} or to {subject.model_name}, and import it"
    )
    return Problem(field="successor", value=successor_name, accepted=accepted)


def _cooling(policy: Policy) -> str:
    hours = policy.cool_off_hours
    return f" and {hours} hours in which approvals can be taken back" if hours else ""


def _taken(subject: Subject, by: Mapping[str, str]) -> Problem:
    """On the field where it was chosen: the endpoints, or the model that has none."""
    where = " and ".join(f"/retire show {one}" for one in dict.fromkeys([*by.values()][:NAMED_MAX]))
    if not subject.endpoints:
        return Problem(
            field="model", value=subject.model_name, accepted=f"it is being retired already: {where}"
        )
    names = {endpoint.id: endpoint.name for endpoint in subject.endpoints}
    all_of_them = [f"{names.get(one, one)} by {other}" for one, other in by.items()]
    more = [f"{len(by) - NAMED_MAX:,} more"] if len(by) > NAMED_MAX else []
    listed = ", ".join([*all_of_them[:NAMED_MAX], *more])
    way_out = "Leave out what is"
    if len(subject.endpoints) > CHOSEN_FROM_MAX:
        way_out = (
            "So many retire all at once: wait until the other retirement has ended, or have it cancelled"
        )
    return Problem(
        field="endpoints",
        value=subject.model_name,
        accepted=f"being retired already: {listed}. {way_out}; {where} tells of it",
    )


def reserved(subject: Subject) -> tuple[str, ...]:
    """What no other retirement may have meanwhile: the endpoints, or the model itself when it has none."""
    return tuple(endpoint.id for endpoint in subject.endpoints) or (subject.model_id,)


def digest(plan: Plan) -> str:
    """`sha256:` over everything else in the plan, as canonical JSON."""
    covered = msgspec.to_builtins(msgspec.structs.replace(plan, digest=""))
    text = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def drawn(plan: Plan, policy: Policy, facts: Facts) -> Plan:
    """The same plan with its digest, the days for which neither model serves by its dates, and what it lacks."""
    last_day = day_of(plan.step(StepKind.DISABLE).due_at, policy)
    gap_days = days_between(last_day, plan.successor_from)
    lack = brownouts.lacking(plan, policy, facts)
    return sealed(msgspec.structs.replace(plan, gap_days=gap_days, brownouts_lack=lack))


def sealed(plan: Plan) -> Plan:
    """The same plan with its digest."""
    return msgspec.structs.replace(plan, digest=digest(plan))


def shifted(state: Retirement, by: timedelta, *, reopens: StepKind | None = None) -> Plan:
    """The plan with all remaining dates `by` later, chained to the approved one.

    reopens   a step that moves although it is done, and is done again on its new date
    Only whole days move, rounded up, so that a step keeps its hour.
    """
    assert state.plan is not None
    assert state.policy is not None
    assert by >= timedelta(0), "only later dates are an amendment; an earlier one is a new plan"
    days = -(-by // timedelta(days=1))
    begun = {
        step.kind
        for step in state.steps
        if step.progress in (Progress.DONE, Progress.RUNNING) and step.kind is not reopens
    }
    steps = tuple(
        step
        if step.kind in begun
        else msgspec.structs.replace(step, due_at=days_later(step.due_at, days, state.policy))
        for step in state.plan.steps
    )
    steps = tuple(brownouts.moved_along(step, state, days) if step.windows else step for step in steps)
    return sealed(msgspec.structs.replace(state.plan, steps=steps, amends=state.approved_digest))


def binds(state: Retirement) -> bool:
    """Is the plan the one that was voted, or an amendment of it?"""
    if state.plan is None or not state.approved_digest:
        return False
    return state.approved_digest in (state.plan.digest, state.plan.amends)
