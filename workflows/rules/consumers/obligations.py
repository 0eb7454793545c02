"""Each consumer's duty: what an announcement opens, and which change a person may make."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from data import events
from data.errors import NotFound, Refused
from data.records.base import ERASED, Prose
from data.records.catalog import Impacted, Owners
from data.records.policy import Policy
from data.records.progress import StepKind
from data.records.retirement import Duty, Obligation, Retirement
from data.records.waivers import Waiver
from workflows.rules.consumers.vouching import waivers
from workflows.rules.hours import day_of
from workflows.rules.people.delegating import InForce, answers_as
from workflows.rules.wording import one_of, typed


def opened(state: Retirement, impact: tuple[Impacted, ...], now: datetime) -> tuple[Obligation, ...]:
    """One obligation per impacted consumer. What was settled under an earlier plan stays settled."""
    assert state.plan is not None
    migrate_by = state.plan.step(StepKind.MIGRATE).due_at
    acknowledge_by = answer_by(state, now)
    vouched = waivers(state)
    fresh = []
    for consumer in impact:
        before = state.obligation(consumer.consumer_id)
        if before is not None and before.is_settled:
            fresh.append(replace(before, consumer=consumer))
        else:
            duty = asked(consumer, acknowledge_by, migrate_by, vouched.get(consumer.consumer_id))
            fresh.append(replace(duty, lapsed=before.duty) if before is not None and before.wish else duty)
    return tuple(fresh)


def asked(
    consumer: Impacted, acknowledge_by: datetime, migrate_by: datetime, waiver: Waiver | None
) -> Obligation:
    """Its duty when it is asked for the first time: none where it was vouched for before anybody was asked."""
    duty = Obligation(consumer=consumer, duty=Duty.OPEN, acknowledge_by=acknowledge_by, migrate_by=migrate_by)
    if waiver is None:
        return duty
    return waived(duty, waiver)


def waived(duty: Obligation, waiver: Waiver) -> Obligation:
    """The same duty where somebody took responsibility for it by name."""
    return replace(
        duty,
        duty=Duty.WAIVED,
        before=duty.extension.before if duty.extension else duty.duty,
        note=waiver.reason,
        extension=None,
        changed_by=waiver.by,
        changed_for="",
        changed_at=waiver.at,
    )


def moves_by(duty: Obligation, state: Retirement) -> datetime:
    """The day to migrate it has once it is open again: dates that moved while it was settled have moved for it, too."""
    assert state.plan is not None
    return max(duty.migrate_by, state.plan.step(StepKind.MIGRATE).due_at)


def answered(duty: Obligation, event: events.DutyChanged, state: Retirement) -> Obligation:
    """The same duty as somebody said it stands."""
    is_again = event.takes_back is Duty.MIGRATED
    has_taken_it = bool(duty.named) and duty.taken_by == duty.named
    return replace(
        duty,
        duty=event.duty,
        migrate_by=moves_by(duty, state) if is_again else duty.migrate_by,
        note=event.note,
        extension=event.extension,
        objection=event.objection,
        moves_on=event.moves_on,
        lapsed=None,
        named=duty.named if has_taken_it else event.named,
        changed_by=event.by,
        changed_for=event.on_behalf_of,
        changed_at=event.at,
    )


def taken(duty: Obligation, by: str) -> Obligation:
    """The same duty where it is theirs alone. Whoever was named for it begins anew."""
    if by != duty.named:
        return replace(duty, taken_by=by)
    return replace(
        duty, taken_by=by, duty=Duty.OPEN, changed_by="", changed_for="", changed_at=None, note=Prose()
    )


def contested(duty: Obligation, state: Retirement, by: str) -> Obligation:
    """The same duty as it stood before it was waived: what an owner had said still holds.

    by   who contests it, or in whose place: an owner has it back from whoever took it over
    """
    return replace(
        duty,
        taken_by="" if by in duty.consumer.owners.slack_ids else duty.taken_by,
        migrate_by=moves_by(duty, state),
        duty=duty.before or Duty.OPEN,
        before=None,
        note=Prose(),
        changed_by="",
        changed_for="",
        changed_at=None,
    )


def given_back(owed: Iterable[Obligation], slack_id: str) -> tuple[Obligation, ...]:
    """The same duties where what this person took over is asked of all its owners again."""
    return tuple(replace(duty, taken_by="") if duty.taken_by == slack_id else duty for duty in owed)


def answer_by(state: Retirement, now: datetime) -> datetime:
    """By when those who are asked now acknowledge: before they must have moved, unless that day is past."""
    assert state.policy is not None
    assert state.plan is not None
    by = now + timedelta(days=state.policy.acknowledge_days)
    migrate_by = state.plan.step(StepKind.MIGRATE).due_at
    return min(by, migrate_by) if now < migrate_by else by


def is_asked_late(duty: Obligation) -> bool:
    """Was it handed to its owners when the day to migrate was past?"""
    return duty.acknowledge_by > duty.migrate_by


def moved(duty: Obligation, migrate_by: datetime, answers_later: timedelta) -> Obligation:
    """The same duty with later dates, unless it is settled."""
    if duty.is_settled:
        return duty
    by = duty.acknowledge_by + answers_later
    return replace(
        duty, acknowledge_by=by if is_asked_late(duty) else min(by, migrate_by), migrate_by=migrate_by
    )


def of_person(state: Retirement, slack_id: str) -> tuple[Obligation, ...]:
    """What this person answers for, nearest consumers first."""
    mine = [duty for duty in state.obligations if slack_id in duty.asked]
    return tuple(sorted(mine, key=lambda duty: (duty.consumer.distance, duty.consumer.name)))


def answered_by(state: Retirement, slack_id: str, delegations: InForce) -> tuple[Obligation, ...]:
    """What this person may answer: their own, and what is asked of those they stand in for."""
    return tuple(duty for duty in state.obligations if answers_as(duty.asked, slack_id, delegations))


def people_of(duties: Iterable[Obligation]) -> tuple[str, ...]:
    """Everybody who answers for one of these, once each, in their order."""
    return tuple(dict.fromkeys(person for duty in duties for person in duty.asked))


def handed_on(state: Retirement, owed: tuple[Obligation, ...]) -> Retirement:
    """The state with these obligations. Who answered for something and does not any more has left."""
    before, now = people_of(state.obligations), people_of(owed)
    left = tuple(person for person in dict.fromkeys((*state.left, *before)) if person not in now)
    return replace(state, obligations=owed, left=left)


def named(state: Retirement, what: str) -> Obligation:
    """The obligation of a consumer, by exact id, of now or before, or exact name.

    Raises `Refused` with the ids when several have the name, `NotFound` with the ones there are.
    """
    called = {what, state.id_of(what)}  # messages that are there may have an older id
    matching = [
        duty for duty in state.obligations if called & {duty.consumer.consumer_id, duty.consumer.name}
    ]
    if not matching and (now := state.obligation(state.stood_as.get(what, ""))):
        return now  # shown under an id of a join that is taken back
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise Refused(
            f'{len(matching)} consumers of {state.id} are called "{what}"',
            next_step=f"Say which by its id: {one_of([duty.consumer.consumer_id for duty in matching])}",
        )
    open_ones = tuple(duty.consumer.consumer_id for duty in state.obligations if not duty.is_settled)
    raise NotFound(
        f"consumer of {state.id}",
        what,
        closest=open_ones[:5],
        next_step=f"Run /retire show {state.id} for those that have not moved",
    )


def typed_of(duty: Obligation, state: Retirement) -> str:
    """What a command takes for its consumer: the name, or the id where others are called so."""
    consumer = duty.consumer
    is_only = sum(one.consumer.name == consumer.name for one in state.obligations) < 2
    return typed(consumer.name if is_only else consumer.consumer_id, consumer.consumer_id)


def day_to_outlast(duty: Obligation, policy: Policy, now: datetime) -> date:
    """A later date must be after this day: the date there is, or today once that is past."""
    return max(day_of(duty.migrate_by, policy), day_of(now, policy))


def owners_elsewhere(state: Retirement, impact: tuple[Impacted, ...]) -> dict[str, Owners]:
    """Consumer -> who owns it by this impact, for those still to move that the state says others own.

    What the impact does not have any more keeps its owners: nobody else could answer for it.
    """
    now = {consumer.consumer_id: consumer.owners for consumer in impact}
    return {
        duty.consumer.consumer_id: owners
        for duty in state.obligations
        if not duty.is_settled
        and (owners := now.get(duty.consumer.consumer_id)) is not None
        and not _are_same(owners, duty.consumer.owners)
    }


def _are_same(now: Owners, before: Owners) -> bool:
    """What was erased of them does not come back by that."""
    if (now.team_id, now.slack_ids) != (before.team_id, before.slack_ids):
        return False
    is_erased = ERASED in (before.team_name, *before.notes)
    return is_erased or (now.team_name, now.notes) == (before.team_name, before.notes)


def owned_by(
    duty: Obligation, owners: Owners, answer_by: datetime | None, asks: Literal["teams", "people"]
) -> Obligation:
    """The same duty with these owners. What one team answered does not bind another: that one is asked anew.

    Nor does what it asked for: a request for more time that waits is over, for the other team has not read the notice.
    answer_by   the day those are given who are asked for the first time; the one there is where none is
    asks        "people": also where nobody of the same team is left who was asked before, and none answered;
                "teams": as it was once, when a request for more time waited on
    """
    consumer = replace(duty.consumer, owners=owners)
    before = duty.consumer.owners
    if owners.team_id != before.team_id or (
        duty.taken_by in before.slack_ids and duty.taken_by not in owners.slack_ids
    ):
        duty = replace(duty, taken_by="")
    if owners.team_id == before.team_id:
        are_new = bool(owners.slack_ids) and not set(owners.slack_ids) & set(before.slack_ids)
        if asks == "people" and are_new and duty.duty is Duty.OPEN:
            return replace(duty, consumer=consumer, acknowledge_by=answer_by or duty.acknowledge_by)
        return replace(duty, consumer=consumer)
    duty = replace(duty, acknowledge_by=answer_by or duty.acknowledge_by)
    if duty.extension is not None and asks == "teams":
        return replace(duty, consumer=consumer, extension=replace(duty.extension, before=Duty.OPEN))
    return replace(
        duty,
        consumer=consumer,
        duty=Duty.OPEN,
        changed_by="",
        changed_for="",
        changed_at=None,
        note=Prose(),
        extension=None,
        objection=None,
        moves_on=None,
        named="",
    )


def without_request(duty: Obligation) -> Obligation:
    """The same duty once its request for time is decided: an answer stays that of whoever gave it."""
    if duty.extension is None:
        return duty
    before = replace(duty, duty=duty.extension.before, extension=None)
    return (
        replace(before, changed_by="", changed_for="", changed_at=None)
        if before.duty is Duty.OPEN
        else before
    )
