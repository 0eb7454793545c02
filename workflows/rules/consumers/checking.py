"""How do checks of consumers stand on the record: which have been run, whose are waited for, and what did they come to?

What has to pass before the switch-off is in check_gates.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from data import events
from data.records.checks import CHECKS, CheckEnd, CheckRun, CheckSeen, Declared
from data.records.facts import Facts
from data.records.progress import Progress, StepKind
from data.records.retirement import Duty, Obligation, Retirement
from data.records.waivers import Waiver
from workflows.rules.wording import counted

UNDER_WAY = f"is {CheckEnd.RUNNING}"


def latest(state: Retirement, consumer_id: str, name: str) -> CheckRun | None:
    """How a check stands that was ever begun."""
    return next((one for one in state.checks if (one.consumer_id, one.name) == (consumer_id, name)), None)


def undeclared(state: Retirement, consumer_id: str, every: Sequence[Declared]) -> dict[str, CheckRun | None]:
    """Checks of it, under whichever id, that nobody declares any more, and that did not pass since it moved -> how each

    was run last; None where it never was. Whoever drops a check has not shown that its consumer works; and a file may
    just be missing.
    """
    names = {one.name for one in every}
    found: dict[str, CheckRun | None] = {
        one.name: None for one in state.checks_seen if _stands_as(state, one.consumer_id) == consumer_id
    }
    found |= {one.name: one for one in state.checks if _stands_as(state, one.consumer_id) == consumer_id}
    duty = state.obligation(consumer_id)
    return {
        name: run for name, run in found.items() if name not in names and not _has_passed_since(duty, run)
    }


def _has_passed_since(duty: Obligation | None, run: CheckRun | None) -> bool:
    if run is None or run.end is not CheckEnd.PASSED:
        return False
    return duty is None or not began_before_it_moved(run, duty)


def began_before_it_moved(run: CheckRun, duty: Obligation) -> bool:
    """What it saw may be how things were, whenever it ended."""
    return duty.changed_at is not None and run.begun_at < duty.changed_at


def seen(state: Retirement, facts: Facts) -> tuple[CheckSeen, ...]:
    """What is declared for whoever is asked to move, and is not on the record as it is."""
    known = set(state.checks_seen)
    asked = (duty.consumer.consumer_id for duty in state.obligations)
    every = (
        CheckSeen(consumer_id=one, name=check.name, digest=check.digest)
        for one in asked
        for check in facts.checks.get(one, ())
    )
    return tuple(one for one in every if one not in known)


def _stands_as(state: Retirement, consumer_id: str) -> str:
    """Under which id the consumer stands now that was called so."""
    return state.stood_as.get(consumer_id, state.id_of(consumer_id))


def checked(state: Retirement) -> tuple[Obligation, ...]:
    """Consumers whose checks have to pass: all but those that stay as they are, or go without, by somebody's word."""
    without = waived(state)
    return tuple(
        duty
        for duty in state.obligations
        if duty.duty is not Duty.WAIVED and duty.consumer.consumer_id not in without
    )


def current(state: Retirement) -> tuple[CheckRun, ...]:
    """The latest run of each check that is waited for, once, under whichever id it was begun."""
    whose = {duty.consumer.consumer_id for duty in checked(state)}
    runs = {(_stands_as(state, one.consumer_id), one.name): one for one in state.checks}
    return tuple(run for (consumer_id, _), run in runs.items() if consumer_id in whose)


def current_of(state: Retirement, duty: Obligation) -> tuple[CheckRun, ...]:
    """The latest run of each check of this consumer, under whichever id it was begun."""
    return tuple(
        one for one in current(state) if _stands_as(state, one.consumer_id) == duty.consumer.consumer_id
    )


def waived(state: Retirement) -> dict[str, Waiver]:
    """Consumer -> who goes without its checks, and why."""
    return {one.what.removeprefix(CHECKS): one for one in state.waivers if one.what.startswith(CHECKS)}


def outdated(
    before: Retirement, event: events.IdsChanged, state: Retirement
) -> tuple[events.ChecksWaiverOutdated, ...]:
    """Who went without the checks of one thing did not for what it is since this event, after which it is `state`."""
    found = []
    for waiver in before.waivers:
        was = waiver.what.removeprefix(CHECKS)
        stays = state.obligation(was) is not None and was not in event.merged_ids
        if not waiver.what.startswith(CHECKS) or before.obligation(was) is None or stays:
            continue
        found.append(
            events.ChecksWaiverOutdated(
                at=event.at,
                by=event.by,
                consumer_id=_stands_as(state, was),
                what=waiver.what,
                was_by=waiver.by,
                reason=waiver.reason,
            )
        )
    return tuple(found)


def is_under_way(run: CheckRun | None) -> bool:
    return run is not None and run.end is CheckEnd.RUNNING


def are_under_way(state: Retirement) -> bool:
    return any(map(is_under_way, state.checks))


def is_to_come(state: Retirement) -> bool:
    """Is the switch-off still ahead, and not begun?"""
    progress = state.progress(StepKind.DISABLE).progress
    return state.is_migrating and progress in (Progress.PENDING, Progress.HELD)


def awaited(state: Retirement) -> str:
    """What the switch-off waits for that is under way, in words; empty where nothing is, or its reasons say so."""
    count = sum(map(is_under_way, current(state)))
    gates = state.progress(StepKind.DISABLE).gates
    if not count or not is_to_come(state) or any(UNDER_WAY in gate for gate in gates):
        return ""
    verb = "is" if count == 1 else "are"
    return f"{counted(count, 'check')} of its consumers {verb} under way, and {verb} to pass first"


def after(
    state: Retirement, event: events.ChecksDeclared | events.ChecksStarted | events.CheckEnded
) -> Retirement:
    """The retirement once these are owed or under way, or one ended. What an older run came to is not this one's."""
    if isinstance(event, events.ChecksDeclared):
        known = {(one.consumer_id, one.name): one for one in (*state.checks_seen, *event.checks)}
        return replace(state, checks_seen=tuple(known.values()))
    if isinstance(event, events.ChecksStarted):
        for wanted in event.checks:
            state = _with(
                state,
                CheckRun(
                    consumer_id=wanted.consumer_id,
                    name=wanted.name,
                    run=state.version,
                    end=CheckEnd.RUNNING,
                    begun_at=event.at,
                    at=event.at,
                ),
            )
        return state
    begun = latest(state, event.consumer_id, event.name)
    return _with(
        state,
        CheckRun(
            consumer_id=event.consumer_id,
            name=event.name,
            run=event.run,
            end=event.end,
            begun_at=begun.begun_at if begun is not None and begun.run == event.run else event.at,
            at=event.at,
            declared=event.declared,
            why=event.why,
            seconds=event.seconds,
            log_digest=event.log_digest,
        ),
    )


def _with(state: Retirement, run: CheckRun) -> Retirement:
    others = tuple(one for one in state.checks if (one.consumer_id, one.name) != (run.consumer_id, run.name))
    return replace(state, checks=(*others, run))
