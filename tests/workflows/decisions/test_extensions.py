"""A caller found after the announcement: those who approve the plan vote on whether consumers get more time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from data import events
from data.errors import Refused
from data.records.progress import Progress, StepKind
from data.records.retirement import Duty
from data.records.rounds import Choice, Purpose
from tests.builders import (
    ARCHIVE_AT,
    BILL,
    CARL,
    CLOSE_AT,
    DISABLE_AT,
    DRILL_AT,
    IMPACT,
    MIGRATE_AT,
    OWEN,
    PAT,
    PLATO,
    SELMA,
    STRANGER,
    WHY,
    Story,
    a_migrated,
    a_policy,
    a_running_retirement,
    an_approved,
    an_impacted,
    an_unknown,
    casting,
    days,
    paused,
    resumed,
    revising,
    some_calls,
)
from tests.workflows.decisions.test_callers import (
    EDGE_TEAM,
    MEETING,
    SCORER,
    claimed,
    declared,
    held,
    seeing,
)
from workflows import commands as cmd
from workflows.rules.plans import plan as plans

GIVING = {"policy": a_policy(extension_days=14)}
VOTERS = (OWEN, PLATO, SELMA)
NIGHTLY = an_unknown("nightly")


def found(story: Story | None = None, *callers: Any) -> Story:
    """A caller is seen while consumers are asked to move."""
    return seeing(story or a_running_retirement(**GIVING), *callers)


def votes(story: Story, *voters: str, **changes: Any) -> Story:
    for voter in voters or VOTERS:
        later = story.state.later
        assert later is not None
        story.does(casting(story.state, by=voter, plan_digest=later.plan_digest, **changes))
    return story


def opened(story: Story) -> list[tuple[str, ...]]:
    """Whom each vote there was is about."""
    return [event.dates.consumer_ids for event in story.of(events.ExtensionProposed)]


def dates(story: Story) -> list[Any]:
    return [step.due_at for step in story.state.plan.steps]


def test_a_caller_that_is_found_opens_a_vote_on_more_time_on_the_card():
    story = found()
    (event,) = story.of(events.ExtensionProposed)
    assert (event.by, event.dates.days, event.dates.consumer_ids) == ("emeritus", 14, (SCORER.consumer_id,))
    assert (event.round.number, event.round.purpose) == (2, Purpose.EXTEND)
    assert [step.due_at - days(14) for step in event.dates.steps[1:]] == [
        ARCHIVE_AT,
        DRILL_AT,
        MIGRATE_AT,
        DISABLE_AT,
        CLOSE_AT,
    ]
    assert {"RET-1/card/edit", "round/expiry"} <= {*story.effects, *story.timers}
    assert dates(story)[1] == ARCHIVE_AT, "nothing moves before it is decided"


@pytest.mark.parametrize("story", [an_approved, a_running_retirement], ids=["approved", "no days"])
def test_there_is_none_before_the_announcement_which_gives_all_their_notice_nor_without_days(story):
    facts = {} if story is a_running_retirement else GIVING
    assert opened(seeing(story(**facts))) == []


def test_with_approval_the_dates_are_exactly_those_that_were_voted_on():
    story = found()
    later = story.state.later
    before = {effect.key for effect in story.effects.values()}
    votes(story)
    assert dates(story)[1:] == [step.due_at for step in later.steps[1:]]
    assert story.state.plan.digest == later.plan_digest == story.state.approved_digest
    assert story.state.plan.amends == story.of(events.Approved)[0].plan_digest
    assert plans.binds(story.state)
    assert (story.state.round, story.state.later) == (None, None)
    (moved,) = story.of(events.Amended)
    assert moved.because == "people voted for 14 more days for callers that were found"
    told = {key for key in story.effects if "/moved-" in key} - before
    assert {key.rpartition("/")[2] for key in told} == {BILL, "UBELLA", CARL}
    assert {duty.migrate_by for duty in story.state.obligations} == {MIGRATE_AT + days(14)}
    assert story.timers["step/archive"].due_at == ARCHIVE_AT + days(14)
    assert f"remind/migrate-7d@{MIGRATE_AT + days(14):%Y-%m-%d}" in story.timers
    assert "round/expiry" not in story.timers


def test_no_step_runs_on_a_date_that_was_voted_away():
    story = votes(found())
    story.does(cmd.Waive(by=PAT, what="scorer", reason=WHY))
    story.until(ARCHIVE_AT + days(13))
    assert story.state.progress(StepKind.ARCHIVE).progress is Progress.PENDING
    story.until(ARCHIVE_AT + days(14))
    assert story.state.progress(StepKind.ARCHIVE).progress is Progress.RUNNING


def test_whoever_was_voted_for_is_in_the_plan_and_needs_no_other_vote():
    story = claimed(votes(found()))
    assert SCORER.consumer_id in story.state.plan.consumer_ids
    story.until(story.due(StepKind.ARCHIVE))
    assert held(story, StepKind.ARCHIVE) == ()
    assert story.state.obligation(SCORER.consumer_id).migrate_by == MIGRATE_AT + days(14)


def test_so_is_what_it_turns_out_to_be():
    nightly = an_impacted("nightly", team="edge", people=EDGE_TEAM.slack_ids)
    story = declared(votes(found()), nightly)
    story.until(story.due(StepKind.ARCHIVE))
    assert held(story, StepKind.ARCHIVE) == ()
    assert story.state.obligation(nightly.consumer_id).duty is Duty.OPEN


@pytest.mark.parametrize(
    ("ends", "because"),
    [
        (lambda story: votes(story, SELMA, choice=Choice.REJECT, comment=WHY), "a veto"),
        (lambda story: story.until(story.now + days(30)), "nobody votes"),
    ],
    ids=["veto", "expiry"],
)
def test_without_approval_the_dates_and_what_holds_the_step_stay(ends, because):
    story = found()
    before = dates(story)
    ends(story)
    (dropped,) = story.of(events.ExtensionDropped)
    assert (dropped.because, dates(story)) == ("", before), because
    story.until(max(story.now, ARCHIVE_AT) + days(1))
    assert "1 caller nobody declares uses it" in held(story, StepKind.ARCHIVE)[0]
    assert (story.of(events.Amended), len(story.of(events.ExtensionProposed))) == ([], 1)
    for _ in range(2):
        story.does(MEETING)
    assert opened(story) == [(SCORER.consumer_id,)], "not again for the same"


def test_those_known_when_it_is_opened_are_bundled_and_who_comes_later_opens_the_next_one():
    story = found(None, SCORER, NIGHTLY)
    third = an_unknown("third")
    found(story, SCORER, NIGHTLY, third)
    assert opened(story) == [("caller::nightly", "caller::scorer")], "one at a time"
    votes(story).until(story.now)
    assert opened(story) == [("caller::nightly", "caller::scorer"), ("caller::third",)]
    assert story.state.later.steps[-1].due_at == CLOSE_AT + days(28)
    votes(story)
    assert story.due(StepKind.DISABLE) == DISABLE_AT + days(28)
    assert len(story.of(events.ExtensionProposed)) == 2


def test_it_goes_on_when_the_caller_is_claimed_for_only_now_somebody_knows_what_has_to_move():
    story = claimed(found())
    assert story.state.later is not None
    votes(story)
    assert story.state.obligation(SCORER.consumer_id).migrate_by == MIGRATE_AT + days(14)


@pytest.mark.parametrize("case", ["waived", "moved", "known"])
def test_it_is_over_once_nobody_it_is_about_needs_the_time(case):
    story = found()
    match case:
        case "waived":
            story.does(cmd.Waive(by=PAT, what="scorer", reason=WHY))
        case "moved":
            claimed(story).facts = replace(story.facts, calls=())
            by = cmd.ChangeDuty(by=STRANGER, consumer_ids=(SCORER.consumer_id,), duty=Duty.MIGRATED)
            story.does(by)
        case "known":
            declared(story, IMPACT[0])
    (dropped,) = story.of(events.ExtensionDropped)
    assert dropped.because == "nobody it is about needs more time any more"
    assert (story.state.round, story.state.later) == (None, None)
    assert "round/expiry" not in story.timers
    story.until(ARCHIVE_AT)
    assert held(story, StepKind.ARCHIVE) == ()
    assert story.of(events.Amended) == []


def test_it_goes_on_while_one_of_several_needs_the_time():
    story = found(None, SCORER, NIGHTLY)
    story.does(cmd.Waive(by=PAT, what="scorer", reason=WHY))
    assert story.of(events.ExtensionDropped) == []
    story.does(cmd.Waive(by=PAT, what="nightly", reason=WHY))
    assert len(story.of(events.ExtensionDropped)) == 1


def test_dates_that_move_meanwhile_end_it_and_the_next_one_is_on_those():
    story = votes(paused(found(), 3), OWEN)
    old = casting(story.state, by=PLATO, plan_digest=story.state.later.plan_digest)
    resumed(story).until(story.now)
    (dropped,) = story.of(events.ExtensionDropped)
    assert dropped.because == "the dates have moved meanwhile"
    assert opened(story) == [(SCORER.consumer_id,)] * 2
    assert story.state.round.ballots == ()
    assert story.state.later.steps[-1].due_at == CLOSE_AT + days(3) + days(14)
    with pytest.raises(Refused, match="belongs to round 2, which is over; open is round 3, to extend RET-1"):
        story.does(old)


def test_calling_it_off_is_voted_on_first_and_the_time_after_that():
    story = found()
    story.does(cmd.Cancel(by=PAT, why=WHY))
    assert story.state.round.purpose is Purpose.CANCEL
    assert [one.because for one in story.of(events.ExtensionDropped)] == ["calling it off is voted on first"]
    found(story, SCORER, NIGHTLY)
    assert len(opened(story)) == 1
    digest = story.state.approved_digest
    story.votes(SELMA, choice=Choice.REJECT, comment=WHY, plan_digest=digest).until(story.now)
    assert opened(story) == [("caller::scorer",), ("caller::nightly", "caller::scorer")]


def test_it_is_opened_when_a_pause_is_over():
    story = found(paused(a_running_retirement(**GIVING), 2))
    assert opened(story) == []
    resumed(story).until(story.now)
    assert opened(story) == [(SCORER.consumer_id,)]


def test_another_plan_takes_its_place_and_has_the_caller():
    story = found()
    story.facts = replace(story.facts, impact=(*IMPACT, SCORER))
    story.does(revising(target_on=(DISABLE_AT + days(30)).date()))
    assert (story.state.round.purpose, story.state.later) == (Purpose.RETIRE, None)
    assert SCORER.consumer_id in story.state.plan.consumer_ids


def test_who_proposed_the_retirement_has_no_vote_on_its_dates():
    with pytest.raises(Refused, match="Your vote does not count: you proposed this retirement"):
        votes(found(), PAT)


def test_a_ballot_on_the_plan_as_it_is_does_not_count():
    story = found()
    with pytest.raises(Refused, match="belongs to round 2"):
        story.does(casting(story.state))


def test_where_the_day_to_migrate_is_past_it_is_set_anew_from_today():
    story = a_migrated(**GIVING).until(DISABLE_AT - days(2))
    found(story)
    assert story.state.later.days == 5 + 14
    votes(story)
    assert story.due(StepKind.MIGRATE) == DISABLE_AT - days(2) + days(14)
    assert story.due(StepKind.DISABLE) == story.due(StepKind.MIGRATE) + days(7)
    assert story.state.progress(StepKind.MIGRATE).progress is Progress.PENDING
    assert story.due(StepKind.ARCHIVE) == ARCHIVE_AT, "what is done and proven stays"


def closes_on(story: Story) -> Any:
    return story.state.round.expires_at


def test_it_is_open_for_its_days_and_never_until_less_than_half_of_what_it_gives_is_left():
    assert closes_on(early := found()) == early.of(events.ExtensionProposed)[0].at + days(30)
    late = found(a_running_retirement(**GIVING).until(MIGRATE_AT - days(2)))
    assert closes_on(late) == late.timers["round/expiry"].due_at == MIGRATE_AT + days(7)
    past = found(a_migrated(**GIVING).until(DISABLE_AT - days(2)))
    assert closes_on(past) == DISABLE_AT - days(2) + days(7)


def test_a_single_day_that_is_given_late_in_the_evening_can_be_voted_for_that_evening():
    story = a_migrated(policy=a_policy(extension_days=1)).until(MIGRATE_AT + days(1) + timedelta(hours=13))
    found(story)
    assert story.now < closes_on(story) < story.state.later.steps[3].due_at


def test_days_that_a_card_came_up_late_do_not_outlast_its_dates():
    story = found(a_running_retirement(**GIVING).until(MIGRATE_AT - days(6)))
    story.now = MIGRATE_AT - days(3)
    story.does(cmd.RecordShown(by=events.EMERITUS, number=2))
    assert closes_on(story) == MIGRATE_AT + days(7)
    assert story.timers["round/expiry"].due_at == MIGRATE_AT + days(7)


def test_what_comes_up_only_when_its_dates_would_be_others_is_held_anew_on_those():
    story = found(a_running_retirement(**GIVING).until(MIGRATE_AT - days(6)))
    story.now = MIGRATE_AT + days(3)
    story.does(cmd.RecordShown(by=events.EMERITUS, number=2))
    story.until(story.now)
    (dropped,) = story.of(events.ExtensionDropped)
    assert dropped.because == "its dates are past, or nearly, before it could be held"
    assert opened(story) == [(SCORER.consumer_id,)] * 2
    votes(story)
    assert story.due(StepKind.MIGRATE) == MIGRATE_AT + days(3 + 14)


def test_an_approval_that_is_heard_when_its_dates_are_past_moves_nothing_to_them():
    story = votes(found(a_running_retirement(**GIVING).until(MIGRATE_AT - days(6))), OWEN, PLATO)
    last = casting(story.state, by=SELMA, plan_digest=story.state.later.plan_digest, cast_at=story.now)
    story.now = MIGRATE_AT + days(15)
    story.does(last)
    story.until(story.now)
    assert story.of(events.Amended) == []
    assert opened(story) == [(SCORER.consumer_id,)] * 2
    assert story.state.later.days == 15 + 14


def test_what_holds_a_step_says_that_more_time_can_be_voted_for_meanwhile():
    story = claimed(found()).until(ARCHIVE_AT)
    assert held(story, StepKind.ARCHIVE) == (
        (
            "1 consumer appeared after the vote (caller::scorer): approve more time for them on the card, or press "
            "Edit plan on the card for a new vote that includes them"
        ),
    )


def test_nothing_is_switched_off_while_it_is_open_nor_asked_of_people():
    story = claimed(found(a_migrated(**GIVING).until(DISABLE_AT - days(2))))
    story.until(DISABLE_AT)
    assert any(why.startswith("a vote on more time is open until") for why in held(story, StepKind.DISABLE))


def test_a_role_nobody_can_fill_keeps_it_from_nothing_but_its_end():
    story = a_running_retirement(**GIVING)
    story.facts = replace(story.facts, members={"owner": (PAT, OWEN), "platform": (), "security": (SELMA,)})
    found(story)
    votes(story, OWEN, SELMA)
    story.does(MEETING, members={"owner": (PAT, OWEN), "platform": (PLATO,), "security": (SELMA,)})
    story.facts = replace(story.facts, members={**story.facts.members, "platform": (PLATO,)})
    votes(story, PLATO)
    assert len(story.of(events.ExtensionAgreed)) == 1


def test_who_went_on_calling_after_having_moved_may_need_it_again():
    story = claimed(found())
    story.does(cmd.ChangeDuty(by=STRANGER, consumer_ids=(SCORER.consumer_id,), duty=Duty.MIGRATED))
    story.until(story.now + days(2))
    story.does(MEETING, calls=(some_calls(SCORER.consumer_id, f"{story.now - days(1):%Y-%m-%d}"),))
    assert len(story.of(events.Reopened)) == 1
    assert len(opened(story)) == 2
