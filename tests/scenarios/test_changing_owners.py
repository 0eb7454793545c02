"""The catalog changes while a retirement runs: whoever owns a consumer now is told, and answers for it."""

from __future__ import annotations

from datetime import timedelta

from data.records.retirement import Duty
from tests.data.catalogs import a_document
from tests.scenarios.test_acknowledging import LOGISTICS, PLANNER, dm, duty, request
from tests.scenarios.town import BRUNO, GOVERNANCE, INES, SAM, TOM, VERA, WREN, Town, buttons, words

PLANNER_OF = "type: pipeline, dependsOn: ['component:churn-v1-prod'], owner: "


def ines_follows_wren(town: Town) -> None:
    """She joins his team, and he leaves it."""
    town.learns(
        a_document("Group", "logistics", "type: team, children: [], members: [bruno-alves, ines-costa]"),
        a_document("User", "wren-taylor", "memberOf: []", slack_id=WREN),
    )
    town.settle()


def test_whoever_joins_a_team_is_told_and_may_answer(town: Town):
    town.announce()
    before = len(town.keys(INES))
    ines_follows_wren(town)
    (told,) = town.keys(INES)[before:]
    assert "1 more consumer of churn-v1 is yours by the catalog" in words(town.posted(INES, told))
    # The message that is redrawn has the buttons; this one would show them for ever.
    assert buttons(town.posted(INES, told)) == ["duty.show_all"]
    town.answer(INES, "restock-planner", "duty.acknowledge")
    assert f"*restock-planner*: acknowledged (<@{INES}>)" in words(town.posted(GOVERNANCE, LOGISTICS))
    assert "*restock-planner*" in words(town.announcement(INES))
    assert f"<@{INES}>" in words(town.posted(GOVERNANCE, LOGISTICS))
    town.press(INES, town.posted(GOVERNANCE, LOGISTICS), "duty.migrated", PLANNER)
    assert duty(town, "restock-planner") is Duty.MIGRATED


def test_whoever_leaves_a_team_may_not_answer_for_it_any_more(town: Town):
    town.announce()
    ines_follows_wren(town)
    assert "belongs to others now" in words(town.posted(WREN, dm(WREN)))
    assert not buttons(town.posted(WREN, dm(WREN)))
    town.press(WREN, town.posted(GOVERNANCE, LOGISTICS), "duty.acknowledge", PLANNER)
    assert "You may not answer for restock-planner" in town.told(WREN)
    assert duty(town, "restock-planner") is Duty.OPEN
    town.pass_time(days=50)
    assert not [key for key in town.keys(WREN) if "/remind/" in key]
    assert [key for key in town.keys(BRUNO) if "/remind/" in key]


def test_what_a_team_hands_back_goes_to_the_next_one_once_the_catalog_says_which(town: Town):
    town.announce()
    town.answer(BRUNO, "restock-planner", "duty.not_mine")
    assert f"is not theirs; <@{TOM}> finds its owner and corrects the catalog" in town.thread()
    town.learns(a_document("Component", "restock-planner", PLANNER_OF + "group:default/security"))
    town.settle()
    assert duty(town, "restock-planner") is Duty.OPEN
    assert "The consumers asked for here belong to others now" in words(town.posted(GOVERNANCE, LOGISTICS))
    assert "The catalog names other owners for *restock-planner* (" in town.thread()
    taken = town.posted(GOVERNANCE, "RET-1/announcement-1/team/group:default/security")
    assert "*restock-planner*: open" in words(taken)
    newcomer, *_ = town.retirement().obligation("component:default/restock-planner").consumer.owners.slack_ids
    town.press(newcomer, taken, "duty.migrated", PLANNER)
    assert duty(town, "restock-planner") is Duty.MIGRATED


def test_what_goes_away_and_comes_back_is_told_anew(town: Town):
    town.announce()
    for owner in ("group:default/security", "logistics"):
        town.learns(a_document("Component", "restock-planner", PLANNER_OF + owner))
        town.settle()
    for person in (BRUNO, WREN):
        assert "1 more consumer of churn-v1 is yours by the catalog" in words(town.slack.messages(person)[-1])
        assert "*restock-planner*: open" in words(town.announcement(person))
    assert [key for key in town.keys(SAM) if "/dm/" in key] == [dm(SAM)]
    assert not [key for key in town.keys(SAM) if "/handed-" in key], "he was told as all are"


def escalations(town: Town) -> list[str]:
    """Everything anybody was told over the heads of owners."""
    places = (*town.slack.ws.users, GOVERNANCE)
    return [key for place in places for key in town.keys(place) if "/escalate/" in key]


def test_who_takes_over_has_a_day_of_their_own_to_answer_and_is_held_to_it(town: Town):
    town.announce()
    town.pass_time(days=14)
    before = escalations(town)
    town.learns(a_document("Component", "restock-planner", PLANNER_OF + "group:default/security"))
    town.settle()
    answer_by = (town.now() + timedelta(days=7)).date()
    assert f"acknowledge by {answer_by:%a %Y-%m-%d}, migrate by *Mon 2026-04-27*" in words(
        town.announcement(SAM)
    )
    town.pass_time(days=6)
    assert escalations(town) == before
    town.pass_time(days=6)
    taken = [key for key in escalations(town) if key not in before]
    assert {key.split("/")[2] for key in taken} == {f"acknowledge@{answer_by}"}
    assert taken[-1].endswith(f"/2/{GOVERNANCE}")
    assert "1 consumer not acknowledged in time" in words(town.posted(GOVERNANCE, taken[-1]))


