"""A plan that was exported, changed or not, and is proposed from its file: the file is what is voted on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from data.errors import Invalid
from data.plan_file import PlanFile, parsed, written
from data.records.artifacts import ArtifactClass, Classed, Reference
from data.records.plan import Plan, Step, Subject
from data.records.retirement import State
from data.records.rounds import Choice
from tests.builders import (
    BILLING,
    CRM,
    LIVE,
    PAT,
    PLATO,
    PROPOSED_AT,
    TARGET_ON,
    Story,
    a_policy,
    a_proposed,
    a_subject,
    casting,
    days,
    facts_for,
    proposing,
)
from tests.data.test_plan_file import SUBJECTS
from workflows import commands as cmd
from workflows.plan_files import NEW, asked
from workflows.rules.plans.plan import dated_steps, digest, steps_between

POLICY = a_policy()
MANY = a_subject(
    artifacts=("s3://m/w", "s3://m/card"),
    classes=(Classed(uri="s3://m/card", of=ArtifactClass.CARD),),
    references=(Reference(of=ArtifactClass.METRICS, what="run", values=(("auc", "0.91"),)),),
    regulated="EU AI Act",
    tier=1,
)


def exported(plan: Plan, retirement: str = "", **changes: object) -> PlanFile:
    """As somebody has it who exported it, changed it, and gave it back."""
    file = PlanFile(retirement=retirement, why='it was "replaced"', plan=replace(plan, **changes))
    return parsed(written(file), source="plan.toml")


def command(file: PlanFile, by: str = PAT) -> cmd.Propose | cmd.Revise:
    return asked(file, by, POLICY)[1]


def steps(target_on: date, announce_days: int = 0) -> tuple[Step, ...]:
    own = dated_steps(proposed_at=PROPOSED_AT, target_on=target_on, policy=POLICY)
    return steps_between(own[0].due_at + days(announce_days), own[4].due_at, POLICY)


def planned(story: Story) -> Plan:
    assert story.state.plan is not None
    return story.state.plan


@settings(deadline=None, max_examples=50)
@example(subject=MANY, later=0)
@given(subject=SUBJECTS, later=st.integers(0, 600))
def test_what_is_exported_and_proposed_again_is_the_same_plan(subject: Subject, later: int):
    facts = facts_for(subject, policy=a_policy(restricted_channel="#few"))
    own = Story(facts)
    own.does(proposing(target_on=date(2027, 8, 1) + timedelta(days=later)))
    again = Story(facts)
    stream, wish = asked(exported(planned(own)), PAT, POLICY)
    again.does(wish)
    assert stream == NEW
    assert planned(again) == planned(own)


def test_a_file_of_a_retirement_takes_the_place_of_its_plan_and_voids_the_votes():
    story = a_proposed()
    story.does(casting(story.state, by=PLATO, choice=Choice.APPROVE))
    file = exported(planned(story), "RET-1", steps=steps(TARGET_ON + timedelta(days=10)))
    assert asked(file, PAT, POLICY)[0] == "RET-1"
    story.does(command(file))
    assert planned(story).digest == digest(file.plan)
    assert (story.state.state, story.state.round.ballots) == (State.PROPOSED, ())


def test_a_file_that_was_not_changed_keeps_the_votes():
    story = a_proposed()
    file = replace(exported(planned(story), "RET-1"), why=str(story.state.why))
    with pytest.raises(Invalid, match="nothing in the plan has changed"):
        story.does(command(file), at=PROPOSED_AT + days(2))


def test_a_file_may_announce_later_than_it_has_to():
    story = Story(facts_for())
    late = steps(TARGET_ON + timedelta(days=20), 20)
    file = exported(planned(a_proposed()), steps=late)
    story.does(command(file))
    assert planned(story).steps == late
    assert planned(story).digest == digest(file.plan)


def refused(file: PlanFile, **at: object) -> list[str]:
    with pytest.raises(Invalid) as error:
        Story(facts_for()).does(command(file), **at)  # type: ignore[arg-type]
    return str(error.value).split("\n")


def test_all_that_the_catalog_and_the_policy_say_otherwise_is_told():
    plan = planned(a_proposed())
    subject = replace(
        plan.subject, tier=2, artifacts=("/etc/shadow",), endpoints=(replace(LIVE, ref="other"),)
    )
    file = exported(plan, subject=subject, policy_digest="sha256:x", consumer_ids=("mine",))
    kept, moved = (f'"{LIVE.id} ({LIVE.name}, {LIVE.kind}, {ref})"' for ref in (LIVE.ref, "other"))
    beyond = "which would not be in it now"
    assert refused(file) == [
        f'[plan] consumer_ids: it lacks "{BILLING}", "{CRM}" and it has "mine", {beyond}',
        f'[plan] policy_digest = "sha256:x": "{plan.policy_digest}", by the catalog and the policy now',
        "[plan.subject] tier = 2: 3, by the catalog and the policy now",
        f"[plan.subject] endpoints: it lacks {kept} and it has {moved}, {beyond}",
        f'[plan.subject] artifacts: it lacks "s3://models/churn" and it has "/etc/shadow", {beyond}',
    ]


def test_a_file_whose_announcement_is_over_is_told_when_it_can_be_announced():
    file = exported(planned(a_proposed()), steps=steps(TARGET_ON + timedelta(days=30)))
    said = "[plan.steps announce] due_at = 2027-01-18T09:00:00Z: 2027-01-19T09:00:00Z, by the policy and when it is "
    assert refused(file, at=PROPOSED_AT + days(1)) == [f"{said}proposed"]


def test_an_announcement_that_leaves_less_notice_than_the_policy_is_refused():
    late = steps(TARGET_ON, 10)
    found = refused(exported(planned(a_proposed()), steps=late))
    assert any("30 days after it is announced on" in one for one in found)
