"""The card of a retirement: one message, drawn from the state, rewritten whenever the state moves."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from bot.views import limits
from bot.views.blocks import (
    Payload,
    context,
    day,
    header,
    mention,
    message,
    quoted,
    safe,
    section,
)
from bot.views.card import steps
from bot.views.card.steps import short, zone_of
from bot.views.graph import impact, parts, successor
from bot.views.keeping import holds
from bot.views.voting import break_glass, later_dates, objecting, votes
from data.records.checks import CheckEnd
from data.records.retirement import Duty, Retirement, State
from workflows.rules.consumers import checking
from workflows.rules.people.due import overdue
from workflows.rules.voting.quorum import open_round
from workflows.rules.wording import counted

STATE_MARKS = {
    State.ACTIVE: ":white_circle:",
    State.PROPOSED: ":ballot_box_with_ballot:",
    State.APPROVED: ":white_check_mark:",
    State.MIGRATING: ":truck:",
    State.BROWNOUT: ":high_brightness:",
    State.DISABLED: ":new_moon:",
    State.ARCHIVED: ":classical_building:",
    State.PRUNED: ":headstone:",
    State.WITHDRAWN: ":leftwards_arrow_with_hook:",
    State.REJECTED: ":x:",
    State.EXPIRED: ":hourglass:",
    State.CANCELLED: ":no_entry_sign:",
    State.ROLLED_BACK: ":rewind:",
}
OUTCOMES = {
    State.APPROVED: "Approved: the vote is closed and the plan is binding",
    State.MIGRATING: "Announced: consumers are moving",
    State.BROWNOUT: "Brownouts: calls are refused for a while, to find who has not moved",
    State.DISABLED: "Dark: nothing serves it; `/retire restore` brings it back until close",
    State.ARCHIVED: "Archived: the retirement is complete, the archive stays readable",
    State.PRUNED: "Pruned: nothing is left of its archive but what it was and why it went",
    State.WITHDRAWN: "Withdrawn before the vote closed",
    State.REJECTED: "Rejected by a veto",
    State.EXPIRED: "Expired: the round closed without enough approvals",
    State.CANCELLED: "Cancelled by a vote; the model stays in service",
    State.ROLLED_BACK: "Rolled back: service was restored",
}


def name_of(retirement: Retirement) -> str:
    return retirement.plan.subject.model_name if retirement.plan else retirement.id


def headline(retirement: Retirement) -> str:
    """The retirement in one line of mrkdwn: mark, id, model, state."""
    paused = " :double_vertical_bar: *paused*" if retirement.paused_at else ""
    coming = " :rewind: *service is coming back*" if retirement.restoring else ""
    return (
        f"{STATE_MARKS[retirement.state]} *{retirement.id}* {safe(name_of(retirement))} - "
        f"*{retirement.state}*{paused}{coming}"
    )


def _people(retirement: Retirement) -> str:
    on = f" on {day(retirement.proposed_at, zone_of(retirement))}" if retirement.proposed_at else ""
    shown = f"Proposed by {mention(retirement.proposer_id)}{on}"
    if retirement.coordinator_id != retirement.proposer_id:
        shown += f"; coordinator {mention(retirement.coordinator_id)}"
    return shown


def _subject(retirement: Retirement) -> str:
    plan = retirement.plan
    if plan is None:
        return "No plan yet"
    endpoints = limits.joined(
        [safe(one.name) for one in plan.subject.endpoints], 800, between=", ", at_most=10
    )
    tier = str(plan.subject.tier) if plan.subject.tier else "unknown, treated as the strictest"
    if plan.subject.regulated:
        tier += f", regulated: {safe(plan.subject.regulated, 150)}"
    return "\n".join(
        [
            f"*What* {safe(plan.subject.model_name)} (tier {tier}), endpoints: {endpoints or 'none'}",
            *successor.lines(retirement, plan),
            f"*Why* {plan.reason}{quoted(retirement.why)}",
        ]
    )


def _votes(retirement: Retirement) -> list[Payload]:
    lines = votes.tally_lines(retirement)
    round_ = open_round(retirement)
    if not lines or retirement.round is None:
        return votes.buttons(retirement)
    about = "\n".join(
        [f"*{votes.about(retirement)}*", *later_dates.asked(retirement), *objecting.before(retirement)]
    )
    shown = section(f"{about}\n{limits.joined(lines, limits.SECTION_MAX - len(about) - 1)}")
    said = votes.round_words(round_, retirement) if round_ else votes.standing_words(retirement)
    words = [context(said)] if said else []
    return [shown, *votes.buttons(retirement), *words]


def obligation_counts(retirement: Retirement, now: datetime | None = None) -> str:
    """How many consumers stand where, in the order of `Duty`; and of how many a day is past."""
    counts = {duty: sum(one.duty is duty for one in retirement.obligations) for duty in Duty}
    shown = ", ".join(f"{number:,} {duty}" for duty, number in counts.items() if number)
    late = sum(bool(overdue(one, retirement, now)) for one in retirement.obligations) if now else 0
    past = f"; *{late:,} overdue*" if late else ""
    return f"{counted(len(retirement.obligations), 'obligation')}: {shown}{past}"


def _check_counts(retirement: Retirement) -> str:
    """How many checks of consumers ended how, of those that ran and are waited for."""
    ends = Counter(one.end for one in checking.current(retirement))
    return ", ".join(f"{ends[end]:,} {end}" for end in CheckEnd if ends[end])


def _footnote(retirement: Retirement) -> str:
    plan, policy = retirement.plan, retirement.policy
    parts = [retirement.id]
    if plan:
        amended = f", amends {short(plan.amends)}" if plan.amends else ""
        parts.append(f"plan {short(plan.digest)}{amended}")
    if policy:
        parts.append(f"policy {safe(policy.name)} {short(policy.digest)}")
    if retirement.archived:
        parts.append(f"archive {safe(retirement.archived.preservation_id)}")
    if retirement.like_name:
        parts.append(f"after playbook {safe(retirement.like_name)} ({retirement.like})")
    if retirement.playbook:
        parts.append(f"playbook {safe(retirement.playbook)}")
    return " · ".join(parts)


def card(retirement: Retirement, now: datetime | None = None) -> Payload:
    """Who, what, why, when, who is hit, how the vote stands. Buttons as long as it can be voted on or changed."""
    paused = [section(f":double_vertical_bar: *Paused* by {mention(retirement.paused_by)}: no step runs")]
    delayed = steps.delayed(retirement)
    outcome = OUTCOMES.get(retirement.state, "")
    teams = limits.joined(impact.team_lines(retirement.impact), 2_400, at_most=8)
    blocks = [
        header(f"Retire {name_of(retirement)} · {retirement.id} · {retirement.state}"),
        section(f"{_people(retirement)}\n{_subject(retirement)}"),
        *([section(f"{STATE_MARKS[retirement.state]} *{outcome}*")] if outcome else []),
        *(paused if retirement.paused_at else []),
        *map(section, (*break_glass.words(retirement), *holds.in_one_section(retirement))),
        *([section(limits.joined(delayed, limits.SECTION_MAX))] if delayed else []),
        section(f"*Plan*\n{limits.joined(steps.lines(retirement), limits.SECTION_MAX - 100)}"),
        section(f"*Impact* {impact.summary(retirement.impact)}\n{teams}".strip()),
        *map(section, (*impact.asked_about(retirement), *parts.beside(retirement))),
        *([section(f"*Consumers* {obligation_counts(retirement, now)}")] if retirement.obligations else []),
        *([section(f"*Checks* {counts}")] if (counts := _check_counts(retirement)) else []),
        *_votes(retirement),
        context(_footnote(retirement)),
    ]
    text = f"{headline(retirement)}: {_people(retirement)}, {impact.summary(retirement.impact)}"
    return message(text, blocks)
