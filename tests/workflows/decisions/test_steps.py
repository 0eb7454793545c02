"""Steps start when due and ready, are held with every reason, and are tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from data import events
from data.errors import Refused
from data.events import EMERITUS
from data.records.decision import EffectKind
from data.records.plan import Endpoint
from data.records.progress import Progress, StepKind
from data.records.retirement import Duty, State
from tests.builders import (
    ANNOUNCED_AT,
    ARCHIVE_AT,
    ARCHIVED,
    BATCH,
    BILLING,
    CARL,
    CLOSE_AT,
    CRM,
    DISABLE_AT,
    DRILL_AT,
    EDGE,
    ENDY,
    LIVE,
    MIGRATE_AT,
    OWEN,
    PAT,
    PLATO,
    SELMA,
    STRANGER,
    WHY,
    Story,
    a_dark,
    a_migrated,
    a_policy,
    a_proposed,
    a_running_retirement,
    a_subject,
    an_approved,
    an_impacted,
    dark,
    days,
    facts_for,
    failing,
    paused,
    proposing,
    resumed,
    revising,
    silent,
)
from workflows import commands as cmd
from workflows.rules.plans import plan as plans

BOTH = a_subject(endpoints=(LIVE, BATCH))


def running(step: StepKind, by: str = EMERITUS) -> cmd.RunStep:
    return cmd.RunStep(by=by, step=step)


def progress(story: Story, kind: StepKind) -> Progress:
    return story.state.progress(kind).progress


def proven(story: Story, step: StepKind = StepKind.DRILL, **changes: Any) -> cmd.RecordDrill:
    read = cmd.RecordDrill(
        by=EMERITUS,
        step=step,
        started=story.state.progress(step).started,
        manifest_digest=ARCHIVED.manifest_digest,
        files=3,
        bytes=1204,
    )
    return replace(read, **changes)


def test_a_whole_retirement_goes_from_its_proposal_to_its_archive():
    story = a_dark().until(CLOSE_AT).works()
    assert story.state.state is State.ARCHIVED
    assert [(event.step, event.at) for event in story.of(events.StepStarted)] == [
        (StepKind.ARCHIVE, ARCHIVE_AT),
        (StepKind.DRILL, DRILL_AT),
        (StepKind.DISABLE, DISABLE_AT),
        (StepKind.CLOSE, CLOSE_AT),
    ]
    assert story.timers == {}


@pytest.mark.parametrize("step", [StepKind.ARCHIVE, StepKind.DISABLE])
def test_who_may_not_run_a_step_is_told_by_its_name(step: StepKind):
    with pytest.raises(Refused) as refused:
        a_running_retirement().does(running(step, STRANGER))
    assert str(refused.value) == (
        f"You may not {step} RET-1: this is for the coordinator or the endpoint's owners. "
        "Ask one of them; /retire show RET-1 names them"
    )


def test_an_announcement_opens_the_obligations_and_sets_every_timer():
    story = a_running_retirement()
    assert (story.state.state, story.state.announced) == (State.MIGRATING, 1)
    assert {name: timer.due_at for name, timer in story.timers.items() if name.startswith("step/")} == {
        "step/archive": ARCHIVE_AT,
        "step/drill": DRILL_AT,
        "step/migrate": MIGRATE_AT,
        "step/disable": DISABLE_AT,
        "step/close": CLOSE_AT,
    }
    assert len([name for name in story.timers if name.startswith("remind/")]) == 3
    assert len([name for name in story.timers if name.startswith("escalate/")]) == 4


def test_a_late_announcement_moves_the_dates_so_that_nobodys_notice_is_cut_short():
    story = a_proposed().votes(OWEN, PLATO).until(ANNOUNCED_AT + timedelta(days=5, hours=2))
    story.votes(SELMA).until(story.now)
    (amended, announced) = story.happened[-2:]
    assert isinstance(amended, events.Amended)
    assert isinstance(announced, events.Announced)
    assert amended.because == "the vote closed late, and 30 days of notice are owed"
    assert story.due(StepKind.ANNOUNCE) == ANNOUNCED_AT
    assert story.due(StepKind.DISABLE) == DISABLE_AT + days(5)
    assert story.due(StepKind.CLOSE) == CLOSE_AT + days(5)
    assert {owed.migrate_by for owed in announced.obligations} == {MIGRATE_AT + days(5)}
    assert (story.state.plan.amends, plans.binds(story.state)) == (story.state.approved_digest, True)


def test_a_late_announcement_with_notice_to_spare_moves_nothing():
    story = Story(facts_for())
    story.does(proposing(target_on=(DISABLE_AT + days(60)).date()))
    story.votes(OWEN, PLATO).until(ANNOUNCED_AT + days(5)).votes(SELMA).until(story.now)
    assert story.state.state is State.MIGRATING
    assert story.of(events.Amended) == []


def test_a_held_step_says_why_once_and_looks_again():
    story = a_running_retirement(readings=silent(LIVE, calls=3)).until(DISABLE_AT)
    assert story.timers["step/disable"].due_at == DISABLE_AT + timedelta(hours=24)
    story.until(DISABLE_AT + days(3))
    held = [event for event in story.of(events.StepHeld) if event.step is StepKind.DISABLE]
    assert len(held) == 1
    assert held[0].reasons[-1] == f"{LIVE.id} was called 3 times in the last 30 days"


def test_a_held_step_whose_reasons_changed_says_so():
    story = a_running_retirement().until(ARCHIVE_AT).works().until(DRILL_AT).works().until(DISABLE_AT)
    story.does(cmd.ChangeDuty(by=CARL, duty=Duty.MIGRATED))
    story.until(DISABLE_AT + days(1))
    held = [event for event in story.of(events.StepHeld) if event.step is StepKind.DISABLE]
    assert [len(event.reasons) for event in held] == [1, 1]
    assert "1 consumer is not migrated (billing-etl)" in held[1].reasons[0]


def test_a_held_step_runs_as_soon_as_its_gates_hold():
    story = a_migrated(archive_holds="its bucket does not answer").until(DISABLE_AT).works()
    assert progress(story, StepKind.DISABLE) is Progress.HELD
    story.facts = replace(story.facts, archive_holds="yes")
    story.until(DISABLE_AT + days(1)).works()
    assert story.state.state is State.DISABLED


def test_a_person_who_asks_too_early_hears_every_reason_and_nothing_is_held():
    story = a_running_retirement()
    with pytest.raises(Refused) as refused:
        story.does(running(StepKind.DISABLE, by=ENDY))
    assert str(refused.value).startswith("Cannot disable churn: disable is due on 2027-02-17 09:00 UTC; ")
    assert len(refused.value.reasons) == 5
    assert progress(story, StepKind.DISABLE) is Progress.PENDING


def test_an_archive_that_is_gone_is_named_beside_all_else_that_holds_a_step():
    story = a_migrated()
    gone = {"archive_holds": "it is gone"}
    with pytest.raises(Refused) as refused:
        story.does(running(StepKind.DISABLE, by=ENDY), at=DISABLE_AT - days(1), **gone)
    assert refused.value.reasons == (
        "disable is due on 2027-02-17 09:00 UTC",
        "the archive cannot be confirmed: it is gone",
    )


def test_only_those_who_may_run_a_step():
    with pytest.raises(Refused, match="this is for the coordinator or the endpoint's owners"):
        a_migrated().does(running(StepKind.DISABLE, by=STRANGER))


def test_a_person_may_archive_early_even_before_the_announcement():
    story = an_approved()
    story.does(running(StepKind.ARCHIVE, by=PAT))
    story.works()
    assert (progress(story, StepKind.ARCHIVE), story.state.archived) == (Progress.DONE, ARCHIVED)
    story.until(DRILL_AT)
    assert [event.step for event in story.of(events.StepStarted)] == [StepKind.ARCHIVE, StepKind.DRILL]


def an_early_archive_that_failed() -> Story:
    story = an_approved()
    story.does(running(StepKind.ARCHIVE, by=PAT))
    story.does(failing(story, StepKind.ARCHIVE))
    return story


def test_an_early_archive_that_failed_is_tried_again_like_whatever_is_held():
    story = an_early_archive_that_failed()
    failed_at = story.now
    assert story.timers["step/archive"].due_at == failed_at + days(1)
    story.until(failed_at + days(1)).works()
    assert (progress(story, StepKind.ARCHIVE), story.now < ARCHIVE_AT) == (Progress.DONE, True)
    assert len(story.of(events.StepHeld)) == 0


def test_an_early_archive_that_failed_is_tried_again_also_after_announcement_and_pause():
    story = an_early_archive_that_failed()
    story.does(running(StepKind.ANNOUNCE), at=ANNOUNCED_AT)
    assert story.timers["step/archive"].due_at == ANNOUNCED_AT
    story = resumed(paused(story, for_days=2))
    assert story.timers["step/archive"].due_at == story.now < story.due(StepKind.ARCHIVE)


@pytest.mark.parametrize("step", [StepKind.ARCHIVE, StepKind.DISABLE])
def test_asking_for_what_runs_or_is_done_changes_nothing(step):
    story = a_migrated().until(DISABLE_AT)
    decision = story.does(running(step, by=PAT))
    assert (decision.events, decision.effects) == ((), ())
    assert decision.reply == f"{step} of RET-1 is {progress(story, step)}."


def test_who_asks_for_what_runs_hears_that_it_is_paused():
    story = a_migrated().until(DISABLE_AT)
    story.does(cmd.Pause(by=PAT, why=WHY))
    assert story.does(running(StepKind.DISABLE, by=PAT)).reply == (
        "disable of RET-1 is running. It is paused since 2027-02-17 09:00 UTC: "
        "nothing more begins before /retire resume RET-1."
    )


@pytest.mark.parametrize(
    ("story", "step"),
    [
        (a_proposed, StepKind.ARCHIVE),
        (an_approved, StepKind.DISABLE),
        (a_running_retirement, StepKind.CLOSE),
    ],
    ids=["voted on", "not announced", "not dark"],
)
def test_a_timer_that_rings_in_a_state_its_step_is_not_for_holds_nothing(story, step):
    decision = story().does(running(step), at=CLOSE_AT)
    assert (decision.events, decision.timers) == ((), ())


def test_a_failed_step_is_held_with_the_reason_and_tried_again_under_another_key():
    story = a_running_retirement().until(ARCHIVE_AT)
    (first,) = story.work(EffectKind.ARCHIVE)
    del story.effects[first.key]
    story.does(failing(story, StepKind.ARCHIVE))
    assert story.state.progress(StepKind.ARCHIVE).held_by == ("the disk is full",)
    story.until(ARCHIVE_AT + days(1))
    (second,) = story.work(EffectKind.ARCHIVE)
    assert first.key != second.key


@pytest.mark.parametrize(
    "report",
    [
        lambda story: failing(story, StepKind.ARCHIVE),
        lambda story: cmd.RecordArchive(by=EMERITUS, started=0, archived=ARCHIVED),
        proven,
        lambda story: proven(story, StepKind.DISABLE),
    ],
    ids=["failure", "archive", "drill", "proof"],
)
def test_a_result_nobody_waits_for_any_more_changes_nothing(report):
    for story in (a_running_retirement(), a_migrated()):
        assert story.does(report(story)).events == ()


def test_a_copy_made_for_an_earlier_plan_is_not_the_archive_of_the_next_one():
    story = a_running_retirement().until(ARCHIVE_AT)
    (late,) = story.work(EffectKind.ARCHIVE)
    story.effects.clear()
    more = replace(story.facts.subject, artifacts=("s3://models/churn", "s3://models/more"))
    story.facts = replace(story.facts, subject=more)
    story.does(revising(target_on=(DISABLE_AT + days(60)).date()))
    story.votes(OWEN, PLATO, SELMA).until(story.now + days(15))
    story.does(cmd.RunStep(by=PAT, step=StepKind.ARCHIVE))
    report = cmd.RecordArchive(by=EMERITUS, started=int(late.body["started"]), archived=ARCHIVED)
    assert story.does(report).events == ()
    assert progress(story, StepKind.ARCHIVE) is Progress.RUNNING


def test_a_drill_of_anything_but_the_recorded_archive_proves_nothing_and_is_tried_again():
    story = a_running_retirement().until(ARCHIVE_AT).works().until(DRILL_AT)
    story.does(proven(story, manifest_digest="sha256:else"))
    assert story.state.drilled_at is None
    assert story.state.progress(StepKind.DRILL).held_by == (
        "the proof read sha256:else, recorded is sha256:bb",
    )
    assert story.timers["step/drill"].due_at == DRILL_AT + days(1)


def test_nothing_is_ever_disabled_before_its_archive_is_proven():
    story = a_running_retirement().until(ARCHIVE_AT).works().until(MIGRATE_AT)
    for owner in ("UBILL", CARL):
        story.does(cmd.ChangeDuty(by=owner, duty=Duty.MIGRATED))
    story.until(DISABLE_AT + days(10))
    assert story.work(EffectKind.DISABLE) == ()
    assert story.state.progress(StepKind.DISABLE).held_by == ("the archive is not proven by a restore drill",)


def test_a_newcomer_holds_every_step_until_a_vote_that_includes_it():
    story = a_migrated()
    story.facts = replace(story.facts, impact=(*story.facts.impact, an_impacted("late")))
    story.until(DISABLE_AT)
    assert (
        "1 consumer appeared after the vote (component:default/late)"
        in (story.state.progress(StepKind.DISABLE).held_by[0])
    )
    story.does(revising(target_on=(DISABLE_AT + days(60)).date()))
    story.votes(OWEN, PLATO, SELMA).until(story.now + days(15))
    assert [owed.duty for owed in story.state.obligations] == [Duty.MIGRATED, Duty.MIGRATED, Duty.OPEN]


def test_the_day_to_have_moved_names_who_has_not():
    story = a_running_retirement().until(MIGRATE_AT)
    assert story.of(events.MigrationClosed)[0].open_ids == (BILLING, CRM)


def test_switching_off_rests_on_recorded_evidence_and_keeps_one_lane():
    story = a_migrated(BOTH).until(DISABLE_AT).proves()
    assert story.of(events.StepStarted)[-1].evidence == (
        f"{LIVE.id}: 0 calls in 30 days",
        f"{BATCH.id}: 0 calls in 30 days",
    )
    assert [(effect.body["endpoint_id"], effect.lane) for effect in story.work(EffectKind.DISABLE)] == [
        (LIVE.id, "RET-1/work"),
        (BATCH.id, "RET-1/work"),
    ]


def gone_dark(endpoint: Endpoint) -> cmd.RecordDisabled:
    return cmd.RecordDisabled(by=EMERITUS, endpoint=endpoint)


def test_it_is_disabled_only_with_the_last_endpoint():
    story = a_migrated(BOTH).until(DISABLE_AT)
    story.does(gone_dark(LIVE))
    assert (story.state.state, story.state.disabled_ids) == (State.MIGRATING, (LIVE.id,))
    assert story.does(gone_dark(LIVE)).events == ()
    story.does(gone_dark(BATCH))
    assert (story.state.state, set(story.timers)) == (State.DISABLED, {"step/close"})


def test_one_endpoint_that_fails_does_not_hide_another_that_went_dark():
    story = a_migrated(BOTH).until(DISABLE_AT)
    story.does(failing(story, StepKind.DISABLE))
    story.does(gone_dark(BATCH))
    assert (progress(story, StepKind.DISABLE), story.state.disabled_ids) == (Progress.HELD, (BATCH.id,))
    story.effects.clear()
    story.until(DISABLE_AT + days(1)).proves()
    assert [effect.body["endpoint_id"] for effect in story.work(EffectKind.DISABLE)] == [LIVE.id]
    assert story.works().state.state is State.DISABLED


def test_a_model_without_an_endpoint_is_disabled_on_its_day():
    story = a_migrated(a_subject(endpoints=())).until(DISABLE_AT).proves()
    assert (story.state.state, story.work(EffectKind.DISABLE)) == (State.DISABLED, ())
    assert story.until(CLOSE_AT).works().state.state is State.ARCHIVED


def test_what_goes_dark_after_it_was_called_off_is_brought_back():
    story = a_migrated().until(DISABLE_AT)
    story.does(failing(story, StepKind.DISABLE))
    story.does(cmd.Cancel(by=PAT, why=WHY))
    story.votes(OWEN, PLATO, SELMA)
    story.does(gone_dark(LIVE))
    assert [effect.body["endpoint_id"] for effect in story.work(EffectKind.RESTORE)] == [LIVE.id]
    assert (story.works().state.state, story.state.disabled_ids) == (State.CANCELLED, ())
    assert [type(event) for event in story.happened[-2:]] == [
        events.EndpointDisabled,
        events.EndpointRestored,
    ]


def test_what_goes_dark_while_people_vote_on_calling_it_off_is_brought_back():
    story = a_migrated(BOTH).until(DISABLE_AT)
    story.does(failing(story, StepKind.DISABLE))
    story.does(cmd.Cancel(by=PAT, why=WHY))
    story.does(gone_dark(LIVE))
    assert story.state.disabled_ids == (LIVE.id,)
    story.votes(OWEN, PLATO, SELMA)
    assert [effect.body["endpoint_id"] for effect in story.work(EffectKind.RESTORE)] == [LIVE.id]

    again = story.does(cmd.Restore(by=PAT, why=WHY))
    assert again.reply == "Service of RET-1 is asked back once more."
    assert (story.works().state.state, story.state.disabled_ids) == (State.CANCELLED, ())


def test_what_goes_dark_for_an_old_plan_is_brought_back_under_the_new_one():
    story = a_migrated().until(DISABLE_AT)
    story.does(failing(story, StepKind.DISABLE))
    story.does(revising(target_on=(DISABLE_AT + days(60)).date()))
    story.votes(OWEN, PLATO, SELMA).until(DISABLE_AT + days(14))
    assert (story.state.state, progress(story, StepKind.DISABLE)) == (State.MIGRATING, Progress.PENDING)
    story.does(gone_dark(LIVE))
    assert [effect.body["ref"] for effect in story.work(EffectKind.RESTORE)] == [LIVE.ref]
    assert story.works().state.disabled_ids == ()


def test_what_the_new_plan_has_no_more_is_brought_back_when_it_goes_dark():
    story = a_migrated(BOTH).until(DISABLE_AT)
    story.does(failing(story, StepKind.DISABLE))
    story.facts = replace(story.facts, subject=a_subject())
    story.does(revising(target_on=(DISABLE_AT + days(60)).date()))
    story.does(gone_dark(BATCH))
    (back,) = story.work(EffectKind.RESTORE)
    assert (back.body["endpoint_id"], back.body["ref"]) == (BATCH.id, BATCH.ref)


def test_the_archive_is_read_back_before_anything_is_switched_off_and_gates_are_looked_at_after_that():
    story = a_migrated().until(DISABLE_AT)
    assert (len(story.work(EffectKind.DRILL)), story.work(EffectKind.DISABLE)) == (1, ())
    story.does(cmd.Pause(by=PAT, why=WHY))
    story.proves()
    assert (progress(story, StepKind.DISABLE), story.work(EffectKind.DISABLE)) == (Progress.HELD, ())
    assert story.state.progress(StepKind.DISABLE).gates == ("paused",)


def test_a_caller_that_comes_while_the_archive_is_read_back_holds_the_switch():
    story = a_migrated().until(DISABLE_AT)
    story.facts = replace(story.facts, readings=silent(LIVE, calls=1))
    assert story.proves().state.progress(StepKind.DISABLE).gates == (f"traffic/{LIVE.id}/called",)
    story.facts = replace(story.facts, readings=silent(LIVE))
    assert story.until(DISABLE_AT + days(1)).works().state.state is State.DISABLED


@pytest.mark.parametrize("step", [StepKind.DRILL, StepKind.DISABLE, StepKind.CLOSE])
def test_an_archive_that_does_not_hold_is_made_and_proven_again_before_the_step_goes_on(step):
    begun = {
        StepKind.DRILL: lambda: a_running_retirement().until(ARCHIVE_AT).works().until(DRILL_AT),
        StepKind.DISABLE: lambda: a_migrated().until(DISABLE_AT),
        StepKind.CLOSE: lambda: a_dark().until(CLOSE_AT),
    }[step]
    story = begun()
    before = story.state.state
    story.does(replace(failing(story, step, "weights.bin is damaged"), is_archive_lost=True))
    story.effects.clear()
    assert (story.state.archived, story.state.drilled_at, story.state.state) == (None, None, before)
    assert story.state.progress(step).held_by == ("weights.bin is damaged",)
    story.until(story.now + days(1))
    assert (len(story.work(EffectKind.ARCHIVE)), progress(story, step)) == (1, Progress.HELD)
    story.works().until(story.now).works()
    assert story.state.drilled_at is not None
    if step is not StepKind.DRILL:
        story.until(story.now + days(2)).works()
        assert progress(story, step) is Progress.DONE


def test_it_is_not_closed_without_an_archive_that_is_there():
    story = a_dark()
    story.facts = replace(story.facts, archive_holds="its bucket is gone")
    story.until(CLOSE_AT).works()
    assert story.state.progress(StepKind.CLOSE).held_by == (
        "the archive cannot be confirmed: its bucket is gone",
    )


def test_the_dark_window_is_whole_however_late_it_begins():
    story = a_migrated(archive_holds="no answer").until(DISABLE_AT + timedelta(days=40, hours=1))
    story.facts = replace(story.facts, archive_holds="yes")
    story.until(DISABLE_AT + days(41)).works()
    assert story.state.state is State.DISABLED
    assert story.due(StepKind.CLOSE) == CLOSE_AT + days(41)
    assert story.of(events.Amended)[0].because == (
        "it went dark late, and 30 days are owed in which service can come back"
    )
    story.facts = replace(story.facts, readings=dark(LIVE))
    assert story.until(CLOSE_AT + days(40)).works().state.state is State.DISABLED
    assert story.until(CLOSE_AT + days(41)).works().state.state is State.ARCHIVED


def test_some_seconds_late_are_not_late():
    story = a_migrated().until(DISABLE_AT)
    story.does(gone_dark(LIVE), at=DISABLE_AT + timedelta(minutes=3))
    assert (story.of(events.Amended), story.due(StepKind.CLOSE)) == ([], CLOSE_AT)


def test_what_serves_again_is_not_closed():
    story = a_dark()
    story.facts = replace(story.facts, readings=silent(LIVE))
    story.until(CLOSE_AT)
    again = f"{LIVE.id} serves again: switch it off where it runs, or bring service back, /retire restore RET-1 REASON"
    assert story.state.progress(StepKind.CLOSE).held_by == (again,)
    asked = story.does(running(StepKind.DISABLE, by=PAT))
    assert asked.reply == f"disable of RET-1 is done. Its close is held: {again}."
    story.facts = replace(story.facts, readings=dark(LIVE))
    assert story.until(CLOSE_AT + days(1)).works().state.state is State.ARCHIVED


def test_closing_frees_what_was_reserved():
    story = a_dark()
    story.until(CLOSE_AT)
    decision = story.does(proven(story, StepKind.CLOSE))
    assert (decision.releases, decision.cancels) == (True, ("*",))


def test_a_policys_own_hours_decide_when_a_held_step_looks_again():
    story = a_migrated(policy=a_policy(recheck_hours=6), archive_holds="no answer").until(DISABLE_AT).works()
    assert story.timers["step/disable"].due_at == DISABLE_AT + timedelta(hours=6)


@pytest.mark.parametrize("report", [proven, failing], ids=["read back", "not read back"])
def test_what_is_read_back_after_the_restore_holds_nothing_any_more(report):
    """Nothing was off yet, and people switch what it has: it ended at once."""
    story = a_migrated(a_subject(endpoints=(EDGE,)), readings=silent(EDGE, calls=-1))
    story.does(cmd.Waive(by=PAT, what="traffic", reason=WHY))
    story.until(DISABLE_AT)
    late = report(story, StepKind.DISABLE)
    story.does(cmd.Restore(by=PAT, why=WHY))
    assert story.state.state is State.ROLLED_BACK
    assert story.does(late).events == ()
