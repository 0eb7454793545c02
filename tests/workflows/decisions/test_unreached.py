"""Whom no message reaches: the next above is told once, and nobody goes round in circles. Channels have one, too."""

from __future__ import annotations

import pytest

from data import events
from data.errors import Refused
from tests.builders import BILLING, OWEN, PAT, a_proposed, a_running_retirement, days
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
    unheard = {"notice": "escalation", **about}
    command = cmd.RecordUnreached(by=events.EMERITUS, person="UMAX", why="left", unheard=unheard)
    for _ in range(times):
        decision = story.does(command, managers=managers)
    assert len(story.of(events.Unreached)) == 1
    (told,) = [effect for effect in decision.effects if effect.body["notice"] == "escalation"]
    assert told.body == {"notice": "escalation", "channel": to, "slack_id": to, "instead_of": "UMAX", **about}
    assert not [effect for effect in decision.effects if effect.body["notice"] == "unreached"]


def test_whom_a_lost_manager_should_have_stepped_in_for_the_next_one_above_hears_of():
    story = a_running_retirement()
    story.does(lost(), managers={"UBILL": "UMAX"})
    unheard = {"notice": "unreached", "person": "UBILL", "why": "user_disabled: gone"}
    command = cmd.RecordUnreached(by=events.EMERITUS, person="UMAX", why="left", unheard=unheard)
    decision = story.does(command, managers={"UMAX": "UTOP"})
    (told,) = [effect for effect in decision.effects if effect.body["notice"] == "unreached"]
    assert told.key == "RET-1/announcement-1/unreached/UBILL/for/UMAX"
    assert told.body == {**unheard, "channel": "UTOP", "slack_id": "UTOP"}


def test_of_a_channel_that_a_lost_coordinator_did_not_hear_of_an_owner_of_the_model_hears():
    story = a_proposed()
    of_channel = {"notice": "channel lost", "where": "CGOV", "why": "not_in_channel: invite the bot"}
    command = cmd.RecordUnreached(by=events.EMERITUS, person=PAT, why="left", unheard=of_channel)
    assert told_of_channel(story.does(command)) == [
        (OWEN, f"RET-1/unreached/CGOV/{story.now:%Y-%m-%d}/{OWEN}")
    ]


def test_before_anybody_was_asked_there_is_nothing_to_tell():
    assert a_proposed().does(lost()).events == ()


def told_of_channel(decision) -> list[tuple[str, str]]:
    """(who, key) of what is told of a channel."""
    return [
        (effect.place, effect.key) for effect in decision.effects if effect.body["notice"] == "channel lost"
    ]


@pytest.mark.parametrize("begun", [a_proposed, a_running_retirement], ids=["proposed", "announced"])
def test_of_a_lost_channel_the_coordinator_hears_once_a_day_and_the_record_has_it_once(begun):
    story = begun()
    first = story.does(lost("CGOV"))
    today = f"{story.now:%Y-%m-%d}"
    assert told_of_channel(first) == [(PAT, f"RET-1/unreached/CGOV/{today}/{PAT}")]
    assert [event.told for event in first.events] == [PAT]
    again = story.does(lost("CGOV"))
    assert told_of_channel(again) == told_of_channel(first), "the same message, which is posted once"
    tomorrow = story.does(lost("CGOV"), at=story.now + days(1))
    assert told_of_channel(tomorrow) != told_of_channel(first)
    assert (again.events, tomorrow.events) == ((), ())


def test_of_a_lost_coordinator_an_owner_of_the_model_hears_whatever_the_state():
    story = a_proposed()
    story.does(lost(PAT), managers={PAT: "UMAX"})
    assert story.of(events.Unreached)[-1].told == OWEN
    assert told_of_channel(story.does(lost("CGOV")))[0][0] == OWEN


def test_above_a_lost_coordinator_of_a_model_without_other_owners_the_manager_hears():
    story = a_proposed()
    story.does(lost(PAT), owners=(PAT,), managers={PAT: "UMAX"})
    assert story.of(events.Unreached)[-1].told == "UMAX"


def test_an_owner_may_act_for_a_coordinator_no_message_reaches_and_for_no_other():
    story = a_running_retirement()
    taking_over = cmd.HandOver(by=OWEN, to=OWEN)
    with pytest.raises(Refused, match="this is for the coordinator"):
        story.does(taking_over, named_person=OWEN)
    story.does(lost(PAT))
    with pytest.raises(Refused, match="this is for the coordinator"):
        story.does(cmd.HandOver(by="UBILL", to="UBILL"), named_person="UBILL")
    story.does(taking_over, named_person=OWEN)
    assert story.state.coordinator_id == OWEN
