"""An endpoint beside the plan holds what ends a service, for as long as nobody decides about it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from data import events
from data.errors import NotFound, Refused
from data.events import EMERITUS
from data.records.catalog import Kind
from data.records.parts import Part
from data.records.progress import StepKind
from tests.builders import (
    CRM,
    DISABLE_AT,
    LIVE,
    PAT,
    WHY,
    Story,
    a_dark,
    a_migrated,
    a_running_retirement,
    days,
)
from workflows import commands as cmd
from workflows.rules.plans import parts

EU = Part(id="component:default/churn-eu", name="churn-eu", kind=Kind.ENDPOINT)
VERSION = Part(id="mlflow:churn/2", name="churn 2", kind=Kind.VERSION, consumer_id=CRM)
MEETING = cmd.MeetOwners(by=EMERITUS)
WAIVE_EU = cmd.Waive(by=PAT, what=EU.id, reason=WHY)


def finding(story: Story, *found: Part) -> Story:
    """An import tells of these; from now on the catalog has them."""
    story.facts = replace(story.facts, parts=found)
    story.does(MEETING)
    return story


def test_what_is_the_same_as_before_is_told_no_more():
    story = finding(finding(a_running_retirement(), EU), EU)
    assert [one.added for one in story.of(events.PartsChanged)] == [(EU,)]
    gone = [[one.id for one in told.gone] for told in finding(story).of(events.PartsChanged)]
    assert gone == [[], [EU.id]]
    assert story.state.parts == ()


def test_a_version_that_was_a_consumer_is_told_and_holds_nothing():
    story = finding(a_migrated(), VERSION)
    assert [one.id for one in story.state.parts] == [VERSION.id]
    assert [parts.unplanned(story.state, kind, story.facts) for kind in StepKind] == [[]] * len(StepKind)


def test_one_that_is_found_as_the_step_begins_holds_it_though_nobody_was_told_yet():
    story = a_migrated()
    story.facts = replace(story.facts, parts=(EU,))
    story.until(DISABLE_AT + days(1))
    assert story.state.progress(StepKind.DISABLE).gates == (f"endpoints/{EU.id}",)


def test_what_leaves_the_catalog_lets_a_held_step_go_on():
    story = finding(a_migrated(), EU).until(DISABLE_AT + days(1))
    finding(story)
    assert "step/disable" in story.timers


def test_it_can_be_vouched_for_once_it_was_told_and_while_all_is_dark_too():
    with pytest.raises(NotFound):
        a_running_retirement().does(WAIVE_EU)
    story = finding(a_dark(), EU)
    assert story.does(WAIVE_EU).reply == f"You waived {EU.id}, with your reason."
    assert parts.unanswered(story.state) == ()
    assert story.does(WAIVE_EU).reply == "churn-eu is waived already."


def test_who_went_without_a_consumer_did_not_vouch_for_the_endpoint_it_turns_out_to_be():
    story = a_migrated()
    story.does(cmd.Waive(by=PAT, what=CRM, reason=WHY))
    story = finding(story, replace(EU, id=CRM, name="crm-sync"))
    assert [one.id for one in parts.unanswered(story.state)] == [CRM]
    story.does(cmd.Waive(by=PAT, what=CRM, reason=WHY))
    assert parts.unanswered(story.state) == ()


def test_an_endpoint_that_left_and_came_back_is_asked_about_again():
    story = finding(a_migrated(), EU)
    story.does(WAIVE_EU)
    finding(story)
    story.until(story.now + days(1))
    finding(story, EU)
    assert [one.id for one in parts.unanswered(story.state)] == [EU.id]


@pytest.mark.parametrize("name", ["crm-sync", "churn-live"], ids=["a consumer", "an endpoint of the plan"])
def test_a_name_that_something_else_has_as_well_is_asked_back(name: str):
    story = finding(a_running_retirement(), replace(EU, name=name))
    other = {"crm-sync": CRM, "churn-live": LIVE.id}[name]
    with pytest.raises(Refused) as refused:
        story.does(cmd.Waive(by=PAT, what=name, reason=WHY))
    assert str(refused.value) == f'"{name}" names 2 things of RET-1. Say which by its id: {EU.id} or {other}'


def test_what_a_new_plan_leaves_as_it_was_is_asked_about_still():
    state = finding(a_running_retirement(), EU, VERSION).state
    assert state.plan is not None
    without = replace(state.plan, consumer_ids=())
    assert [one.id for one in parts.left_by(state, state.plan)] == [EU.id, VERSION.id]
    assert [one.id for one in parts.left_by(state, without)] == [EU.id]
    with_it = replace(state.plan.subject, spared=(EU.id,))
    assert parts.left_by(state, replace(state.plan, subject=with_it)) == ()
