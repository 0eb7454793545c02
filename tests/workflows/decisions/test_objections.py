"""An owner objects: people vote on whether it goes on in spite of that, and nothing is switched off before."""

from __future__ import annotations

import pytest

from data import events
from data.errors import Refused
from data.records.base import Prose
from data.records.progress import StepKind
from data.records.retirement import Duty, State
from data.records.rounds import Choice, Purpose
from tests.builders import (
    BELLA,
    BILL,
    BILLING,
    CARL,
    CRM,
    DISABLE_AT,
    MIGRATE_AT,
    OWEN,
    PAT,
    PLATO,
    SELMA,
    STRANGER,
    WHY,
    Story,
    a_running_retirement,
    casting,
    days,
    paused,
    resumed,
    revising,
    standing_in,
)
from tests.workflows.decisions.test_callers import held
from workflows import commands as cmd

VOTERS = (OWEN, PLATO, SELMA)


def objecting(
    story: Story | None = None, *, by: str = BILL, consumer: str = BILLING, **facts: object
) -> Story:
    """An owner objects; whatever is due at once is done."""
    story = story or a_running_retirement()
    story.does(cmd.Object(by=by, consumer_id=consumer, reason=WHY), **facts)
    return story.until(story.now)


def overruled(story: Story) -> Story:
    for voter in VOTERS:
        story.does(casting(story.state, by=voter, plan_digest=story.state.approved_digest))
    return story.until(story.now)


def upheld(story: Story) -> Story:
    veto = casting(
        story.state, by=SELMA, plan_digest=story.state.approved_digest, choice=Choice.REJECT, comment=WHY
    )
    story.does(veto)
    return story.until(story.now)


def outcomes(story: Story) -> list[tuple[str, str]]:
    return [(event.consumer_id, event.outcome) for event in story.of(events.ObjectionEnded)]


def told(story: Story) -> list[tuple[str, str]]:
    """Who hears how it ended."""
    heard = (one for one in story.effects.values() if one.body.get("notice") == "objection")
    return [(one.place, one.body["outcome"]) for one in heard]


def at_the_switch_off(story: Story) -> tuple[str, ...]:
    """What holds it once all others have moved."""
    story.does(cmd.ChangeDuty(by=CARL, consumer_ids=(CRM,), duty=Duty.MIGRATED))
    story.until(DISABLE_AT - days(1)).works()
    story.until(DISABLE_AT - days(1)).works()
    story.until(DISABLE_AT)
    return held(story, StepKind.DISABLE)


def test_an_objection_opens_a_vote_on_the_card():
    story = objecting()
    (opened,) = story.of(events.ObjectionProposed)
    assert (opened.consumer_id, opened.round.purpose) == (BILLING, Purpose.OVERRULE)
    assert story.state.obligation(BILLING).duty is Duty.OBJECTS
    assert {"RET-1/card/edit", "round/expiry"} <= {*story.effects, *story.timers}


def test_where_people_approve_it_goes_on_and_nobody_objects_again_to_the_same_plan():
    story = overruled(objecting())
    assert outcomes(story) == [(BILLING, "overruled")]
    assert told(story) == [(BILL, "overruled"), (BELLA, "overruled")]
    assert story.state.obligation(BILLING).duty is Duty.ACKNOWLEDGED
    with pytest.raises(Refused, match="goes on in spite of an objection of billing-etl to this plan"):
        objecting(story)
    story.does(cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.MIGRATED))
    at_the_switch_off(story)
    assert not held(story, StepKind.DISABLE)


@pytest.mark.parametrize("end", ["veto", "silence"])
def test_where_they_do_not_it_is_upheld_and_holds_the_switch_off_with_the_ways_on(end: str):
    story = objecting()
    if end == "veto":
        upheld(story)
    else:
        story.until(story.state.round.expires_at)
    assert outcomes(story) == [(BILLING, "upheld")]
    because = story.of(events.ObjectionEnded)[0].because
    assert because == ("" if end == "veto" else "the vote ended without the approvals that going on needs")
    why = (
        "billing-etl objects, and no vote overruled it: press Edit plan on the card for a new vote, call it off "
        "(/retire cancel RET-1 REASON), or ask whoever objects to take it back"
    )
    assert why in at_the_switch_off(story)
    assert story.state.state is State.MIGRATING
    story.does(cmd.TakeBack(by=BILL, consumer_id=BILLING), at=DISABLE_AT)
    assert story.state.obligation(BILLING).duty is Duty.ACKNOWLEDGED


