"""A coordinator vouches in one act for all callers of whom only one file tells, and each of them is on the record."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from data import events
from data.errors import NotFound, Refused
from data.records.base import Prose
from data.records.retirement import Duty
from tests.builders import (
    CARL,
    IMPACT,
    PAT,
    WHY,
    Story,
    a_proposed,
    a_running_retirement,
    an_approved,
    an_unknown,
    some_calls,
)
from tests.workflows.decisions.test_callers import EDGE_TEAM, MEETING
from workflows import commands as cmd

SHARED, LOG = "slack:C1/access.log", "/var/log/access.log"
BY_TOM = ("calls shared by UTOM",)


def told(story: Story, places: dict[str, tuple[str, tuple[str, ...]]]) -> Story:
    """Caller -> where calls of it are told, and by whom."""
    found = tuple(map(an_unknown, places))
    calls = tuple(
        some_calls(one.consumer_id, seen_in=place, sources=sources)
        for one, (place, sources) in zip(found, places.values(), strict=True)
    )
    story.facts = replace(story.facts, impact=(*IMPACT, *found), calls=calls)
    story.does(MEETING)
    return story


def waiving(what: str = "access.log", by: str = PAT) -> cmd.Waive:
    return cmd.Waive(by=by, what=what, reason=WHY)


TWO = {"a": (f"{SHARED}:1", BY_TOM), "b": (f"{SHARED}:2", BY_TOM)}


@pytest.mark.parametrize("story", [a_proposed, an_approved, a_running_retirement])
def test_each_is_waived_in_the_name_of_the_coordinator_with_the_reason(story):
    story = told(story(), TWO)
    decision = story.does(waiving())
    assert [(one.what, one.by, one.reason) for one in story.of(events.Waived)] == [
        ("caller::a", PAT, WHY),
        ("caller::b", PAT, WHY),
    ]
    assert decision.reply == "You waived the 2 callers of whom only access.log tells, with your reason."
    assert story.does(waiving()).reply == "Every caller of whom only access.log tells is waived already."


def test_of_whom_others_tell_as_well_or_whom_a_team_has_claimed_it_says_nothing():
    story = told(
        a_running_retirement(),
        {
            **TWO,
            "c": (f"{SHARED}:3", ("calls", *BY_TOM)),
            "d": (f"{SHARED}:4", BY_TOM),
            "e": ("other.log:1", BY_TOM),
        },
    )
    story.does(cmd.ClaimCaller(by="USTRANGER", caller="d"), teams=(EDGE_TEAM,))
    reply = story.does(waiving(SHARED)).reply
    assert {one.what for one in story.state.waivers} == {"caller::a", "caller::b"}
    assert reply.endswith("1 more, of which others tell as well, is left: c.")


def test_who_was_seen_by_others_since_it_was_asked_about_is_left():
    story = told(a_running_retirement(), TWO)
    calls = (some_calls("caller::b", seen_in=f"{SHARED}:2", sources=("calls", *BY_TOM)),)
    story.facts = replace(story.facts, calls=calls)
    story.does(waiving())
    assert [one.what for one in story.state.waivers] == ["caller::a"]


def test_two_files_of_one_name_have_to_be_told_apart():
    story = told(a_running_retirement(), {"a": (f"{SHARED}:1", BY_TOM), "b": (f"{LOG}:2", ("calls",))})
    with pytest.raises(Refused, match=r'2 files that told of callers are called "access\.log"') as refused:
        story.does(waiving())
    assert refused.value.next_step == f"Say which in full: file:{LOG} or file:{SHARED}"
    story.does(waiving(LOG))
    assert [one.what for one in story.state.waivers] == ["caller::b"]


def test_what_has_that_name_itself_goes_first():
    story = told(a_running_retirement(), {**TWO, "access.log": ("other.log:1", BY_TOM)})
    story.does(waiving())
    assert [one.what for one in story.state.waivers] == ["caller::access.log"]


@pytest.mark.parametrize("name", ["access.log", "traffic", "crm-sync", "churn-live"])
def test_said_to_be_a_file_it_is_one_whatever_else_has_that_name(name: str):
    places = {"a": f"slack:C1/{name}:1", "access.log": f"slack:C1/{name}:2"}
    story = told(a_running_retirement(), {one: (place, BY_TOM) for one, place in places.items()})
    story.does(waiving(f"file:{name}"))
    assert [one.what for one in story.of(events.Waived)] == ["caller::a", "caller::access.log"]
    assert {owed.duty for owed in story.state.obligations} == {Duty.OPEN}


def test_a_file_nobody_is_told_of_in_is_not_found_and_those_there_are_are_named():
    story = told(a_running_retirement(), {**TWO, "c": (f"{LOG}:2", ("calls",))})
    with pytest.raises(NotFound) as refused:
        story.does(waiving("file:acces.log"))
    assert "file that told of callers of RET-1" in str(refused.value)
    assert f"file:{LOG}" in str(refused.value)


def test_who_has_such_a_name_itself_is_meant_where_no_file_is():
    story = told(a_running_retirement(), {"file:/data/x": (f"{LOG}:2", ("calls",))})
    story.does(waiving("file:/data/x"))
    assert [one.what for one in story.of(events.Waived)] == ["caller::file:/data/x"]


def test_a_file_means_whom_it_told_of_also_once_a_later_one_of_the_same_source_tells_of_them():
    story = told(a_running_retirement(), {one: (f"/logs/monday.log:{one}", ("calls",)) for one in "12"})
    calls = tuple(
        some_calls(f"caller::{one}", seen_in=f"/logs/tuesday.log:{one}", sources=("calls",)) for one in "12"
    )
    story.facts = replace(story.facts, calls=calls)
    story.does(waiving("file:monday.log"))
    assert [one.what for one in story.of(events.Waived)] == ["caller::1", "caller::2"]


def test_it_needs_a_reason_and_is_for_the_coordinator():
    story = told(a_running_retirement(), TWO)
    with pytest.raises(Refused, match="A waiver needs a reason"):
        story.does(replace(waiving(), reason=Prose()))
    with pytest.raises(Refused, match="You may not waive"):
        story.does(waiving(by=CARL))
    with pytest.raises(NotFound):
        story.does(waiving("access.lo"))
