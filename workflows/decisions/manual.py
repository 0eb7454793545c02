"""Endpoints nobody but people can switch: one reports it with evidence, a second one has looked, and who is asked
and does nothing is asked again. What is switched off by hand is held to every gate of the disable step.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from data import events
from data.errors import NotFound, Refused
from data.records.decision import Decision, Timer
from data.records.facts import Facts
from data.records.progress import StepKind
from data.records.retirement import Retirement
from data.records.switches import ManualCheck
from workflows.commands import AskAgain, CheckManual, ContradictManual, ReportManual, encoded
from workflows.decisions.darkness import came_back, went_dark
from workflows.decisions.decided import RetirementDecision, decided, nothing
from workflows.decisions.holding import held
from workflows.rules.gating import by_hand
from workflows.rules.gating.readiness import readiness
from workflows.rules.lifecycle import dark, may_be_asked_off
from workflows.rules.people.delegating import chain
from workflows.rules.permissions import check
from workflows.rules.restriction import channel_of

LEVELS = 2
"""First those who were asked, then the governance channel; as for consumers, nobody is told a third time."""


def asking_again(state: Retirement, action: str, now: datetime) -> tuple[Timer, ...]:
    """When to look whether people have done what they are asked now."""
    if not by_hand.endpoints(state):
        return ()
    return (_timer(state, action, 1, now),)


def ask_again(state: Retirement, command: AskAgain, facts: Facts, now: datetime) -> RetirementDecision:
    """Tell those who may act that it still waits for them; while it may not be done, look again later.

    Once they and the channel have been told nobody is told again, but what holds the switch is still looked for.
    """
    check("ask again", command.by, state, facts)
    waiting = by_hand.awaited(state, command.action)
    if not waiting:
        is_put_off = command.action == "disable" and may_be_asked_off(state)
        again = _timer(state, command.action, command.level, now)
        return Decision(timers=(again,)) if is_put_off else nothing()
    assert state.policy is not None
    assert state.plan is not None
    if command.action == "disable":
        ready = readiness(state, state.plan.step(StepKind.DISABLE), facts, now)
        if ready.unmet:
            # Whoever pressed now would be refused: the card says why, and the step is tried again by itself.
            return held(state, StepKind.DISABLE, ready, now)
    next_look = _timer(state, command.action, command.level + 1, now)
    if command.level > LEVELS:
        return Decision(timers=(next_look,))
    people = tuple(dict.fromkeys((state.coordinator_id, *facts.endpoint_owners)))
    return decided(
        state,
        events.AskedAgain(
            at=now,
            by=events.EMERITUS,
            action=command.action,
            endpoint_ids=tuple(endpoint.id for endpoint in waiting),
            level=command.level,
            to=people if command.level < LEVELS else (channel_of(state),),
        ),
        timers=(next_look,),
    )


def report_manual(
    state: Retirement, command: ReportManual, facts: Facts, now: datetime
) -> RetirementDecision:
    """Somebody says they did it, with evidence; it counts when a second person has checked."""
    check("report manual", command.by, state, facts)
    _check_now(state, command.endpoint_id, command.action, facts, now)
    if not command.evidence:
        raise Refused(
            f"A {command.action} by hand counts only with evidence", next_step="Say where it can be seen"
        )
    event = events.ManualReported(
        at=now,
        by=command.by,
        endpoint_id=command.endpoint_id,
        action=command.action,
        evidence=command.evidence,
    )
    return decided(
        state, event, reply="Recorded. A second person checks it with the button below your evidence."
    )


def check_manual(state: Retirement, command: CheckManual, facts: Facts, now: datetime) -> RetirementDecision:
    """A second person has looked: from now on it is so."""
    check("check manual", command.by, state, facts)
    _check_now(state, command.endpoint_id, command.action, facts, now)
    report = _unchecked(state, command.endpoint_id, command.action)
    if report.confirmed_by == command.by:
        raise Refused("You reported it yourself", next_step="A second person has to check it")
    _check_is_second(command.by, report.confirmed_by, facts)
    event = events.ManualChecked(
        at=now, by=command.by, endpoint_id=command.endpoint_id, action=command.action
    )
    if command.action == "restore":
        return came_back(state, command.endpoint_id, command.by, now, before=(event,))
    return went_dark(state, command.endpoint_id, command.by, now, before=(event,))


def _check_is_second(person: str, reporter: str, facts: Facts) -> None:
    """Raises `Refused` where one of the two answers for the other: that would be one word for both."""
    if person in chain(reporter, facts.delegations):
        why = f"You answer for <@{reporter}> now, who reported it"
    elif reporter in chain(person, facts.delegations):
        why = f"<@{reporter}>, who reported it, answers for you now"
    else:
        return
    raise Refused(why, next_step="Somebody beside the two of you has to check it")


def contradict_manual(
    state: Retirement, command: ContradictManual, facts: Facts, now: datetime
) -> RetirementDecision:
    """Somebody looked, and it is not so: the report counts no more, and the endpoint waits for another one."""
    check("contradict manual", command.by, state, facts)
    # Once service is asked back nobody takes it for serving by one word: it is asked of people, and checked.
    report = _unchecked(state, command.endpoint_id, command.action)
    _check_asked(state, command.endpoint_id, command.action)
    event = events.ManualContradicted(
        at=now, by=command.by, endpoint_id=command.endpoint_id, action=command.action
    )
    mine = "Your report is taken back" if report.confirmed_by == command.by else "The report counts no more"
    return decided(state, event, reply=f"{mine}; the {command.action} is asked for again.")


def _unchecked(state: Retirement, endpoint_id: str, action: str) -> ManualCheck:
    """The report that waits for a second person. Raises `Refused` where there is none."""
    for report in state.manual:
        if (report.endpoint_id, report.action) == (endpoint_id, action) and not report.checked_by:
            return report
    raise Refused("There is nothing to check", next_step=f"First somebody reports the {action} with evidence")


def check_reporter(state: Retirement, command: ReportManual, facts: Facts) -> None:
    """May they report this now, as far as the record knows? Looks at nothing outside: a form waits for it."""
    check("report manual", command.by, state, facts)
    _check_asked(state, command.endpoint_id, command.action)


def _check_asked(state: Retirement, endpoint_id: str, action: str) -> None:
    if against := _against(state, endpoint_id, action):
        raise _not_now(state, action, against)


def _check_now(state: Retirement, endpoint_id: str, action: str, facts: Facts, now: datetime) -> None:
    """Days may lie between the request and the switch: whoever appeared or called meanwhile holds it."""
    against = _against(state, endpoint_id, action)
    if action == "disable" and state.is_migrating and endpoint_id not in dark(state):
        assert state.plan is not None
        gates = readiness(state, state.plan.step(StepKind.DISABLE), facts, now).reasons
        # What both say, the gate says with what to do.
        against = (*(one for one in against if not any(why.startswith(one) for why in gates)), *gates)
    if against:
        raise _not_now(state, action, against)


def _against(state: Retirement, endpoint_id: str, action: str) -> tuple[str, ...]:
    if endpoint_id not in {endpoint.id for endpoint in by_hand.endpoints(state)}:
        raise NotFound(f"manual endpoint of {state.id}", endpoint_id)
    if action not in by_hand.ACTIONS:
        raise NotFound("action by hand", action, closest=by_hand.ACTIONS)
    return by_hand.reasons_against(state, endpoint_id, action)


def _not_now(state: Retirement, action: str, reasons: tuple[str, ...]) -> Refused:
    return Refused(
        f"{state.id} does not ask for a {action} now",
        reasons=reasons,
        next_step=f"Leave it as it was, and look where it stands: /retire show {state.id}",
    )


def _timer(state: Retirement, action: str, level: int, now: datetime) -> Timer:
    assert state.policy is not None
    command = AskAgain(by=events.EMERITUS, action=action, level=level)
    due_at = now + timedelta(days=state.policy.escalate_again_days)
    return Timer(name=f"by hand/{action}", due_at=due_at, command=encoded(command))
