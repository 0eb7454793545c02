"""What people do to a running retirement: pause, resume, restore, hand over."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from data import events
from data.errors import Refused
from data.records.decision import EffectKind, Timer
from data.records.facts import Facts, Pauses
from data.records.progress import StepKind
from data.records.retirement import Retirement, State
from workflows.commands import HandOver, Pause, RecordRestored, Restore, Resume
from workflows.commands.brownouts import AbortBrownout
from workflows.decisions.brownouts import abort
from workflows.decisions.darkness import brought_back, came_back, driven, switching
from workflows.decisions.decided import (
    RetirementDecision,
    decided,
    folded,
    nothing,
    owners_timer,
    running_timers,
    step_timer,
    step_timers,
)
from workflows.decisions.extensions import DATES_MOVED, set_aside
from workflows.decisions.manual import asking_again
from workflows.rules.gating import by_hand
from workflows.rules.lifecycle import CLOSED, ENDED, is_going_dark, maybe_dark
from workflows.rules.permissions import check
from workflows.rules.plans import browned
from workflows.rules.plans import plan as plans
from workflows.rules.plans.pauses import BECAUSE, days_to_move, lasted
from workflows.rules.voting.approval import announced_at
from workflows.rules.voting.barring import check_is_colleague
from workflows.rules.wording import counted

SLACK_USER = re.compile(r"[UW][A-Z0-9]{2,}")


def pause(state: Retirement, command: Pause, facts: Facts, now: datetime) -> RetirementDecision:
    """Hold every date. Pausing twice changes nothing."""
    check("pause", command.by, state, facts)
    if state.paused_at is not None:
        return nothing(f"{state.id} is paused already.")
    if state.state not in (State.APPROVED, State.MIGRATING, State.BROWNOUT, State.DISABLED):
        raise Refused(
            f"{state.id} cannot be paused: it is {state.state}", next_step=f"/retire show {state.id}"
        )
    event = events.Paused(at=now, by=command.by, why=command.why)
    return decided(
        state,
        event,
        cancels=("step/*", "remind/*", "escalate/*"),
        reply=f"{state.id} is paused; all dates wait. /retire resume {state.id}",
    )


def resume(state: Retirement, command: Resume, facts: Facts, now: datetime) -> RetirementDecision:
    """Go on; all remaining dates have moved by the length of all pauses together, a begun day in full."""
    check("resume", command.by, state, facts)
    if state.state in ENDED:
        raise Refused(
            f"{state.id} cannot be resumed: it is {state.state}", next_step=f"/retire show {state.id}"
        )
    if state.paused_at is None:
        return nothing(f"{state.id} is not paused. /retire show {state.id}")
    days = days_to_move(facts.pauses, lasted(state.paused_at, now))
    happened: tuple[events.RetirementEvent, ...] = (events.Resumed(at=now, by=command.by),)
    cancels: tuple[str, ...] = ("remind/*", "escalate/*")
    if days:
        # Amended while still paused: what lay ahead when it was paused moves, whatever has passed since.
        plan = plans.shifted(state, timedelta(days=days))
        amended = events.Amended(at=now, by=command.by, plan=plan, because=BECAUSE)
        aside = set_aside(state, now, DATES_MOVED)
        happened = (*aside.events, amended, *happened)
        cancels += aside.cancels
    after = folded(state, happened)
    assert after.plan is not None
    if after.state is State.APPROVED:
        timers: tuple[Timer, ...] = (step_timer(StepKind.ANNOUNCE, announced_at(after, now)),)
    elif after.state is State.DISABLED:
        timers = step_timers(after, now)
    else:
        # Callers that were found meanwhile may need more time than the pause has given.
        timers = (*running_timers(after, now), owners_timer(now))
    return decided(
        state,
        *happened,
        timers=timers,
        cancels=cancels,
        reply=f"{state.id} goes on; {_by_how_much(days, facts.pauses)}.",
        after=after,
    )


def _by_how_much(days: int, before: Pauses) -> str:
    """What became of the dates, as people can reckon it."""
    moved = f"its dates moved by {counted(days, 'day')}" if days else "its dates stay as they are"
    if not before.total:
        return f"{moved}, a begun one in full" if days else moved
    together = f"all its pauses together moved them by {counted(before.moved_days + days, 'day')}"
    return f"{moved}: {together}, a begun one in full"


def restore(state: Retirement, command: Restore, facts: Facts, now: datetime) -> RetirementDecision:
    """Bring service back. The archive stays; the retirement ends as rolled back once everything serves."""
    check("restore", command.by, state, facts)
    if state.restoring:
        return nothing(f"{state.id} is being restored already.{_not_back(state)}")
    if state.state in ENDED and state.state not in CLOSED and (again := brought_back(state)):
        # It went dark although it was called off, and what was to bring it back did not.
        return decided(state, effects=again, reply=f"Service of {state.id} is asked back once more.")
    if state.is_migrating and not is_going_dark(state) and (one := browned.running(state)) is not None:
        # Nothing is switched off: whoever wants service back now has it by that.
        return abort(state, AbortBrownout(by=command.by, number=one.number, why=command.why), facts, now)
    if state.state is not State.DISABLED and not is_going_dark(state):
        why = "Nothing was switched off"
        if state.state in CLOSED:
            why = "The dark window is over, and what is left is its archive"
        elif state.rolled_back_at is not None:
            why = f"It was brought back on {state.rolled_back_at:%Y-%m-%d %H:%M} UTC"
        raise Refused(
            f"{state.id} has nothing to restore: it is {state.state}",
            next_step=f"{why}. /retire show {state.id}",
        )
    started = events.RestoreStarted(at=now, by=command.by, why=command.why)
    # All we can drive are switched on, also those that may just be going dark; harmless where they serve.
    # What was gone before has nothing to come back from.
    kept = (endpoint for endpoint in driven(state) if endpoint.id not in state.gone_ids)
    work = tuple(switching(state, EffectKind.RESTORE, endpoint) for endpoint in kept)
    if not work and not maybe_dark(state):
        return decided(
            state,
            started,
            events.RolledBack(at=now, by=command.by),
            reply=f"{state.id} has ended; nothing had been switched off.",
        )
    return decided(
        state,
        started,
        effects=work,
        timers=asking_again(state, "restore", now),
        cancels=("step/*", "by hand/*"),
        reply=f"Service of {state.id} is coming back.",
    )


def _not_back(state: Retirement) -> str:
    """What service waits for: what is wrong with endpoints we drive, and those that are asked of people."""
    wrong = [f" {state.endpoint_name(one.endpoint_id)}: {one.reason}." for one in state.delays]
    asked = ", ".join(endpoint.name for endpoint in by_hand.awaited(state, "restore"))
    return "".join(wrong) + (f" Asked of people, in its thread: {asked}." if asked else "")


def record_restored(
    state: Retirement, command: RecordRestored, facts: Facts, now: datetime
) -> RetirementDecision:
    check("record restored", command.by, state, facts)
    return came_back(state, command.endpoint_id, command.by, now)


def hand_over(state: Retirement, command: HandOver, facts: Facts, now: datetime) -> RetirementDecision:
    """Name another coordinator; there is always exactly one."""
    check("hand over", command.by, state, facts)
    check_is_colleague(facts, "What you hand over")
    if not SLACK_USER.fullmatch(command.to):
        raise Refused(f'"{command.to}" is not a person', next_step=f"/retire handover {state.id} @name")
    if command.to == state.coordinator_id:
        return nothing("They coordinate it already.")
    if command.to != facts.named_person:
        # A bot, or somebody who left, would be a coordinator who never answers.
        raise Refused(
            f"<@{command.to}> cannot coordinate {state.id}",
            reasons=["the catalog knows no person with this Slack id, or they left"],
            next_step="Name a colleague the catalog knows, or give them a Slack id there "
            "(annotation emeritus.dev/slack-id) and import it again",
        )
    if (account := facts.no_colleagues.get(command.to)) is not None:
        raise Refused(
            f"<@{command.to}> cannot coordinate {state.id}",
            reasons=[
                f"by Slack this account is {account}, and a coordinator waives and decides by their own name"
            ],
            next_step="Name a colleague whose account is a member's",
        )
    event = events.HandedOver(at=now, by=command.by, coordinator_id=command.to)
    return decided(state, event, reply=f"{state.id} is handed over.")
