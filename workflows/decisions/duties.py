"""What consumers' owners answer: acknowledged, migrated, not mine, more time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from data import events
from data.errors import Invalid, Problem, Refused
from data.records.decision import Timer
from data.records.facts import Facts
from data.records.progress import Progress, StepKind
from data.records.retirement import Duty, Extension, Obligation, Retirement
from workflows.commands import AskForTime, ChangeDuty, DecideExtension
from workflows.decisions.decided import (
    RetirementDecision,
    decided,
    folded,
    nothing,
    owners_timer,
    step_timer,
)
from workflows.decisions.extensions import overtaken
from workflows.rules.consumers import answering, obligations
from workflows.rules.hours import day_of, instant_on
from workflows.rules.permissions import check
from workflows.rules.plans import extending
from workflows.rules.plans import plan as plans
from workflows.rules.voting.quorum import open_round

NAMED_MAX = 10  # ours: in the answer to one press; the list has them all
ANSWERS = {
    Duty.ACKNOWLEDGED: "acknowledged: you know the dates",
    Duty.MIGRATED: "migrated",
    Duty.NOT_MINE: "handed back: the coordinator finds its owner",
}


def change_duty(state: Retirement, command: ChangeDuty, facts: Facts, now: datetime) -> RetirementDecision:
    """Answer for one consumer, or for all of one's own. Saying the same thing twice changes nothing."""
    assert command.duty in ANSWERS, f"{command.duty} is not for an owner to say"
    check_open(state)
    check_newest(state, command.announced)
    if command.consumer_ids:
        chosen = [obligations.named(state, consumer_id) for consumer_id in command.consumer_ids]
    else:
        check("change duty", command.by, state, facts)
        # What somebody handed back is not theirs because they read the rest.
        chosen = [duty for duty in _all_of(state, command, facts) if duty.duty is not Duty.NOT_MINE]
    whose = {
        duty.consumer.consumer_id: answering.whose_answer(duty, command.by, state, facts.delegations)
        for duty in chosen
    }
    if command.duty is Duty.MIGRATED:
        _check_own_to_settle(state, chosen, whose, command.by)
    changing = [duty for duty in chosen if _may_become(duty, command.duty) or _is_named(duty, command)]
    for duty in changing:
        answering.check_their_word(duty, whose[duty.consumer.consumer_id], command.by, state)
    if not chosen:
        return nothing(
            "Nothing to change: all of it was handed back, or is a colleague's now. "
            "Press Acknowledge, or I take this, beside what is yours after all."
        )
    if not changing:
        return nothing(
            f"Nothing to change: {_listed([f'{one.consumer.name} is {one.duty}' for one in chosen])}."
        )
    happened = tuple(
        events.DutyChanged(
            at=now,
            by=command.by,
            consumer_id=duty.consumer.consumer_id,
            duty=command.duty,
            on_behalf_of=whose[duty.consumer.consumer_id],
            named=command.named if command.duty is Duty.NOT_MINE else "",
        )
        for duty in changing
    )
    names = _listed([duty.consumer.name for duty in changing])
    after = folded(state, happened)
    over = overtaken(after, now)
    # A vote on what nobody wants any more, time or to be heard, is closed.
    looked_at = (owners_timer(now),) if any(duty.objection is not None for duty in changing) else ()
    return decided(
        state,
        *happened,
        *over.events,
        timers=(*disable_again(after, now), *over.timers, *looked_at),
        cancels=over.cancels,
        reply=f"{names} {f'handed back: <@{command.named}> is asked' if command.named else ANSWERS[command.duty]}.",
    )


def _all_of(state: Retirement, command: ChangeDuty, facts: Facts) -> tuple[Obligation, ...]:
    """What is meant by all: one's own, what is asked of one person, or of everybody else they stand in for."""
    own = obligations.of_person(state, command.whose or command.by)
    return own or obligations.answered_by(state, command.by, facts.delegations)


def _listed(names: Sequence[str]) -> str:
    left = len(names) - NAMED_MAX
    return ", ".join([*names[:NAMED_MAX], *([f"{left:,} more"] if left > 0 else [])])


def ask_for_time(state: Retirement, command: AskForTime, facts: Facts, now: datetime) -> RetirementDecision:
    """Ask for a later date, which people vote on: at once, or when the vote that is open is over."""
    duty = obligations.named(state, command.consumer_id)
    whose = answering.whose_answer(duty, command.by, state, facts.delegations)
    check("ask for time", command.by, state, facts)
    answering.check_their_word(duty, whose, command.by, state)
    extension = asked_extension(state, command, now)
    if duty.extension is not None and duty in extending.wished_for(state):
        raise Refused(
            f"More time for {duty.consumer.name} is voted on now",
            next_step="Wait for the vote on the card, or take that request back and ask anew",
        )
    event = events.DutyChanged(
        at=now,
        by=command.by,
        consumer_id=duty.consumer.consumer_id,
        duty=Duty.NEEDS_TIME,
        note=command.reason,
        extension=extension,
        on_behalf_of=whose,
    )
    waits = "people vote on it on the card"
    if open_round(state) is not None:
        waits = "people vote on it once the vote that is open has ended"
    elif state.paused_at is not None:
        waits = "people vote on it once the retirement is resumed"
    reply = f"Asked for {duty.consumer.name} until {command.until:%a %Y-%m-%d}; {waits}."
    return decided(state, event, timers=(owners_timer(now),), reply=reply)


