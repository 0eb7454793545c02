"""What is left of a message that waited for the working hours of whom it is for?

Meanwhile people answer, dates move, retirements end. What nothing is asked in any more is not sent; what tells of
several tells of those that are left.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from data.records.retirement import Duty, Retirement
from workflows.rules.consumers.obligations import of_person
from workflows.rules.hours import day_of
from workflows.rules.telling import (
    brownout_notices,
    grant_notices,
    informing,
    messages,
    milestones,
    vote_notices,
)

ABOUT_DATES = ("dm", "escalation", "handed", "reminder")


def left(  # noqa: PLR0911 - one for each notice
    state: Retirement, key: str, body: Mapping[str, str], now: datetime
) -> dict[str, str] | None:
    """Its body as it would be wanted now; None where it would not be wanted any more."""
    person = body["slack_id"]
    match body["notice"]:
        case "dm":
            is_newest = key == messages.dm_key(state, person)
            return _asks(state, person, body) if is_newest and state.is_migrating else None
        case "reminder":
            return dict(body) if _reminds(state, person, body["milestone"], now) else None
        case "handed":
            mine = {duty.consumer.consumer_id for duty in of_person(state, person) if not duty.is_settled}
            return _of_those(state, body, mine if state.is_migrating else set())
        case "informed":
            is_ahead = body["news"] in (informing.ANNOUNCED, informing.MOVED)
            is_newest = body.get("milestone", "") in ("", milestones.moved(state))
            is_wanted = is_newest and state.is_migrating
            return dict(body) if is_wanted or not is_ahead else None
        case "waived":
            duty = state.obligation(body["consumer_id"])
            is_wanted = duty is not None and duty.duty is Duty.WAIVED and state.is_migrating
            return dict(body) if is_wanted else None
        case "grant begun":
            return dict(body) if grant_notices.is_wanted(state, int(body["number"])) else None
        case brownout_notices.TOLD:
            return (
                dict(body) if brownout_notices.is_wanted(state, int(body["number"]), body["what"]) else None
            )
        case "void votes":
            return dict(body) if vote_notices.is_wanted(state, person) else None
        case "escalation":
            late = milestones.concerned(state, body["milestone"])
            still = {duty.consumer.consumer_id for duty in late}
            return _of_those(state, body, still if state.is_migrating else set())
        case _:
            return dict(body)


def waits_for_the_end(state: Retirement, body: Mapping[str, str]) -> bool:
    """Is it about a date while dates stand still? Nobody is asked to move, reminded or escalated to then."""
    return state.paused_at is not None and body["notice"] in ABOUT_DATES


def _asks(state: Retirement, person: str, body: Mapping[str, str]) -> dict[str, str] | None:
    """Who has moved is asked nothing; that other days are announced they hear, as everybody who was told of one."""
    owed = of_person(state, person)
    if any(not duty.is_settled for duty in owed):
        return dict(body)
    return {**body, "news": informing.MOVED} if owed and state.announced > 1 else None


def _reminds(state: Retirement, person: str, milestone: str, now: datetime) -> bool:
    """Does the person still owe it by this date, and does no other reminder say the same?"""
    owed = milestones.concerned(state, milestone)
    if not state.is_migrating or all(person not in duty.asked for duty in owed):
        return False
    if milestone.startswith(milestones.MOVED):
        return milestone == milestones.moved(state)
    is_their_own = milestone.startswith(milestones.MOVING)
    return is_their_own or _is_newest(state, person, milestone, now)


def _is_newest(state: Retirement, person: str, milestone: str, now: datetime) -> bool:
    """Was no later reminder told since, and is none on this very day?"""
    assert state.policy is not None
    ahead = {one.name: one.due_at for one in milestones.reminders(state)}
    today = day_of(now, state.policy)
    told = [at for name, at in ahead.items() if name in state.reminded or day_of(at, state.policy) <= today]
    if milestone.startswith(milestones.SNOOZED):
        on = date.fromisoformat(milestone.removeprefix(milestones.SNOOZED))
        return all(day_of(at, state.policy) < on for at in told)
    if milestone not in ahead:
        return False
    if (until := state.snoozed.get(person)) is not None and until > ahead[milestone]:
        return False  # they have said since on which day they want to be reminded instead
    return all(at <= ahead[milestone] for at in told)


def _of_those(state: Retirement, body: Mapping[str, str], still: set[str]) -> dict[str, str] | None:
    """They may stand under other ids by now."""
    asked = dict.fromkeys(map(state.id_of, body["consumer_ids"].split("\n")))
    consumer_ids = [one for one in asked if one in still]
    return {**body, "consumer_ids": "\n".join(consumer_ids)} if consumer_ids else None
