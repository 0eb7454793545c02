"""How does one retirement stand: `/retire show`, where every refusal sends people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.views import limits
from bot.views.blocks import (
    Payload,
    mention,
    mentions,
    message,
    safe,
    section,
)
from bot.views.card import steps, stopped
from bot.views.card.proposal import headline, obligation_counts
from bot.views.consumers import duties
from bot.views.graph import impact as impacts_view
from bot.views.graph import meeting, parts
from bot.views.hindsight import reviews
from bot.views.keeping import archives, fixity, grants, holds
from bot.views.proposing import provided
from bot.views.telling import asleep as asleep_view
from bot.views.voting import break_glass, later_dates, votes
from data.records.retirement import Retirement
from data.store import Asleep, Trouble
from workflows.rules.plans.meeting import Meeting

NOBODY = "*nobody who can be reached*"
ROWS_AT_MOST = 25


def show(
    retirement: Retirement,
    *,
    owners: Sequence[str] = (),
    endpoint_owners: Sequence[str] = (),
    holders: Sequence[str] = (),
    troubles: Sequence[Trouble] = (),
    card_waits: str = "",
    support: Sequence[str] = (),
    catalogs: Sequence[str] = (),
    meetings: tuple[Meeting, ...] = (),
    asleep: Sequence[Asleep] = (),
    delegated: Sequence[str] = (),
    attested: Sequence[str] = (),
    checks: Sequence[str] = (),
    now: datetime | None = None,
) -> Payload:
    """How one retirement stands, who holds it up, and who may act: refusals send people here.

    holders      who may release its legal holds
    troubles     what stopped for good and reached nobody, and what is held up until somebody mends it
    card_waits   why the card does not show the vote that is open
    support      until when a provider serves the model, and whether the plan is too late for that
    catalogs     what they say of it, a line each
    asleep       messages that wait for somebody's working hours
    meetings     the other retirements it has to do with
    delegated    who answers for whom, a line each
    attested     where each attestation stands, a line each; checks: those of each consumer
    """
    waiting = [one for one in duties.nearest_first(retirement.obligations) if not one.is_settled]
    owed = [
        f"{line}; {safe(impacts_view.team_name(one.consumer))}"
        for one, line in zip(waiting, duties.lines(waiting, retirement, now=now), strict=True)
    ]
    tally = votes.tally_lines(retirement)
    people = [
        f"Coordinator {mention(retirement.coordinator_id)}",
        f"owners of the model {mentions(owners) or NOBODY}, of its endpoints {mentions(endpoint_owners) or NOBODY}",
        *([f"its legal holds are released by {mentions(holders) or NOBODY}"] if retirement.holds else []),
    ]
    head = section(f"{headline(retirement)}\n{'; '.join(people)}")
    below = [
        *map(
            section,
            (
                *break_glass.words(retirement),
                *holds.in_one_section(retirement),
                *grants.in_one_section(retirement, now),
                *provided.in_one_section(support),
            ),
        )
    ]
    below += map(section, stopped.lines(troubles))
    if delegated:
        below.append(section(limits.joined(delegated, limits.SECTION_MAX - 500, at_most=ROWS_AT_MOST)))
    if waits := asleep_view.section_of(asleep):
        below.append(section(waits))
    if card_waits:
        unseen = (
            f":no_bell: *The card does not show this vote yet*, so nobody can vote: {safe(card_waits, 400)}"
        )
        below.append(section(f"{unseen}. The vote gets all its days once the card is up."))
    if met := meeting.section(meetings, retirement):
        below.append(section(met))
    if tally:
        heading = [f"*{votes.about(retirement)}*", *later_dates.asked(retirement)]
        below.append(section(limits.joined([*heading, *tally], limits.SECTION_MAX - 500)))
    below += map(section, (*impacts_view.asked_about(retirement), *parts.beside(retirement)))
    below += map(section, (*archives.missing(retirement), *fixity.standing(retirement)))
    if retirement.obligations:
        rows = limits.joined(owed, limits.SECTION_MAX - 300, at_most=ROWS_AT_MOST)
        below.append(section(f"*Consumers* {obligation_counts(retirement, now)}\n{rows}".strip()))
    if attested:
        below.append(section(f"*Attestations*\n{limits.joined(attested, limits.SECTION_MAX - 500)}"))
    if checks:
        below.append(section(f"*Checks*\n{limits.joined(checks, limits.SECTION_MAX - 500)}"))
    if catalogs:
        below.append(section(f"*Catalogs*\n{limits.joined(catalogs, limits.SECTION_MAX - 500)}"))
    paused = [steps.paused(retirement)] if retirement.paused_at else []
    steps_of = [
        "*Plan*",
        *paused,
        *steps.delayed(retirement),
        *(steps.lines(retirement, reasons_at_most=None) or ["none yet"]),
    ]
    rest = f"; the thread lists more of them, `emeritus plan {retirement.id}` prints all"
    room = limits.BLOCK_TEXT_MAX - sum(len(block["text"]["text"]) for block in (head, *below)) - reviews.ROOM
    plan_rows = map(section, limits.spread(steps_of, at_most=max(1, room // limits.SECTION_MAX), rest=rest))
    return message(headline(retirement), [head, *plan_rows, *below, *reviews.standing(retirement)])
