"""Casting a ballot, closing a round, and calling a retirement off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from data import events
from data.errors import Refused
from data.records.decision import LEASE, Decision
from data.records.facts import Facts
from data.records.progress import StepKind
from data.records.retirement import Retirement, State
from data.records.rounds import Ballot, Choice, Purpose
from workflows.commands import Cancel, Cast, CloseRound, RecordShown
from workflows.decisions import extensions, objections
from workflows.decisions.darkness import brought_back
from workflows.decisions.decided import (
    RetirementDecision,
    decided,
    folded,
    held_again,
    nothing,
    owners_timer,
    step_timer,
)
from workflows.decisions.extensions import DATES_PAST
from workflows.decisions.lapsing import lapse_timers
from workflows.decisions.rounds import opened_round, round_timers
from workflows.rules.lifecycle import is_going_dark
from workflows.rules.permissions import check
from workflows.rules.plans import break_glass, extending
from workflows.rules.voting import approval, expiry, quorum, rounds, verdicts, weighing
from workflows.rules.voting.barring import check_is_colleague, check_votes_for_themselves, in_place_of
from workflows.rules.voting.quorum import open_round
from workflows.rules.voting.roles import voting
from workflows.rules.voting.verdicts import Verdict

BESIDE = {Purpose.EXTEND: extensions.settled, Purpose.OVERRULE: objections.settled}


def cast(state: Retirement, command: Cast, facts: Facts, now: datetime) -> RetirementDecision:
    """Record a ballot and settle the round if it decides it. The same ballot again changes nothing.

    It is judged by when it was received: a bot that was away, or busy, must not make a vote late.
    """
    check("cast", command.by, state, facts)
    cast_at = min(command.cast_at or now, now)
    again = _reopened(state, command, cast_at, now)
    before, state = state, folded(state, again)
    round_ = open_round(state)
    quorum.check_ballot(
        round_, state, number=command.round_number, plan_digest=command.plan_digest, now=cast_at
    )
    assert round_ is not None
    quorum.check_comment(command.choice, str(command.comment), state)
    check_votes_for_themselves(command.by, state, command.choice, facts.delegations)
    has_voted = any(cast.voter_id == command.by for cast in round_.ballots)
    if not (has_voted and command.choice is Choice.ABSTAIN):
        check_is_colleague(facts, "Your vote")
    seat = quorum.seat_for(command.by, state, facts.members, command.choice)
    ballot = Ballot(
        voter_id=command.by,
        role=seat.role,
        choice=command.choice,
        plan_digest=quorum.digest_on_ballot(state),
        cast_at=cast_at,
        comment=command.comment,
    )
    eligible_roles = quorum.seats(command.by, facts.members)
    mine = next((old for old in round_.ballots if old.voter_id == command.by), None)
    # Whoever is in other groups by now may fill another role, or let somebody else move up.
    anew = replace(ballot, eligible_roles=eligible_roles)
    if mine is not None and replace(anew, cast_at=mine.cast_at) == mine:
        return nothing(f"Your vote stands: {mine.choice} as {mine.role}.")
    voted = events.Voted(
        at=now,
        by=command.by,
        round_number=round_.number,
        ballot=ballot,
        eligible_roles=eligible_roles,
        reseated=seat.reseated,
    )
    counts = f"Your vote on {state.id} counts: {command.choice} as {seat.role}."
    reply = f"{counts} You can change it until the round closes."
    if again:
        reply = f"Your approval of {state.id} is taken back, and the vote is open again."
    return _settled(before, (*again, voted), now, reply, judged_at=cast_at)


def _reopened(
    state: Retirement, command: Cast, cast_at: datetime, now: datetime
) -> tuple[events.RoundReopened, ...]:
    """Whoever approved and abstains before anything is announced opens the round again."""
    if command.choice is not Choice.ABSTAIN or not approval.may_take_back(state, command.by, cast_at):
        return ()
    assert state.round is not None
    assert state.policy is not None
    if (command.round_number, command.plan_digest) != (state.round.number, quorum.digest_on_ballot(state)):
        return ()
    expires_at = now + timedelta(days=state.policy.round_expires_days)
    return (
        events.RoundReopened(at=now, by=command.by, round_number=state.round.number, expires_at=expires_at),
    )


def close_round(state: Retirement, command: CloseRound, facts: Facts, now: datetime) -> RetirementDecision:
    """Look at the round when its review period ends or it expires."""
    check("close round", command.by, state, facts)
    round_ = open_round(state)
    if round_ is None or round_.number != command.number:
        return nothing()
    review, end = round_timers(round_)
    if facts.has_unheard:
        # A vote that was taken in counts, whatever kept it from being decided since.
        timer = end if now >= round_.expires_at else review
        return Decision(timers=(replace(timer, due_at=now + LEASE),))
    if facts.card_waits and now >= round_.expires_at:
        # Nobody could vote. Once the card is up the round has all its days; what never comes up ends it after all.
        assert state.policy is not None
        return Decision(timers=(replace(end, due_at=now + timedelta(hours=state.policy.recheck_hours)),))
    return _settled(weighing.as_known(state, facts), (), now, "", managers=facts.managers)


def record_shown(state: Retirement, command: RecordShown, facts: Facts, now: datetime) -> RetirementDecision:
    """The card was kept from the channel: the round's days are counted from now on."""
    check("record shown", command.by, state, facts)
    round_ = open_round(state)
    if round_ is None or round_.number != command.number or not rounds.is_late(round_, now):
        return nothing()
    assert state.policy is not None
    if extending.is_outdated(state, now):
        aside = extensions.set_aside(state, now, DATES_PAST)
        return decided(state, *aside.events, timers=aside.timers, cancels=aside.cancels)
    longer = rounds.anew(round_, state.policy, now, review_lasts=break_glass.review_lasts(state, round_))
    if state.later is not None:
        longer = replace(longer, expires_at=extending.open_until(state.later, state.policy, now))
    event = events.RoundExtended(
        at=now,
        by=events.EMERITUS,
        round_number=round_.number,
        review_until=longer.review_until,
        expires_at=longer.expires_at,
    )
    review, end = round_timers(longer)
    timers = (review, end) if longer.purpose is Purpose.RETIRE else (end,)
    return decided(state, event, timers=timers)


