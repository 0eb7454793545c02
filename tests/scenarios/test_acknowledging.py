"""What owners of consumers press, in the thread and in their direct message, and what the coordinator decides."""

from __future__ import annotations

from data.records.progress import StepKind
from data.records.retirement import Duty, State
from tests.data.catalogs import a_document
from tests.scenarios.town import (
    ADA,
    BRUNO,
    ELENA,
    GOVERNANCE,
    GRACE,
    INES,
    LOGISTICS,
    TOM,
    WREN,
    Town,
    buttons,
    words,
)

PLANNER = "RET-1|component:default/restock-planner|1"


def duty(town: Town, consumer: str) -> Duty:
    return town.retirement().obligation(f"component:default/{consumer}").duty


def test_a_press_in_the_direct_message_is_seen_in_the_thread_and_by_the_other_owner(town: Town):
    town.announce()
    places = [(GOVERNANCE, LOGISTICS), (BRUNO, dm(BRUNO)), (WREN, dm(WREN))]
    before = [town.posted(*place)["edits"] for place in places]
    town.answer(BRUNO, "restock-planner", "duty.acknowledge")
    assert [town.posted(*place)["edits"] for place in places] == [edits + 1 for edits in before]
    for place in places:
        assert "*restock-planner*: acknowledged (<@U01BRUNOALVES>)" in words(town.posted(*place))


def test_a_press_in_the_thread_is_seen_in_the_direct_messages(town: Town):
    town.announce()
    before = town.posted(WREN, dm(WREN))["edits"]
    town.press(WREN, town.posted(GOVERNANCE, LOGISTICS), "duty.migrated", PLANNER)
    assert town.posted(WREN, dm(WREN))["edits"] == before + 1
    assert "all of yours are settled, thank you" in words(town.announcement(WREN))
    assert "duty.migrated" not in buttons(town.posted(GOVERNANCE, LOGISTICS))


def dm(person: str) -> str:
    return f"RET-1/announcement-1/dm/{person}"


def test_every_owner_gets_one_message_with_the_five_facts(town: Town):
    town.announce()
    for owner in town.owners():
        assert [key for key in town.keys(owner) if "announcement" in key] == [dm(owner)]
        for fact in ("*What*", "*When* service ends on Mon 2026-05-04", "*Why*", "*Successor*", "*Action*"):
            assert fact in words(town.announcement(owner))


def test_acknowledging_everything_leaves_what_is_further_along(town: Town):
    town.announce()
    town.answer(GRACE, "win-back-mailer", "duty.migrated")
    town.press(GRACE, town.announcement(GRACE), "duty.acknowledge_all")
    assert duty(town, "win-back-mailer") is Duty.MIGRATED
    assert duty(town, "save-offer-service") is Duty.ACKNOWLEDGED
    assert "duty.acknowledge_all" not in buttons(town.announcement(GRACE))


def test_acknowledged_is_not_migrated(town: Town):
    town.announce()
    town.press(BRUNO, town.announcement(BRUNO), "duty.acknowledge_all")
    assert "1 of 1 consumer still to move" in words(town.announcement(BRUNO))


def test_the_message_shows_the_nearest_ten_and_the_modal_shows_all_page_by_page(town: Town):
    town.learns(
        *(
            a_document("Component", f"shelf-{number:02}", "type: service, owner: logistics, " + DEPENDS)
            for number in range(44)
        )
    )
    town.announce()
    message = town.announcement(BRUNO)
    assert buttons(message).count("duty.migrated") == 10
    assert "+35 more: press Show all" in words(message)
    screen = town.opens(BRUNO, lambda: town.press(BRUNO, message, "duty.show_all"))
    assert "Page 1 of 3" in words(screen.content)
    for page, (turn, shown) in enumerate((("1", "shelf-19"), ("2", "shelf-43"), ("1", "shelf-20"))):
        before = town.slack.views[BRUNO].hash
        town.slack.click_in_view(BRUNO, "duty.page", f"RET-1|{turn}")
        town.slack.wait_for(lambda before=before: town.slack.views[BRUNO].hash != before)
        assert shown in words(town.slack.views[BRUNO].content), page
    town.slack.click_in_view(BRUNO, "duty.migrated", "RET-1|component:default/shelf-20|1")
    town.settle()
    assert duty(town, "shelf-20") is Duty.MIGRATED


DEPENDS = "dependsOn: ['component:churn-v1-prod']"


def test_not_mine_is_handed_back_and_still_holds_the_retirement(town: Town):
    town.announce()
    town.answer(BRUNO, "restock-planner", "duty.not_mine")
    assert duty(town, "restock-planner") is Duty.NOT_MINE
    assert (
        f"says *restock-planner* is not theirs; <@{TOM}> finds its owner and corrects the catalog"
        in town.thread()
    )
    assert "duty.acknowledge" in buttons(town.announcement(WREN)), "the other owner may still take it"
    assert "restock-planner" in town.command(TOM, "show RET-1")


def test_somebody_elses_press_is_refused_privately(town: Town):
    town.announce()
    version = town.retirement().version
    town.press(ELENA, town.posted(GOVERNANCE, LOGISTICS), "duty.migrated", PLANNER)
    assert "You may not answer for restock-planner" in town.told(ELENA)
    assert "it belongs to Logistics" in town.told(ELENA)
    assert town.retirement().version == version


