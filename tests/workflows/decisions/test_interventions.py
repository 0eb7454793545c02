"""Pause and resume, restore, hand over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data import events
from data.errors import Refused
from data.events import EMERITUS
from data.records.decision import EffectKind
from data.records.delegation import Account
from data.records.progress import StepKind
from data.records.retirement import Duty, State
from tests.builders import (
    ANNOUNCED_AT,
    BATCH,
    BILLING,
    CLOSE_AT,
    CRM,
    DISABLE_AT,
    ENDY,
    LIVE,
    MIGRATE_AT,
    OWEN,
    PAT,
    PLATO,
    SELMA,
    STRANGER,
    WHY,
    a_dark,
    a_migrated,
    a_proposed,
    a_running_retirement,
    a_subject,
    an_approved,
    days,
    failing,
    paused,
    restoring,
    resumed,
    revising,
)
from workflows import commands as cmd
from workflows.rules.plans import plan as plans


def test_a_pause_stops_every_step_and_nothing_runs_meanwhile():
    story = paused(a_running_retirement(), for_days=60)
    assert story.timers == {}
    assert (story.state.state, story.state.paused_by) == (State.MIGRATING, ENDY)
    assert story.does(cmd.Pause(by=PAT, why=WHY)).reply == "RET-1 is paused already."


def test_after_a_pause_all_remaining_dates_have_moved_by_its_length():
    story = resumed(paused(a_running_retirement(), for_days=4.5))
    assert story.due(StepKind.ANNOUNCE) == ANNOUNCED_AT
    assert story.due(StepKind.DISABLE) == DISABLE_AT + days(5)
    assert story.timers["step/disable"].due_at == DISABLE_AT + days(5)
    assert {(owed.acknowledge_by, owed.migrate_by) for owed in story.state.obligations} == {
        (ANNOUNCED_AT + days(12), MIGRATE_AT + days(5))
    }
    assert plans.binds(story.state)
    assert story.state.paused_at is None


def test_who_was_to_answer_during_the_pause_is_still_pressed_after_it():
    story = resumed(paused(a_running_retirement(), for_days=10)).until(ANNOUNCED_AT + days(18))
    assert story.of(events.Escalated)[0].milestone == "acknowledge@2027-02-04"


def test_two_pauses_add_up_and_the_plan_still_binds():
    story = resumed(paused(a_running_retirement(), for_days=2))
    story = resumed(paused(story, for_days=3))
    assert story.due(StepKind.DISABLE) == DISABLE_AT + days(5)
    assert plans.binds(story.state)


def test_begun_days_of_several_pauses_are_counted_in_full_once():
    story = a_running_retirement()
    replies = []
    for hours in (1, 1, 1, 22, 48):
        story = paused(story, for_days=hours / 24)
        replies.append(story.does(cmd.Resume(by=PAT)).reply)
    together = "all its pauses together moved them by"
    assert replies == [
        "RET-1 goes on; its dates moved by 1 day, a begun one in full.",
        f"RET-1 goes on; its dates stay as they are: {together} 1 day, a begun one in full.",
        f"RET-1 goes on; its dates stay as they are: {together} 1 day, a begun one in full.",
        f"RET-1 goes on; its dates moved by 1 day: {together} 2 days, a begun one in full.",
        f"RET-1 goes on; its dates moved by 2 days: {together} 4 days, a begun one in full.",
    ]
    assert story.due(StepKind.DISABLE) == DISABLE_AT + days(4)
    assert plans.binds(story.state)


def test_what_fell_due_in_a_pause_that_moved_no_date_runs_right_after_it():
    story = resumed(paused(a_running_retirement(), for_days=1 / 24))
    due = story.due(StepKind.ARCHIVE)
    story = paused(story.until(due - days(1 / 48)), for_days=1 / 24)
    story.does(cmd.Resume(by=PAT))
    assert story.due(StepKind.ARCHIVE) == due
    assert story.timers["step/archive"].due_at == story.now


def test_pauses_of_an_earlier_plan_move_no_date_of_this_one():
    story = resumed(paused(a_running_retirement(), for_days=1 / 24))
    story.does(revising(target_on=(DISABLE_AT + days(60)).date()))
    story.votes(OWEN, PLATO, SELMA).until(ANNOUNCED_AT + days(16))
    due = story.due(StepKind.DISABLE)
    assert resumed(paused(story, for_days=1 / 24)).due(StepKind.DISABLE) == due + days(1)


def test_a_pause_before_the_announcement_moves_the_announcement():
    story = resumed(paused(an_approved(), for_days=3))
    assert story.due(StepKind.ANNOUNCE) == ANNOUNCED_AT + days(3)
    story.until(ANNOUNCED_AT + days(3))
    assert story.state.state is State.MIGRATING
    assert [event.because for event in story.of(events.Amended)] == ["the retirement was paused"]


def test_a_clock_set_back_during_a_pause_moves_no_date_and_the_retirement_goes_on():
    story = paused(a_running_retirement())
    dates = story.state.plan.steps
    story.does(cmd.Resume(by=PAT), at=story.now - timedelta(seconds=30))
    assert (story.state.paused_at, story.state.plan.steps) == (None, dates)


def test_a_pause_of_the_dark_window_moves_its_end():
    story = resumed(paused(a_dark(), for_days=7))
    assert {name: timer.due_at for name, timer in story.timers.items()} == {"step/close": CLOSE_AT + days(7)}


def test_what_runs_while_it_is_paused_still_counts():
    story = paused(a_migrated().until(DISABLE_AT).proves()).works()
    assert story.state.state is State.DISABLED
    assert resumed(story).until(CLOSE_AT).state.state is State.DISABLED


@pytest.mark.parametrize(
    "story", [a_proposed, lambda: a_dark().until(CLOSE_AT).works()], ids=["voted on", "ended"]
)
def test_only_what_is_under_way_can_be_paused(story):
    with pytest.raises(Refused, match="RET-1 cannot be paused: it is"):
        story().does(cmd.Pause(by=PAT, why=WHY))


def test_resuming_what_is_not_paused_changes_nothing():
    assert a_running_retirement().does(cmd.Resume(by=PAT)).reply == "RET-1 is not paused. /retire show RET-1"


def test_a_new_plan_ends_the_pause_of_the_old_one():
    story = paused(a_running_retirement())
    story.does(revising(target_on=(DISABLE_AT + days(60)).date()))
    assert story.does(cmd.Resume(by=PAT)).reply == "RET-1 is not paused. /retire show RET-1"
    story.votes(OWEN, PLATO, SELMA).until(ANNOUNCED_AT + days(14))
    assert story.state.state is State.MIGRATING


def test_service_comes_back_and_the_retirement_ends():
    story = restoring(a_dark(a_subject(endpoints=(LIVE, BATCH))), by=ENDY)
    assert (story.state.state, story.state.restoring, story.timers) == (State.DISABLED, ENDY, {})
    assert story.does(cmd.Restore(by=PAT, why=WHY)).reply == "RET-1 is being restored already."
    first, second = story.work(EffectKind.RESTORE)
    story.does(cmd.RecordRestored(by=EMERITUS, endpoint_id=first.body["endpoint_id"]))
    assert story.state.state is State.DISABLED
    decision = story.does(cmd.RecordRestored(by=EMERITUS, endpoint_id=second.body["endpoint_id"]))
    assert (story.state.state, story.state.disabled_ids) == (State.ROLLED_BACK, ())
    assert decision.releases
    assert story.state.archived is not None


def test_a_half_dark_model_comes_back_whole():
    story = a_migrated(a_subject(endpoints=(LIVE, BATCH))).until(DISABLE_AT)
    story.does(cmd.RecordDisabled(by=EMERITUS, endpoint=LIVE))
    restoring(story)
    assert {effect.body["endpoint_id"] for effect in story.work(EffectKind.RESTORE)} == {LIVE.id, BATCH.id}
    # What was under way goes dark first: the work of a retirement keeps its order.
    story.does(cmd.RecordDisabled(by=EMERITUS, endpoint=BATCH))
    for endpoint in (LIVE, BATCH):
        story.does(cmd.RecordRestored(by=EMERITUS, endpoint_id=endpoint.id))
    assert story.state.state is State.ROLLED_BACK


def test_a_failed_switching_off_can_be_brought_back():
    story = a_migrated(a_subject(endpoints=(LIVE, BATCH))).until(DISABLE_AT)
    story.does(cmd.RecordDisabled(by=EMERITUS, endpoint=LIVE))
    story.does(failing(story, StepKind.DISABLE))
    restoring(story)
    story.does(cmd.RecordRestored(by=EMERITUS, endpoint_id=LIVE.id))
    assert (story.state.state, story.timers) == (State.ROLLED_BACK, {})


def test_while_service_comes_back_nothing_is_closed():
    story = restoring(a_dark())
    assert story.does(cmd.RunStep(by=EMERITUS, step=StepKind.CLOSE), at=CLOSE_AT).events == ()


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (a_running_retirement, "Nothing was switched off"),
        (
            lambda: a_dark().until(CLOSE_AT).works(),
            "The dark window is over, and what is left is its archive",
        ),
    ],
    ids=["serving", "closed"],
)
def test_there_is_nothing_to_restore_where_nothing_is_dark_or_the_window_is_over(story, said):
    with pytest.raises(Refused) as refused:
        restoring(story())
    assert refused.value.next_step == f"{said}. /retire show RET-1"


def test_what_was_brought_back_is_said_to_be_back_and_since_when():
    story = restoring(a_dark())
    story.does(cmd.RecordRestored(by=EMERITUS, endpoint_id=LIVE.id))
    back_at = f"{story.now:%Y-%m-%d %H:%M} UTC"
    with pytest.raises(Refused) as refused:
        restoring(story)
    assert str(refused.value) == (
        f"RET-1 has nothing to restore: it is rolled back. It was brought back on {back_at}. /retire show RET-1"
    )


def test_a_model_without_endpoints_is_rolled_back_at_once():
    story = a_migrated(a_subject(endpoints=())).until(DISABLE_AT)
    assert restoring(story).state.state is State.ROLLED_BACK


def test_a_restored_endpoint_nobody_asked_for_changes_nothing():
    assert a_dark().does(cmd.RecordRestored(by=EMERITUS, endpoint_id=LIVE.id)).events == ()


def test_handing_over_names_exactly_one_coordinator():
    story = a_running_retirement()
    story.does(cmd.HandOver(by=PAT, to=OWEN), named_person=OWEN)
    assert story.state.coordinator_id == OWEN
    with pytest.raises(Refused, match="this is for the coordinator"):
        story.does(cmd.HandOver(by=PAT, to=PAT))
    assert story.does(cmd.HandOver(by=OWEN, to=OWEN)).reply == "They coordinate it already."


@pytest.mark.parametrize("to", ["", "pat", "@pat", "U", "U1 U2"])
def test_only_a_person_can_coordinate(to):
    with pytest.raises(Refused, match="is not a person"):
        a_running_retirement().does(cmd.HandOver(by=PAT, to=to))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"account": Account.GUEST}, "What you hand over does not count: by Slack this account is a guest"),
        (
            {"no_colleagues": {OWEN: Account.OUTSIDER}},
            f"<@{OWEN}> cannot coordinate RET-1: by Slack this account is of another workspace",
        ),
    ],
    ids=["by a guest", "to a stranger"],
)
def test_only_colleagues_hand_over_and_are_handed_to(facts, said):
    story = a_running_retirement()
    with pytest.raises(Refused) as refused:
        story.does(cmd.HandOver(by=PAT, to=OWEN), named_person=OWEN, **facts)
    assert said in str(refused.value)
    assert story.state.coordinator_id == PAT


@pytest.mark.parametrize("known", ["", OWEN], ids=["nobody", "somebody else"])
def test_a_bot_or_whoever_the_catalog_does_not_know_cannot_coordinate(known):
    story = a_running_retirement()
    with pytest.raises(Refused) as refused:
        story.does(cmd.HandOver(by=PAT, to="UBOT"), named_person=known)
    assert str(refused.value) == (
        "<@UBOT> cannot coordinate RET-1: the catalog knows no person with this Slack id, or they left. "
        "Name a colleague the catalog knows, or give them a Slack id there "
        "(annotation emeritus.dev/slack-id) and import it again"
    )
    assert story.state.coordinator_id == PAT


def test_the_coordinator_by_now_decides_and_the_first_one_does_not():
    story = a_running_retirement()
    story.does(cmd.HandOver(by=PAT, to=STRANGER), named_person=STRANGER)
    story.does(cmd.Waive(by=STRANGER, what=CRM, reason=WHY))
    with pytest.raises(Refused):
        story.does(cmd.Waive(by=PAT, what=BILLING, reason=WHY))
    assert story.state.obligation(CRM).duty is Duty.WAIVED