def cancel(state: Retirement, command: Cancel, facts: Facts, now: datetime) -> RetirementDecision:
    """Take a proposal back; once approved, ask for a vote on calling it off."""
    check("cancel", command.by, state, facts)
    if state.state is State.PROPOSED:
        event = events.Withdrawn(at=now, by=command.by, why=command.why)
        return decided(state, event, reply=f"{state.id} is withdrawn.")
    if is_going_dark(state) or state.state is State.DISABLED:
        raise Refused(
            f"{state.id} cannot be cancelled: its endpoints are being switched off",
            next_step=f"Bring service back with /retire restore {state.id} REASON",
        )
    if state.state not in (State.APPROVED, State.MIGRATING, State.BROWNOUT):
        raise Refused(
            f"{state.id} cannot be cancelled: it is {state.state}",
            next_step=f"See how it ended: /retire show {state.id}",
        )
    if quorum.cancelling_round(state) is not None:
        raise Refused(f"A vote on cancelling {state.id} is open already", next_step="Vote on its card")
    assert state.policy is not None
    round_ = opened_round(
        number=state.rounds + 1,
        purpose=Purpose.CANCEL,
        opened_by=command.by,
        opened_for=in_place_of(command.by, state, facts.delegations),
        review_until=now,
        facts=facts,
        policy=state.policy,
        now=now,
    )
    event_ = events.CancellationProposed(at=now, by=command.by, why=command.why, round=round_)
    # What moves dates is not voted on while it may come to nothing.
    aside = objections.set_aside(state, now, "calling it off is voted on first")
    return decided(
        state,
        *aside.events,
        event_,
        timers=round_timers(round_)[1:],
        cancels=aside.cancels,
        reply=f"The vote on cancelling {state.id} is open on its card.",
    )