def test_more_time_is_asked_for_with_errors_on_the_fields(town: Town):
    town.announce()
    errors = town.ask_for_time(BRUNO, "restock-planner", until="2026-04-27", reason=" ")
    assert errors == {
        "extension.until": "a day after 2026-04-27, the date you have now; no vote is needed to move by then",
        "extension.reason": "say what keeps you from moving by then",
    }
    assert duty(town, "restock-planner") is Duty.OPEN
    for far in ("2031-04-28", "9999-12-31"):
        errors = town.submit(BRUNO, {"extension.until": far, "extension.reason": "harvest"})
        assert errors == {"extension.until": "at most five years after 2026-04-27, the date you have now"}
    assert town.submit(BRUNO, {"extension.until": "2026-05-11", "extension.reason": "harvest"}) == {}
    assert duty(town, "restock-planner") is Duty.NEEDS_TIME


def test_once_the_date_is_past_more_time_is_asked_for_from_today_on(town: Town):
    town.announce()
    screen = town.opens(BRUNO, lambda: town.answer(BRUNO, "restock-planner", "duty.more_time"))
    assert "2026-04-28 or later" in words(screen.content)
    town.pass_time(days=60)
    errors = town.ask_for_time(BRUNO, "restock-planner", until="2026-05-16", reason="harvest")
    assert errors == {"extension.until": "a day after 2026-05-16, today"}
    assert "2026-05-17 or later" in words(town.slack.views[BRUNO].content)
    assert town.submit(BRUNO, {"extension.until": "2026-05-17", "extension.reason": "harvest"}) == {}
    assert "migrate by *Sun 2026-05-17* instead of Mon 2026-04-27" in words(town.card())


def request(town: Town) -> dict[str, object]:
    (key,) = [key for key in town.keys(GOVERNANCE) if key.startswith("RET-1/extension/")]
    return town.posted(GOVERNANCE, key)


def test_more_time_is_voted_on_without_whoever_asked_and_tells_everybody_who_was_told_before(town: Town):
    town.announce()
    town.answer(INES, "monday-report", "duty.migrated")
    town.ask_for_time(BRUNO, "restock-planner", until="2026-05-11", reason="the harvest")
    assert "people vote on it on the card" in town.told(BRUNO)
    assert "The card has the vote." in words(request(town))
    assert '"the harvest"' in words(request(town))
    card = words(town.card())
    assert "*Votes on MORE TIME*\nEvery date ahead *14 days later*, so that who asks for it can move" in card
    assert f"*restock-planner*: <@{BRUNO}> asks for it until Mon 2026-05-11" in card
    assert "A vote on *more time* for *restock-planner* is open on the card" in town.thread()
    town.approve()
    plan = town.retirement().plan
    assert plan.step(StepKind.MIGRATE).due_at.date().isoformat() == "2026-05-11"
    assert plan.step(StepKind.DISABLE).due_at.date().isoformat() == "2026-05-18"
    assert "A vote granted more time for *restock-planner*" in town.thread()
    assert "All remaining dates moved later; planned last day of service: Mon 2026-05-18" in town.thread()
    assert "More time for *restock-planner* is granted by a vote" in words(request(town))
    assert f"*restock-planner*: acknowledged (<@{BRUNO}>)" in words(town.announcement(BRUNO))
    for owner in town.owners():
        assert "/moved-" in town.keys(owner)[-1]
        assert "service ends on Mon 2026-05-18" in words(town.announcement(owner))


def test_a_request_that_the_dates_have_overtaken_is_over(town: Town):
    town.announce()
    town.command(TOM, "pause RET-1 freeze")
    town.ask_for_time(BRUNO, "restock-planner", until="2026-05-11", reason="the harvest")
    assert "people vote on it once the retirement is resumed" in town.told(BRUNO)
    assert "People vote on it on the card once no other vote is open." in words(request(town))
    town.pass_time(days=35)
    town.command(TOM, "resume RET-1")
    assert "The request for more time for *restock-planner* is over" in town.thread()
    assert duty(town, "restock-planner") is Duty.ACKNOWLEDGED


def test_a_request_that_is_taken_back_ends_the_vote_and_keeps_the_dates(town: Town):
    town.announce()
    digest = town.retirement().plan.digest
    town.ask_for_time(BRUNO, "restock-planner", until="2026-05-11", reason="the harvest")
    town.answer(BRUNO, "restock-planner", "duty.take_back")
    assert "restock-planner needs no more time: the request is taken back." in town.told(BRUNO)
    assert "MORE TIME" not in words(town.card())
    assert town.retirement().plan.digest == digest
    assert duty(town, "restock-planner") is Duty.ACKNOWLEDGED


def test_a_press_after_the_end_is_answered_privately(town: Town):
    town.announce()
    town.slack.fail_next("chat.update", "rate_limited", retry_after=3600)
    town.command(TOM, "cancel RET-1 we keep it after all")
    town.pass_time(hours=2)
    town.slack.fail_next("chat.update", "rate_limited", times=20, retry_after=1800)
    town.approve(ADA, "U01MINAPARK", "U01PRIYARAMAN")
    town.approve("U01SAMODUYA")
    assert town.retirement().state is State.CANCELLED
    town.answer(BRUNO, "restock-planner", "duty.acknowledge")
    assert "RET-1 asks nothing of consumers now: it is cancelled" in town.told(BRUNO)
