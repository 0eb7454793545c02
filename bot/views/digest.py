"""The weekly digest: what changed, is due, is overdue, stands still, and by team. One text for Slack and terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from bot.ids import SLASH_COMMAND
from bot.views import blocks, impact, limits, news
from bot.views.blocks import Payload, day, header, safe, section
from bot.views.proposal import name_of
from bot.views.steps import zone_of
from data.records.retirement import Purpose, Retirement, State
from workflows.histories import History
from workflows.rules.due import is_waiting, owes, steps_ahead
from workflows.rules.lifecycle import ENDED, is_coming_back, maybe_dark
from workflows.rules.quorum import open_round
from workflows.rules.wording import counted

CHANGED, DUE, OVERDUE, TEAMS = "Changed", "Due in the next 7 days", "Overdue", "By team"
STANDING = "Standing still"
AHEAD = timedelta(days=7)
LINES_AT_MOST = 30
NAMES_AT_MOST = 3
LINE_MAX = 500

Sections = Mapping[str, Sequence[str]]
"""Title -> lines of plain text, in the order shown."""


def sections(histories: Sequence[History], *, now: datetime) -> dict[str, list[str]]:
    """What the histories tell up to `now`, and what stands then. All five titles are always there."""
    found: dict[str, list[str]] = {CHANGED: [], DUE: [], OVERDUE: [], STANDING: [], TEAMS: []}
    teams: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for history in histories:
        retirement = history.retirement
        changed = news.of(replace(history, events=tuple(one for one in history.events if one.at <= now)))
        if changed:
            found[CHANGED].append(f"{_name(retirement)} is {retirement.state}: {'; '.join(changed)}")
        found[STANDING] += [*_standing(retirement)]
        if retirement.state in ENDED:
            continue
        found[DUE] += [*_dated(retirement, after=now, until=now + AHEAD)]
        found[OVERDUE] += [*_dated(retirement, after=None, until=now)]
        # Once all is dark there is nothing to move any more.
        for owed in retirement.obligations if retirement.state is not State.DISABLED else ():
            counts = teams[impact.team_name(owed.consumer)]
            counts[0] += owed.is_settled
            counts[1] += not owed.is_settled
            counts[2] += any(by <= now for _, by in owes(owed, retirement))
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
        listed = [f"• {safe(line, LINE_MAX)}" for line in lines] or ["nothing"]
        few = limits.joined(listed, limits.SECTION_MAX - 200, at_most=LINES_AT_MOST)
        shown.append(section(f"*{safe(title)}*\n{few}"))
    return blocks.message(f"Weekly digest: {counts}", shown)


def _name(retirement: Retirement) -> str:
    return f"{retirement.id} {name_of(retirement)}"


def _standing(retirement: Retirement) -> Iterator[str]:
    """What goes on only when somebody does something: paused, or waiting for an endpoint."""
    name = _name(retirement)
    if retirement.paused_at is not None:
        since = day(retirement.paused_at, zone_of(retirement))
        yield f"{name}: paused since {since}; {SLASH_COMMAND} resume {retirement.id} goes on"
    why = {one.endpoint_id: f" ({one.reason})" for one in retirement.delays}
    waiting = [f"{retirement.endpoint_name(one)}{why.get(one, '')}" for one in sorted(maybe_dark(retirement))]
    if is_coming_back(retirement):
        yield f"{name}: service is coming back, and waits for {', '.join(waiting) or 'its endpoints'}"
    elif why:
        late = [f"{retirement.endpoint_name(one)}{said}" for one, said in why.items()]
        yield f"{name}: being switched off, and may be off already: {', '.join(late)}"


def _dated(retirement: Retirement, *, after: datetime | None, until: datetime) -> Iterator[str]:
    """What has its date in the window: steps, the end of a round, answers. No `after` is the beginning of time.

    Nothing is due while it is paused or being restored: its dates wait, or are void.
    """
    if is_waiting(retirement):
        return

    def is_in(at: datetime) -> bool:
        return at <= until and (after is None or at > after)

    round_ = open_round(retirement)
    if round_ is not None and after is not None:
        vote = "the vote" if round_.purpose is Purpose.RETIRE else "the vote on cancelling"
        for what, at in (("may close", round_.review_until), ("expires", round_.expires_at)):
            if is_in(at):
                yield f"{_name(retirement)}: {vote} {what} on {day(at, zone_of(retirement))}"
    yield from _steps(retirement, is_in)
    yield from _answers(retirement, is_in, "has" if after is not None else "had")


def _steps(retirement: Retirement, is_in: Callable[[datetime], bool]) -> Iterator[str]:
    for step in steps_ahead(retirement):
        if is_in(step.due_at):
            come = retirement.progress(step.kind)
            held = f", held: {'; '.join(come.held_by)}" if come.held_by else ""
            yield f"{_name(retirement)}: {step.kind} on {day(step.due_at, zone_of(retirement))}{held}"


def _answers(retirement: Retirement, is_in: Callable[[datetime], bool], has: str) -> Iterator[str]:
    """What each team owes, one line per team, kind of answer and date."""
    owing: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for owed in retirement.obligations:
        for what, by in owes(owed, retirement):
            if is_in(by):
                key = (day(by, zone_of(retirement)), what, impact.team_name(owed.consumer))
                owing[key].append(owed.consumer.name)
    for (by_day, what, team), names in sorted(owing.items()):
        few = limits.joined(names, LINE_MAX, between=", ", at_most=NAMES_AT_MOST)
        number = counted(len(names), "consumer")
        yield f"{_name(retirement)}: {team} {has} to {what} by {by_day}: {number} ({few})"
