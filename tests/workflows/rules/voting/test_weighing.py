"""What depends on tier and regulation is owed by the stricter of the plan and the catalog, at every gate."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from data import events
from data.events import EMERITUS
from data.records.artifacts import ArtifactClass
from data.records.policy import OnExpiry, Policy, Tier
from data.records.progress import StepKind
from data.records.retention import Retention, StartsFrom
from data.records.retirement import Retirement, State, Weight
from tests.builders import (
    ANNOUNCED_AT,
    ARCHIVED,
    CLOSE_AT,
    DISABLE_AT,
    OWEN,
    PAT,
    PROPOSED_AT,
    SELMA,
    Story,
    a_dark,
    a_policy,
    a_proposed,
    a_running_retirement,
    a_subject,
    an_approved,
    an_attestation,
    days,
)
from workflows import commands as cmd
from workflows.rules.gating.readiness import readiness
from workflows.rules.keeping.retention import terms
from workflows.rules.voting import weighing

POLICY = a_policy(
    tiers=(
        Tier(
            tier=1,
            notice_days=30,
            migration_guide="yes",
            checks_required="yes",
            closed_by_two="yes",
            archive_classes=(ArtifactClass.CARD,),
        ),
        Tier(tier=3, notice_days=30),
    ),
    attestations=(an_attestation(tiers=(1,)),),
    on_expiry=OnExpiry.APPROVE,
    checks_valid_hours=24,
    regulated_notice_days=45,
    regulated_keep_days=900,
    retention=(Retention(of="default", starts_from=StartsFrom.CLOSED, keep_days_min=100),),
)


def owed(state: Retirement) -> tuple[object, ...]:
    return (
        weighing.is_closed_by_two(state),
        weighing.needs_checks(state),
        [one.name for one in weighing.attestations(state)],
        list(weighing.archives(state)),
        weighing.may_be_agreed_to_by_silence(state),
        weighing.notice_days(state),
        [term.days_min for term in terms(state)],
    )


LENIENT = (False, False, [], [], True, 30, [100])
STRICT = (True, True, ["retention"], [ArtifactClass.CARD], False, 30, [100])


@pytest.mark.parametrize(
    ("voted", "now", "expected"),
    [
        pytest.param((3, ""), None, LENIENT, id="as it was voted on"),
        pytest.param((1, ""), None, STRICT, id="as it was voted on, of tier 1"),
        pytest.param((3, ""), (1, ""), STRICT, id="stricter since"),
        pytest.param((1, ""), (3, ""), STRICT, id="less strict since"),
        pytest.param((3, ""), (0, ""), STRICT, id="nobody knows the tier any more"),
        pytest.param((3, ""), (9, ""), STRICT, id="a tier that the policy does not know"),
        pytest.param(
            (3, ""), (3, "EU AI Act"), (False, False, [], [], False, 45, [900]), id="regulated since"
        ),
        pytest.param((3, "EU AI Act"), (3, ""), (False, False, [], [], False, 45, [900]), id="no more"),
    ],
)
def test_what_either_asks_for_is_owed(voted, now, expected) -> None:
    state = a_running_retirement(policy=POLICY).state
    assert state.plan is not None
    plan = replace(state.plan, subject=a_subject(tier=voted[0], regulated=voted[1]))
    weighed = Weight(tier=now[0], regulated=now[1]) if now else None
    assert owed(replace(state, plan=plan, weighed=weighed, archived=ARCHIVED)) == expected


def becomes(story: Story, tier: int, regulated: str = "") -> Story:
    """By the catalog, from now on."""
    story.facts = replace(story.facts, tier=tier, regulated=regulated)
    story.does(cmd.MeetOwners(by=EMERITUS))
    return story


def test_what_the_catalog_says_is_on_the_record_once_and_over_with_a_new_plan() -> None:
    story = becomes(becomes(a_running_retirement(policy=POLICY), 1), 1)
    assert [(one.tier, one.regulated) for one in story.of(events.Weighed)] == [(1, "")]
    assert becomes(story, 3).state.weighed is None
    assert len(story.of(events.Weighed)) == 2


def without_page(policy: Policy) -> Policy:
    return replace(policy, tiers=tuple(replace(one, migration_guide="no") for one in policy.tiers))


@pytest.mark.parametrize(
    ("policy", "facts", "needs"),
    [
        pytest.param(POLICY, {}, "and needs a page that says how to move", id="no page"),
        pytest.param(POLICY, {"guide": "https://wiki.example/move"}, "", id="a page"),
        pytest.param(without_page(POLICY), {}, "", id="none is asked for"),
        pytest.param(
            without_page(replace(POLICY, tiers=(Tier(tier=1, notice_days=31), POLICY.tiers[1]))),
            {},
            "and needs 31 days of notice",
            id="a day of notice more than the plan has",
        ),
        pytest.param(
            without_page(replace(POLICY, tiers=(Tier(tier=1, notice_days=30), Tier(tier=3, notice_days=10)))),
            {},
            "",
            id="more notice than it was voted with, and the plan has it",
        ),
    ],
)
def test_a_stricter_model_waits_for_a_vote_where_its_plan_does_not_give_enough(policy, facts, needs) -> None:
    story = an_approved(policy=policy, **facts)
    story.facts = replace(story.facts, tier=1, regulated="")
    story.until(ANNOUNCED_AT)
    held = " ".join(story.state.progress(StepKind.ANNOUNCE).held_by)
    assert (needs in held) if needs else not held


def test_a_switch_off_that_was_held_long_enough_has_given_the_notice() -> None:
    story = a_running_retirement(policy=POLICY)
    state = replace(story.state, weighed=Weight(tier=3, regulated="EU AI Act"))
    assert weighing.gates(state, story.facts, DISABLE_AT)
    assert not weighing.gates(state, story.facts, DISABLE_AT + days(15))


def test_a_model_that_is_of_tier_1_while_dark_is_closed_by_two() -> None:
    story = a_dark(policy=POLICY)
    assert "RET-1/announcement-1/closing" not in story.effects
    becomes(story, 1)
    assert "RET-1/announcement-1/closing" in story.effects
    story.until(CLOSE_AT).works()
    assert story.state.state is State.DISABLED
    for by in (PAT, SELMA):
        story.does(cmd.ConfirmClose(by=by, model="churn"))
    assert story.until(story.now).works().state.state is State.ARCHIVED


def test_what_has_to_be_attested_since_is_asked_for_and_holds_the_switch_off() -> None:
    story = a_running_retirement(policy=POLICY)
    story.stands(replace(story.state, archived=ARCHIVED, drilled_at=story.now))
    becomes(story, 1)
    assert "RET-1/announcement-1/attestation/retention/0" in story.effects
    assert story.state.plan is not None
    ready = readiness(story.state, story.state.plan.step(StepKind.DISABLE), story.facts, DISABLE_AT)
    assert {"attestation/retention", "checks/component:default/billing-etl/none declared"} <= set(ready.gates)


@pytest.mark.parametrize("facts", [{"tier": 1, "regulated": ""}, {"tier": 3, "regulated": "EU AI Act"}])
def test_silence_is_no_consent_to_what_became_stricter_meanwhile(facts: dict[str, Any]) -> None:
    story = a_proposed(policy=POLICY).votes(OWEN)
    assert story.state.round is not None
    story.facts = replace(story.facts, **facts)
    story.until(PROPOSED_AT + days(30))
    assert story.state.state is State.EXPIRED
