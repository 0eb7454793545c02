"""I take this, and /retire take: one person answers from then on, the one before is told, and may take it back."""

from __future__ import annotations

from tests.scenarios.town import BRUNO, GOVERNANCE, GRACE, INES, LOGISTICS, TOM, WREN, Town, words

PLANNER = "RET-1|component:default/restock-planner|1"


def test_a_colleague_takes_it_in_the_thread_and_the_other_takes_it_back(town: Town) -> None:
    town.announce()
    town.press(WREN, town.posted(GOVERNANCE, LOGISTICS), "duty.take", PLANNER)
    assert "restock-planner is yours now" in town.told(WREN)
    assert f"<@{WREN}> took over *restock-planner*" in town.thread()
    assert f"taken over by <@{WREN}>" in words(town.posted(GOVERNANCE, LOGISTICS))
    (told,) = [key for key in town.keys(BRUNO) if "/taken-" in key]
    assert "nothing is asked of you for it" in words(town.posted(BRUNO, told))
    assert "nothing is asked of you" in words(town.announcement(BRUNO))
    assert "restock-planner is yours now" in town.command(BRUNO, "take RET-1 restock-planner")
    assert "1 consumer still to move" in words(town.announcement(BRUNO))
    assert [key for key in town.keys(WREN) if "/taken-" in key]


def test_who_is_named_for_what_was_handed_back_is_asked_and_takes_it(town: Town) -> None:
    town.announce()
    town.answer(BRUNO, "restock-planner", "duty.not_mine")
    town.opens(BRUNO, lambda: town.answer(BRUNO, "restock-planner", "duty.name"))
    assert town.submit(BRUNO, {"duty.named": GRACE}) == {}
    assert f"they say it is <@{GRACE}>'s, who is asked" in town.thread()
    assert f"*restock-planner*: not mine → <@{GRACE}>" in words(town.announcement(BRUNO))
    (key,) = [one for one in town.keys(GRACE) if "/named-" in one]
    town.press(GRACE, town.posted(GRACE, key), "duty.take")
    assert "restock-planner is yours now" in town.told(GRACE)
    assert f"taken over by <@{GRACE}>" in words(town.posted(GOVERNANCE, LOGISTICS))


def test_who_pressed_migrated_too_early_says_that_it_has_not(town: Town) -> None:
    town.announce()
    town.answer(BRUNO, "restock-planner")
    town.press(BRUNO, town.announcement(BRUNO), "duty.take_back", PLANNER)
    assert "restock-planner is open again: it has not migrated yet." in town.told(BRUNO)
    assert f"<@{BRUNO}> says it has not moved yet, so it is asked again: *restock-planner*" in town.thread()
    assert "1 consumer still to move" in words(town.announcement(BRUNO))


def test_the_coordinator_takes_it_and_answers_in_a_message_of_their_own(town: Town) -> None:
    town.announce()
    town.command(TOM, "take RET-1 monday-report")
    town.answer(TOM, "monday-report", "duty.acknowledge")
    assert f"acknowledged (<@{TOM}>), taken over by <@{TOM}>" in words(town.announcement(TOM))
    assert "You may not take over" in town.command(GRACE, "take RET-1 retention-dashboard")
    assert [key for key in town.keys(INES) if "/taken-" in key]


def test_whose_duty_is_waived_hears_why_and_contests_it_with_a_press(town: Town) -> None:
    town.announce()
    town.command(TOM, "waive RET-1 monday-report nobody reads it")
    (key,) = [one for one in town.keys(INES) if "/waived-" in one]
    told = town.posted(INES, key)
    assert f"<@{TOM}> waived *monday-report*" in words(told)
    assert "nobody reads it" in words(told)
    town.press(INES, told, "duty.contest")
    assert "monday-report is asked of you as before" in town.told(INES)
    assert f"<@{INES}> contests the waiver of *monday-report*" in town.thread()
    (key,) = [one for one in town.keys(TOM) if "/contested-" in one]
    assert "talk to them" in words(town.posted(TOM, key))
    assert "duty.migrated" in str(town.announcement(INES))
    town.press(INES, told, "duty.contest")
    assert "monday-report is not waived: it is open." in town.told(INES)
