"""Before a model is switched off, the checks of whoever depended on it pass without it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from data import events
from data.errors import EmeritusError
from data.records.base import Prose
from data.records.checks import CheckEnd, CheckRun, CheckSeen, CheckWanted, Declared
from data.records.decision import Effect, EffectKind
from data.records.policy import Tier
from data.records.progress import Progress, StepKind
from data.records.retirement import Duty, State
from tests.builders import (
    ARCHIVE_AT,
    BATCH,
    BILL,
    BILLING,
    CARL,
    CRM,
    DISABLE_AT,
    DRILL_AT,
    LIVE,
    PAT,
    STRANGER,
    WHY,
    Story,
    a_migrated,
    a_policy,
    a_running_retirement,
    a_subject,
    an_impacted,
    days,
    failing,
    revising,
)
from workflows import commands as cmd
from workflows.rules.consumers import checking
from workflows.rules.gating import check_gates

POLICY = a_policy(checks_valid_hours=24)
SCORING, FEATURES = Declared(name="scoring", digest="sha256:s"), Declared(name="features", digest="sha256:f")
CHECKS = {BILLING: (SCORING, FEATURES)}
ONE = {BILLING: (SCORING,)}
ETL = "component:default/etl"
AGAIN = "/retire check RET-1 billing-etl runs them"
OVER = "or go without them by name, /retire waive RET-1 checks:billing-etl REASON"


def work(story: Story) -> list[Effect]:
    return list(story.work(EffectKind.CHECK))


def ended(effect: Effect, end: CheckEnd = CheckEnd.PASSED, **changes: Any) -> cmd.RecordCheck:
    body = effect.body
    said = {
        "declared": f"sha256:{body['check'][0]}",
        "why": "",
        "seconds": 3,
        "log_digest": "sha256:log",
    } | changes
    return cmd.RecordCheck(
        by=events.EMERITUS,
        consumer_id=body["consumer_id"],
        name=body["check"],
        run=int(body["run"]),
        end=end,
        log=Prose(prose="42 rows"),
        **said,
    )


def checks(story: Story, end: CheckEnd = CheckEnd.PASSED, **changes: Any) -> Story:
    """All that are under way end so."""
    for effect in work(story):
        del story.effects[effect.key]
        story.does(ended(effect, end, **changes))
    return story


def held_by(story: Story) -> tuple[str, ...]:
    return story.state.progress(StepKind.DISABLE).held_by


def test_they_are_run_when_nothing_else_holds_the_switch_off_which_goes_on_once_all_passed():
    story = a_migrated(policy=POLICY, checks=CHECKS).until(DISABLE_AT)
    (started,) = story.of(events.ChecksStarted)
    assert started.checks == tuple(
        CheckWanted(consumer_id=BILLING, name=name) for name in ("scoring", "features")
    )
    assert [one.key for one in work(story)] == [
        f"RET-1/check/{story.state.checks[0].run}/{BILLING}/{name}" for name in ("scoring", "features")
    ]
    assert story.of(events.StepHeld) == []
    scoring, features = work(story)
    assert checking.awaited(story.state) == "2 checks of its consumers are under way, and are to pass first"
    story.does(ended(scoring))
    assert story.timers["step/disable"].due_at == DISABLE_AT + days(1)
    story.does(ended(features))
    story.until(DISABLE_AT).works()
    assert story.state.state is State.DISABLED
    assert story.state.checks[0] == CheckRun(
        consumer_id=BILLING,
        name="scoring",
        run=started_at(story),
        end=CheckEnd.PASSED,
        begun_at=DISABLE_AT,
        at=DISABLE_AT,
        declared="sha256:s",
        seconds=3,
        log_digest="sha256:log",
    )


def started_at(story: Story) -> int:
    return next(n for n, event in enumerate(story.happened, 1) if isinstance(event, events.ChecksStarted))


@pytest.mark.parametrize("end", [CheckEnd.FAILED, CheckEnd.SKIPPED, CheckEnd.NOT_RUN])
def test_what_did_not_pass_holds_it_and_waits_for_a_person(end):
    story = checks(a_migrated(policy=POLICY, checks=ONE).until(DISABLE_AT), end, why="exit code 1")
    story.until(DISABLE_AT)
    assert held_by(story) == (f"checks of billing-etl: scoring {end} (exit code 1): {AGAIN}, {OVER}",)
    story.until(DISABLE_AT + timedelta(hours=23))
    assert work(story) == []
    story.does(cmd.RunChecks(by=BILL, consumer="billing-etl"))
    checks(story).until(story.now).works()
    assert story.state.state is State.DISABLED


def test_what_failed_a_day_ago_is_run_anew_by_itself():
    story = checks(a_migrated(policy=POLICY, checks=ONE).until(DISABLE_AT), CheckEnd.FAILED)
    checks(story.until(DISABLE_AT + days(1))).until(DISABLE_AT + days(1)).works()
    assert story.state.state is State.DISABLED


@pytest.mark.parametrize("left", [(), (FEATURES,)], ids=["none is", "another is, and passes"])
def test_what_failed_holds_it_until_it_passes_though_nobody_declares_it_any_more(left):
    story = checks(
        a_migrated(policy=POLICY, checks=ONE).until(DISABLE_AT), CheckEnd.FAILED, why="exit code 1"
    )
    story.facts = replace(story.facts, checks={BILLING: left})
    checks(story.until(DISABLE_AT + days(3))).until(DISABLE_AT + days(3))
    said = "scoring failed (exit code 1) and is declared no more: once declared again, "
    assert held_by(story) == (f"checks of billing-etl: {said}{AGAIN}, {OVER}",)
    story.facts = replace(story.facts, checks=ONE)
    checks(story.until(DISABLE_AT + days(5))).until(story.now).works()
    assert story.state.state is State.DISABLED


@pytest.mark.parametrize(
    ("trouble", "gone_at", "stands"),
    [
        pytest.param("", DISABLE_AT - timedelta(hours=1), "has not run", id="nothing ran"),
        pytest.param("it retires, too", DISABLE_AT + days(1), "has not run", id="named as not run"),
    ],
)
def test_what_was_declared_once_is_owed_though_nobody_declares_it_any_more(trouble, gone_at, stands):
    story = a_migrated(policy=POLICY, checks=ONE)
    story.facts = replace(story.facts, successor_trouble=trouble)
    story.until(gone_at)
    story.facts = replace(story.facts, successor_trouble="", checks={})
    story.until(gone_at + days(2)).works()
    assert held_by(story) == (
        f"checks of billing-etl: scoring {stands} and is declared no more: once declared again, {AGAIN}, {OVER}",
    )
    story.does(cmd.Waive(by=PAT, what="checks:billing-etl", reason=WHY))
    story.until(story.now).works()
    assert story.state.state is State.DISABLED


def test_what_passed_before_its_consumer_moved_is_owed_though_nobody_declares_it_any_more():
    story = a_running_retirement(policy=a_policy(checks_valid_hours=720), checks=ONE)
    story.until(ARCHIVE_AT).works().until(DRILL_AT).works()
    story.does(cmd.RunChecks(by=PAT))
    checks(story)
    moved = cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.MIGRATED)
    story.does(moved, at=DRILL_AT + days(1))
    story.does(replace(moved, by=CARL, consumer_ids=(CRM,)))
    story.facts = replace(story.facts, checks={})
    story.until(DISABLE_AT)
    stands = "scoring passed, and began before it moved and is declared no more"
    assert held_by(story) == (f"checks of billing-etl: {stands}: once declared again, {AGAIN}, {OVER}",)


def test_what_is_declared_is_put_on_record_once_and_again_where_it_says_otherwise():
    story = a_migrated(policy=POLICY, checks=ONE)
    (first,) = story.of(events.ChecksDeclared)
    seen = CheckSeen(consumer_id=BILLING, name="scoring", digest="sha256:s")
    assert first.checks == story.state.checks_seen == (seen,)
    story.facts = replace(story.facts, checks={BILLING: (replace(SCORING, digest="sha256:t"), FEATURES)})
    for _ in range(2):
        story.does(cmd.MeetOwners(by=events.EMERITUS))
    assert len(story.of(events.ChecksDeclared)) == 2
    assert [(one.name, one.digest) for one in story.state.checks_seen] == [
        ("scoring", "sha256:t"),
        ("features", "sha256:f"),
    ]


def test_what_passed_need_not_be_declared_for_ever():
    story = a_migrated(policy=POLICY, checks=ONE)
    story.does(cmd.RunChecks(by=PAT))
    checks(story)
    story.facts = replace(story.facts, checks={})
    story.until(DISABLE_AT).works()
    assert story.state.state is State.DISABLED


@pytest.mark.parametrize(
    ("passed_at", "digest", "is_run_anew"),
    [
        pytest.param(DISABLE_AT - timedelta(hours=23), "sha256:s", False, id="lately"),
        pytest.param(DISABLE_AT - timedelta(hours=24), "sha256:s", True, id="too long ago"),
        pytest.param(DISABLE_AT - timedelta(hours=1), "sha256:other", True, id="as it was declared before"),
    ],
)
def test_what_passed_before_counts_for_as_long_as_the_policy_says(passed_at, digest, is_run_anew):
    story = a_migrated(policy=POLICY, checks=ONE).until(passed_at)
    story.does(cmd.RunChecks(by=PAT))
    checks(story, declared=digest).until(DISABLE_AT)
    assert bool(work(story)) is is_run_anew


@pytest.mark.parametrize("ran_before", [0, 1], ids=["all are due", "one had passed by itself"])
def test_those_that_take_longer_together_than_they_count_are_not_run_again_and_again(ran_before):
    story = a_migrated(policy=a_policy(checks_valid_hours=1), checks=CHECKS)
    story.until(DISABLE_AT - timedelta(minutes=30))
    story.facts = replace(story.facts, checks={BILLING: (SCORING,)})
    for _ in range(ran_before):
        story.does(cmd.RunChecks(by=PAT))
        checks(story)
    story.facts = replace(story.facts, checks=CHECKS)
    story.until(DISABLE_AT)
    for _ in range(6):
        for effect in work(story):
            del story.effects[effect.key]
            story.does(ended(effect), at=story.now + timedelta(minutes=70))
        story.until(story.now)
    assert story.state.progress(StepKind.DISABLE).progress is Progress.RUNNING
    assert len(story.of(events.CheckEnded)) == 2 + 2 * ran_before


@pytest.mark.parametrize("passed_before", [True, False], ids=["it had passed", "it was under way"])
def test_what_began_before_its_consumer_moved_says_nothing(passed_before):
    story = a_running_retirement(policy=a_policy(checks_valid_hours=720), checks=ONE)
    story.until(ARCHIVE_AT).works().until(DRILL_AT).works()
    story.does(cmd.RunChecks(by=PAT))
    if passed_before:
        checks(story)
    moved = cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.MIGRATED)
    story.does(moved, at=DRILL_AT + days(1))
    story.does(replace(moved, by=CARL, consumer_ids=(CRM,)))
    checks(story).until(DISABLE_AT)
    assert len(work(story)) == 1


def test_proving_the_archive_may_take_longer_than_a_check_counts():
    story = checks(a_migrated(policy=POLICY, checks=ONE).until(DISABLE_AT)).until(DISABLE_AT)
    assert story.state.progress(StepKind.DISABLE).progress is Progress.RUNNING
    story.now = DISABLE_AT + days(3)
    story.works()
    assert story.state.state is State.DISABLED


def test_what_fails_while_half_of_it_is_dark_is_checked_again_by_whoever_mended_it():
    story = checks(
        a_migrated(a_subject(endpoints=(LIVE, BATCH)), policy=POLICY, checks=ONE).until(DISABLE_AT)
    )
    story.until(DISABLE_AT).proves()
    story.does(cmd.RecordDisabled(by=events.EMERITUS, endpoint=LIVE))
    story.does(failing(story, StepKind.DISABLE))
    checks(story.until(DISABLE_AT + days(1)), CheckEnd.FAILED).until(story.now)
    assert AGAIN in held_by(story)[0]
    story.does(cmd.RunChecks(by=PAT))
    checks(story).until(story.now).works()
    assert story.state.state is State.DISABLED


def test_a_run_is_recorded_once_and_what_is_of_an_older_one_is_not():
    story = a_migrated(policy=POLICY, checks=ONE)
    story.does(cmd.RunChecks(by=PAT))
    (first,) = work(story)
    checks(story, CheckEnd.FAILED)
    assert story.does(ended(first)).events == ()
    story.does(cmd.RunChecks(by=PAT))
    assert story.does(ended(first)).events == ()
    assert story.state.checks[0].end is CheckEnd.RUNNING


def test_what_is_under_way_is_not_begun_twice():
    story = a_migrated(policy=POLICY, checks=CHECKS)
    assert story.does(cmd.RunChecks(by=PAT)).reply == (
        "2 checks of consumers of RET-1 begin; the thread tells how each ends."
    )
    again = story.does(cmd.RunChecks(by=PAT, consumer="billing-etl"))
    assert (again.events, again.reply) == (
        (),
        "The checks of billing-etl are under way already; the thread tells how they end.",
    )


def test_they_wait_while_something_else_holds_the_switch_off():
    story = a_migrated(policy=POLICY, checks=ONE)
    story.facts = replace(story.facts, successor_trouble="it retires, too")
    story.until(DISABLE_AT)
    assert work(story) == []
    assert held_by(story)[-1] == f"checks of billing-etl: scoring has not run: {AGAIN}, {OVER}"


def test_an_archive_that_is_gone_is_made_anew_once_the_checks_passed():
    story = a_migrated(policy=POLICY, checks=ONE, archive_holds="churn-v1 is not there").until(DISABLE_AT)
    checks(story).until(DISABLE_AT)
    assert story.state.progress(StepKind.DISABLE).progress is Progress.RUNNING
    assert [one.body["step"] for one in story.work(EffectKind.DRILL)] == [StepKind.DISABLE]


def test_a_switch_off_that_others_held_says_once_these_are_over_that_checks_are_under_way():
    story = a_migrated(policy=POLICY, checks=ONE)
    story.facts = replace(story.facts, successor_trouble="it retires, too")
    story.until(DISABLE_AT)
    story.facts = replace(story.facts, successor_trouble="")
    story.until(DISABLE_AT + days(1))
    assert held_by(story) == (
        f"checks of billing-etl: scoring is under way: it goes on by itself once all passed, {OVER}",
    )
    assert checking.awaited(story.state) == "", "its reasons say so"
    count = len(story.of(events.StepHeld))
    story.until(DISABLE_AT + days(2))
    assert len(story.of(events.StepHeld)) == count


def test_whoever_has_it_switched_off_early_is_told_that_checks_come_first():
    story = a_migrated(policy=POLICY, checks=ONE)
    story.until(DISABLE_AT - timedelta(minutes=1))
    del story.timers["step/disable"]
    story.until(DISABLE_AT)
    said = story.does(cmd.RunStep(by=PAT, step=StepKind.DISABLE)).reply
    assert said == "First 1 check of its consumers must pass; then RET-1 is switched off by itself."
    said = story.does(cmd.RunStep(by=PAT, step=StepKind.DISABLE)).reply
    assert said == "RET-1 is switched off once the checks of its consumers, which are under way, passed."
    checks(story, CheckEnd.FAILED)
    with pytest.raises(EmeritusError, match="scoring failed"):
        story.does(cmd.RunStep(by=PAT, step=StepKind.DISABLE))


def test_a_named_person_takes_responsibility_for_a_consumer_without_its_checks():
    story = checks(a_migrated(policy=POLICY, checks=ONE).until(DISABLE_AT), CheckEnd.FAILED).until(DISABLE_AT)
    story.does(cmd.Waive(by=PAT, what="checks:billing-etl", reason=WHY))
    assert story.state.waivers[-1].what == f"checks:{BILLING}"
    story.until(DISABLE_AT).works()
    assert story.state.state is State.DISABLED


def test_who_went_without_checks_did_so_under_the_plan_of_then():
    story = a_running_retirement(policy=POLICY, checks=ONE)
    story.does(cmd.Waive(by=PAT, what="checks:billing-etl", reason=WHY))
    assert story.does(cmd.Waive(by=PAT, what=f"checks:{BILLING}", reason=WHY)).reply == (
        "Nobody waits for checks of billing-etl any more."
    )
    story.does(revising(target_on=(DISABLE_AT + days(60)).date()))
    assert story.state.waivers == ()


@pytest.mark.parametrize(
    ("known_as", "now"),
    [
        pytest.param({CRM: BILLING}, BILLING, id="another is the same"),
        pytest.param({BILLING: CRM}, CRM, id="it is another"),
        pytest.param({BILLING: ETL}, ETL, id="a catalog has it as something else"),
    ],
)
def test_who_goes_without_checks_does_not_for_what_the_consumer_turns_out_to_be_one_with(known_as, now):
    story = a_migrated(policy=POLICY, checks={now: (SCORING,)})
    story.does(cmd.Waive(by=PAT, what="checks:billing-etl", reason=WHY))
    there = (an_impacted(now.rpartition("/")[2]),)
    story.does(cmd.MeetOwners(by=events.EMERITUS), ids=known_as, impact=there)
    (outdated,) = story.of(events.ChecksWaiverOutdated)
    assert (outdated.consumer_id, outdated.was_by, outdated.reason) == (now, PAT, WHY)
    assert story.state.waivers == ()
    story.does(cmd.RunStep(by=events.EMERITUS, step=StepKind.DISABLE), at=DISABLE_AT, impact=there)
    assert [one.body["consumer_id"] for one in work(story)] == [now]


@pytest.mark.parametrize(
    ("required", "reasons"),
    [
        ("no", ()),
        (
            "yes",
            tuple(
                f"no checks are declared for {name}, and the policy asks for some at its tier: declare one, "
                f"emeritus.dev/check-NAME in its catalog, or go without them by name, "
                f"/retire waive RET-1 checks:{name} REASON"
                for name in ("billing-etl", "crm-sync")
            ),
        ),
    ],
)
def test_whether_everybody_needs_one_is_for_the_policy_to_say_by_tier(required, reasons):
    tiers = tuple(
        Tier(tier=one.tier, notice_days=one.notice_days, checks_required=required) for one in POLICY.tiers
    )
    story = a_migrated(policy=a_policy(checks_valid_hours=24, tiers=tiers)).until(DISABLE_AT)
    assert held_by(story) == reasons


def test_consumers_of_one_name_are_told_by_their_ids_in_what_can_be_typed():
    story = a_migrated(policy=POLICY, checks=CHECKS)
    twins = tuple(
        replace(duty, consumer=replace(duty.consumer, name="a restricted model"))
        for duty in story.state.obligations
    )
    known = replace(story.facts, checks=CHECKS)
    (gate,) = check_gates.gates(replace(story.state, obligations=twins), known, DISABLE_AT)
    assert gate.why.startswith("checks of a restricted model: scoring has not run, features has not run")
    assert f"/retire check RET-1 {BILLING} runs them" in gate.why
    assert f"/retire waive RET-1 checks:{BILLING} REASON" in gate.why
    (gate,) = check_gates.gates(replace(story.state, obligations=twins[:1]), known, DISABLE_AT)
    assert '/retire waive RET-1 checks:"a restricted model" REASON' in gate.why


@pytest.mark.parametrize("is_half_dark", [True, False], ids=["half dark", "all of it"])
def test_what_is_being_switched_off_by_itself_waits_for_no_checks_any_more(is_half_dark):
    story = checks(
        a_migrated(a_subject(endpoints=(LIVE, BATCH)), policy=POLICY, checks=ONE).until(DISABLE_AT)
    )
    story.until(DISABLE_AT).proves()
    if is_half_dark:
        story.does(cmd.RecordDisabled(by=events.EMERITUS, endpoint=LIVE))
    with pytest.raises(EmeritusError, match="not checked now: its endpoints are being switched off"):
        story.does(cmd.RunChecks(by=PAT))


def test_a_policy_of_before_there_were_checks_waits_for_none():
    story = a_migrated(checks=CHECKS).until(DISABLE_AT).works()
    assert story.state.state is State.DISABLED


@pytest.mark.parametrize(
    ("by", "consumer", "facts", "said"),
    [
        (STRANGER, "", {}, "this is for the coordinator or the endpoint's owners or the consumer's owners"),
        (CARL, "crm-sync", {}, "No checks are declared for crm-sync. Declare it in its catalog"),
        (PAT, "", {"checks": {}}, "No checks are declared for any consumer of RET-1"),
        (PAT, "reports", {}, f'no consumer of RET-1 is called "reports"; closest: {BILLING}'),
    ],
)
def test_what_cannot_be_checked_is_refused_with_what_to_do(by, consumer, facts, said):
    story = a_running_retirement(policy=POLICY, checks=CHECKS)
    before = story.state
    with pytest.raises(EmeritusError) as refused:
        story.does(cmd.RunChecks(by=by, consumer=consumer), **facts)
    assert said.casefold() in str(refused.value).casefold()
    assert story.state == before
