"""An owner asks for more time: people vote on the very dates there would be, and whoever asks does not."""

from __future__ import annotations

from datetime import date

import pytest

from data import events
from data.errors import Refused
from data.events import EMERITUS
from data.records.progress import Progress, StepKind
from data.records.retirement import Duty
from data.records.rounds import Choice, Purpose
from tests.builders import (
    ANNOUNCED_AT,
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
    WHY,
    Story,
    a_running_retirement,
    casting,
    days,
    paused,
    resumed,
    standing_in,
)
from tests.workflows.decisions.test_callers import seeing
from tests.workflows.decisions.test_extensions import GIVING, votes
from workflows import commands as cmd
from workflows.rules.plans import plan as plans


def asking(
    story: Story | None = None, *, more: int = 10, by: str = BILL, consumer: str = BILLING, **facts: object
) -> Story:
    """An owner asks; whatever is due at once is done."""
    story = story or a_running_retirement()
    until = (MIGRATE_AT + days(more)).date()
    story.does(cmd.AskForTime(by=by, consumer_id=consumer, until=until, reason=WHY), **facts)
    return story.until(story.now)


def decided(story: Story) -> list[tuple[str, str]]:
    return [(event.consumer_id, event.granted) for event in story.of(events.ExtensionDecided)]


def test_whoever_asks_for_time_opens_a_vote_on_the_dates_there_would_be():
    story = asking()
    (opened,) = story.of(events.ExtensionProposed)
    assert (opened.round.purpose, opened.dates.days, opened.dates.asked_by) == (Purpose.EXTEND, 10, (BILL,))
    assert story.due(StepKind.MIGRATE) == MIGRATE_AT, "nothing moves before it is decided"
    votes(story)
    assert story.due(StepKind.ANNOUNCE) == ANNOUNCED_AT
    assert story.due(StepKind.MIGRATE) == MIGRATE_AT + days(10)
    assert story.due(StepKind.DISABLE) == DISABLE_AT + days(10)
    assert story.state.plan.digest == opened.dates.plan_digest
    assert plans.binds(story.state)
    assert decided(story) == [(BILLING, "yes")]
    assert story.state.obligation(BILLING).duty is Duty.ACKNOWLEDGED, "who asks for time has read the notice"
    assert {name for name in story.timers if name.startswith(("remind/", "escalate/migrate"))} == {
        "remind/migrate-30d@2027-02-20",
        "remind/migrate-7d@2027-02-20",
        "remind/migrate-1d@2027-02-20",
        "remind/migrate-0d@2027-02-20",
        "escalate/migrate@2027-02-20/1",
        "escalate/migrate@2027-02-20/2",
    }


@pytest.mark.parametrize(
    ("asks", "facts", "voter", "why"),
    [
        pytest.param(OWEN, {"delegations": standing_in(OWEN, BILL)}, OWEN, "you asked for", id="for another"),
        pytest.param(BILL, {}, BILL, "you asked for what is voted on", id="themselves"),
        pytest.param(BILL, {}, PAT, "you proposed this retirement", id="the proposer"),
    ],
)
def test_whoever_asks_does_not_vote_on_it(asks, facts, voter, why):
    story = asking(by=asks, **facts)
    ballot = casting(story.state, by=voter, plan_digest=story.state.later.plan_digest)
    with pytest.raises(Refused, match=why):
        story.does(ballot)


def test_nor_does_who_answers_for_them():
    story = asking()
    ballot = casting(story.state, by=OWEN, plan_digest=story.state.later.plan_digest)
    with pytest.raises(Refused, match="you answer for <@UBILL> now, who asked for what is voted on"):
        story.does(ballot, delegations=standing_in(OWEN, BILL))


def test_nobody_decides_it_alone():
    story = asking()
    number = story.state.obligation(BILLING).extension.number
    alone = cmd.DecideExtension(by=PAT, consumer_id=BILLING, number=number, granted="yes")
    with pytest.raises(
        Refused, match=r"People vote on more time now: nobody decides it alone. Vote on the card"
    ):
        story.does(alone)


@pytest.mark.parametrize("end", ["veto", "silence"])
def test_without_approval_the_dates_stay(end: str):
    story = asking()
    if end == "veto":
        votes(story, SELMA, choice=Choice.REJECT, comment=WHY)
    else:
        story.until(story.state.round.expires_at)
    assert story.of(events.Amended) == []
    assert decided(story) == [(BILLING, "no")]
    assert story.state.obligation(BILLING).duty is Duty.ACKNOWLEDGED


