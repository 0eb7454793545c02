"""Who hears what and when, if nobody answers: the dry run of a retirement, in words.

One line for each occasion: a request, a reminder, a step of the escalation. Of few, every person is named with the hour
on their own clock; of many, their teams.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.views import limits
from bot.views.blocks import SLACK_ID, mention, safe
from bot.views.card.steps import zone_of
from bot.views.consumers import delegations as delegated
from bot.views.consumers import duties
from bot.views.graph.impact_text import as_cell
from bot.views.telling.escalation import as_whom
from bot.views.voting import votes
from data.records.retirement import Retirement, State
from workflows.decisions.hearings import Hearing
from workflows.rules.people.delegating import NOBODY, InForce
from workflows.rules.telling import brownout_notices
from workflows.rules.telling.informing import CLOSED
from workflows.rules.telling.milestones import MOVED, SNOOZED
from workflows.rules.voting.quorum import open_round
from workflows.rules.wording import counted

NAMED_MAX = 8  # ours: of more, nobody reads who they are
OCCASION_MAX = 900
COLUMNS = ("at", "local", "zone", "who", "team", "what", "consumers", "instead_of")
UNDECIDED = (
    "*Once it is approved, and if nobody answers*, as people, their hours and the catalog are now; each on their own "
    "clock"
)
HEAD = "*If nobody answers*, as people, their hours and the catalog are now; each on their own clock"


def lines(hearings: Sequence[Hearing], retirement: Retirement, delegations: InForce = NOBODY) -> list[str]:
    """One for each occasion, the first first, behind who answers for whom; none where nobody will be told anything."""
    occasions: dict[tuple[str, ...], list[Hearing]] = {}
    for one in hearings:
        occasions.setdefault(_occasion(one), []).append(one)
    told = [f"• *{what(of[0])}*: {_whom(of, retirement)}" for of in occasions.values()]
    if any(len(of) > NAMED_MAX for of in occasions.values()):
        told.append(f"Everybody by name: {all_of(retirement)}")
    assumed = dict.fromkeys(mention(one.place) for one in hearings if one.is_assumed)
    if assumed:
        whose = ", ".join(assumed) if len(assumed) <= NAMED_MAX else counted(len(assumed), "person", "people")
        told.append(
            f"Slack has not told yet on whose clock {whose} will hear: taken is the catalog's or the policy's"
        )
    instead = delegated.lines((one.instead_of for one in hearings if one.instead_of), delegations)
    return [head(retirement), *instead, *told, *_otherwise(retirement)] if told else []


def head(retirement: Retirement) -> str:
    """How all of it is meant: nobody hears anything of a plan before it is approved."""
    return UNDECIDED if retirement.state is State.PROPOSED else HEAD


def _otherwise(retirement: Retirement) -> list[str]:
    """What people hear of in place of all that, where approvals are missing."""
    round_ = open_round(retirement)
    if retirement.state is not State.PROPOSED or round_ is None:
        return []
    return [f"*If approvals are missing*, {votes.otherwise(round_, retirement)}"]


MOVED_DATES = "Told of the dates that moved"
SAID = {
    "dm": "Asked to answer",
    "handed": "Asked about what came to them",
    "informed": "Told, and asked nothing",
}


def all_of(retirement: Retirement) -> str:
    """Where all of it is."""
    return f"`emeritus plan {retirement.id} --ahead`"


def _occasion(one: Hearing) -> tuple[str, ...]:
    about = (one.body.get(name, "") for name in ("milestone", "level", "as", "number"))
    return (one.notice, *about)


def what(one: Hearing) -> str:
    """What is said, in a few words."""
    milestone = one.body.get("milestone", "")
    if one.notice == "escalation":
        late = duties.late_words(milestone, 0, 0).removeprefix("0 consumers ")
        return f"{late[:1].upper()}{late[1:]}{_as(one)}"
    if one.notice == "reminder":
        return _reminded(milestone)
    if one.notice == "informed" and one.body.get("news") == CLOSED:
        return "Told what stays of it, if nothing holds up its end"
    if one.notice == brownout_notices.TOLD:
        return f"Told that brownout {one.body['number']} is near"
    if one.notice == "dm" and "news" in one.body:
        return MOVED_DATES
    return SAID.get(one.notice, safe(one.notice))


def _reminded(milestone: str) -> str:
    """Of "migrate-30d@2027-01-05", or of what they wished, or of dates that moved."""
    if milestone.startswith(SNOOZED):
        return "Reminded, as they asked"
    if milestone.startswith(MOVED):
        return MOVED_DATES
    before, _, day = milestone.partition("@")
    days = int(before.rpartition("-")[2].removesuffix("d"))
    return f"Reminded {counted(days, 'day')} before {day}" if days else f"Reminded on {day}"


def _as(one: Hearing) -> str:
    told_as = one.body.get("as", "")
    if told_as == "nobody":
        return ", where nobody else can be told"
    if told_as == "exhausted":
        return ", at last"
    return f", told {as_whom(told_as)}" if SLACK_ID.fullmatch(one.place) else ""


def _whom(hearings: Sequence[Hearing], retirement: Retirement) -> str:
    if len(hearings) <= NAMED_MAX:
        return ", ".join(f"{place(one)} {when(one, retirement)}" for one in hearings)
    teams = _teams(retirement)
    found: dict[str, list[Hearing]] = {}
    for one in hearings:
        found.setdefault(teams.get(one.instead_of or one.place, "others"), []).append(one)
    told = [f"{safe(team)} ({len(of)}) {_days(of, retirement)}" for team, of in found.items()]
    whom = f"{counted(len(hearings), 'person', 'people')} of {counted(len(found), 'team')}: "
    return whom + limits.joined(told, OCCASION_MAX, between=", ")


def _teams(retirement: Retirement) -> dict[str, str]:
    """Owner -> the first team of theirs that has a consumer in it."""
    consumers = (
        [one.consumer for one in retirement.obligations] if retirement.obligations else retirement.impact
    )
    found: dict[str, str] = {}
    for one in consumers:
        for person in one.owners.slack_ids:
            found.setdefault(person, one.owners.team_name)
    return found


def _days(hearings: Iterable[Hearing], retirement: Retirement) -> str:
    days = sorted({_local(one, retirement).date().isoformat() for one in hearings})
    return days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"


def place(one: Hearing) -> str:
    if SLACK_ID.fullmatch(one.place):
        return f"{mention(one.place)} for {mention(one.instead_of)}" if one.instead_of else mention(one.place)
    return f"<#{one.place}>" if one.place[:1] in ("C", "G") else safe(one.place)


def when(one: Hearing, retirement: Retirement) -> str:
    """On the clock of whoever hears: "Mon 2026-03-16 09:00 WET"."""
    return f"{_local(one, retirement):%a %Y-%m-%d %H:%M %Z}"


def _local(one: Hearing, retirement: Retirement) -> datetime:
    return one.at.astimezone(ZoneInfo(one.zone or zone_of(retirement)))


def table(hearings: Sequence[Hearing], retirement: Retirement) -> str:
    """A row for each message, as CSV."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(COLUMNS)
    teams = _teams(retirement)
    for one in hearings:
        cells = (
            f"{one.at:%Y-%m-%dT%H:%M}Z",
            f"{_local(one, retirement):%Y-%m-%d %H:%M}",
            f"{one.zone or zone_of(retirement)}{' (assumed)' if one.is_assumed else ''}",
            one.place,
            teams.get(one.instead_of or one.place, ""),
            what(one),
            " ".join(one.consumer_ids),
            one.instead_of,
        )
        rows.writerow([as_cell(text) for text in cells])
    return written.getvalue()
