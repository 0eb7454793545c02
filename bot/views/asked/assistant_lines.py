"""What is said of one point of an answer, with the entry it rests on, and its line in Slack where that has one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from bot.views import limits
from bot.views.asked import answers
from bot.views.blocks import day, mentions, moment, safe
from bot.views.card import steps
from bot.views.card.lines import line
from bot.views.card.proposal import OUTCOMES, headline
from bot.views.consumers import checks, duties
from bot.views.graph.impact import team_name
from bot.views.telling import digest_lines
from bot.views.voting import votes
from data.records.progress import StepKind
from data.records.retirement import Retirement
from data.records.rounds import Purpose
from workflows.questions.answers import Answer, Entry, Point, What
from workflows.rules.voting.quorum import awaited, open_round
from workflows.rules.wording import counted

ABOUT = {
    Purpose.RETIRE: "The vote on retiring it",
    Purpose.CANCEL: "The vote on *cancelling* it",
    Purpose.EXTEND: "The vote on *more time*",
    Purpose.OVERRULE: "The vote on *an objection*",
}


def lines(points: Sequence[Point], answer: Answer, links: Mapping[str, str]) -> list[str]:
    """The lines of these points, each with where it is from; of several in a row from one entry, the last."""
    shown: list[str] = []
    before: Entry | None = None
    for point in points:
        if not (said := list(_said(point, answer))):
            continue
        if shown and before != point.entry:
            shown[-1] += cited(before, links)
        shown += said
        before = point.entry
    return [*shown[:-1], f"{shown[-1]}{cited(before, links)}"] if shown else []


def cited(entry: Entry | None, links: Mapping[str, str]) -> str:
    """Number of the entry, and a link to the message that told it where there is one."""
    if entry is None:
        return ""
    words = f"{entry.stream} entry {entry.version}"
    url = links.get(entry.place, "")
    return f" (<{url}|{words}>)" if url else f" ({words})"


def _said(point: Point, answer: Answer) -> Iterator[str]:  # noqa: PLR0912 - one case for each kind of point
    state, zone = point.state, steps.zone_of(point.state)
    match point.what:
        case What.ENDED:
            yield OUTCOMES[state.state]
        case What.PAUSED:
            yield steps.paused(state)
        case What.SWITCHING:
            yield from steps.delayed(state) or [
                ":rewind: Service is coming back, and nothing else runs until then"
            ]
        case What.VOTE:
            yield from _vote(state)
        case What.HELD:
            yield from _held(state, StepKind(point.about))
        case What.OWED:
            duty = state.obligation(point.about)
            assert duty is not None
            (shown,) = duties.lines([duty], state, now=answer.now)
            yield f"{shown}; {safe(team_name(duty.consumer))}: {mentions(point.asked, at_most=5) or answers.NOBODY}"
        case What.GATE:
            who = f" ({mentions(point.asked, at_most=5)})" if point.asked else ""
            yield f":memo: {safe(point.about, limits.REASON_MAX)}{who}"
        case What.CHECK:
            assert point.run is not None
            yield checks.ended(point.run, state)
        case What.NEXT:
            if follows := answers.next_step(state):
                yield f":calendar: {follows}"
        case What.DUE:
            assert answer.after is not None
            assert answer.until is not None
            found = digest_lines.due(state, after=answer.after, until=answer.until)
            yield from (
                f"• *{safe(one.line.when)}* {safe(one.line.about)}{safe(one.line.says, limits.PROSE_MAX)}"
                for one in sorted(found, key=lambda one: one.at)
            )
        case What.HAPPENED:
            assert point.event is not None
            told = line(point.event, state).split("\n", 1)[0]
            yield f"{day(point.event.at, zone)} {told}"
        case _:
            assert_never(point.what)


def _vote(state: Retirement) -> Iterator[str]:
    round_ = open_round(state)
    assert round_ is not None
    until = moment(round_.expires_at, steps.zone_of(state))
    yield f":ballot_box_with_ballot: {ABOUT[round_.purpose]} is open until {until}. {votes.missing(state)}"
    for role, people in awaited(state).items():
        who = mentions(people, at_most=5) or "*nobody is left to vote*"
        yield f"    *{safe(role)}* waits for {who}"


def _held(state: Retirement, kind: StepKind) -> Iterator[str]:
    assert state.plan is not None
    due_on = day(state.plan.step(kind).due_at, steps.zone_of(state))
    come = state.progress(kind)
    yield f":warning: *{kind}* was due on {due_on}, and is {come.progress}"
    yield from (f"    • {safe(reason, limits.REASON_MAX)}" for reason in come.held_by)


def where_now(state: Retirement) -> list[str]:
    """What is left of it, and where."""
    said = [f"*Now* {headline(state)}: {OUTCOMES.get(state.state, 'a plan is being voted on')}"]
    if kept := state.archived:
        files = kept.files - sum(one.files for one in state.pruned)
        size = kept.bytes - sum(one.bytes for one in state.pruned)
        gone = "".join(f"; *{safe(one.of)}* has gone for good" for one in state.pruned)
        said.append(
            f"*Artifacts* {counted(files, 'file')}, {counted(size, 'byte')} at {safe(kept.location, 200)} as "
            f"`{safe(kept.preservation_id)}`{gone}"
        )
    dark = [safe(state.endpoint_name(one)) for one in state.disabled_ids]
    if dark:
        said.append(f"*Dark* {limits.joined(dark, 400, between=', ', at_most=5)}")
    if state.plan and (after := state.plan.successor_name or state.plan.successor_id):
        said.append(f"*Instead* {safe(after)}")
    return said