def test_those_who_ask_meanwhile_wait_and_have_one_vote_on_the_latest_of_their_days():
    story = asking()
    asking(story, by=CARL, consumer=CRM, more=20)
    assert len(story.of(events.ExtensionProposed)) == 1
    votes(story).until(story.now)
    (_, opened) = story.of(events.ExtensionProposed)
    assert (opened.dates.days, list(opened.dates.wishes)) == (10, [CRM]), "to the same day, from the new one"
    votes(story)
    assert story.due(StepKind.MIGRATE) == MIGRATE_AT + days(20)


def test_what_waits_together_is_one_vote_with_callers_that_were_found():
    story = paused(a_running_retirement(**GIVING))
    asking(story)
    asking(story, by=CARL, consumer=CRM, more=20)
    assert story.of(events.ExtensionProposed) == []
    resumed(story).until(story.now)
    seeing(story)
    (opened,) = story.of(events.ExtensionProposed)
    assert set(opened.dates.wishes) == {BILLING, CRM}
    votes(story)
    assert {granted for _, granted in decided(story)} == {"yes"}


def test_a_day_that_the_dates_have_reached_meanwhile_needs_no_vote_any_more():
    story = asking(more=20)
    asking(story, by=CARL, consumer=CRM)
    votes(story).until(story.now)
    assert decided(story) == [(BILLING, "yes"), (CRM, "past")]
    assert story.state.obligation(CRM).duty is Duty.ACKNOWLEDGED
    assert story.state.later is None


@pytest.mark.parametrize(
    "command",
    [
        cmd.TakeBack(by=BILL, consumer_id=BILLING),
        cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.MIGRATED),
    ],
    ids=lambda one: type(one).__name__,
)
def test_who_needs_no_time_any_more_ends_the_vote(command):
    story = asking()
    story.does(command)
    (dropped,) = story.of(events.ExtensionDropped)
    assert dropped.because == "nobody it is about needs more time any more"
    assert story.state.round is None
    assert "round/expiry" not in story.timers


def test_nobody_ends_the_vote_by_taking_responsibility_for_who_asked():
    story = asking()
    with pytest.raises(Refused) as refused:
        story.does(cmd.Waive(by=PAT, what=BILLING, reason=WHY))
    assert str(refused.value) == (
        "billing-etl needs more time, which people vote on: nobody goes on without it in their own name. "
        "Vote on its card, or ask <@UBILL> to take it back"
    )


def test_what_is_voted_on_is_asked_for_anew_only_once_it_is_taken_back():
    story = asking()
    with pytest.raises(Refused, match="More time for billing-etl is voted on now"):
        asking(story, more=30)
    story.does(cmd.TakeBack(by=BILL, consumer_id=BILLING))
    asking(story, more=30)
    assert story.state.later.days == 30


def test_the_vote_ends_while_half_of_its_days_are_ahead():
    story = a_running_retirement().until(MIGRATE_AT - days(2))
    asking(story, more=4)
    assert story.state.round.expires_at == MIGRATE_AT + days(2)


def test_time_that_is_given_after_the_day_sets_the_day_anew():
    story = a_running_retirement().until(MIGRATE_AT)
    assert story.state.progress(StepKind.MIGRATE).progress is Progress.DONE
    votes(asking(story))
    assert story.state.progress(StepKind.MIGRATE).progress is Progress.PENDING
    assert story.state.obligation(CRM).migrate_by == MIGRATE_AT + days(10)
    story.until(MIGRATE_AT + days(10))
    assert story.state.progress(StepKind.MIGRATE).progress is Progress.DONE


def test_what_an_older_version_left_waiting_is_voted_on_at_the_next_import():
    story = a_running_retirement()
    story.does(cmd.AskForTime(by=BILL, consumer_id=BILLING, until=date(2027, 2, 20), reason=WHY))
    story.timers.clear()
    story.does(cmd.MeetOwners(by=EMERITUS))
    assert len(story.of(events.ExtensionProposed)) == 1
    assert "round/expiry" in story.timers
    assert {PLATO, OWEN} & {one for people in story.state.round.members.values() for one in people}