def asked_extension(state: Retirement, command: AskForTime, now: datetime) -> Extension:
    """The extension as it would be recorded. Raises `Invalid` on the fields of its modal, or `Refused`."""
    check_open(state)
    check_newest(state, command.announced)
    duty = obligations.named(state, command.consumer_id)
    assert state.policy is not None
    # Days are compared, not instants: the ends of the calendar have none in every zone.
    after = obligations.day_to_outlast(duty, state.policy, now)
    latest = after + timedelta(days=plans.DAYS_AHEAD_MAX)
    which = "the date you have now" if after == day_of(duty.migrate_by, state.policy) else "today"
    accepted = ""
    if command.until <= after:
        accepted = f"a day after {after}, {which}"
        if after == day_of(duty.migrate_by, state.policy):
            accepted += "; no vote is needed to move by then"
    elif command.until > latest:
        accepted = f"at most five years after {after}, {which}"
    found = []
    if accepted:
        found.append(Problem(field="until", value=command.until.isoformat(), accepted=accepted))
    if not command.reason:
        found.append(Problem(field="reason", value="", accepted="say what keeps you from moving by then"))
    if found:
        raise Invalid(found)
    if duty.is_settled:
        contest = "Press Contest where you were told of the waiver, if it must not lose the model yet"
        not_yet = "Press Not yet beside it, if it has not moved"
        raise Refused(
            f"{duty.consumer.name} is {duty.duty} already",
            next_step=contest if duty.duty is Duty.WAIVED else not_yet,
        )
    if duty.objection is not None:
        raise Refused(
            f"{duty.consumer.name} objects, and people vote on that",
            next_step="Take the objection back first",
        )
    return Extension(
        number=state.version + 1,
        asked_by=command.by,
        asked_at=now,
        until=instant_on(command.until, state.policy),
        reason=command.reason,
        # Whoever asks for time has read the notice, and answers for it.
        before=Duty.ACKNOWLEDGED,
    )


def decide_extension(
    state: Retirement,
    command: DecideExtension,
    facts: Facts,
    now: datetime,  # noqa: ARG001 - every decision has it
) -> RetirementDecision:
    """What the coordinator pressed once: it may still wait to be heard."""
    check("decide extension", command.by, state, facts)
    raise Refused("People vote on more time now: nobody decides it alone", next_step="Vote on the card")


def _check_own_to_settle(
    state: Retirement, chosen: Sequence[Obligation], whose: Mapping[str, str], by: str
) -> None:
    """Raises `Refused` for who took over what others own: for those it is settled by a waiver, which they hear of."""
    for duty in chosen:
        owners = duty.consumer.owners
        answerer = whose[duty.consumer.consumer_id] or by
        if not owners.slack_ids or answerer in (*owners.slack_ids, duty.named) or duty.is_settled:
            continue
        name = obligations.typed_of(duty, state)
        raise Refused(
            f"You may not say that {duty.consumer.name} has migrated",
            reasons=[f"you took it over, and {owners.team_name or 'others'}, who own it, have not said so"],
            next_step="Have one of them take it back and press Migrated, or say why you answer for it, which they "
            f"may contest: /retire waive {state.id} {name} REASON",
        )


def _is_named(duty: Obligation, command: ChangeDuty) -> bool:
    """Does somebody say whose it is that was handed back before?"""
    return duty.duty is Duty.NOT_MINE and command.named not in ("", duty.named)


def _may_become(duty: Obligation, wanted: Duty) -> bool:
    """Acknowledging never takes back what is further along; a settled duty stays settled."""
    if duty.is_settled or duty.duty is wanted:
        return False
    further = (Duty.MIGRATING, Duty.NEEDS_TIME, Duty.OBJECTS)
    return not (wanted is Duty.ACKNOWLEDGED and duty.duty in further)


def check_newest(state: Retirement, announced: int) -> None:
    """Raises `Refused` for an answer to an announcement that another one has replaced; 0 is not known to be one."""
    if announced not in (0, state.announced):
        raise Refused(
            f"The plan of {state.id} was announced anew meanwhile: nothing was recorded",
            next_step="Answer in the newer message",
        )


def check_open(state: Retirement) -> None:
    """Raises `Refused` unless consumers are asked to move now."""
    if not state.is_migrating:
        raise Refused(
            f"{state.id} asks nothing of consumers now: it is {state.state}",
            next_step=f"/retire show {state.id}",
        )


def disable_again(state: Retirement, now: datetime) -> tuple[Timer, ...]:
    """The last answer may be what a held disable step waits for."""
    assert state.plan is not None
    is_held = state.progress(StepKind.DISABLE).progress is Progress.HELD
    is_free = all(duty.is_settled for duty in state.obligations)
    due_at = state.plan.step(StepKind.DISABLE).due_at
    return (step_timer(StepKind.DISABLE, now),) if is_held and is_free and now >= due_at else ()
