"""What is shown of one obligation, wherever it is shown: its line and its four buttons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from bot.ids import Action
from bot.views.blocks import Payload, actions, button, mention, quoted, safe, said_by, section, weekday
from bot.views.card.proposal import OUTCOMES, name_of
from bot.views.card.steps import zone_of
from data.records.catalog import Impacted
from data.records.retirement import Duty, Obligation, Retirement, State
from workflows.rules.consumers import obligations
from workflows.rules.lifecycle import is_going_dark
from workflows.rules.people.delegating import NOBODY, InForce, answers_as
from workflows.rules.people.due import UNANSWERED, overdue
from workflows.rules.telling.milestones import ACKNOWLEDGE
from workflows.rules.wording import counted

MARKS = {
    Duty.OPEN: ":white_circle:",
    Duty.ACKNOWLEDGED: ":eyes:",
    Duty.MIGRATING: ":truck:",
    Duty.NEEDS_TIME: ":hourglass_flowing_sand:",
    Duty.OBJECTS: ":raised_hand:",
    Duty.NOT_MINE: ":grey_question:",
    Duty.MIGRATED: ":white_check_mark:",
    Duty.WAIVED: ":pencil:",
}
LAPSED = {
    Duty.OBJECTS: "the objection was to the plan before, and people voted on this one: *Object* again if it holds",
    Duty.NEEDS_TIME: "the request for time was about the plan before: *Need more time* asks again",
}
"""What a new plan has ended, for whoever had said it."""
ID_MAX = 150
TO_MOVE = (State.APPROVED, State.MIGRATING, State.BROWNOUT)
"""While it is in one of these, dates lie ahead of a consumer."""


def nearest_first(owed: Iterable[Obligation]) -> list[Obligation]:
    """What is still to do before what is settled, direct consumers before transitive ones."""
    return sorted(owed, key=lambda one: (one.is_settled, one.consumer.distance, one.consumer.name))


def of_person(retirement: Retirement, slack_id: str) -> list[Obligation]:
    """The obligations this person answers for, nearest first."""
    return nearest_first(obligations.of_person(retirement, slack_id))


def of_team(retirement: Retirement, team_id: str) -> list[Obligation]:
    """The obligations of one owning team; an empty id is the consumers nobody owns."""
    return nearest_first(one for one in retirement.obligations if one.consumer.owners.team_id == team_id)


def late_words(milestone: str, total: int, handed_back: int) -> str:
    """What an escalation is about: silence, and what somebody answered, though not with an owner."""
    due = "acknowledged" if milestone.startswith(ACKNOWLEDGE) else "migrated"
    silent = total - handed_back
    found = [f"{counted(silent, 'consumer')} not {due} in time"] if silent or not total else []
    if handed_back:
        found.append(f"{counted(handed_back, 'consumer')} handed back, with no owner found in time")
    return " and ".join(found)


def is_actionable(obligation: Obligation, retirement: Retirement) -> bool:
    return not obligation.is_settled and retirement.is_migrating


def may_be_taken_back(obligation: Obligation, retirement: Retirement) -> bool:
    """Was it said to have moved, while there is time to say that it has not?"""
    has_time = retirement.is_migrating and not is_going_dark(retirement)
    return obligation.duty is Duty.MIGRATED and has_time


def twins(retirement: Retirement) -> frozenset[str]:
    """The names that several of its consumers have, as in two namespaces."""
    names = Counter(one.consumer.name for one in retirement.obligations)
    return frozenset(name for name, count in names.items() if count > 1)


def called(consumer: Impacted, shared: Collection[str]) -> str:
    """Its name, and its id where the name is one of `shared`."""
    also = f" ({safe(consumer.consumer_id, ID_MAX)})" if consumer.name in shared else ""
    return f"*{safe(consumer.name)}*{also}"


def lines(owed: Iterable[Obligation], retirement: Retirement, *, now: datetime | None = None) -> list[str]:
    """Of each: consumer, where it stands, and its dates. `now`: which of them are past, where that is known."""
    shared = twins(retirement)
    return [_line(one, called(one.consumer, shared), retirement, now) for one in owed]


def _line(obligation: Obligation, name: str, retirement: Retirement, now: datetime | None) -> str:
    zone = zone_of(retirement)
    way = "" if obligation.consumer.distance <= 1 else f" ({obligation.consumer.distance} steps away)"
    by = f" ({said_by(obligation.changed_by, obligation.changed_for)})" if obligation.changed_by else ""
    taken = f", taken over by {mention(obligation.taken_by)}" if obligation.taken_by else ""
    stands = ", which no vote overruled" if obligation.objection and obligation.objection.stands else ""
    on = f", to have moved by *{weekday(obligation.moves_on, zone)}*" if obligation.moves_on else ""
    if obligation.duty is Duty.NOT_MINE and obligation.named:
        on = f" → {mention(obligation.named)}"
    over = f"; {LAPSED[obligation.lapsed]}" if obligation.lapsed in LAPSED else ""
    late = ", *overdue*" if now is not None and overdue(obligation, retirement, now) else ""
    shown = f"{MARKS[obligation.duty]} {name}{way}: {obligation.duty}{on}{stands}{by}{taken}{late}{over}"
    if obligation.is_settled or retirement.state not in TO_MOVE:
        return shown + quoted(obligation.note, 150)
    due = f"migrate by *{weekday(obligation.migrate_by, zone)}*"
    if obligations.is_asked_late(obligation):
        due = f"migrate as soon as you can: it came to you after *{weekday(obligation.migrate_by, zone)}*, the day to"
    due += quoted(obligation.note, 150)
    if obligation.duty in UNANSWERED:
        due = f"acknowledge by {weekday(obligation.acknowledge_by, zone)}, {due}"
    return f"{shown} - {due}"


def value(retirement: Retirement, obligation: Obligation) -> str:
    """The announcement stands in it: whoever presses late must not have agreed to dates of a later one."""
    return f"{retirement.id}|{obligation.consumer.consumer_id}|{retirement.announced}"


def buttons(obligation: Obligation, retirement: Retirement) -> list[Payload]:
    """What its owner can still say about it."""
    about = value(retirement, obligation)
    if may_be_taken_back(obligation, retirement):
        return [actions(button("Not yet", Action.DUTY_TAKE_BACK, about))]
    if not is_actionable(obligation, retirement):
        return []
    shown = []
    is_next = "primary"
    if obligation.duty in UNANSWERED:
        shown.append(button("Acknowledge", Action.DUTY_ACKNOWLEDGE, about))
        is_next = ""  # who is still to read it shall not be drawn to the last step
    if obligation.duty is not Duty.OBJECTS:
        shown.append(button("Migrating", Action.DUTY_MIGRATING, about))
    shown.append(button("Migrated", Action.DUTY_MIGRATED, about, style=is_next))
    if obligation.duty is Duty.NEEDS_TIME:
        shown.append(button("Take request back", Action.DUTY_TAKE_BACK, about))
    elif obligation.duty is not Duty.OBJECTS:
        shown.append(button("Need more time", Action.DUTY_MORE_TIME, about))
    if obligation.objection is not None:
        shown.append(button("Take objection back", Action.DUTY_TAKE_BACK, about))
    else:
        shown.append(button("Object", Action.DUTY_OBJECT, about))
    if obligation.duty is not Duty.NOT_MINE:
        shown.append(button("Not mine", Action.DUTY_NOT_MINE, about))
    else:
        shown.append(button("Say whose", Action.DUTY_NAME, about))
    if obligation.taken_by or len(obligation.consumer.owners.slack_ids) > 1:
        shown.append(button("I take this", Action.DUTY_TAKE, about))
    return [actions(*shown)]


def rows(
    owed: Sequence[Obligation],
    retirement: Retirement,
    *,
    reader: str = "",
    delegations: InForce = NOBODY,
    now: datetime | None = None,
) -> list[Payload]:
    """A section with its buttons for each. `reader`: who alone sees it; the answers of others are not theirs.

    delegations   who answers for whom now
    """
    shown = []
    for obligation, line in zip(owed, lines(owed, retirement, now=now), strict=True):
        whose = answers_as(obligation.asked, reader, delegations) if reader else ""
        may_answer = not reader or bool(whose)
        instead = f"\n:handshake: You answer it for {mention(whose)}" if whose not in ("", reader) else ""
        shown += [section(f"{line}{instead}"), *(buttons(obligation, retirement) if may_answer else ())]
    return shown


def called_off(retirement: Retirement) -> str:
    """What those who were to move must know then."""
    outcome = OUTCOMES[retirement.state].split(";")[0]
    return "\n".join(
        [
            f"*What* {safe(name_of(retirement))} does not retire ({retirement.id})",
            f"*Why* {outcome}",
            "*Action* None: nothing is asked of you any more. Whoever has moved already need not go back.",
        ]
    )
