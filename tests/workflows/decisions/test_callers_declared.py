"""A caller turns out to be something the catalog declares: what was said of it stands, and its owners are asked."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from data import events
from data.records.progress import Progress, StepKind
from data.records.retirement import Duty
from data.upcasting import upcast
from tests.builders import (
    ANNOUNCED_AT,
    ARCHIVE_AT,
    BILLING,
    CARL,
    DISABLE_AT,
    IMPACT,
    PAT,
    PROPOSED_AT,
    STRANGER,
    WHY,
    Story,
    a_migrated,
    a_proposed,
    a_running_retirement,
    an_approved,
    an_impacted,
    days,
    some_calls,
)
from tests.workflows.decisions.test_callers import (
    EDGE_TEAM,
    HELD,
    MEETING,
    SCORER,
    claimed,
    claiming,
    declared,
    duties,
    held,
    seeing,
)
from workflows import commands as cmd
from workflows.rules.folding import evolve

NIGHTLY = an_impacted("nightly", team="edge", people=EDGE_TEAM.slack_ids)


def waived(story: Story, what: str = "scorer") -> Story:
    story.does(cmd.Waive(by=PAT, what=what, reason=WHY))
    return story


def test_what_was_vouched_for_stays_so_under_the_name_the_catalog_gives_it():
    story = declared(waived(seeing(a_running_retirement())), NIGHTLY).until(ARCHIVE_AT)
    assert held(story, StepKind.ARCHIVE) == ()
    assert story.state.progress(StepKind.ARCHIVE).progress is Progress.RUNNING
    duty = story.state.obligation(NIGHTLY.consumer_id)
    assert (duty.duty, duty.changed_by, duty.note) == (Duty.WAIVED, PAT, WHY)
    assert f"RET-1/announcement-1/dm/{STRANGER}" in story.effects, "its owners are told that it is waived"


def test_so_it_is_when_it_was_voted_on_and_its_owners_are_told():
    story = waived(a_proposed(impact=(*IMPACT, SCORER)).until(PROPOSED_AT))
    story.votes("UOWEN", "UPLATO", "USELMA").until(ANNOUNCED_AT)
    declared(story, NIGHTLY).until(ARCHIVE_AT)
    assert (duties(story)["nightly"], held(story, StepKind.ARCHIVE)) == (Duty.WAIVED, ())
    assert story.state.obligation(SCORER.consumer_id) is None
    assert f"RET-1/announcement-1/dm/{STRANGER}" in story.effects


def test_so_it_is_when_it_is_declared_before_anybody_is_asked_to_move():
    story = declared(waived(seeing(an_approved())), NIGHTLY).until(ANNOUNCED_AT)
    assert (duties(story)["nightly"], held(story, StepKind.ANNOUNCE)) == (Duty.WAIVED, ())


def test_what_was_declared_before_owners_were_asked_then_reads_as_it_was_meant():
    """By the first version of that event: owners of one nobody had claimed were not asked, a waiver did not follow."""
    unclaimed = seeing(a_running_retirement())
    said = events.CallerDeclared(
        at=unclaimed.now,
        by="emeritus",
        consumer_id=SCORER.consumer_id,
        declared_as=NIGHTLY.consumer_id,
        consumer=NIGHTLY,
        answer_by=unclaimed.now,
        asks="owing",
    )
    assert evolve(unclaimed.state, said).obligations == unclaimed.state.obligations
    story = waived(a_proposed(impact=(*IMPACT, SCORER)).until(PROPOSED_AT))
    story.votes("UOWEN", "UPLATO", "USELMA").until(ANNOUNCED_AT)
    assert evolve(story.state, said).obligation(NIGHTLY.consumer_id).duty is Duty.OPEN
    old = {**msgspec.to_builtins(said), "event": "caller declared"}
    del old["asks"]
    assert msgspec.convert(upcast(old), events.CallerDeclared) == said


def test_a_waiver_does_not_speak_for_a_consumer_that_the_plan_had_all_along():
    story = declared(waived(seeing(a_running_retirement())), IMPACT[0]).until(ARCHIVE_AT)
    assert duties(story) == {"billing-etl": Duty.OPEN, "crm-sync": Duty.OPEN}
    before = declared(waived(seeing(an_approved())), IMPACT[0]).until(ANNOUNCED_AT)
    assert duties(before)["billing-etl"] is Duty.OPEN


def test_the_owners_of_one_that_nobody_had_claimed_are_asked_as_soon_as_it_is_declared():
    story = declared(seeing(a_running_retirement()), NIGHTLY)
    duty = story.state.obligation(NIGHTLY.consumer_id)
    assert (duty.duty, duty.acknowledge_by) == (Duty.OPEN, story.now + days(7))
    assert f"RET-1/announcement-1/dm/{STRANGER}" in story.effects
    story.does(cmd.ChangeDuty(by=STRANGER, consumer_ids=(NIGHTLY.consumer_id,), duty=Duty.MIGRATED))
    story.until(ARCHIVE_AT)
    assert held(story, StepKind.ARCHIVE) == (), "it has moved: there is nothing to vote on"


def test_of_one_that_has_not_moved_people_vote_as_of_any_newcomer_or_somebody_vouches_for_it():
    story = declared(seeing(a_running_retirement()), NIGHTLY).until(ARCHIVE_AT)
    assert held(story, StepKind.ARCHIVE)[0].startswith(
        "1 consumer appeared after the vote (component:default/nightly)"
    )
    waived(story, "nightly").until(story.now + days(1))
    assert held(story, StepKind.ARCHIVE) == ()


def test_a_caller_that_came_while_people_voted_was_voted_on():
    story = seeing(a_proposed())
    story.does(claiming(), teams=(EDGE_TEAM,))
    story.facts = replace(story.facts, impact=(*IMPACT, replace(SCORER, owners=EDGE_TEAM)))
    story.votes("UOWEN", "UPLATO", "USELMA").until(ANNOUNCED_AT)
    assert held(story, StepKind.ANNOUNCE) == ()
    assert duties(story)["scorer"] is Duty.OPEN
    story.until(ARCHIVE_AT)
    assert held(story, StepKind.ARCHIVE) == ()


def test_so_was_what_it_is_declared_as():
    story = declared(seeing(a_proposed()), NIGHTLY)
    story.votes("UOWEN", "UPLATO", "USELMA").until(ANNOUNCED_AT)
    assert (held(story, StepKind.ANNOUNCE), duties(story)["nightly"]) == ((), Duty.OPEN)


def test_one_that_came_when_the_vote_was_over_holds_the_announcement_until_a_new_one():
    story = claimed(seeing(an_approved())).until(ANNOUNCED_AT)
    assert "appeared after the vote (caller::scorer)" in held(story, StepKind.ANNOUNCE)[0]


def an_endpoint_of_the_model(story: Story) -> Story:
    """By the catalog the caller is one, and the plan does not have it (workflows/observing.py)."""
    story.facts = replace(
        story.facts,
        impact=(*IMPACT, SCORER),
        calls=(some_calls(SCORER.consumer_id),),
        staying={SCORER.consumer_id: "resource:default/churn-shadow"},
    )
    story.does(MEETING)
    return story


def test_a_caller_that_is_an_endpoint_the_plan_leaves_is_asked_about_until_the_plan_has_it():
    story = an_endpoint_of_the_model(seeing(a_migrated())).until(DISABLE_AT)
    assert story.of(events.CallerDeclared) == []
    (why,) = held(story, StepKind.DISABLE)
    shadow = "scorer is resource:default/churn-shadow, which the plan does not have: press Edit plan"
    assert why == f"{HELD}; by the catalog {shadow}"
    story.facts = replace(
        story.facts,
        impact=IMPACT,
        calls=(),
        staying={},
        joined={SCORER.consumer_id: "resource:default/churn-shadow"},
    )
    story.does(MEETING)
    assert [one.declared_as for one in story.state.callers] == ["resource:default/churn-shadow"]


def test_it_can_be_claimed_and_vouched_for_like_any_other():
    story = an_endpoint_of_the_model(seeing(a_running_retirement()))
    story.does(claiming(), teams=(EDGE_TEAM,))
    assert duties(story)["scorer"] is Duty.OPEN
    other = waived(an_endpoint_of_the_model(seeing(a_running_retirement()))).until(ARCHIVE_AT)
    assert held(other, StepKind.ARCHIVE) == ()


def test_whoever_is_handed_a_consumer_and_a_caller_at_once_is_told_of_both():
    story = seeing(a_running_retirement())
    carls = (
        replace(IMPACT[0], owners=IMPACT[1].owners),
        IMPACT[1],
        replace(NIGHTLY, owners=IMPACT[1].owners),
    )
    story.does(MEETING, impact=carls, joined={SCORER.consumer_id: NIGHTLY.consumer_id}, calls=())
    told = [effect.body for effect in story.effects.values() if effect.body.get("notice") == "handed"]
    assert {one["slack_id"] for one in told} == {CARL}
    assert {one["consumer_ids"] for one in told} == {BILLING, NIGHTLY.consumer_id}
