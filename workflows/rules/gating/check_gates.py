"""Does every consumer that moved work without the model, by the checks that are declared for it? A skipped one does not

count as passed, nor one that could not be run, nor one that began before its consumer moved or passed too long ago.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from data.records.checks import CHECKS, CheckEnd, CheckRun, CheckWanted, Declared
from data.records.facts import Facts
from data.records.progress import Progress, StepKind
from data.records.retirement import Obligation, Retirement
from workflows.rules.consumers import obligations
from workflows.rules.consumers.checking import (
    UNDER_WAY,
    began_before_it_moved,
    checked,
    current_of,
    is_to_come,
    is_under_way,
    latest,
    undeclared,
)
from workflows.rules.gating.gates import Gate
from workflows.rules.voting.weighing import needs_checks
from workflows.rules.wording import named

GATE = "checks/"
DID_NOT_PASS = (CheckEnd.FAILED, CheckEnd.SKIPPED, CheckEnd.NOT_RUN)


def passes(
    run: CheckRun | None, duty: Obligation, declared: Declared, state: Retirement, now: datetime
) -> bool:
    """Has it passed, as it is declared now, since its consumer moved, and not too long before `now`?"""
    assert state.policy is not None
    if run is None or run.end is not CheckEnd.PASSED or run.declared != declared.digest:
        return False
    return not began_before_it_moved(run, duty) and _is_recent(run, state, now)


def _is_recent(run: CheckRun, state: Retirement, now: datetime) -> bool:
    """Those that were begun together count together, from when the last of them ended: they may take longer than

    they count. When it began to be switched off counts: proving the archive first may take days.
    """
    assert state.policy is not None
    together = [one for one in state.checks if one.run == run.run]
    if any(map(is_under_way, together)):
        return True
    ended_at = max(one.at for one in together)
    step = state.progress(StepKind.DISABLE)
    at = step.at if step.progress is Progress.RUNNING and step.at is not None else now
    return ended_at + timedelta(hours=state.policy.checks_valid_hours) > at


def gates(state: Retirement, facts: Facts, now: datetime) -> list[Gate]:
    """What keeps the model from being switched off: each consumer, what its checks came to, and what to do."""
    if not are_run(state):
        return []
    return [gate for duty in checked(state) if (gate := _gate(state, duty, facts, now)) is not None]


def failed(state: Retirement) -> list[Gate]:
    """What did not pass when it was run last, before anything is switched off: by the record alone."""
    if not are_run(state) or not is_to_come(state):
        return []
    found = []
    for duty in checked(state):
        left = [(one.name, how(one)) for one in current_of(state, duty) if one.end in DID_NOT_PASS]
        if left:
            name = obligations.typed_of(duty, state)
            found.append(_not_passed(duty, left, f"{_runs(state, name)}, {_over(state, name)}"))
    return found


def _runs(state: Retirement, name: str) -> str:
    return f"/retire check {state.id} {name} runs them"


def _over(state: Retirement, name: str) -> str:
    return f"or go without them by name, /retire waive {state.id} {CHECKS}{name} REASON"


def _not_passed(duty: Obligation, left: Sequence[tuple[str, str]], next_step: str) -> Gate:
    """`left`: of each check that is in the way, its name and how it stands."""
    said = named([f"{name} {stands}" for name, stands in left])
    marks = ",".join(f"{name} {stands}" for name, stands in left)
    why = f"checks of {duty.consumer.name}: {said}: {next_step}"
    return Gate(f"{GATE}{duty.consumer.consumer_id}/{marks}", why)


def are_run(state: Retirement) -> bool:
    return state.policy is not None and state.policy.checks_valid_hours > 0


def _gate(state: Retirement, duty: Obligation, facts: Facts, now: datetime) -> Gate | None:
    consumer = duty.consumer
    every = facts.checks.get(consumer.consumer_id, ())
    name = obligations.typed_of(duty, state)
    over = _over(state, name)
    gone = undeclared(state, consumer.consumer_id, every)
    if not every and not gone:
        if not needs_checks(state):
            return None
        next_step = f"declare one, emeritus.dev/check-NAME in its catalog, {over}"
        why = f"no checks are declared for {consumer.name}, and the policy asks for some at its tier: {next_step}"
        return Gate(f"{GATE}{consumer.consumer_id}/none declared", why)
    left = [
        (one.name, _standing(latest(state, consumer.consumer_id, one.name), duty, one))
        for one in every
        if not passes(latest(state, consumer.consumer_id, one.name), duty, one, state, now)
    ]
    left += [(one, f"{how(run)} and is declared no more") for one, run in gone.items()]
    if not left:
        return None
    runs = _runs(state, name)
    if all(said == UNDER_WAY for _, said in left):
        runs = "it goes on by itself once all passed"
    elif gone:
        runs = f"once declared again, {runs}"
    return _not_passed(duty, left, f"{runs}, {over}")


def _standing(run: CheckRun | None, duty: Obligation, declared: Declared) -> str:
    """Why it does not count, in words."""
    if run is None or run.end is not CheckEnd.PASSED:
        return how(run)
    if run.declared != declared.digest:
        return "passed as it was declared before"
    if began_before_it_moved(run, duty):
        return how(run)
    return f"passed on {run.at:%Y-%m-%d}, too long ago"


def how(run: CheckRun | None) -> str:
    """How one stands that did not pass since its consumer moved."""
    if run is None:
        return "has not run"
    if run.end is CheckEnd.PASSED:
        return "passed, and began before it moved"
    if run.end is CheckEnd.RUNNING:
        return UNDER_WAY
    return f"{run.end} ({run.why})" if run.why else str(run.end)


def due(state: Retirement, facts: Facts, now: datetime) -> tuple[CheckWanted, ...]:
    """What time begins by itself: what has not run yet, or not lately. What failed lately waits for a person.

    Where one passed too long ago, those that passed lately are begun with it, and count for as long as it does.
    """
    if not are_run(state):
        return ()
    found, is_any_old, passed = [], False, []
    for duty, declared in _declared(state, facts):
        run = latest(state, duty.consumer.consumer_id, declared.name)
        wanted = CheckWanted(consumer_id=duty.consumer.consumer_id, name=declared.name)
        if passes(run, duty, declared, state, now):
            passed.append(wanted)
            continue
        is_known = run is not None and run.end is not CheckEnd.PASSED and _is_recent(run, state, now)
        is_same = run is not None and run.declared in ("", declared.digest)
        if not is_under_way(run) and not (is_known and is_same):
            found.append(wanted)
            is_any_old |= run is not None and run.end is CheckEnd.PASSED and not _is_recent(run, state, now)
    return (*found, *passed) if is_any_old else tuple(found)


def to_begin(state: Retirement, facts: Facts, consumer_id: str = "") -> tuple[CheckWanted, ...]:
    """What a person begins: every check, or those of one consumer, that is not under way already."""
    return tuple(
        CheckWanted(consumer_id=duty.consumer.consumer_id, name=declared.name)
        for duty, declared in _declared(state, facts)
        if consumer_id in ("", duty.consumer.consumer_id)
        and not is_under_way(latest(state, duty.consumer.consumer_id, declared.name))
    )


def _declared(state: Retirement, facts: Facts) -> Iterator[tuple[Obligation, Declared]]:
    for duty in checked(state):
        for declared in facts.checks.get(duty.consumer.consumer_id, ()):
            yield duty, declared
