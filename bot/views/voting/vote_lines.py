"""What happened to a proposal and its votes, as lines in the card's thread."""

from __future__ import annotations

from typing import assert_never

from bot.views.blocks import day, mention, safe, said, said_by, weekday
from bot.views.card.steps import zone_of
from bot.views.graph import impact
from bot.views.voting.votes import CHOICE_MARKS, approved_words, prolonged_words, voters_words
from data import events
from data.records.plan import Plan
from data.records.progress import StepKind
from data.records.retirement import Retirement

OfVotes = (
    events.Proposed
    | events.Revised
    | events.Voted
    | events.Approved
    | events.ApprovalLapsed
    | events.Rejected
    | events.RoundExtended
    | events.RoundProlonged
    | events.RoundReopened
    | events.VotersChanged
    | events.Expired
    | events.Withdrawn
    | events.CancellationProposed
    | events.CancellationDropped
    | events.Cancelled
)


def line(event: OfVotes, retirement: Retirement) -> str:  # noqa: PLR0911, PLR0912 - one case per event
    """One of them as mrkdwn."""
    by, zone = mention(event.by), zone_of(retirement)
    match event:
        case events.Proposed():
            what = f":scroll: {by} proposed to retire *{_model(retirement, event.plan)}*"
            return _with_impact(what, event, zone)
        case events.Revised():
            who = said_by(event.by, event.round.opened_for)
            what = f":pencil2: {who} changed the plan: every earlier vote is void, a new round is open"
            if event.by == events.EMERITUS:
                what = ":pencil2: The plan has new dates, and a round of votes of its own"
            return _with_impact(what, event, zone)
        case events.Voted(ballot=ballot):
            voted = f"{CHOICE_MARKS[ballot.choice]} {by} voted *{ballot.choice}* as {safe(ballot.role)}"
            seats = ", ".join(safe(role) for role in dict.fromkeys(event.reseated.values()))
            moved = f"; so that it counts, an earlier approval now stands as {seats}" if seats else ""
            return f"{voted}{said(ballot.comment)}{moved}"
        case events.Approved():
            return f":white_check_mark: {approved_words(event)}"
        case events.ApprovalLapsed():
            since = day(event.approved_at, zone)
            return f":hourglass: The approval of {since} lapsed: nothing was announced since, so it is voted on anew"
        case events.Rejected():
            return f":x: *Rejected* by a veto of {safe(event.role)}"
        case events.RoundExtended():
            until = f"review until {weekday(event.review_until, zone)}, open until {weekday(event.expires_at, zone)}"
            return (
                f":hourglass: The card could not show this vote before: its days count from now on, {until}"
            )
        case events.RoundProlonged():
            return f":hourglass: {prolonged_words(event, zone)}"
        case events.RoundReopened():
            until = weekday(event.expires_at, zone)
            return f":leftwards_arrow_with_hook: {by} took their approval back: the vote is open again until {until}"
        case events.VotersChanged():
            return f":busts_in_silhouette: By their groups {voters_words(event)}"
        case events.Expired():
            short_of = ", ".join(f"{number} of {safe(role)}" for role, number in event.missing.items())
            return f":hourglass: *Expired*: the round closed, approvals missing: {short_of or 'none'}"
        case events.Withdrawn():
            return f":leftwards_arrow_with_hook: {by} withdrew the proposal{said(event.why)}"
        case events.CancellationProposed():
            who = said_by(event.by, event.round.opened_for)
            return f":octagonal_sign: {who} asks to cancel it; the card has the vote{said(event.why)}"
        case events.CancellationDropped():
            return ":arrow_forward: The vote on cancelling ended without approval: the retirement goes on"
        case events.Cancelled():
            return ":no_entry_sign: *Cancelled* by a vote: the model stays in service"
        case _:
            assert_never(event)


def _with_impact(what: str, event: events.Proposed | events.Revised, zone: str) -> str:
    ends = weekday(event.plan.step(StepKind.DISABLE).due_at, zone)
    head = f"{what}; service ends {ends}{said(event.why)}\n:busts_in_silhouette: *Impact*"
    follows = "; in full below" if event.impact else ""
    return f"{head} {impact.summary(event.impact)}{follows}"


def _model(retirement: Retirement, plan: Plan) -> str:
    return f"{safe(plan.subject.model_name)} ({retirement.id})"