def _settled(
    state: Retirement,
    happened: tuple[events.RetirementEvent, ...],
    now: datetime,
    reply: str,
    *,
    judged_at: datetime | None = None,
    managers: Mapping[str, str] | None = None,
) -> RetirementDecision:
    """Add what the round's verdict leads to, if it has one; as of `judged_at`, where that was before now."""
    after = folded(state, happened)
    assert after.round is not None
    assert after.policy is not None
    assert after.plan is not None
    digest = quorum.digest_on_ballot(after)
    verdict = verdicts.verdict(
        after.round,
        policy=voting(after),
        plan_digest=digest,
        now=judged_at or now,
        on_expiry=expiry.on_expiry(after),
    )
    if verdict is Verdict.OPEN and state.state is not after.state:
        end = round_timers(after.round)[1:]
        return decided(state, *happened, timers=end, cancels=("step/*",), reply=reply, after=after)
    if verdict is Verdict.OPEN:
        return decided(state, *happened, reply=reply, after=after) if happened else nothing()
    if (settled := BESIDE.get(after.round.purpose)) is not None:
        return settled(state, happened, verdict, now, reply)
    if after.round.purpose is Purpose.CANCEL:
        return _called_off_or_not(state, happened, verdict, now, reply)
    if verdict is Verdict.PROLONGED:
        return _prolonged(state, managers or {}, now)
    return _agreed_or_not(state, happened, verdict, now, reply)


def _agreed_or_not(
    state: Retirement,
    happened: tuple[events.RetirementEvent, ...],
    verdict: Verdict,
    now: datetime,
    reply: str,
) -> RetirementDecision:
    after = folded(state, happened)
    assert after.round is not None
    assert after.policy is not None
    assert after.plan is not None
    number, digest, closes = after.round.number, quorum.digest_on_ballot(after), ("round/*",)
    if verdict is Verdict.APPROVED:
        missing = quorum.tally_of(after).missing
        approved = events.Approved(
            at=now, by=events.EMERITUS, round_number=number, plan_digest=digest, missing=missing
        )
        standing = folded(after, (approved,))
        announce = step_timer(StepKind.ANNOUNCE, approval.announced_at(standing, now))
        timers = (announce, *lapse_timers(standing))
        return decided(state, *happened, approved, timers=timers, cancels=closes, reply=reply)
    if verdict is Verdict.VETOED:
        role = next(
            ballot.role
            for ballot in after.round.ballots
            if verdicts.is_veto(ballot, policy=after.policy, plan_digest=digest)
        )
        rejected = events.Rejected(at=now, by=events.EMERITUS, round_number=number, role=role)
        return decided(state, *happened, rejected, cancels=closes, reply=reply)
    expired = events.Expired(
        at=now, by=events.EMERITUS, round_number=number, missing=quorum.tally_of(after).missing
    )
    return decided(state, *happened, expired, cancels=closes, reply=reply)


def _prolonged(state: Retirement, managers: Mapping[str, str], now: datetime) -> RetirementDecision:
    """Whoever is missing has all the days from now on, however late the end of the round was looked at."""
    assert state.round is not None
    assert state.policy is not None
    event = events.RoundProlonged(
        at=now,
        by=events.EMERITUS,
        round_number=state.round.number,
        expires_at=now + timedelta(days=state.policy.prolong_days),
        missing=quorum.tally_of(state).missing,
        voters=quorum.awaited(state),
        leads=expiry.leads(state, managers),
    )
    after = folded(state, (event,))
    assert after.round is not None
    return decided(state, event, timers=round_timers(after.round)[1:], after=after)


def _called_off_or_not(
    state: Retirement,
    happened: tuple[events.RetirementEvent, ...],
    verdict: Verdict,
    now: datetime,
    reply: str,
) -> RetirementDecision:
    after = folded(state, happened)
    assert after.round is not None
    number, closes = after.round.number, ("round/*",)
    if verdict is Verdict.APPROVED:
        cancelled = events.Cancelled(at=now, by=events.EMERITUS, round_number=number)
        # What was under way when the vote was asked for may have gone dark since: it serves again.
        return decided(state, *happened, cancelled, effects=brought_back(after), cancels=closes, reply=reply)
    dropped = events.CancellationDropped(at=now, by=events.EMERITUS, round_number=number)
    # Callers that were found meanwhile may need more time.
    timers = (*held_again(folded(after, (dropped,)), now), owners_timer(now))
    return decided(state, *happened, dropped, timers=timers, cancels=closes, reply=reply)
