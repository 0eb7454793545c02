"""A restricted model retires in the channel the policy names for that, and no other thread tells of it."""

from __future__ import annotations

from typing import Any

import pytest

from data import events
from data.errors import Refused
from data.records.escalation import Escalation, Notify
from data.records.notices import Addressed, Audience
from data.records.retirement import Duty
from tests.builders import (
    BILL,
    BILLING,
    DISABLE_AT,
    MAX,
    Story,
    a_policy,
    a_proposed,
    a_running_retirement,
    a_subject,
    days,
    facts_for,
    proposing,
    revising,
)
from workflows import commands as cmd

CSEC = "GSEC"
FRAUD = a_subject(restricted_to=("group:default/fraud",))
POLICY = a_policy(restricted_channel=CSEC)


def places(story: Story) -> set[str]:
    return {effect.place for effect in story.effects.values() if effect.place.startswith(("C", "G"))}


def restricted(**changes: Any) -> dict[str, Any]:
    return {"policy": a_policy(restricted_channel=CSEC, **changes)}


def test_all_that_is_posted_of_it_goes_to_the_private_channel() -> None:
    assert places(a_running_retirement(FRAUD, policy=POLICY)) == {CSEC}
    assert places(a_running_retirement(policy=POLICY)) == {"CGOV"}


def test_without_such_a_channel_it_is_refused_with_the_next_step() -> None:
    with pytest.raises(Refused) as refused:
        Story(facts_for(FRAUD)).does(proposing())
    assert str(refused.value) == (
        "Cannot propose churn: it is restricted, and the policy names no private channel for its card. Name one as "
        "[channels] restricted in the policy, invite Emeritus and all who vote, and restart Emeritus"
    )


def test_a_step_of_the_escalation_that_names_another_channel_goes_to_the_private_one() -> None:
    tree = Escalation(steps=(Notify(to=("channel:COPEN",)),))
    story = a_running_retirement(FRAUD, **restricted(escalation=tree))
    story.until(story.now + days(30))
    assert any(isinstance(one, events.Escalated) for one in story.happened)
    assert places(story) == {CSEC}


@pytest.mark.parametrize(
    ("subject", "unseen", "told"),
    [
        (a_subject(), (), {("RET-1", "RET-2"), ("RET-2", "RET-1")}),
        (a_subject(), ("RET-2",), {("RET-2", "RET-1")}),
        (FRAUD, (), {("RET-1", "RET-2")}),
        (FRAUD, ("RET-2",), set()),
        (a_subject(), ("RET-1",), {("RET-1", "RET-2")}),
    ],
    ids=["neither", "the-other", "this-one", "both", "this-one-since-it-was-planned"],
)
def test_a_thread_tells_of_what_meets_it_unless_that_is_restricted(
    subject: Any, unseen: tuple[str, ...], told: set[tuple[str, str]]
) -> None:
    facts: dict[str, Any] = {"meets": {"RET-2": "COTHER"}, "unseen_meets": unseen}
    story = a_proposed(subject, policy=POLICY)
    for decision in (
        story.does(cmd.MeetOwners(by=events.EMERITUS), **facts),
        Story(facts_for(subject, policy=POLICY)).does(proposing(), **facts),
    ):
        meeting = [one.body for one in decision.effects if one.body["notice"] == "meeting"]
        assert {(one["here"], one["other"]) for one in meeting} == told


@pytest.mark.parametrize(("subject", "told"), [(a_subject(), [MAX]), (FRAUD, [])], ids=["open", "restricted"])
def test_whom_somebody_names_as_its_owner_hears_only_of_what_everybody_may_know(
    subject: Any, told: list[str]
) -> None:
    story = a_running_retirement(subject, policy=POLICY)
    story.does(cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.NOT_MINE))
    story.does(cmd.ChangeDuty(by=BILL, consumer_ids=(BILLING,), duty=Duty.NOT_MINE, named=MAX))
    assert [one.place for one in story.effects.values() if one.body.get("notice") == "named"] == told


@pytest.mark.parametrize("subject", [a_subject(), FRAUD], ids=["open", "restricted"])
def test_audiences_of_the_policy_beside_the_owners_hear_only_of_what_everybody_may_know(subject: Any) -> None:
    support = Addressed(audience=Audience.SUPPORT, people=("UHELPS",), channels=("CHELP",))
    story = a_running_retirement(subject, **restricted(audiences=(support,)))
    story.does(revising(target_on=(DISABLE_AT + days(30)).date()))
    story.votes("UOWEN", "UPLATO", "USELMA").until(story.now + days(20))
    assert story.state.announced == 2
    informed = {one.place for one in story.effects.values() if one.body.get("notice") == "informed"}
    assert informed & {"UHELPS", "CHELP"} == (set() if subject is FRAUD else {"UHELPS", "CHELP"})
