"""What a command answers to the one who asked. Nothing here is lasting; the card and its thread are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from bot.ids import SLASH_COMMAND
from bot.views import limits
from bot.views.blocks import (
    Payload,
    answered,
    context,
    header,
    message,
    safe,
    section,
    weekday,
)
from bot.views.card import steps
from bot.views.card.proposal import headline, name_of
from bot.views.graph import impact as impacts_view
from bot.views.graph import parts
from bot.views.keeping import archives
from bot.views.proposing import provided
from bot.views.telling import outlook
from bot.views.voting import later_dates
from data.catalog.snapshot import Snapshot
from data.records.catalog import Entity, Impacted
from data.records.plan import Endpoint
from data.records.progress import Progress
from data.records.retirement import Retirement
from workflows.decisions.hearings import Hearing
from workflows.rules.lifecycle import ENDED
from workflows.rules.people import delegating
from workflows.rules.voting.roles import voting
from workflows.rules.wording import counted

NOBODY = "*nobody who can be reached*"
REFUSAL_SECTIONS_MAX = 3
HEARING_SECTIONS = 2
LIST_AT_MOST = 50  # what fits into a message, with the longest names
ROWS_AT_MOST = 25


def said(text: str) -> Payload:
    """A sentence for one person, such as the reply to their command."""
    return message(limits.joined(answered(text), limits.SECTION_MAX))


def refusal(text: str) -> Payload:
    """What was refused, as many reasons as fit, and what to do now: the last line, which is never left out."""
    *reasons, last = answered(f":no_entry: {text}")
    few = limits.joined(reasons, limits.UPDATE_TEXT_MAX - len(last) - 1)
    rows = [*limits.spread(reasons, at_most=REFUSAL_SECTIONS_MAX), last]
    return message("\n".join(filter(None, [few, last])), [section(row) for row in rows])


def next_step(retirement: Retirement) -> str:
    """What comes next and when; empty when nothing does."""
    if retirement.plan is None or retirement.state in ENDED:
        return ""
    waiting = (
        step for step in retirement.plan.steps if retirement.progress(step.kind).progress is not Progress.DONE
    )
    step = next(waiting, None)
    if step is None:
        return ""
    come = retirement.progress(step.kind).progress
    how = "" if come is Progress.PENDING else f" ({come})"
    return f"next: {step.kind} on {weekday(step.due_at, steps.zone_of(retirement))}{how}"


def listing(retirements: Sequence[Retirement], *, page: int = 1, is_all: bool = False) -> Payload:
    """One page of them, one line each, in the order given; a page beyond the last one is the last one.

    is_all   whether those that ended were asked for, too
    """
    if not retirements:
        return message(f"No model is being retired. `{SLASH_COMMAND} propose` starts one.")
    pages = -(-len(retirements) // LIST_AT_MOST)
    page = min(max(page, 1), pages)
    lines = []
    for retirement in retirements[(page - 1) * LIST_AT_MOST : page * LIST_AT_MOST]:
        follows = next_step(retirement)
        lines.append(f"{headline(retirement)}{f'; {follows}' if follows else ''}")
    blocks = [section(rows) for rows in limits.spread(lines, at_most=4)]
    if pages > 1:
        typed = f"{SLASH_COMMAND} list {'all ' if is_all else ''}{page % pages + 1}"
        onward = "begins anew" if page == pages else "goes on"
        blocks.append(context(f"Page {page} of {pages}: `{typed}` {onward}"))
    return message(counted(len(retirements), "retirement"), blocks)


def plan(
    retirement: Retirement,
    hearings: Sequence[Hearing] = (),
    checks: Sequence[str] = (),
    delegations: delegating.InForce = delegating.NOBODY,
    costs: Sequence[str] = (),
) -> Payload:
    """The plan that is voted on and executed: steps, dates, digest, and whose approval it needs.

    hearings   what people will be told, and when, if nobody answers; delegations: who answers for whom now
    checks     what is run before the switch-off, a line for each consumer
    costs      what keeping its archive is expected to cost, a line for each class
    """
    if retirement.plan is None or retirement.policy is None:
        return message(f"{retirement.id} has no plan yet")
    digest = f"`{safe(retirement.plan.digest, 100)}`"
    amended = (
        f"\nAmends `{safe(retirement.plan.amends, 100)}`: {_how_amended(retirement)}"
        if retirement.plan.amends
        else ""
    )
    later = later_dates.asked(retirement)
    if retirement.later is not None:
        later = [f"*Voted on now* `{safe(retirement.later.plan_digest, 100)}`", *later]
    roles = ", ".join(f"{needed} of {safe(role)}" for role, needed in voting(retirement).quorum.items())
    endpoints = [_endpoint(one) for one in retirement.plan.subject.endpoints]
    rest = f"; `emeritus plan {retirement.id} --json` prints all"
    blocks = [
        header(f"Plan of {retirement.id} · {name_of(retirement)}"),
        *([section(steps.paused(retirement))] if retirement.paused_at else []),
        section(limits.joined(steps.lines(retirement), limits.SECTION_MAX)),
        *([section(limits.joined(later, limits.SECTION_MAX))] if later else []),
        section(f"*Switches off* {_in_a_row(endpoints, rest)}{parts.spared(retirement.plan.subject)}"),
        *map(section, archives.planned(retirement, rest)),
        *([section(limits.joined([*costs], limits.SECTION_MAX, rest=rest))] if costs else []),
        *([section(f"*Checks before*\n{limits.joined(checks, limits.SECTION_MAX - 100)}")] if checks else []),
        section(f"*Needs approvals* {limits.clip(roles, 1_000)}\n*Digest* {digest}{amended}"),
        context(
            f"{counted(len(retirement.plan.consumer_ids), 'consumer')} in what is voted on; "
            f"policy {safe(retirement.policy.name)} {steps.short(retirement.plan.policy_digest)}"
        ),
    ]
    if told := outlook.lines(hearings, retirement, delegations):
        room = limits.BLOCK_TEXT_MAX - len(json.dumps(blocks, ensure_ascii=False))
        at_most = min(HEARING_SECTIONS, room // limits.SECTION_MAX)
        rest = f": {outlook.all_of(retirement)}"
        rows = (
            limits.spread(told, at_most=at_most, rest=rest)
            if at_most > 0
            else [f"{outlook.head(retirement)}{rest}"]
        )
        blocks[-1:-1] = map(section, rows)
    return message(f"Plan of {retirement.id}", blocks)


def _how_amended(retirement: Retirement) -> str:
    assert retirement.plan is not None
    is_voted = retirement.plan.digest == retirement.approved_digest
    return "by a vote on more time for callers that were found" if is_voted else "only dates moved later"


def _in_a_row(names: Sequence[str], rest: str) -> str:
    return limits.joined(names, limits.SECTION_MAX - 100, between=", ", rest=rest) or "nothing"


def _endpoint(endpoint: Endpoint) -> str:
    """Its platform's name for it too, where that is another: this one is what is switched off."""
    known_as = f", {safe(endpoint.ref)}" if endpoint.ref not in ("", endpoint.name) else ""
    return f"{safe(endpoint.name)} ({endpoint.kind}{known_as})"