def test_while_people_vote_on_it_nothing_is_switched_off():
    story = a_running_retirement()
    story.until(DISABLE_AT - days(2))
    objecting(story)
    names = at_the_switch_off(story)
    assert any("a vote on an objection is open until" in one for one in names)
    assert any("billing-etl objects, and people have not voted yet" in one for one in names)
    assert not any("not migrated" in one for one in names), "they are not chased"


@pytest.mark.parametrize(
    ("facts", "voter", "why"),
    [
        pytest.param({}, BILL, "you objects|you object", id="themselves"),
        pytest.param({"delegations": standing_in(OWEN, BILL)}, OWEN, "you", id="for another"),
        pytest.param({}, PAT, "you proposed this retirement", id="the proposer"),
    ],
)
def test_whoever_objects_does_not_vote_on_it(facts, voter, why):
    story = objecting(by=voter if facts else BILL, **facts)
    ballot = casting(story.state, by=voter, plan_digest=story.state.approved_digest)
    with pytest.raises(Refused, match=why):
        story.does(ballot)


@pytest.mark.parametrize(
    "command",
    [
        cmd.TakeBack(by=BELLA, consumer_id=BILLING),
        cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.MIGRATED),
        cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.NOT_MINE),
    ],
    ids=["taken back", "moved", "not theirs"],
)
def test_what_is_no_objection_any_more_ends_the_vote(command):
    story = objecting()
    story.does(command)
    story.until(story.now)
    assert [event.outcome for event in story.of(events.ObjectionEnded)] == ["dropped"]
    assert (story.state.round, story.state.objected) == (None, 0)
    assert "round/expiry" not in story.timers


def test_one_is_voted_on_at_a_time_the_oldest_first():
    story = objecting(objecting(), by=CARL, consumer=CRM)
    assert len(story.of(events.ObjectionProposed)) == 1
    upheld(story)
    overruled(story)
    assert outcomes(story) == [(BILLING, "upheld"), (CRM, "overruled")]


def test_a_vote_on_calling_it_off_comes_first_and_the_objection_is_voted_on_anew():
    story = objecting()
    story.does(cmd.Cancel(by=PAT, why=WHY))
    assert outcomes(story) == [(BILLING, "dropped")]
    story.until(story.state.round.expires_at)
    assert len(story.of(events.ObjectionProposed)) == 2


def test_another_plan_takes_it_along_and_may_be_objected_to_anew():
    story = objecting()
    story.does(revising(target_on=(DISABLE_AT + days(30)).date()))
    assert story.state.objected == 0
    story.votes(*VOTERS).until(story.due(StepKind.ANNOUNCE))
    assert story.state.obligation(BILLING).duty is Duty.OPEN
    assert story.state.obligation(BILLING).lapsed is Duty.OBJECTS, "and who objected reads that it is over"
    objecting(story)
    assert story.state.obligation(BILLING).lapsed is None
    assert story.state.obligation(BILLING).duty is Duty.OBJECTS


def test_nobody_waives_it_and_nobody_is_reminded():
    story = objecting()
    with pytest.raises(Refused, match="billing-etl objects: nobody goes on without it in their own name"):
        story.does(cmd.Waive(by=PAT, what=BILLING, reason=WHY))
    upheld(story).until(MIGRATE_AT + days(3))
    assert all(BILL not in event.people for event in story.of(events.Reminded))
    assert all(
        BILLING not in event.consumer_ids
        for event in story.of(events.Escalated)
        if "migrate" in event.milestone
    )


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (cmd.Object(by=BILL, consumer_id=BILLING, reason=Prose()), "An objection needs a reason"),
        (cmd.Object(by=STRANGER, consumer_id=BILLING, reason=WHY), "You may not"),
        (cmd.Object(by=CARL, consumer_id=BILLING, reason=WHY), "You may not answer for billing-etl"),
    ],
)
def test_who_may_not_object_is_told_why(command, error):
    with pytest.raises(Refused, match=error):
        a_running_retirement().does(command)


def test_during_a_pause_people_vote_as_well():
    story = objecting(paused(a_running_retirement()))
    assert len(story.of(events.ObjectionProposed)) == 1
    resumed(story)
    assert story.state.objected
