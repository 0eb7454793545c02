"""What owners of consumers have before them: one message per team, one per person, and what becomes of both."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from data import events
from data.records.catalog import Owners
from data.records.decision import Effect
from data.records.retirement import Obligation, Retirement
from workflows.rules.consumers.obligations import people_of
from workflows.rules.restriction import is_restricted
from workflows.rules.telling import informing, messages, milestones


def posted(state: Retirement) -> Iterable[Effect]:
    """Everybody is told, in the thread and directly."""
    for team_id, people in teams(state).items():
        yield messages.in_thread(state, messages.team_key(state, team_id), "team", team_id=team_id)
        for slack_id in people:
            yield messages.direct(messages.dm_key(state, slack_id), "dm", slack_id)


def teams(state: Retirement) -> dict[str, tuple[str, ...]]:
    """team -> everyone to tell, in the order of the obligations."""
    found: dict[str, dict[str, None]] = {}
    for duty in state.obligations:
        found.setdefault(duty.consumer.owners.team_id, {}).update(dict.fromkeys(_told(duty)))
    return {team: tuple(people) for team, people in found.items()}


def _told(duty: Obligation) -> tuple[str, ...]:
    """Who has a message about it: its owners, and who took it over."""
    return tuple(dict.fromkeys((*duty.consumer.owners.slack_ids, *duty.asked)))


def taken_over(before: Retirement, state: Retirement, event: events.TakenOver) -> Iterable[Effect]:
    """Whoever has it now has a message to answer in, and who was asked until then is told that they are not."""
    if event.by not in {person for people in teams(before).values() for person in people}:
        yield messages.direct(messages.dm_key(state, event.by), "dm", event.by)
    for person in event.before:
        key = f"{state.id}/taken-{state.version}/{person}"
        yield messages.direct(key, "taken over", person, consumer_id=event.consumer_id, by=event.by)
    yield from redrawn(before, (event.consumer_id,))  # who took it before may own nothing of it
    yield from redrawn(state, (event.consumer_id,))


def waived(before: Retirement, state: Retirement, event: events.Waived, version: int) -> Iterable[Effect]:
    """Whose duty it was hears that it was waived over their heads, and may contest it, whoever took it over since."""
    duty = before.obligation(event.what)
    for person in _told(duty) if duty is not None and before.is_migrating else ():
        if person != event.by:
            key = f"{state.id}/waived-{version}/{person}"
            yield messages.direct(key, "waived", person, consumer_id=event.what, by=event.by)


def named(state: Retirement, event: events.DutyChanged, version: int) -> Iterable[Effect]:
    """Whoever it is said to belong to is asked; of a restricted model only those hear who may know of it."""
    if event.named and not is_restricted(state):
        key = f"{state.id}/named-{version}/{event.named}"
        yield messages.direct(key, "named", event.named, consumer_id=event.consumer_id, by=event.by)


def taken_back(before: Retirement, event: events.DutyChanged, version: int) -> Iterable[Effect]:
    """Whoever objected, or asked for time, hears that another one has ended that."""
    duty = before.obligation(event.consumer_id)
    is_ended = duty is not None and duty.wish and not (event.objection or event.extension)
    if duty is not None and is_ended and duty.changed_by not in ("", event.by):
        key = f"{before.id}/ended-{version}/{duty.changed_by}"
        body = {"consumer_id": event.consumer_id, "by": event.by, "said": str(duty.duty)}
        yield messages.direct(key, "taken back", duty.changed_by, **body)


def heard(state: Retirement, event: events.ObjectionEnded) -> Iterable[Effect]:
    """Whoever objected hears what people voted."""
    duty = state.obligation(event.consumer_id)
    for person in duty.asked if duty is not None and event.outcome != "dropped" else ():
        key = f"{state.id}/objection-{event.number}/{person}"
        body = {"consumer_id": event.consumer_id, "outcome": event.outcome}
        yield messages.direct(key, "objection", person, **body)


def joined(
    before: Retirement, state: Retirement, consumer_ids: Collection[str], version: int
) -> Iterable[Effect]:
    """Whoever answers for something more is told, once. `version` of the event that says so.

    Who had no part in it yet is told as all were at the announcement. All others have that message already, and
    its edit notifies nobody: they are told what is new.
    """
    known = teams(before)
    told = {*before.left, *(slack_id for people in known.values() for slack_id in people)}
    for team_id, people in teams(state).items():
        if team_id not in known:
            yield messages.in_thread(state, messages.team_key(state, team_id), "team", team_id=team_id)
        for slack_id in people:
            if slack_id not in told:
                yield messages.direct(messages.dm_key(state, slack_id), "dm", slack_id)
    for slack_id, new in _handed(before, state, consumer_ids).items():
        if slack_id in told:
            key = messages.handed_key(state, version, slack_id)
            yield messages.direct(key, "handed", slack_id, consumer_ids="\n".join(new))


def _handed(before: Retirement, state: Retirement, consumer_ids: Collection[str]) -> dict[str, list[str]]:
    """Person -> what they are asked for the first time, or anew."""
    found: dict[str, list[str]] = {}
    for consumer_id in consumer_ids:
        old, new = before.obligation(consumer_id), state.obligation(consumer_id)
        assert new is not None
        was, now = old.consumer.owners if old else Owners(), new.consumer.owners
        for slack_id in now.slack_ids:
            if was.team_id != now.team_id or slack_id not in was.slack_ids:
                found.setdefault(slack_id, []).append(consumer_id)
    return found


def redrawn(state: Retirement, consumer_ids: Iterable[str], *, patience_seconds: int = 0) -> Iterable[Effect]:
    """A press in either place updates both: the team's message and every owner's DM."""
    for consumer_id in consumer_ids:
        duty = state.obligation(consumer_id)
        if duty is None:
            continue
        team_id = duty.consumer.owners.team_id
        key = messages.team_key(state, team_id)
        yield messages.edit(key, "team", patience_seconds=patience_seconds, team_id=team_id)
        for slack_id in _told(duty):
            yield messages.edit(
                messages.dm_key(state, slack_id),
                "dm",
                patience_seconds=patience_seconds,
                slack_id=slack_id,
                channel=slack_id,
            )


def replaced(before: Retirement) -> Iterable[Effect]:
    """What an earlier announcement asked loses its buttons, and says where to answer."""
    if before.announced:
        for team_id, people in teams(before).items():
            key = messages.team_key(before, team_id)
            yield messages.edit(key, "replaced", patience_seconds=messages.HOUR, team_id=team_id)
            for slack_id in people:
                yield messages.edit(
                    messages.dm_key(before, slack_id),
                    "replaced",
                    patience_seconds=messages.HOUR,
                    slack_id=slack_id,
                    channel=slack_id,
                )


def moved(before: Retirement, state: Retirement, version: int) -> Iterable[Effect]:
    """A moved date is always told again, to everyone who was told of one: who still has to move by it is reminded.

    `version` of the event that moved it: under another plan the same day may have been told before.
    """
    assert before.plan is not None
    assert state.plan is not None
    if not state.is_migrating or state.plan.steps == before.plan.steps:
        return
    milestone, was = milestones.moved(state), informing.was(before, state)
    for slack_id in people_of(milestones.concerned(state, milestone)):
        key = f"{state.id}/moved-{version}/{slack_id}"
        yield messages.direct(key, "reminder", slack_id, milestone=milestone, **was)
    owing = people_of(milestones.concerned(state, milestone))
    yield from informing.moved(
        before, state, version, (*people_of(state.obligations), *state.told_late), owing
    )
