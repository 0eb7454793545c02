"""What is shown of one thing on somebody's Home: a vote, an obligation, a proposal, a step that is late, a switch-off.

Buttons are those of the cards and messages, and are heard by the same listeners.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, assert_never

from bot.ids import SLASH_COMMAND
from bot.views import limits
from bot.views.asked import answers
from bot.views.blocks import (
    Payload,
    actions,
    context,
    day,
    header,
    mention,
    mentions,
    quoted,
    safe,
    section,
    weekday,
)
from bot.views.card import closing, manual
from bot.views.card.proposal import headline, name_of, obligation_counts
from bot.views.card.steps import short, zone_of
from bot.views.consumers import duties, obligations
from bot.views.keeping import pruning
from bot.views.voting import attestations, break_glass, later_dates, votes
from data.records.progress import StepKind
from data.records.retirement import Duty, Obligation, Retirement, State
from data.records.rounds import Purpose
from workflows.by_name import ToAttest
from workflows.home import GoesDark, Home, LateStep, Owed, Part
from workflows.rules.gating import by_hand
from workflows.rules.people.due import overdue
from workflows.rules.plans.break_glass import request as glass_of
from workflows.rules.voting.quorum import digest_on_ballot, open_round, seats

REASONS_MAX = 600
BELOW_MAX = 15
"""Ours: whoever has more below them looks at each retirement."""
ENDPOINTS_MAX = 400


class Row(NamedTuple):
    """`head` is shown once above all rows in a row that have the same."""

    blocks: Sequence[Payload]
    head: Sequence[Payload] = ()


def rows(home: Home, part: Part, first: int, last: int) -> Iterator[Row]:
    """Those of one list from `first` up to before `last`: of very many only what is shown is drawn."""
    match part:
        case Part.OVERDUE:
            late: tuple[LateStep | Owed, ...] = (*home.late_steps, *home.overdue)
            for one in late[first:last]:
                yield _late_step(one) if isinstance(one, LateStep) else _overdue(one, home.now)
        case Part.HANDS:
            yield from (Row(manual.to_switch(one.state, one.hand)) for one in home.hands[first:last])
        case Part.VOTES:
            yield from (_vote(one, home.person_id) for one in home.votes[first:last])
        case Part.ANSWERS:
            yield from (_answer(one, home) for one in home.answers[first:last])
        case Part.ATTESTATIONS:
            yield from map(_to_attest, home.attestations[first:last])
        case Part.CONFIRMATIONS:
            asked = [*map(to_second, home.seconds), *map(closing.to_confirm, home.confirmations)]
            yield from map(Row, asked[first:last])
        case Part.PROPOSALS:
            yield from (_proposal(one, home.now) for one in home.proposals[first:last])
        case Part.AHEAD:
            yield from map(_goes_dark, home.ahead[first:last])
        case _:
            assert_never(part)


def to_second(state: Retirement) -> list[Payload]:
    """What takes two people, for whoever may be the second: the request that is in the thread."""
    if (glass := glass_of(state)) is not None:
        return break_glass.to_confirm(state, glass)
    assert state.prune is not None
    return pruning.to_confirm(state, state.prune)


def below(home: Home) -> list[Payload]:
    """What their people are late with: nothing here is theirs to press, and they can talk to them."""
    lines = [
        f"*{state.id}* {safe(name_of(state), limits.NAME_MAX)}: {mentions(duty.asked, at_most=3) or 'nobody'} had to "
        f"{_late(duty, state, home.now)} for *{safe(duty.consumer.name, limits.NAME_MAX)}*, which is {duty.duty}"
        for state, late in home.below
        for duty in late
    ]
    few = limits.joined(lines[:BELOW_MAX], limits.SECTION_MAX, beyond=len(lines) - BELOW_MAX)
    asks = f"You were told, as they did not answer. `{SLASH_COMMAND} show RET-n` has how each stands."
    return [header(f"Late below you ({len(lines):,})"), section(few), context(asks)]


def _late(duty: Obligation, state: Retirement, now: datetime) -> str:
    late = (f"{what} by *{day(by, zone_of(state))}*" for what, by in overdue(duty, state, now))
    return " and to ".join(late)


def _late_step(late: LateStep) -> Row:
    state, step = late.state, late.step
    held = state.progress(step.kind).held_by
    if not held and step.kind is StepKind.DISABLE:
        held = tuple(one.why for one in by_hand.waiting(state))
    why = limits.joined([safe(one, 300) for one in held], REASONS_MAX, between="; ") if held else "it goes on"
    return Row(
        [
            section(
                f":warning: *{state.id}* {safe(name_of(state))}: *{step.kind}* was due on "
                f"*{weekday(step.due_at, zone_of(state))}*: {why}. `{SLASH_COMMAND} show {state.id}`"
            )
        ]
    )


def _overdue(owed: Owed, now: datetime) -> Row:
    state = owed.state
    late = " and to ".join(f"{what} by *{weekday(by, zone_of(state))}*" for what, by in owed.late)
    (line,) = duties.lines([owed.duty], state, now=now)
    who = f"{mention(owed.whose)}, for whom you answer," if owed.whose else "you"
    said = f":alarm_clock: *{state.id}* {safe(name_of(state))}: {who} had to {late}\n{line}"
    return Row([section(said), *duties.buttons(owed.duty, state)])


def _vote(state: Retirement, person_id: str) -> Row:
    round_ = open_round(state)
    assert round_ is not None
    assert state.plan is not None
    plan, zone = state.plan, zone_of(state)
    later = "\n".join(later_dates.asked(state))
    about = {
        Purpose.RETIRE: "",
        Purpose.CANCEL: ":warning: The vote is on *cancelling* this retirement\n",
        Purpose.EXTEND: f":hourglass_flowing_sand: The vote is on *more time*: {later}\n",
        Purpose.OVERRULE: f":raised_hand: The vote is on *going on in spite of an objection*: {later}\n",
    }[round_.purpose]
    successor = safe(plan.successor_name or plan.successor_id) or "none"
    roles = " or ".join(safe(role) for role in seats(person_id, round_.members)[:4])
    words = (
        f"{headline(state)}\n{about}"
        f"*Service ends* {weekday(plan.step(StepKind.DISABLE).due_at, zone)} · *Successor* {successor} · "
        f"*Why* {plan.reason}{quoted(state.why, 200)}\n"
        f"You vote as {roles}, until *{weekday(round_.expires_at, zone)}*, on plan "
        f"`{short(digest_on_ballot(state))}`: `{SLASH_COMMAND} plan {state.id}` shows it"
    )
    return Row([section(words), actions(*votes.choices(state))])


def _answer(owed: Owed, home: Home) -> Row:
    (line,) = duties.lines([owed.duty], owed.state)
    return Row([section(line), *duties.buttons(owed.duty, owed.state)], _head(home, owed.state, owed.whose))


def _head(home: Home, state: Retirement, whose: str) -> list[Payload]:
    """The retirement that the consumers below it are asked about, and of whom, where it is somebody else."""
    assert state.plan is not None
    successor = safe(state.plan.successor_name or state.plan.successor_id)
    dark_on = weekday(state.plan.step(StepKind.DISABLE).due_at, zone_of(state))
    when = f"service ends on *{dark_on}*"
    if state.state is State.PROPOSED:
        when = "another plan is being voted on, and nothing is asked of you until then"
    paused = " :double_vertical_bar: *paused*" if state.paused_at else ""
    to = f"move to {successor}" if successor else "no successor"
    instead = f"\n:handshake: You answer these for {mention(whose)}" if whose else ""
    asleep_until = state.snoozed.get(whose or home.person_id, home.now)
    asleep = ""
    if asleep_until > home.now:
        who = f"{mention(whose)} is" if whose else "You are"
        asleep = f"\n:zzz: {who} reminded again on *{weekday(asleep_until, zone_of(state))}*"
    said = f"*{state.id}* {safe(name_of(state))}{paused}: {when}; {to}{instead}{asleep}"
    ahead, late = (
        [one.duty for one in listed if one.state.id == state.id and one.whose == whose]
        for listed in (home.answers, home.overdue)
    )
    can_wait = obligations.may_wait((*ahead, *late), state, home.now)
    if len(ahead) + len(late) == 1:
        return [section(said), *([actions(obligations.snooze(state, whose))] if can_wait else ())]
    has_open = any(one.duty is Duty.OPEN and duties.is_actionable(one, state) for one in (*ahead, *late))
    return [
        section(said),
        obligations.about_all(state, has_open=has_open, can_wait=can_wait, whose=whose),
    ]


def _to_attest(one: ToAttest) -> Row:
    return Row(attestations.to_attest(one.state, one.wanted))


def _proposal(state: Retirement, now: datetime) -> Row:
    follows = answers.next_step(state)
    missing = votes.missing(state)
    counts = obligation_counts(state, now) if state.obligations else ""
    head = f"{headline(state)}{f'; {follows}' if follows else ''}"
    said = "\n".join(filter(None, [head, *break_glass.words(state), missing, counts]))
    edit = votes.edit(state)
    return Row([section(said), *([actions(*edit)] if edit else ())])


def _goes_dark(one: GoesDark) -> Row:
    state = one.state
    assert state.plan is not None
    plan = state.plan
    endpoints = limits.joined(
        [safe(found.name) for found in plan.subject.endpoints], ENDPOINTS_MAX, between=", ", at_most=5
    )
    successor = safe(plan.successor_name or plan.successor_id) or "none"
    theirs = ":eyes: " if one.is_theirs else ""
    if_approved = " if it is approved" if state.state is State.PROPOSED else ""
    return Row(
        [
            section(
                f"{theirs}*{weekday(plan.step(StepKind.DISABLE).due_at, zone_of(state))}*{if_approved} "
                f"{headline(state)}: {endpoints or 'no endpoint'}; successor {successor}"
            )
        ]
    )
