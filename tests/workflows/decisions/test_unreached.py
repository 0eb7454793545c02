"""Whom no message reaches: the next above is told once, and nobody goes round in circles."""

from __future__ import annotations

import pytest

from data import events
from tests.builders import BILLING, a_proposed, a_running_retirement
from workflows import commands as cmd


def lost(person: str = "UBILL") -> cmd.RecordUnreached:
    return cmd.RecordUnreached(by=events.EMERITUS, person=person, why="user_disabled: gone")


@pytest.mark.parametrize(
    ("managers", "unreached", "told"),
    [
        pytest.param({"UBILL": "UMAX"}, (), "UMAX", id="the manager"),
        pytest.param(
            {"UBILL": "UMAX", "UMAX": "UTOP"}, ("UMAX",), "UTOP", id="whoever is above a lost manager"
        ),
        pytest.param({}, (), "", id="nobody is known"),
        pytest.param({"UBILL": "UMAX"}, ("UMAX",), "", id="the last of the line is lost"),
        pytest.param({"UBILL": "UMAX", "UMAX": "UBILL"}, ("UMAX",), "", id="a circle of two who are lost"),
        pytest.param({"UBILL": "UBILL"}, (), "", id="their own manager"),
    ],
)
def test_the_next_in_the_line_above_who_may_be_reached_is_told(managers, unreached, told):
    story = a_running_retirement()
    for person in unreached:
        story.does(lost(person), managers={})
    story.does(lost(), managers=managers)
    assert story.of(events.Unreached)[-1].told == told


def test_each_person_is_told_of_once_in_an_announcement():
    story = a_running_retirement()
    story.does(lost(), managers={"UBILL": "UMAX"})
    assert story.does(lost(), managers={"UBILL": "UMAX"}).events == ()


@pytest.mark.parametrize(
    ("managers", "to"),
    [
        pytest.param({"UMAX": "UTOP"}, "UTOP", id="the next one above"),
        pytest.param({}, "CGOV", id="the governance channel"),
    ],
)
@pytest.mark.parametrize("times", [1, 2], ids=["news of the person", "known of the person"])
def test_what_a_lost_manager_should_have_heard_of_others_is_told_on(managers, to, times):
    story = a_running_retirement()
    about = {"milestone": "acknowledge@2027-01-25", "level": "1", "consumer_ids": BILLING}
    command = cmd.RecordUnreached(by=events.EMERITUS, person="UMAX", why="left", escalation=about)
    for _ in range(times):
        decision = story.does(command, managers=managers)
    assert len(story.of(events.Unreached)) == 1
    (told,) = [effect for effect in decision.effects if effect.body["notice"] == "escalation"]
    assert told.body == {"notice": "escalation", "channel": to, "slack_id": to, "instead_of": "UMAX", **about}
    assert not [effect for effect in decision.effects if effect.body["notice"] == "unreached"]


def test_before_anybody_was_asked_there_is_nothing_to_tell():
    assert a_proposed().does(lost()).events == ()