SECTIONS = 3
"""As many sections as an answer on impact has."""

ROOM_MAX = SECTIONS * limits.SECTION_MAX // 8
"""More consumers than fit there: a line of one has eight signs at least. Very many are counted, and not written."""


def impact(
    model: Entity,
    impacts: Sequence[Impacted],
    notes: Sequence[str],
    *,
    told_in: Sequence[str] = (),
    support: Sequence[str] = (),
    there: Snapshot | None = None,
) -> Payload:
    """Who depends on a model, by team, with the way they do and how that is known.

    told_in   retirements whose threads have all of them
    """
    head = f"*{safe(model.name)}*: {impacts_view.summary(impacts)}"
    told = impacts_view.full_lines(impacts, notes, model.id, stop=ROOM_MAX, there=there)
    beyond = impacts_view.lines_of(impacts, notes) - len(told)
    lines = [*provided.lines(support), *impacts_view.counts(impacts, there), *told]
    threads = f", and so does the thread of {limits.joined(told_in, 100, between=', ')}" if told_in else ""
    rest = f"; `emeritus impact {safe(model.name)}` prints all{threads}"
    shown = limits.spread(lines, at_most=SECTIONS, rest=rest, beyond=beyond)
    return message(head, [section(head), *map(section, shown)])


_DOES = {"impact": "depends on", "who": "answers for"}


def models(found: Sequence[Entity], *, part: str = "", word: str = "impact") -> Payload:
    """The models there are, a line each, or those that have `part` in their name."""
    if not found:
        return message("The catalog has no model. Run `emeritus import backstage PATH`, then try again.")
    names = Counter(one.name for one in found)
    lines = []
    for one in found:
        known_as = [one.title] if one.title not in ("", one.name) else []
        known_as += [one.id] if names[one.name] > 1 else []
        other = f" ({safe(', '.join(known_as), 200)})" if known_as else ""
        lines.append(f"• {safe(one.name)}{other}")
    have = "has" if len(found) == 1 else "have"
    about = f' {have} "{safe(part)}" in the name' if part else ""
    head = (
        f"{counted(len(found), 'model')}{about}; `{SLASH_COMMAND} {word} MODEL` shows who {_DOES[word]} one"
    )
    rest = f": type a part of its name, `{SLASH_COMMAND} {word} PART`"
    return message(head, [section(head), *map(section, limits.spread(lines, at_most=3, rest=rest))])