def test_who_takes_over_what_others_asked_more_time_for_is_asked_anew(town: Town):
    town.announce()
    town.ask_for_time(BRUNO, "restock-planner", until="2026-05-11", reason="the harvest")
    town.learns(a_document("Component", "restock-planner", PLANNER_OF + "group:default/security"))
    town.settle()
    assert not buttons(request(town))
    assert "More time for *restock-planner* is not asked for any more: it is open" in words(request(town))
    assert "duty.acknowledge" in buttons(town.announcement(SAM))
    assert "the harvest" not in words(town.announcement(SAM))
    town.pass_time(days=9)
    late = [words(town.posted(VERA, key)) for key in town.keys(VERA) if "/escalate/acknowledge@" in key]
    assert [told for told in late if "*restock-planner*" in told and f"<@{SAM}>" in told]


def test_new_people_of_the_same_team_have_days_of_their_own_and_are_held_to_them(town: Town):
    town.announce()
    town.pass_time(days=14)
    before = escalations(town)
    town.learns(
        a_document("Group", "logistics", "type: team, children: [], members: [ines-costa]"),
        a_document("User", "bruno-alves", "memberOf: []", slack_id=BRUNO),
        a_document("User", "wren-taylor", "memberOf: []", slack_id=WREN),
    )
    town.settle()
    answer_by = (town.now() + timedelta(days=7)).date()
    assert f"*restock-planner*: open - acknowledge by {answer_by:%a %Y-%m-%d}" in words(
        town.announcement(INES)
    )
    town.pass_time(days=6)
    assert escalations(town) == before
    town.pass_time(days=5)
    taken = {key.split("/")[2] for key in escalations(town) if key not in before}
    assert taken == {f"acknowledge@{answer_by}"}


def test_who_can_be_reached_at_last_has_days_of_their_own(town: Town):
    wren = ("User", "wren-taylor", "memberOf: [logistics]")
    alone = (
        a_document("Group", "logistics", "type: team, children: [], members: [wren-taylor]"),
        a_document("User", "bruno-alves", "memberOf: []", slack_id=BRUNO),
    )
    town.learns(*alone, a_document(*wren, manager="user:elena-rossi"))
    town.announce()
    town.pass_time(days=14)
    before = escalations(town)
    town.learns(*alone, a_document(*wren, slack_id=WREN, manager="user:elena-rossi"))
    town.settle()
    answer_by = (town.now() + timedelta(days=7)).date()
    assert f"acknowledge by {answer_by:%a %Y-%m-%d}" in words(town.announcement(WREN))
    town.pass_time(days=12)
    assert {key.split("/")[2] for key in escalations(town) if key not in before} == {
        f"acknowledge@{answer_by}"
    }


def test_who_takes_over_when_the_day_to_migrate_is_past_is_told_so_and_held_to_their_answer(town: Town):
    town.announce()
    town.pass_time(days=46)
    before = escalations(town)
    town.learns(a_document("Component", "restock-planner", PLANNER_OF + "group:default/security"))
    town.settle()
    assert "migrate as soon as you can: it came to you after *Mon 2026-04-27*, the day to" in words(
        town.announcement(SAM)
    )
    answer_by = (town.now() + timedelta(days=7)).date()
    town.pass_time(days=20)
    assert {key.split("/")[2] for key in escalations(town) if key not in before} == {
        f"acknowledge@{answer_by}"
    }


def test_who_takes_over_during_a_pause_is_told_and_may_answer_at_once(town: Town):
    town.announce()
    town.command(TOM, "pause RET-1 the quarter closes")
    town.learns(a_document("Component", "restock-planner", PLANNER_OF + "group:default/security"))
    town.settle()
    assert "*restock-planner*: open" in words(town.announcement(SAM))
    town.press(SAM, town.announcement(SAM), "duty.acknowledge", PLANNER)
    assert duty(town, "restock-planner") is Duty.ACKNOWLEDGED


def test_who_took_over_during_a_pause_is_held_to_their_days_once_it_is_over(town: Town):
    town.announce()
    town.pass_time(days=1)
    town.command(TOM, "pause RET-1 the quarter closes")
    town.learns(a_document("Component", "restock-planner", PLANNER_OF + "group:default/security"))
    town.pass_time(days=20)
    assert not escalations(town)
    town.command(TOM, "resume RET-1")
    assert not escalations(town)
    town.pass_time(days=10)
    late = [words(town.posted(VERA, key)) for key in town.keys(VERA) if "/escalate/acknowledge@" in key]
    assert [told for told in late if "*restock-planner*" in told and f"<@{SAM}>" in told]


def test_an_import_that_names_the_same_owners_tells_nobody_anything(town: Town):
    town.announce()
    before, state = town.thread(), town.retirement()
    town.learns(a_document("Component", "restock-planner", PLANNER_OF + "logistics"))
    town.settle()
    assert (town.thread(), town.retirement()) == (before, state)


def test_who_has_moved_is_asked_nothing_more_whoever_owns_it_then(town: Town):
    town.announce()
    town.answer(BRUNO, "restock-planner")
    ines_follows_wren(town)
    assert duty(town, "restock-planner") is Duty.MIGRATED
    assert "The catalog names other owners" not in town.thread()


def test_a_consumer_that_nobody_owns_any_more_is_shown_to_the_coordinator(town: Town):
    town.announce()
    town.learns(a_document("Component", "restock-planner", PLANNER_OF + "nobody-here"))
    town.settle()
    unowned = town.posted(GOVERNANCE, "RET-1/announcement-1/team/unowned")
    assert "nobody can be reached" in words(unowned)
    assert "no owner" in words(unowned)


def test_who_owns_a_consumer_by_the_announcement_is_asked_by_it(town: Town):
    town.propose()
    ines_follows_wren(town)
    town.approve()
    town.pass_time(days=15)
    assert "*restock-planner*" in words(town.announcement(INES))
    assert "The catalog names other owners" not in town.thread()
