"""The weekly digest: what changed, what is due, what is overdue, by team. One text for Slack and terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.views import blocks, impact, limits
from bot.views.blocks import Payload, day, header, safe, section
from bot.views.proposal import name_of
from bot.views.steps import zone_of
from data.records.retirement import Obligation, Progress, Retirement
from workflows.rules.lifecycle import ENDED
from workflows.rules.wording import counted

CHANGED, DUE, OVERDUE, TEAMS = "Changed", "Due in the next 7 days", "Overdue", "By team"
AHEAD = timedelta(days=7)
LINES_AT_MOST = 30

Sections = Mapping[str, Sequence[str]]
"""Title -> lines of plain text, in the order shown."""


def sections(retirements: Sequence[Retirement], *, since: datetime, now: datetime) -> dict[str, list[str]]:
    """What changed since `since`, and what stands at `now`. All four titles are always there."""
    found: dict[str, list[str]] = {CHANGED: [], DUE: [], OVERDUE: [], TEAMS: []}
    teams: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for retirement in retirements:
        changed = list(_changed(retirement, since))
        if changed:
            found[CHANGED].append(f"{_name(retirement)} is {retirement.state}: {'; '.join(changed)}")
        if retirement.state in ENDED:
            continue
        found[DUE] += _steps(retirement, since=now, until=now + AHEAD)
        found[OVERDUE] += _steps(retirement, since=None, until=now)
        for owed in retirement.obligations:
            counts = teams[impact.team_name(owed.consumer)]
            counts[0] += owed.is_settled
            counts[1] += not owed.is_settled
            counts[2] += _is_late(owed, now)
            if _is_late(owed, now):
                team, by = impact.team_name(owed.consumer), day(owed.migrate_by, zone_of(retirement))
                line = f"{_name(retirement)}: {owed.consumer.name} ({team}) is {owed.duty}, migrate by {by}"
                found[OVERDUE].append(line)
    for team, (settled, left, late) in sorted(
        teams.items(), key=lambda row: (-row[1][2], -row[1][1], row[0])
    ):
        found[TEAMS].append(f"{team}: {counted(left, 'consumer')} to move, {late} overdue, {settled} settled")
    return found


def text(sections: Sections) -> str:
    """For a terminal."""
    shown = []
    for title, lines in sections.items():
        shown += [title, *(f"  {blocks.bare(line)}" for line in lines or ["nothing"]), ""]
    return "\n".join(shown).rstrip()


def message(sections: Sections) -> Payload:
    """For the governance channel. It mentions nobody: whoever must act has a message of their own."""
    counts = ", ".join(f"{title.lower()}: {len(lines)}" for title, lines in sections.items())
    shown = [header("Retirements this week")]
    if not any(sections.values()):
        shown.append(section("A quiet week: nothing changed, nothing is due or overdue."))
        return blocks.message(f"Weekly digest: {counts}", shown)
    for title, lines in sections.items():
        listed = [f"• {safe(line, 300)}" for line in lines] or ["nothing"]
        few = limits.joined(listed, limits.SECTION_MAX - 200, at_most=LINES_AT_MOST)
        shown.append(section(f"*{safe(title)}*\n{few}"))
    return blocks.message(f"Weekly digest: {counts}", shown)


def _name(retirement: Retirement) -> str:
    return f"{retirement.id} {name_of(retirement)}"


def _is_late(owed: Obligation, now: datetime) -> bool:
    return not owed.is_settled and owed.migrate_by <= now


def _changed(retirement: Retirement, since: datetime) -> Iterator[str]:
    if retirement.proposed_at and retirement.proposed_at >= since:
        yield "proposed"
    if retirement.round:
        votes = sum(ballot.cast_at >= since for ballot in retirement.round.ballots)
        if votes:
            yield counted(votes, "vote")
    for step in retirement.steps:
        if step.at and step.at >= since and step.progress is not Progress.PENDING:
            yield f"{step.kind} {step.progress}"
    answers = sum(owed.changed_at is not None and owed.changed_at >= since for owed in retirement.obligations)
    if answers:
        yield counted(answers, "answer")
    if retirement.paused_at and retirement.paused_at >= since:
        yield "paused"


def _steps(retirement: Retirement, *, since: datetime | None, until: datetime) -> Iterator[str]:
    """Steps not done whose date lies in the window; a missing `since` is the beginning of time."""
    for step in retirement.plan.steps if retirement.plan else ():
        come = retirement.progress(step.kind)
        in_window = step.due_at <= until and (since is None or step.due_at > since)
        if in_window and come.progress is not Progress.DONE:
            held = f", held: {'; '.join(come.held_by)}" if come.held_by else ""
            yield f"{_name(retirement)}: {step.kind} on {day(step.due_at, zone_of(retirement))}{held}"
