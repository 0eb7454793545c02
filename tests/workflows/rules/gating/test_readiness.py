"""Every gate of every step, alone: the step would run but for this one thing, and says exactly that."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from data.records.artifacts import ArtifactClass
from data.records.base import Prose
from data.records.facts import Reading
from data.records.plan import Step
from data.records.policy import Role, Tier
from data.records.progress import OF_EVERY_PLAN, Progress, StepKind, StepProgress
from data.records.retirement import Duty, Retirement, State
from data.records.waivers import Waiver
from tests.builders import (
    ANNOUNCED_AT,
    ARCHIVE_AT,
    BATCH,
    CLOSE_AT,
    DISABLE_AT,
    DRILL_AT,
    EDGE,
    IMPACT,
    LIVE,
    MIGRATE_AT,
    PROPOSED_AT,
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
    silent,
)
from workflows.rules.gating.readiness import Readiness, is_overtaken, readiness
from workflows.rules.plans import plan as plans

APPROVED = an_approved().state
RUNNING = a_running_retirement().state
MIGRATED = a_migrated().state
DARK = a_dark().state
FACTS = facts_for()


def gates(state: Retirement, kind: StepKind, *, at=None, early: bool = False, **facts) -> Readiness:
    assert state.plan is not None
    step = state.plan.step(kind)
    return readiness(state, step, replace(FACTS, **facts), at or step.due_at, early=early)


def progressed(state: Retirement, kind: StepKind, progress: Progress) -> Retirement:
    steps = tuple(
        StepProgress(kind=kind, progress=progress) if step.kind is kind else step for step in state.steps
    )
    return replace(state, steps=steps)


def moved_to(state: Retirement, **plan) -> Retirement:
    """The plan as if it had been voted like this."""
    changed = plans.sealed(replace(state.plan, **plan))
    return replace(state, plan=changed, approved_digest=changed.digest)


READY = [
    (APPROVED, StepKind.ANNOUNCE),
    (APPROVED, StepKind.ARCHIVE),
    (RUNNING, StepKind.ARCHIVE),
    (MIGRATED, StepKind.DRILL),
    (RUNNING, StepKind.MIGRATE),
    (MIGRATED, StepKind.DISABLE),
]


@pytest.mark.parametrize(("state", "kind"), READY)
def test_a_step_runs_when_it_is_due_and_every_gate_holds(state, kind):
    assert gates(state, kind).reasons == ()


def test_closing_needs_to_see_that_nothing_serves():
    assert gates(DARK, StepKind.CLOSE, readings=dark(LIVE)).reasons == ()


@pytest.mark.parametrize(("state", "kind"), READY)
def test_no_step_runs_before_its_instant(state, kind):
    due = state.plan.step(kind).due_at
    unmet = gates(state, kind, at=due - timedelta(microseconds=1)).reasons
    assert unmet == (f"{kind} is due on {due:%Y-%m-%d %H:%M} UTC",)


def test_only_archiving_may_be_asked_for_early():
    assert gates(APPROVED, StepKind.ARCHIVE, at=PROPOSED_AT, early=True).reasons == ()
    newcomer = (*IMPACT, an_impacted("late-report"))
    assert gates(APPROVED, StepKind.ARCHIVE, at=PROPOSED_AT, early=True, impact=newcomer).reasons == ()
    assert gates(MIGRATED, StepKind.DISABLE, at=MIGRATE_AT, early=True).reasons == (
        "disable is due on 2027-02-17 09:00 UTC",
    )


@pytest.mark.parametrize(("state", "kind"), READY)
def test_every_gate_common_to_all_steps_holds_alone(state, kind):
    paused = replace(state, paused_at=PROPOSED_AT)
    assert gates(paused, kind).reasons == ("it is paused since 2027-01-04 09:00 UTC: /retire resume RET-1",)
    assert gates(replace(state, restoring="UENDY"), kind).reasons == ("service is being restored",)
    unvoted = replace(state, approved_digest="sha256:other")
    assert gates(unvoted, kind).reasons == ("the plan is not the one that was voted on: vote on it first",)
    newcomer = (*IMPACT, an_impacted("late-report"))
    assert gates(state, kind, impact=newcomer).reasons == (
        (
            "1 consumer appeared after the vote (component:default/late-report): "
            "press Edit plan on the card for a new vote that includes them"
        ),
    )


GOES = "churn-2 is being retired itself (RET-9): choose one that stays. The chain: churn -> churn-2"


@pytest.mark.parametrize(("state", "kind"), READY)
def test_a_successor_that_goes_since_the_vote_holds_what_sends_people_there(state, kind):
    held = (
        f"its successor cannot take over: {GOES}. Or press Edit plan on the card for a new vote on another successor",
    )
    holds = kind in (StepKind.ANNOUNCE, StepKind.DISABLE)
    assert gates(state, kind, successor_trouble=GOES).reasons == (held if holds else ())


def test_a_successor_that_goes_during_the_switch_off_is_told_with_the_way_back():
    going = progressed(MIGRATED, StepKind.DISABLE, Progress.RUNNING)
    (reason,) = gates(going, StepKind.DISABLE, successor_trouble=GOES).reasons
    assert reason.endswith("Or bring service back: /retire restore RET-1 REASON")


def test_while_the_plan_is_voted_on_no_other_vote_is_spoken_of():
    reasons = gates(a_proposed().state, StepKind.DISABLE, at=PROPOSED_AT).reasons
    assert "its plan is being voted on until 2027-02-03 09:00 UTC: vote on its card" in reasons
    assert "cancelling" not in str(reasons)


def test_a_plan_that_no_vote_approved_says_so():
    story = a_proposed()
    story.until(story.state.round.expires_at)
    assert story.state.state is State.EXPIRED
    assert "no vote has approved its plan" in gates(story.state, StepKind.DISABLE).reasons


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", OF_EVERY_PLAN)
def test_a_step_runs_only_in_its_states_and_its_timer_is_overtaken_in_all_others(state, kind):
    runs_in = {
        StepKind.ANNOUNCE: [State.APPROVED],
        StepKind.ARCHIVE: [State.APPROVED, State.MIGRATING, State.BROWNOUT, State.DISABLED],
        StepKind.DRILL: [State.APPROVED, State.MIGRATING, State.BROWNOUT, State.DISABLED],
        StepKind.MIGRATE: [State.MIGRATING, State.BROWNOUT],
        StepKind.DISABLE: [State.MIGRATING, State.BROWNOUT],
        StepKind.CLOSE: [State.DISABLED],
    }[kind]
    standing = replace(MIGRATED, state=state)
    said = f"the retirement is {state}, and {kind} needs it to be {' or '.join(runs_in)}"
    assert (said in gates(standing, kind).reasons) is (state not in runs_in)
    assert is_overtaken(standing, kind) is (state not in runs_in)


@pytest.mark.parametrize(
    "changes", [{"paused_at": PROPOSED_AT}, {"restoring": "UENDY"}], ids=["paused", "restoring"]
)
def test_a_timer_that_rings_while_dates_stand_still_is_overtaken(changes):
    assert is_overtaken(replace(MIGRATED, **changes), StepKind.DISABLE)


def test_a_consumer_that_was_gone_at_the_announcement_and_came_back_counts_as_new():
    told_only_billing = replace(RUNNING, obligations=RUNNING.obligations[:1])
    assert gates(told_only_billing, StepKind.MIGRATE).reasons == (
        (
            "1 consumer appeared after the vote (component:default/crm-sync): "
            "press Edit plan on the card for a new vote that includes them"
        ),
    )


def test_fewer_consumers_than_were_voted_on_are_fine():
    assert gates(MIGRATED, StepKind.DISABLE, impact=()).reasons == ()


STRICT = a_policy(
    archive_classes=(ArtifactClass.WEIGHTS, ArtifactClass.LINEAGE, ArtifactClass.CODE),
    tiers=(
        Tier(tier=1, notice_days=1, archive_classes=(ArtifactClass.CARD,)),
        Tier(tier=3, notice_days=1, archive_classes=()),
    ),
)
WITHOUT_METER = Reading(endpoint_id=LIVE.id, status="serving")
VOUCHED = (Waiver(what="traffic", by="UPAT", at=PROPOSED_AT, reason=Prose(prose="logs are empty")),)
NO_METER = (
    f"{LIVE.id} has no meter: name who vouches that nobody calls it, /retire waive RET-1 traffic REASON"
)


@pytest.mark.parametrize(
    ("kind", "changes", "facts", "unmet"),
    [
        pytest.param(
            StepKind.ARCHIVE,
            {"plan": {"subject": a_subject(artifacts=())}},
            {},
            "the catalog lists no artifacts of churn: add the annotation emeritus.dev/artifacts, import, "
            "then press Edit plan on the card for a new vote",
            id="nothing to archive",
        ),
        pytest.param(
            StepKind.ARCHIVE,
            {"plan": {"subject": a_subject(tier=1)}, "policy": STRICT},
            {},
            "the catalog names no code, card of churn, and the policy wants that archived: name them in the catalog, "
            "emeritus.dev/artifacts: code=PATH, import, then press Edit plan on the card for a new vote, "
            "or go without by name, /retire waive RET-1 archive:code REASON",
            id="not all of it named",
        ),
        pytest.param(
            StepKind.DRILL, {"archived": None}, {}, "the artifacts are not archived", id="nothing to prove"
        ),
        pytest.param(
            StepKind.MIGRATE, {"step": StepKind.ANNOUNCE}, {}, "announce is not done", id="not announced"
        ),
        pytest.param(
            StepKind.DISABLE, {"step": StepKind.MIGRATE}, {}, "migrate is not done", id="before the day"
        ),
        pytest.param(
            StepKind.DISABLE, {"archived": None}, {}, "the artifacts are not archived", id="not archived"
        ),
        pytest.param(
            StepKind.DISABLE,
            {"drilled_at": None},
            {},
            "the archive is not proven by a restore drill",
            id="not drilled",
        ),
        pytest.param(
            StepKind.DISABLE,
            {},
            {"archive_holds": "its manifest is not the recorded one"},
            "the archive cannot be confirmed: its manifest is not the recorded one",
            id="archive changed",
        ),
        pytest.param(
            StepKind.DISABLE,
            {},
            {"archive_holds": ""},
            "the archive cannot be confirmed: not looked at",
            id="archive unknown",
        ),
        pytest.param(
            StepKind.DISABLE,
            {},
            {"readings": silent(LIVE, calls=12, callers=("billing-etl (12)",))},
            f"{LIVE.id} was called 12 times by billing-etl (12) in the last 30 days",
            id="called",
        ),
        pytest.param(
            StepKind.DISABLE,
            {},
            {"readings": silent(LIVE, days=29)},
            f"{LIVE.id} is metered for 29 days only, and 30 without a call are needed",
            id="metered too shortly",
        ),
        pytest.param(StepKind.DISABLE, {}, {"readings": (WITHOUT_METER,)}, NO_METER, id="no meter"),
        pytest.param(
            StepKind.DISABLE,
            {},
            {"readings": silent(LIVE, status="unknown")},
            f"{LIVE.id} does not answer: nobody can say whether it serves",
            id="endpoint unknown",
        ),
        pytest.param(StepKind.DISABLE, {}, {"readings": ()}, f"{LIVE.id} was not looked at", id="unread"),
        pytest.param(
            StepKind.CLOSE, {"step": StepKind.DISABLE}, {}, "disable is not done", id="not disabled"
        ),
        pytest.param(
            StepKind.CLOSE,
            {},
            {"readings": silent(LIVE)},
            f"{LIVE.id} serves again: "
            "switch it off where it runs, or bring service back, /retire restore RET-1 REASON",
            id="serves again",
        ),
        pytest.param(
            StepKind.CLOSE,
            {},
            {"readings": silent(LIVE, status="unknown")},
            f"{LIVE.id} does not answer: nobody can say whether it is dark",
            id="darkness unknown",
        ),
        pytest.param(
            StepKind.CLOSE, {}, {"readings": ()}, f"{LIVE.id} was not looked at", id="darkness unread"
        ),
    ],
)
def test_each_gate_of_a_step_holds_alone_and_says_why(kind, changes, facts, unmet):
    state = DARK if kind is StepKind.CLOSE else MIGRATED
    if kind is StepKind.CLOSE:
        facts = {"readings": dark(LIVE), **facts}
    if undone := changes.pop("step", None):
        state = progressed(state, undone, Progress.PENDING)
    if plan := changes.pop("plan", None):
        state = moved_to(state, **plan)
    assert gates(replace(state, **changes), kind, **facts).reasons == (unmet,)


def with_open(*names: str) -> Retirement:
    duty = MIGRATED.obligations[0]
    still_open = tuple(replace(duty, consumer=an_impacted(name), duty=Duty.ACKNOWLEDGED) for name in names)
    return moved_to(replace(MIGRATED, obligations=(*MIGRATED.obligations, *still_open)))


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("a",), "1 consumer is not migrated (a)"),
        (tuple("abcdefg"), "7 consumers are not migrated (a, b, c, d, e and 2 more)"),
    ],
)
def test_whoever_has_not_moved_holds_the_end_of_service(names, said):
    assert gates(with_open(*names), StepKind.DISABLE).reasons == (
        f"{said}: /retire show RET-1 to chase, /retire waive RET-1 to waive",
    )


@pytest.mark.parametrize(
    "reading",
    [
        pytest.param(WITHOUT_METER, id="no meter, vouched for"),
        pytest.param(Reading(endpoint_id=LIVE.id, status="disabled"), id="dark already"),
    ],
)
def test_what_nobody_can_measure_passes_by_name_and_what_is_dark_needs_no_meter(reading):
    assert gates(replace(MIGRATED, waivers=VOUCHED), StepKind.DISABLE, readings=(reading,)).reasons == ()


@pytest.mark.parametrize(
    "reading",
    [*silent(LIVE, calls=1), *silent(LIVE, days=3), *silent(LIVE, status="unknown", calls=-1)],
    ids=["calls", "too short", "unknown"],
)
def test_vouching_for_silence_never_overrules_a_meter_or_the_unknown(reading):
    assert gates(replace(MIGRATED, waivers=VOUCHED), StepKind.DISABLE, readings=(reading,)).reasons


def test_all_that_is_unmet_is_listed_at_once():
    state = replace(with_open("a"), archived=None, drilled_at=None, paused_at=PROPOSED_AT)
    assert (
        len(gates(state, StepKind.DISABLE, at=MIGRATE_AT, readings=(), impact=(an_impacted("new"),)).reasons)
        == 7
    )


def test_an_endpoint_that_is_not_there_holds_the_step_until_somebody_vouches_for_it():
    gone = Reading(endpoint_id=LIVE.id, status="absent")
    (why,) = gates(replace(MIGRATED, waivers=VOUCHED), StepKind.DISABLE, readings=(gone,)).reasons
    assert why == (
        f"{LIVE.id} is unknown where it should be served: correct its emeritus.dev/endpoint-ref, import, and press "
        f"Edit plan on the card, or name who vouches that it is gone, /retire waive RET-1 {LIVE.id} REASON"
    )
    vouched = (Waiver(what=LIVE.id, by="UPAT", at=PROPOSED_AT, reason=Prose(prose="the host was returned")),)
    ready = gates(replace(MIGRATED, waivers=vouched), StepKind.DISABLE, readings=(gone,))
    assert ready.reasons == ()
    assert ready.evidence == (f"{LIVE.id}: gone already, waived by name",)


def test_vouching_that_an_endpoint_is_gone_is_nothing_to_one_that_serves():
    vouched = (Waiver(what=LIVE.id, by="UPAT", at=PROPOSED_AT, reason=Prose(prose="the host was returned")),)
    assert gates(replace(MIGRATED, waivers=vouched), StepKind.DISABLE, readings=silent(LIVE, calls=2)).reasons


@pytest.mark.parametrize(
    ("reading", "evidence"),
    [
        (silent(LIVE)[0], f"{LIVE.id}: 0 calls in 30 days"),
        (WITHOUT_METER, f"{LIVE.id}: no meter, waived by name"),
        (dark(LIVE)[0], f"{LIVE.id}: disabled already"),
    ],
    ids=["metered", "waived", "dark"],
)
def test_the_evidence_says_which_readings_a_step_rests_on(reading, evidence):
    assert gates(replace(MIGRATED, waivers=VOUCHED), StepKind.DISABLE, readings=(reading,)).evidence == (
        evidence,
    )


def test_every_endpoint_is_judged_on_its_own():
    state = moved_to(MIGRATED, subject=a_subject(endpoints=(LIVE, BATCH)))
    called = (*silent(LIVE), *silent(BATCH, calls=2))
    assert gates(state, StepKind.DISABLE, readings=called).reasons == (
        f"{BATCH.id} was called 2 times in the last 30 days",
    )


def test_an_endpoint_two_people_vouched_for_is_dark_by_their_word():
    state = replace(
        moved_to(DARK, subject=a_subject(endpoints=(LIVE, EDGE))), disabled_ids=(LIVE.id, EDGE.id)
    )
    readings = (*dark(LIVE), Reading(endpoint_id=EDGE.id, status="serving"))
    assert gates(state, StepKind.CLOSE, readings=readings).reasons == ()


def test_gates_are_about_the_step_asked_for_not_about_the_clock_alone():
    late = Step(kind=StepKind.DRILL, due_at=DRILL_AT)
    assert readiness(RUNNING, late, FACTS, CLOSE_AT).reasons == ("the artifacts are not archived",)
    assert ARCHIVE_AT < DRILL_AT < DISABLE_AT


@pytest.mark.parametrize(
    ("tier", "regulated", "needs"),
    [
        (3, "", None),
        (2, "", "of tier 2 by now, and needs 90 days of notice"),
        (0, "", "of an unknown tier by now, and needs the approval of board and 180 days of notice"),
        (
            3,
            "EU AI Act",
            "regulated by EU AI Act, by now, and needs the approval of legal and 60 days of notice",
        ),
    ],
    ids=["as it was voted on", "a stricter tier", "no tier", "a regulation"],
)
def test_a_model_that_needs_more_than_it_was_voted_on_with_waits_for_a_new_vote(tier, regulated, needs):
    roles = (*a_policy().roles, Role(name="legal", regulated="yes"), Role(name="board", tiers=(1,)))
    story = an_approved(policy=a_policy(roles=roles, regulated_notice_days=60))
    story.facts = replace(story.facts, tier=tier, regulated=regulated)
    story.until(ANNOUNCED_AT + days(1))
    held = story.state.progress(StepKind.ANNOUNCE)
    assert (held.progress is Progress.HELD) == (needs is not None)
    assert needs is None or needs in held.held_by[0]
