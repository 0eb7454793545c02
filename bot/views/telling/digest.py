"""The weekly digest: what is at risk, what is due, what changed since the last one, and how it goes in five numbers.

One text for Slack and for a terminal. It mentions nobody: whoever must act has a message of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from msgspec.structs import replace

from bot.ids import SLASH_COMMAND
from bot.views import blocks, limits
from bot.views.blocks import Payload, context, header, safe, section, weekday
from bot.views.graph import impact
from bot.views.hindsight.policy_review import NEXT, suggestions
from bot.views.telling import news
from bot.views.telling.digest_lines import Line, at_risk, called, due, is_late, urgency
from data.records.retirement import Retirement, State
from workflows.histories import History
from workflows.rules.hindsight.lessons import Lesson
from workflows.rules.hindsight.measures import DEFINITIONS, Measure, measures
from workflows.rules.hindsight.outcomes import Outcome
from workflows.rules.lifecycle import ENDED
from workflows.rules.wording import counted

RISK, DUE, CHANGED, TEAMS = "At risk", "Due in the next 7 days", "Changed", "Whom they wait for"
GOES = "How retirements go"
AHEAD = timedelta(days=7)
LINE_MAX = 500
ROOM = {RISK: 2_800, DUE: 2_200, CHANGED: 2_200, TEAMS: 900}
"""Characters of each: together with all else they stay below what a message holds (limits.BLOCK_TEXT_MAX)."""
LINES_AT_MOST = 15
"""Nobody reads more of a kind; the list has all of them."""

SAYS: Mapping[str, str] = {
    RISK: "what is overdue, held or standing still, checks that failed, ends that two people have to confirm, and what "
    "nobody has attested two weeks before the switch-off, each retirement in a line: missing service first, then what "
    "goes dark soonest",
    DUE: "steps, the ends of votes, and what each team owes, by day",
    CHANGED: "what happened since the digest before, and nothing that it told; classes of archives whose days are over "
    "since, to whom may ask that they go",
    TEAMS: "teams with consumers left to move, those who are late first",
}
"""What it tells, title by title; README prints it."""

Sections = Mapping[str, Sequence[Line]]
"""Title -> lines, in the order shown. All four titles are always there."""


class Digest(NamedTuple):
    """What one reader is told. `zone`: whose days it names. `is_own`: of what concerns one person, and no more.

    is_asked   somebody wishes to see it now; it is not the weekly one
    review     that nobody has looked through the policy in its time; empty where somebody has
    checkpoint of the log, for who wants to hold the record to it later; empty where none is signed
    suggested  what people suggested for it, the newest first
    """

    sections: Sections
    measures: tuple[Measure, ...]
    since: datetime
    until: datetime
    zone: str = "UTC"
    is_own: bool = False
    is_asked: bool = False
    review: str = ""
    checkpoint: str = ""
    suggested: Sequence[Lesson] = ()


def of(
    histories: Sequence[History],
    outcomes: Iterable[Outcome],
    *,
    since: datetime,
    until: datetime,
    zone: str,
    is_own: bool = False,
    is_asked: bool = False,
    review: str = "",
    checkpoint: str = "",
    suggested: Sequence[Lesson] = (),
) -> Digest:
    """The digest of what these histories tell, with how all retirements there ever were went."""
    return Digest(
        sections(histories, now=until),
        measures(outcomes, until),
        since,
        until,
        zone,
        is_own,
        is_asked,
        review,
        checkpoint,
        suggested,
    )


def sections(histories: Sequence[History], *, now: datetime) -> dict[str, list[Line]]:
    """What the histories tell up to `now`, and what stands then; what is most at risk comes first."""
    every = [history.retirement for history in histories]
    risky = sorted(every, key=lambda one: urgency(one, now))
    dated = sorted(
        (found for one in every for found in due(one, after=now, until=now + AHEAD)),
        key=lambda found: found.at,
    )
    return {
        RISK: [line for one in risky if (line := at_risk(one, now)) is not None],
        DUE: [found.line for found in dated],
        CHANGED: [line for history in histories if (line := _changed(history, now)) is not None],
        TEAMS: [*_teams(every, now)],
    }


def is_news(sections: Sections) -> bool:
    """Is there anything to tell? Whom retirements wait for is only told beside what is."""
    return any(sections[title] for title in (RISK, DUE, CHANGED))


def tells(histories: Sequence[History], now: datetime) -> bool:
    """Whether a digest of these would say anything."""
    return is_news(sections(histories, now=now))


def text(digest: Digest) -> str:
    """For a terminal."""
    shown: list[str] = [f"The policy {blocks.bare(digest.review)}", ""] if digest.review else []
    for title, lines in digest.sections.items():
        told = [f"  {blocks.bare(str(line))}" for line in lines] or ["  nothing"]
        shown += [title, *told, ""]
    shown += [GOES]
    for one in digest.measures:
        shown += [f"  {one.metric}: {one.said}", f"    {DEFINITIONS[one.metric]}"]
    return "\n".join(shown).rstrip()


def tree(digest: Digest) -> dict[str, Any]:
    """For programs: the lines as they read, and the numbers with what they count."""
    numbers = [
        {
            "metric": one.metric,
            "value": one.value,
            "n": one.n,
            "said": one.said,
            "counts": DEFINITIONS[one.metric],
        }
        for one in digest.measures
    ]
    return {
        **{title: [str(line) for line in lines] for title, lines in digest.sections.items()},
        GOES: numbers,
    }


def message(digest: Digest) -> Payload:
    """For a channel, or for one person."""
    shown = [header("Your retirements this week" if digest.is_own else "Retirements this week")]
    if digest.review:
        what = suggestions(digest.suggested)
        shown.append(section(f":scroll: *The policy* {safe(digest.review)}. {NEXT}.{what}"))
    if not is_news(digest.sections):
        words = f"Nothing changed since {_since(digest)}, nothing is due, and nothing is at risk."
        once = "This is said once: the next digest comes when there is something to tell."
        shown += [section(words), *(() if digest.is_asked or digest.review else (context(once),))]
        return blocks.message(f"Weekly digest: {words}", shown)
    summary = _summary(digest)
    shown.append(section(f"*{summary}*"))
    for title, lines in digest.sections.items():
        if lines:
            shown.append(section(f"{_titled(title, digest)}\n{_listed(title, lines)}"))
    shown += numbers(digest.measures)
    if digest.checkpoint:
        shown.append(context(f"The record's log, signed, to hold it to later:\n```{digest.checkpoint}```"))
    if digest.is_own:
        ends = (
            f"`{SLASH_COMMAND} subscribe off` ends it, and `{SLASH_COMMAND} digest` shows that of everybody"
        )
        shown.append(context(f"You have this each week because you asked for it: {ends}"))
    return blocks.message(f"Weekly digest: {summary}", shown)


def _summary(digest: Digest) -> str:
    """The whole of it in a sentence."""
    found = digest.sections
    until = weekday(digest.until + AHEAD, digest.zone)
    counts = [f"{len(found[title]):,}" if found[title] else "nothing" for title in (RISK, DUE, CHANGED)]
    said = f"{counts[0]} at risk, {counts[1]} due by {until}, {counts[2]} changed since {_since(digest)}."
    return f"{said[0].upper()}{said[1:]}"


def _since(digest: Digest) -> str:
    return weekday(digest.since, digest.zone)


def _titled(title: str, digest: Digest) -> str:
    marks = {RISK: ":warning: ", DUE: ":calendar: "}
    since = f" since {_since(digest)}" if title == CHANGED else ""
    return f"{marks.get(title, '')}*{title}{since}*"


def _listed(title: str, lines: Sequence[Line]) -> str:
    shown = []
    for line in lines:
        when = f"{line.when} " if line.when else ""
        space = " " if line.says.startswith(" ") else ""
        shown.append(f"• {when}*{safe(line.about)}*{space}{safe(line.says, LINE_MAX)}")
    rest = f": `{SLASH_COMMAND} list`"
    return limits.joined(shown, ROOM[title], at_most=LINES_AT_MOST, rest=rest)


def numbers(measured: Iterable[Measure]) -> Iterator[Payload]:
    """Each with what it counts, of all retirements there are; without data, too, for then people ask."""
    lines = [f"*{one.metric}:* {one.said}\n_{safe(DEFINITIONS[one.metric], LINE_MAX)}_" for one in measured]
    if lines:
        yield section("\n".join([f"*{GOES}*", *lines]))


def _changed(history: History, now: datetime) -> Line | None:
    found = news.of(replace(history, events=tuple(one for one in history.events if one.at <= now)))
    found += news.archive(history, now)
    if not found:
        return None
    return Line(called(history.retirement), f" is {history.retirement.state}: {'; '.join(found)}")


def _teams(every: Iterable[Retirement], now: datetime) -> Iterator[Line]:
    """Who has consumers left to move, those who are late first."""
    teams: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for retirement in every:
        # Once all is dark, or it has ended, there is nothing to move any more.
        if retirement.state in ENDED or retirement.state is State.DISABLED:
            continue
        for owed in retirement.obligations:
            counts = teams[impact.team_name(owed.consumer)]
            counts[0] += owed.is_settled
            counts[1] += not owed.is_settled
            counts[2] += is_late(owed, retirement, now)
    for team, (settled, left, late) in sorted(
        teams.items(), key=lambda row: (-row[1][2], -row[1][1], row[0])
    ):
        if left:
            overdue = f", {late:,} overdue" if late else ""
            done = f", {settled:,} settled" if settled else ""
            yield Line(team, f": {counted(left, 'consumer')} to move{overdue}{done}")
