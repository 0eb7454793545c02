"""An approval can be taken back before anything is announced, and does not keep for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from data import events
from data.errors import Invalid, Refused
from data.events import EMERITUS
from data.records.base import Prose
from data.records.progress import StepKind
from data.records.retirement import State
from data.records.rounds import Choice
from tests.builders import (
    ANNOUNCED_AT,
    IMPACT,
    LEX,
    OWEN,
    PAT,
    PLATO,
    SELMA,
    STRANGER,
    TARGET_ON,
    WHY,
    Story,
    a_policy,
    a_proposed,
    an_approved,
    an_impacted,
    casting,
    days,
    facts_for,
    paused,
    proposing,
    revising,
)
from workflows import commands as cmd
from workflows.rules.voting import quorum

NO = {"choice": Choice.REJECT, "comment": Prose(prose="no test in our region")}
COOLS = {"policy": a_policy(cool_off_hours=48)}
BACK = {"choice": Choice.ABSTAIN}
EARLIEST = TARGET_ON + days(2)


def cooling(**facts) -> Story:
    """Approved when the review ended; nothing may be announced for two days."""
    story = Story(facts_for(**(COOLS | facts)))
    story.does(proposing(target_on=EARLIEST))
    return story.votes(OWEN, PLATO, SELMA).until(ANNOUNCED_AT)


def test_a_plan_leaves_the_time_in_which_approvals_can_be_taken_back():
    story = Story(facts_for(**COOLS))
    with pytest.raises(Invalid, match="30 days of notice after 14 days of review and 48 hours in which"):
        story.does(proposing())
    story.does(proposing(target_on=EARLIEST))
    assert story.state.plan.step(StepKind.ANNOUNCE).due_at == ANNOUNCED_AT + days(2)
    assert story.state.round.review_until == ANNOUNCED_AT


def test_nothing_is_announced_while_approvals_can_be_taken_back():
    story = cooling()
    assert (story.state.state, story.state.approved_at) == (State.APPROVED, ANNOUNCED_AT)
    with pytest.raises(Refused, match="who approved may take it back until 2027-01-20 09:00 UTC"):
        story.does(cmd.RunStep(by=PAT, step=StepKind.ANNOUNCE), at=ANNOUNCED_AT + days(1))
    assert story.until(ANNOUNCED_AT + days(1.9)).state.state is State.APPROVED
    assert story.until(ANNOUNCED_AT + days(2)).state.state is State.MIGRATING


def test_an_approval_that_is_taken_back_opens_the_round_again_and_the_other_votes_stand():
    story = cooling()
    decision = story.does(casting(story.state, by=SELMA, **BACK), at=ANNOUNCED_AT + days(1))
    assert decision.reply == "Your approval of RET-1 is taken back, and the vote is open again."
    assert (story.state.state, story.state.approved_digest) == (State.PROPOSED, "")
    assert quorum.tally_of(story.state).missing == {"security": 1}
    assert story.state.round.expires_at == story.now + days(30)
    assert list(story.timers) == ["round/expiry"]
    story.until(ANNOUNCED_AT + days(3)).votes(SELMA)
    assert story.state.approved_at == ANNOUNCED_AT + days(3)
    assert story.until(ANNOUNCED_AT + days(5)).state.state is State.MIGRATING


def test_who_takes_an_approval_back_may_veto_then():
    story = cooling().votes(SELMA, **BACK).votes(SELMA, **NO)
    assert story.state.state is State.REJECTED


def test_a_pause_is_over_where_the_plan_it_holds_is_voted_on_again():
    story = paused(cooling()).votes(SELMA, **BACK)
    assert (story.state.state, story.state.paused_at) == (State.PROPOSED, None)
    story.votes(SELMA)
    assert story.until(ANNOUNCED_AT + days(2)).state.state is State.MIGRATING


def test_where_enough_others_agree_the_time_to_take_approvals_back_begins_anew():
    two = {"owner": (PAT, OWEN), "platform": (PLATO, STRANGER), "security": (SELMA,)}
    story = Story(facts_for(**COOLS, members=two))
    story.does(proposing(target_on=EARLIEST))
    story.votes(OWEN, PLATO, STRANGER, SELMA).until(ANNOUNCED_AT)
    story.until(ANNOUNCED_AT + days(1)).votes(STRANGER, **BACK)
    assert (story.state.state, story.state.approved_at) == (State.APPROVED, ANNOUNCED_AT + days(1))


@pytest.mark.parametrize(
    ("voter", "choice", "after_days"),
    [
        (SELMA, Choice.ABSTAIN, 2),
        (SELMA, Choice.REJECT, 1),
        (PAT, Choice.ABSTAIN, 1),
        (STRANGER, Choice.ABSTAIN, 1),
    ],
    ids=["too late", "rejecting at once", "the proposer", "a stranger"],
)
def test_nothing_else_opens_a_round_again(voter, choice, after_days):
    story = cooling()
    with pytest.raises(Refused, match="There is no vote open on RET-1"):
        story.does(
            casting(story.state, by=voter, choice=choice, comment=WHY), at=ANNOUNCED_AT + days(after_days)
        )
    assert story.state.state is State.APPROVED


def test_an_approval_is_not_taken_back_while_it_is_voted_whether_to_call_it_off():
    story = cooling()
    taken_back = casting(story.state, by=SELMA, **BACK)
    story.does(cmd.Cancel(by=PAT, why=WHY))
    with pytest.raises(Refused):
        story.does(taken_back)
    assert story.state.state is State.APPROVED


KEEPS = {"policy": a_policy(approval_days=20)}
LAPSED_AT = ANNOUNCED_AT + days(20)


def forgotten(**facts) -> Story:
    """Approved, then paused and left so until the approval had lapsed."""
    story = paused(an_approved(**(KEEPS | facts)))
    return story.until(LAPSED_AT)


def test_whoever_drew_up_the_plan_has_no_vote_on_it_when_it_is_voted_on_anew_by_itself():
    story = a_proposed(
        **KEEPS, members={"owner": (PAT, OWEN, SELMA), "platform": (PLATO,), "security": (LEX,)}
    )
    story.does(cmd.HandOver(by=PAT, to=SELMA), named_person=SELMA)
    story.does(revising(by=SELMA, target_on=TARGET_ON + timedelta(days=60)))
    story.votes(OWEN, PLATO, LEX)
    story.does(cmd.CloseRound(by=EMERITUS, number=2), at=ANNOUNCED_AT)
    assert story.state.state is State.APPROVED
    paused(story).until(story.now + days(21))
    assert (story.state.state, story.state.round.opened_by) == (State.PROPOSED, EMERITUS)
    for person, why in ((SELMA, "you drew up this plan"), (PAT, "you proposed this retirement")):
        with pytest.raises(Refused, match=why):
            story.does(casting(story.state, by=person))


def test_an_approved_plan_that_nobody_announces_is_voted_on_anew_with_days_of_its_own():
    story = forgotten()
    (lapsed,) = story.of(events.ApprovalLapsed)
    (revised,) = story.of(events.Revised)
    assert (lapsed.approved_at, revised.by) == (ANNOUNCED_AT, events.EMERITUS)
    assert (story.state.state, story.state.round.number, story.state.round.ballots) == (State.PROPOSED, 2, ())
    assert story.state.plan.step(StepKind.ANNOUNCE).due_at == LAPSED_AT + days(14)
    assert story.state.plan.step(StepKind.DISABLE).due_at == LAPSED_AT + days(44)
    assert (story.state.paused_at, story.state.approved_digest) == (None, "")
    voted_on = story.state.plan
    story.votes(OWEN, PLATO, SELMA).until(LAPSED_AT + days(14))
    assert (story.state.state, story.state.approved_digest) == (State.MIGRATING, voted_on.digest)


def test_an_approval_lapses_for_the_consumers_of_that_day():
    newcomer = an_impacted("late-comer")
    story = paused(an_approved(**KEEPS))
    story.facts = replace(story.facts, impact=(*IMPACT, newcomer))
    assert newcomer.consumer_id in story.until(LAPSED_AT).state.plan.consumer_ids


def test_who_proposed_it_has_no_vote_on_it_after_it_lapsed():
    story = forgotten()
    with pytest.raises(Refused, match="you proposed this retirement"):
        story.does(casting(story.state, by=PAT))


def test_a_plan_that_was_announced_keeps_its_approval():
    story = an_approved(**KEEPS).until(LAPSED_AT + days(1))
    assert (story.state.state, story.of(events.ApprovalLapsed)) == (State.MIGRATING, [])


def test_an_approval_does_not_lapse_under_a_vote_on_calling_it_off():
    story = paused(an_approved(**KEEPS))
    story.does(cmd.Cancel(by=PAT, why=WHY))
    story.until(LAPSED_AT + days(1))
    assert not story.of(events.ApprovalLapsed)
    story.until(story.state.round.expires_at + days(1))
    assert (len(story.of(events.CancellationDropped)), len(story.of(events.ApprovalLapsed))) == (1, 1)


def test_a_lapse_that_rings_for_an_older_approval_changes_nothing():
    story = an_approved(**KEEPS)
    lapse = cmd.LapseApproval(by=events.EMERITUS)
    assert story.does(lapse, at=ANNOUNCED_AT + days(1)).events == ()
