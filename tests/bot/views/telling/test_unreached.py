"""Who hears instead is told of whom or what, why, and what they can do."""

from __future__ import annotations

from bot.views.card import lines
from bot.views.telling import unreached
from data import events
from tests.bot.views.examples import NOW, announced
from tests.payloads import check_message
from tests.scenarios.reading import words


def told(person: str, *, told: str = "UMAX", coordinator: str = "UPAT") -> str:
    event = events.Unreached(at=NOW, by=events.EMERITUS, person=person, why="is_archived: <!here>", told=told)
    return lines.line(event, announced(coordinator_id=coordinator))


def test_the_thread_says_who_is_told_instead_and_who_goes_on():
    assert told("UT0") == (
        ":no_bell: <@UT0> cannot be reached (is_archived: &lt;!here&gt;); <@UMAX> is told instead, "
        "and <@UPAT> finds who answers"
    )
    assert told("UPAT", told="UOWN") == (
        ":no_bell: <@UPAT> cannot be reached (is_archived: &lt;!here&gt;); <@UOWN> is told instead, "
        "and owners of the model may act in their place"
    )
    assert told("CGOV", told="UPAT") == (
        ":no_bell: messages did not get into <#CGOV> (is_archived: &lt;!here&gt;); <@UPAT> was told instead"
    )
    assert "did not get into #model-retirements (" in told("#model-retirements")


def test_whoever_is_told_of_a_channel_hears_what_is_not_seen_there_and_where_it_is_listed():
    payload = unreached.channel_lost(announced(), "CGOV", "not_in_channel: invite the bot")
    check_message(payload)
    said = words(payload)
    assert "messages do not get into <#CGOV> (not_in_channel: invite the bot)" in said
    assert "its card, its votes, its deadlines and escalations" in said
    assert "`/retire show RET-1` lists it" in said


def test_an_owner_who_hears_of_a_lost_coordinator_is_told_to_find_another():
    said = words(unreached.person_lost(announced(), "UPAT", "user_disabled: gone"))
    assert "every owner of the model may act in their place" in said
    assert "`/retire handover RET-1 @PERSON`" in said
    assert "as their manager" in words(unreached.person_lost(announced(), "UT0", "user_disabled: gone"))
