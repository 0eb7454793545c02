"""What the plan is: dated steps in order, a digest over everything, amendments that only move dates later."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from data.policies.policy import read_policy
from data.records.plan import Reason, Step
from data.records.progress import OF_EVERY_PLAN, StepKind
from tests.builders import (
    ANNOUNCED_AT,
    BATCH,
    CLOSE_AT,
    DISABLE_AT,
    LIVE,
    MIGRATE_AT,
    PROPOSED_AT,
    TARGET_ON,
    a_plan,
    a_policy,
    a_proposed,
    a_running_retirement,
    a_subject,
    an_approved,
    days,
)
from workflows.rules import hours
from workflows.rules.plans import plan as plans
from workflows.rules.plans.gap import Told

ZONES = ["UTC", "Europe/Lisbon", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata"]


def problems(**changes):
    proposal = {
        "subject": a_subject(),
        "successor_id": "component:default/churn-2",
        "taken": {},
        "successor_trouble": "",
        "successor_from": Told("churn-2", "", ""),
        "interim": "",
        "guide": "",
        "reason": Reason.REPLACED,
        "why": "a better one serves",
        "target_on": TARGET_ON,
        "proposed_at": PROPOSED_AT,
        "policy": a_policy(),
    }
    return [str(problem) for problem in plans.problems(**{**proposal, **changes})]


def test_the_plan_is_dated_from_the_day_service_ends():
    assert (
        plans.dated_steps(proposed_at=PROPOSED_AT, target_on=TARGET_ON, policy=a_policy()) == a_plan().steps
    )


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("tier", [1, 2, 3, 0])
@pytest.mark.parametrize("proposed_at", [PROPOSED_AT, datetime(2027, 3, 20, 23, 30, tzinfo=UTC)])
def test_the_earliest_day_leaves_review_and_notice_and_the_steps_come_in_order_at_their_hour(
    zone, tier, proposed_at
):
    policy = a_policy(zone=zone)
    earliest = plans.earliest_target(proposed_at=proposed_at, subject=a_subject(tier=tier), policy=policy)
    steps = plans.dated_steps(proposed_at=proposed_at, target_on=earliest, policy=policy)
    dated = {step.kind: step.due_at for step in steps}
    assert dated[StepKind.ANNOUNCE] >= proposed_at + timedelta(days=policy.review_days)
    notice = earliest - hours.day_of(dated[StepKind.ANNOUNCE], policy)
    assert notice == timedelta(days=policy.notice_days(tier))
    assert [step.kind for step in steps] == list(OF_EVERY_PLAN)
    assert sorted(dated.values()) == list(dated.values())
    assert all(at == hours.first_at_or_after(at, policy) for at in dated.values())


def test_a_short_notice_archives_at_the_announcement_and_never_before():
    policy = a_policy(archive_lead_days=60)
    steps = plans.dated_steps(proposed_at=PROPOSED_AT, target_on=TARGET_ON, policy=policy)
    assert [step.due_at for step in steps[:3]] == [ANNOUNCED_AT, ANNOUNCED_AT, ANNOUNCED_AT + days(1)]


def test_an_unknown_tier_gets_the_strictest_notice_and_the_message_says_so():
    assert problems(subject=a_subject(tier=0)) == [
        (
            "target 2027-02-17: an unknown tier (counts as the strictest) needs 180 days of notice after 14 days of "
            "review: 2027-07-17 or later"
        )
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, [], id="nothing wrong"),
        pytest.param({"subject": None}, ["model: choose a model from the list"], id="no model"),
        pytest.param(
            {"successor_id": "x", "successor_trouble": "it retires itself"},
            ["successor x: it retires itself"],
            id="bad successor",
        ),
        pytest.param(
            {"taken": {LIVE.id: "RET-1"}},
            [
                (
                    "endpoints churn: being retired already: churn-live by RET-1. "
                    "Leave out what is; /retire show RET-1 tells of it"
                )
            ],
            id="an endpoint of another retirement",
        ),
        pytest.param(
            {"subject": a_subject(endpoints=(LIVE,) * 101), "taken": {LIVE.id: "RET-1"}},
            [
                (
                    "endpoints churn: being retired already: churn-live by RET-1. So many retire all at once: wait "
                    "until the other retirement has ended, or have it cancelled; /retire show RET-1 tells of it"
                )
            ],
            id="an endpoint of more than a form can list",
        ),
        pytest.param(
            {"taken": {f"e{number}": "RET-1" for number in range(7)}},
            [
                (
                    "endpoints churn: being retired already: e0 by RET-1, e1 by RET-1, e2 by RET-1, e3 by RET-1, "
                    "e4 by RET-1, 2 more. Leave out what is; /retire show RET-1 tells of it"
                )
            ],
            id="very many of them",
        ),
        pytest.param(
            {"subject": a_subject(endpoints=()), "taken": {"resource:default/churn": "RET-1"}},
            ["model churn: it is being retired already: /retire show RET-1"],
            id="a model without endpoints that retires already",
        ),
        pytest.param(
            {"successor_id": ""},
            ['successor: the reason "replaced" needs a successor'],
            id="replaced by nothing",
        ),
        pytest.param({"successor_id": "", "reason": Reason.COST}, [], id="no successor, another reason"),
        pytest.param({"why": "  "}, ["why: say in a sentence why the model retires"], id="no words"),
        pytest.param(
            {"target_on": date(2027, 2, 16)},
            [
                "target 2027-02-16: tier 3 needs 30 days of notice after 14 days of review: 2027-02-17 or later"
            ],
            id="a day too early",
        ),
        pytest.param({"target_on": date(2032, 2, 17)}, [], id="the last day that is taken"),
        pytest.param(
            {"target_on": date.max},
            ["target 9999-12-31: at most five years after the earliest day possible: 2032-02-17 or earlier"],
            id="where the calendar ends",
        ),
    ],
)
def test_a_proposal_hears_what_is_wrong_on_the_field(changes, expected):
    assert problems(**changes) == expected


@pytest.mark.parametrize(
    ("tier", "guide", "successor_id", "refused"),
    [
        (1, "", "x", True),
        (0, "", "x", True),
        (2, "", "x", False),
        (1, "https://a", "x", False),
        (1, "", "", False),
    ],
)
def test_whoever_has_to_move_from_a_model_of_a_strict_tier_is_told_how(tier, guide, successor_id, refused):
    policy = read_policy()
    found = problems(
        subject=a_subject(tier=tier),
        guide=guide,
        successor_id=successor_id,
        successor_from=Told("churn-2", "", ""),
        reason=Reason.COST,
        target_on=date(2028, 1, 3),
        policy=policy,
    )
    named = "of tier 1" if tier else "of an unknown tier"
    text = f"successor churn-2: the policy wants a page that says how consumers of a model {named} move"
    assert [one.startswith(text) for one in found] == [True] * refused


def test_all_problems_come_at_once():
    assert len(problems(successor_id="", why="", target_on=date(2020, 1, 1))) == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": a_subject(endpoints=(BATCH,))},
        {"successor_id": "component:default/other"},
        {"successor_name": "other"},
        {"reason": Reason.COST},
        {"steps": (Step(kind=StepKind.CLOSE, due_at=CLOSE_AT),)},
        {"consumer_ids": ()},
        {"policy_digest": "sha256:other"},
        {"amends": "sha256:before"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_the_digest_covers_everything_in_the_plan(changes):
    assert plans.digest(replace(a_plan(), **changes)) != a_plan().digest


def test_the_digest_is_the_same_whatever_was_written_in_its_field():
    assert plans.digest(replace(a_plan(), digest="sha256:else")) == a_plan().digest


def test_an_amendment_moves_what_remains_by_whole_days_and_is_chained_to_the_approved_plan():
    state = a_running_retirement().state
    amended = plans.shifted(state, timedelta(days=2, minutes=1))
    assert amended.step(StepKind.ANNOUNCE).due_at == ANNOUNCED_AT
    assert amended.step(StepKind.MIGRATE).due_at == MIGRATE_AT + days(3)
    assert amended.step(StepKind.CLOSE).due_at == CLOSE_AT + days(3)
    assert (amended.amends, amended.digest) == (state.approved_digest, plans.digest(amended))
    assert plans.binds(replace(state, plan=amended))


def test_an_amendment_of_an_amendment_is_still_chained_to_what_was_voted():
    state = a_running_retirement().state
    once = replace(state, plan=plans.shifted(state, days(1)))
    twice = replace(once, plan=plans.shifted(once, days(1)))
    assert plans.binds(twice)


def test_a_moved_step_keeps_its_hour_when_the_clocks_change():
    state = replace(a_running_retirement().state, policy=a_policy(zone="Europe/Lisbon"))
    moved = plans.shifted(state, days(60)).step(StepKind.DISABLE).due_at
    assert moved == datetime(2027, 4, 18, 8, tzinfo=UTC)


def test_dates_never_move_earlier():
    with pytest.raises(AssertionError, match="an earlier one is a new plan"):
        plans.shifted(a_running_retirement().state, days(-1))


def test_a_plan_nobody_approved_does_not_bind():
    assert not plans.binds(a_proposed().state)
    assert plans.binds(an_approved().state)


def test_another_plan_than_the_approved_one_does_not_bind():
    state = an_approved().state
    assert not plans.binds(replace(state, plan=a_plan(consumer_ids=())))
    assert not plans.binds(replace(state, plan=None))


def test_a_done_step_moves_only_when_it_is_reopened():
    state = a_running_retirement().until(MIGRATE_AT).state
    assert plans.shifted(state, days(3)).step(StepKind.MIGRATE).due_at == MIGRATE_AT
    reopened = plans.shifted(state, days(3), reopens=StepKind.MIGRATE)
    assert reopened.step(StepKind.MIGRATE).due_at == MIGRATE_AT + days(3)
    assert reopened.step(StepKind.DISABLE).due_at == DISABLE_AT + days(3)
