"""Running the checks of consumers: because somebody asks, or as the switch-off is due and waits for nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

from data import events
from data.errors import Refused
from data.records.checks import CheckEnd, CheckWanted
from data.records.decision import Decision, Effect, EffectKind, Timer
from data.records.facts import Facts
from data.records.progress import Progress, StepKind
from data.records.retirement import Retirement
from workflows.commands import RecordCheck, RunChecks
from workflows.decisions.decided import RetirementDecision, decided, folded, nothing, step_timer
from workflows.decisions.duties import check_open
from workflows.rules.consumers import checking, obligations
from workflows.rules.gating import by_hand, check_gates
from workflows.rules.gating.gates import ARCHIVE_HOLDS
from workflows.rules.gating.readiness import Readiness
from workflows.rules.permissions import check
from workflows.rules.wording import counted

HOW = "Declare it in its catalog, emeritus.dev/check-scoring with an address, or in the file EMERITUS_CHECKS names"


def run_checks(state: Retirement, command: RunChecks, facts: Facts, now: datetime) -> RetirementDecision:
    """What is under way already is not begun twice. What is half dark, or for people to switch, waits for them, too."""
    check("run checks", command.by, state, facts, doing="check consumers of")
    check_open(state)
    if state.progress(StepKind.DISABLE).progress is Progress.RUNNING and not by_hand.awaited(state):
        raise Refused(
            f"Consumers of {state.id} are not checked now: its endpoints are being switched off",
            next_step=f"/retire show {state.id}",
        )
    meant = obligations.named(state, command.consumer).consumer if command.consumer else None
    ids = {meant.consumer_id} if meant else {one.consumer.consumer_id for one in state.obligations}
    whose = meant.name if meant else f"any consumer of {state.id}"
    declared = {one for one in ids if facts.checks.get(one)}
    if not declared:
        raise Refused(f"No checks are declared for {whose}", next_step=HOW)
    if not declared & {one.consumer.consumer_id for one in checking.checked(state)}:
        raise Refused(
            f"Nobody waits for checks of {whose}: they are waived",
            next_step=f"/retire show {state.id} says by whom and why",
        )
    wanted = check_gates.to_begin(state, facts, meant.consumer_id if meant else "")
    if not wanted:
        return nothing(f"The checks of {whose} are under way already; the thread tells how they end.")
    begins = "begins" if len(wanted) == 1 else "begin"
    of_whom = meant.name if meant else f"consumers of {state.id}"
    reply = f"{counted(len(wanted), 'check')} of {of_whom} {begins}; the thread tells how each ends."
    return begun(state, wanted, command.by, now, reply=reply)


def begun(
    state: Retirement,
    wanted: tuple[CheckWanted, ...],
    by: str,
    now: datetime,
    *also: events.StepHeld,
    timers: tuple[Timer, ...] = (),
    reply: str = "",
) -> RetirementDecision:
    """One piece of work for each; one after the other, as they may burden what they look at."""
    run = state.version + 1
    effects = tuple(
        Effect(
            key=f"{state.id}/check/{run}/{one.consumer_id}/{one.name}",
            kind=EffectKind.CHECK,
            lane=f"{state.id}/checks",
            body={"consumer_id": one.consumer_id, "check": one.name, "run": str(run)},
        )
        for one in wanted
    )
    started = events.ChecksStarted(at=now, by=by, checks=wanted)
    return decided(state, started, *also, timers=timers, effects=effects, reply=reply)


def first_checked(
    state: Retirement, ready: Readiness, facts: Facts, by: str, now: datetime
) -> RetirementDecision | None:
    """Where nothing but checks holds the switch-off they are run; it goes on by itself once they passed.

    None where others hold it as well, or a person has to act first. An archive that is gone is nobody's to mend:
    it is made anew by itself, and not for what checks keep serving.
    """
    others = [gate for gate in ready.gates if not gate.startswith(check_gates.GATE)]
    if len(others) == len(ready.gates) or others not in ([], [ARCHIVE_HOLDS]):
        return None
    assert state.policy is not None
    again = step_timer(StepKind.DISABLE, now + timedelta(hours=state.policy.recheck_hours))
    if wanted := check_gates.due(state, facts, now):
        first = f"First {counted(len(wanted), 'check')} of its consumers"
        reply = f"{first} must pass; then {state.id} is switched off by itself."
        after = folded(state, (events.ChecksStarted(at=now, by=by, checks=wanted),))
        also = _held_by_checks(state, after, ready, facts, now)
        return begun(state, wanted, by, now, *also, timers=(again,), reply=reply)
    if checking.are_under_way(state):
        said = f"{state.id} is switched off once the checks of its consumers, which are under way, passed."
        if also := _held_by_checks(state, state, ready, facts, now):
            return decided(state, *also, timers=(again,), reply=said)
        return Decision(timers=(again,), reply=said)
    return None


def _held_by_checks(
    state: Retirement, after: Retirement, ready: Readiness, facts: Facts, now: datetime
) -> tuple[events.StepHeld, ...]:
    """What was held by others, which are over, is held by the checks alone now, and says so."""
    before = state.progress(StepKind.DISABLE)
    were_checks = all(gate.startswith(check_gates.GATE) or gate in ready.gates for gate in before.gates)
    if before.progress is not Progress.HELD or (before.gates and were_checks):
        return ()
    others = [gate for gate in ready.unmet if not gate.name.startswith(check_gates.GATE)]
    held_by = Readiness(unmet=(*others, *check_gates.gates(after, facts, now)))
    return (
        events.StepHeld(
            at=now,
            by=events.EMERITUS,
            step=StepKind.DISABLE,
            reasons=held_by.reasons,
            gates=held_by.gates,
        ),
    )


def record_check(state: Retirement, command: RecordCheck, facts: Facts, now: datetime) -> RetirementDecision:
    """Once: what another try of the same work reports is on the record already, or is not what is waited for."""
    check("record check", command.by, state, facts)
    run = checking.latest(state, command.consumer_id, command.name)
    if run is None or run.run != command.run or run.end is not CheckEnd.RUNNING:
        return nothing()
    ended = events.CheckEnded(
        at=now,
        by=command.by,
        consumer_id=command.consumer_id,
        name=command.name,
        run=command.run,
        end=command.end,
        declared=command.declared,
        why=command.why,
        seconds=command.seconds,
        log=command.log,
        log_digest=command.log_digest,
    )
    after = folded(state, (ended,))
    return decided(state, ended, after=after, timers=_looked_at_again(after, now))


def _looked_at_again(state: Retirement, now: datetime) -> tuple[Timer, ...]:
    """The last of them may be what the switch-off waits for."""
    assert state.plan is not None
    due_at = state.plan.step(StepKind.DISABLE).due_at
    if not checking.is_to_come(state) or now < due_at or checking.are_under_way(state):
        return ()
    return (step_timer(StepKind.DISABLE, now),)
