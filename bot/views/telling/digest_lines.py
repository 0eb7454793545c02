"""What a retirement gives the weekly digest to say: what is at risk in it, and what is due. Plain text, a line each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.ids import SLASH_COMMAND
from bot.views import limits
from bot.views.blocks import day, weekday
from bot.views.card.proposal import name_of
from bot.views.card.steps import zone_of
from bot.views.graph import impact
from data.records.progress import StepKind
from data.records.retirement import Obligation, Retirement, State
from data.records.rounds import Purpose
from workflows.rules.gating import attesting, by_hand
from workflows.rules.gating.ahead_gates import gates_ahead
from workflows.rules.lifecycle import ENDED, is_coming_back, maybe_dark
from workflows.rules.people.due import is_over, is_overdue, is_waiting, overdue, owes, steps_ahead
from workflows.rules.plans.break_glass import look_back_at
from workflows.rules.voting.quorum import open_round
from workflows.rules.wording import counted

NAMES_AT_MOST = 3
NAMES_MAX, FIRST_MAX = 300, 280
REASON_MAX = 140
REASONS_AT_MOST = 3
SOON = timedelta(days=15)
"""Ours: what nobody has attested is told in two digests before the switch-off, whatever their hours."""
ABOUT = {
    Purpose.RETIRE: "",
    Purpose.CANCEL: " on cancelling",
    Purpose.EXTEND: " on more time",
    Purpose.OVERRULE: " on an objection",
}
ASKED = {"acknowledge": "acknowledge for", "migrate": "migrate"}
NO_DAY = date.max
LOOK_BACK = "its break-glass is to be looked back on"


class Line(NamedTuple):
    """`when` it is, where it has a date; what it is `about`, which stands out; and what it `says` of it."""

    about: str
    says: str
    when: str = ""

    def __str__(self) -> str:
        return f"{f'{self.when}: ' if self.when else ''}{self.about}{self.says}"


class Dated(NamedTuple):
    at: datetime
    line: Line


def called(retirement: Retirement) -> str:
    return f"{retirement.id} {name_of(retirement)}"


def at_risk(retirement: Retirement, now: datetime) -> Line | None:
    """All that is overdue, held, standing still or about to be in it, in one line with how long its service has."""
    reasons = [*_standing(retirement), *_overdue(retirement, now), *_about_to_be_held(retirement, now)]
    if not reasons:
        return None
    last_day, left = _last_day(retirement, now)
    shown = "; ".join(limits.clip(reason, REASON_MAX) for reason in reasons[:REASONS_AT_MOST])
    if len(reasons) > REASONS_AT_MOST:
        shown += f"; {len(reasons) - REASONS_AT_MOST:,} more: {SLASH_COMMAND} show {retirement.id}"
    return Line(called(retirement), f"{f', {left}' if last_day is not NO_DAY else ''}: {shown}")


def urgency(retirement: Retirement, now: datetime) -> tuple[bool, date, int]:
    """What comes first: service that is missing, then what is soonest to go dark."""
    last_day, _ = _last_day(retirement, now)
    number = retirement.id.rpartition("-")[2]
    return not is_coming_back(retirement), last_day, int(number) if number.isdigit() else 0


def due(retirement: Retirement, *, after: datetime, until: datetime) -> Iterator[Dated]:
    """What has its date in the window: steps, the ends of a round, answers.

    Nothing is due while it is paused or being restored: its dates wait, or are void.
    """
    if is_waiting(retirement) or retirement.state in ENDED:
        return
    zone = zone_of(retirement)
    steps = (step for step in steps_ahead(retirement) if not is_overdue(retirement, step, after))
    for at, says in (
        *((at, says) for at, says in _votes(retirement) if after < at <= until),
        *((step.due_at, f"step {step.kind}") for step in steps if step.due_at <= until),
        *_answers(retirement, lambda at: at <= until and not is_over(at, retirement, after), "has"),
        *((at, LOOK_BACK) for at in (look_back_at(retirement),) if at and after < at <= until),
    ):
        yield Dated(at, Line(called(retirement), f": {says}", weekday(at, zone)))


def is_late(owed: Obligation, retirement: Retirement, now: datetime) -> bool:
    return bool(overdue(owed, retirement, now))


def _last_day(retirement: Retirement, now: datetime) -> tuple[date, str]:
    """Its last day of service with how far off that is; none where it is dark, or the date does not count."""
    if (
        retirement.plan is None
        or is_waiting(retirement)
        or retirement.state not in (State.APPROVED, State.MIGRATING, State.BROWNOUT)
    ):
        return NO_DAY, ""
    zone = ZoneInfo(zone_of(retirement))
    last = retirement.plan.step(StepKind.DISABLE).due_at.astimezone(zone).date()
    left = (last - now.astimezone(zone).date()).days
    how_far = (
        "today" if not left else f"in {counted(left, 'day')}" if left > 0 else f"{counted(-left, 'day')} ago"
    )
    return last, f"last day {last.isoformat()}, {how_far}"


def _standing(retirement: Retirement) -> Iterator[str]:
    """What goes on only when somebody does something: paused, or waiting for an endpoint."""
    if retirement.paused_at is not None:
        since = day(retirement.paused_at, zone_of(retirement))
        yield f"paused since {since}, {SLASH_COMMAND} resume {retirement.id} goes on"
    why = {one.endpoint_id: f" ({one.reason})" for one in retirement.delays}
    waiting = [f"{retirement.endpoint_name(one)}{why.get(one, '')}" for one in sorted(maybe_dark(retirement))]
    if is_coming_back(retirement):
        yield f"service is coming back, and waits for {_few(waiting) or 'its endpoints'}"
    elif why:
        late = [f"{retirement.endpoint_name(one)}{said}" for one, said in why.items()]
        yield f"being switched off, and may be off already: {_few(late)}"
    if not is_coming_back(retirement):
        yield from (one.why for one in by_hand.waiting(retirement))


def _overdue(retirement: Retirement, now: datetime) -> Iterator[str]:
    if is_waiting(retirement) or retirement.state in ENDED:
        return
    zone = zone_of(retirement)
    for step in steps_ahead(retirement):
        if is_overdue(retirement, step, now):
            held_by = retirement.progress(step.kind).held_by
            held = f", held: {_few(held_by)}" if held_by else ""
            yield f"step {step.kind} due since {day(step.due_at, zone)}{held}"
    if (back_at := look_back_at(retirement)) is not None and back_at <= now:
        yield f"{LOOK_BACK} by {day(back_at, zone)}"
    for at, says in _answers(retirement, lambda at: is_over(at, retirement, now), "had"):
        yield f"{says} by {day(at, zone)}"


def _about_to_be_held(retirement: Retirement, now: datetime) -> Iterator[str]:
    if retirement.plan is None or is_waiting(retirement):
        return
    is_near = retirement.plan.step(StepKind.DISABLE).due_at <= now + SOON
    for gate in gates_ahead(retirement, now):
        if is_near or not gate.name.startswith(attesting.GATE):
            yield gate.why


def _votes(retirement: Retirement) -> Iterator[tuple[datetime, str]]:
    round_ = open_round(retirement)
    if round_ is not None:
        vote = f"the vote{ABOUT[round_.purpose]}"
        yield round_.review_until, f"{vote} may close"
        yield round_.expires_at, f"{vote} expires"


def _answers(
    retirement: Retirement, is_in: Callable[[datetime], bool], has: str
) -> Iterator[tuple[datetime, str]]:
    """What each team owes, one line per team, kind of answer and day."""
    owing: dict[tuple[str, str, str], list[tuple[datetime, str]]] = defaultdict(list)
    for owed in retirement.obligations:
        for what, by in owes(owed, retirement):
            if is_in(by):
                key = (day(by, zone_of(retirement)), what, impact.team_name(owed.consumer))
                owing[key].append((by, owed.consumer.name))
    for (_, what, team), asked in sorted(owing.items()):
        names = [name for _, name in asked]
        yield (
            min(by for by, _ in asked),
            f"{team} {has} to {ASKED[what]} {counted(len(names), 'consumer')} ({_few(names)})",
        )


def _few(names: list[str] | tuple[str, ...]) -> str:
    """The first of them in any case, cut where it alone is too long."""
    whole = [limits.clip(names[0], FIRST_MAX), *names[1:]] if names else []
    return limits.joined(whole, NAMES_MAX, between=", ", at_most=NAMES_AT_MOST)
