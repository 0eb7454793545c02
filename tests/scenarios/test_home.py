"""Home shows each person what waits for them, and takes their answers as the cards and messages do."""

from __future__ import annotations

import pytest

from data.records.retirement import Duty, State
from tests.fakes.slack import User
from tests.scenarios.home import look, open_home, press, published, said, shown, turn
from tests.scenarios.test_many_consumers import learns_consumers
from tests.scenarios.town import ADA, BRUNO, ELENA, MINA, PRIYA, SAM, TOM, VERA, WREN, Town, words

RESTOCK = "component:default/restock-planner"


def digest(town: Town) -> str:
    plan = town.retirement().plan
    assert plan is not None
    return plan.digest


def test_who_votes_finds_the_vote_with_its_buttons_and_what_it_is_about(town: Town) -> None:
    town.propose()
    told = open_home(town, MINA)
    assert "Yours to vote (1)" in told
    assert ":ballot_box_with_ballot: *RET-1* churn-v1 - *proposed*" in told
    assert "*Service ends* Mon 2026-05-04 · *Successor* churn-v2 · *Why* replaced" in told
    assert "You vote as platform, until *Wed 2026-04-01*" in told
    assert ("vote.approve", f"RET-1|{digest(town)}|1") in shown(town, MINA)
    assert "Yours to answer" not in told


def test_a_vote_cast_on_home_counts_once_and_leaves_the_list_at_once(town: Town) -> None:
    town.propose()
    open_home(town, MINA)
    press(town, MINA, "vote.approve")
    (ballot,) = town.retirement().round.ballots  # type: ignore[union-attr]
    assert (ballot.voter_id, ballot.role) == (MINA, "platform")
    assert "Your vote on RET-1 counts: approve as platform" in town.told(MINA)
    assert "Yours to vote" not in said(town, MINA)
    assert "Nothing waits for you" in said(town, MINA)


def test_a_rejection_on_home_asks_why_as_the_card_does(town: Town) -> None:
    town.propose()
    open_home(town, SAM)
    town.opens(SAM, lambda: press(town, SAM, "vote.reject"))
    assert town.submit(SAM, {"vote.comment": "not audited"}) == {}
    assert town.retirement().state is State.REJECTED
    assert "Yours to vote" not in said(town, SAM)


def test_a_guest_in_a_role_has_no_vote_and_is_told_alone(town: Town) -> None:
    town.propose()
    town.slack.ws.users[MINA].is_restricted = True
    open_home(town, MINA)
    press(town, MINA, "vote.approve")
    assert "Your vote does not count: by Slack this account is a guest" in town.told(MINA)
    assert town.retirement().round.ballots == ()  # type: ignore[union-attr]


def test_who_may_not_vote_any_more_is_told_alone_why(town: Town) -> None:
    town.propose()
    open_home(town, MINA)
    town.command(TOM, "cancel RET-1 wrong model")
    press(town, MINA, "vote.approve")
    assert "There is no vote open on RET-1: it is withdrawn" in town.told(MINA)
    assert "Yours to vote" not in said(town, MINA), "what was pressed is drawn anew, also when it is refused"


def test_the_proposer_sees_the_proposal_and_no_vote(town: Town) -> None:
    town.propose()
    told = open_home(town, TOM)
    assert "Proposed or coordinated by you (1)" in told
    assert "Approvals missing: 1 of owner, 1 of platform, 1 of product, 1 of security" in told
    assert [one for one in shown(town, TOM) if one[0].startswith("vote.")] == []
    assert ("proposal.revise", "RET-1") in shown(town, TOM)
    town.opens(TOM, lambda: press(town, TOM, "proposal.revise"))


def test_owners_find_their_consumers_with_state_and_dates_and_answer_there(town: Town) -> None:
    town.announce()
    told = open_home(town, BRUNO)
    assert "Yours to answer (1)" in told
    assert "*RET-1* churn-v1: service ends on *Mon 2026-05-04*; move to churn-v2" in told
    assert "*restock-planner*: open - acknowledge by Mon 2026-03-23, migrate by *Mon 2026-04-27*" in told
    press(town, BRUNO, "duty.acknowledge", f"RET-1|{RESTOCK}|1")
    duty = town.retirement().obligation(RESTOCK)
    assert duty is not None
    assert (duty.duty, duty.changed_by) == (Duty.ACKNOWLEDGED, BRUNO)
    assert "*restock-planner*: acknowledged" in said(town, BRUNO)
    assert ("duty.acknowledge", f"RET-1|{RESTOCK}|1") not in shown(town, BRUNO)


def test_more_time_is_asked_for_on_home_and_shown_there(town: Town) -> None:
    town.announce()
    open_home(town, BRUNO)
    town.opens(BRUNO, lambda: press(town, BRUNO, "duty.more_time"))
    assert town.submit(BRUNO, {"extension.until": "2026-05-11", "extension.reason": "harvest"}) == {}
    assert "*restock-planner*: needs more time" in said(town, BRUNO)


@pytest.mark.parametrize("who", [BRUNO, ELENA], ids=["one consumer", "two"])
def test_who_wants_to_be_reminded_later_says_so_on_home_and_sees_until_when(town: Town, who: str) -> None:
    town.announce()
    assert "You are reminded again" not in open_home(town, who)
    press(town, who, "duty.snooze")
    until = town.retirement().snoozed[who]
    assert f"You are reminded of RET-1 again on {until:%a %Y-%m-%d}" in town.told(who)
    assert f":zzz: You are reminded again on *{until:%a %Y-%m-%d}*" in said(town, who)
    assert ":zzz:" not in open_home(town, BRUNO if who == ELENA else ELENA)
    town.pass_time(days=4)
    assert ":zzz:" not in open_home(town, who), "it is over"


def test_what_is_late_cannot_be_snoozed_so_home_has_no_button_for_it(town: Town) -> None:
    town.announce()
    town.pass_time(days=20)
    open_home(town, BRUNO)
    assert "duty.snooze" not in [action for action, _ in shown(town, BRUNO)]


def test_what_is_late_stands_first_with_the_day_it_was_due_and_its_buttons(town: Town) -> None:
    town.announce()
    town.pass_time(days=20)
    told = open_home(town, BRUNO)
    assert told.index("Overdue (1)") < told.index("Switched off in the next 90 days")
    assert ":alarm_clock: *RET-1* churn-v1: you had to acknowledge by *Mon 2026-03-23*" in told
    assert "Yours to answer" not in told, "what is late is not listed twice"
    press(town, BRUNO, "duty.migrated")
    assert "Overdue" not in said(town, BRUNO)


def test_a_step_that_is_late_is_told_to_the_coordinator_with_what_holds_it(town: Town) -> None:
    town.announce()
    town.pass_time(days=60)
    told = open_home(town, TOM)
    assert ":warning: *RET-1* churn-v1: *disable* was due on *Mon 2026-05-04*: " in told
    assert "`/retire show RET-1`" in told


def test_everybody_in_the_catalog_sees_what_goes_dark_and_when(town: Town) -> None:
    town.announce()
    told = open_home(town, ELENA)
    assert "Switched off in the next 90 days (1)" in told
    assert ":eyes: *Mon 2026-05-04* :truck: *RET-1* churn-v1 - *migrating*: churn-v1-prod" in told
    assert ":eyes:" not in open_home(town, PRIYA), "it is no business of hers"


def test_the_first_visit_says_what_emeritus_is_and_how_to_begin(town: Town) -> None:
    told = open_home(town, VERA)
    assert told.startswith("*Nothing waits for you.*")
    assert "*Emeritus retires machine-learning models.*" in told
    assert "`/retire propose` proposes a model of yours" in told
    assert [action for action, _ in shown(town, VERA)] == ["home.page"], "she owns no model to propose"


def test_who_owns_a_model_begins_a_proposal_on_home(town: Town) -> None:
    open_home(town, TOM)
    town.opens(TOM, lambda: press(town, TOM, "home.propose"))
    assert town.slack.views[TOM].content["callback_id"] == "proposal.submit"


def test_a_stranger_is_shown_nothing_of_the_record_or_the_catalog(town: Town) -> None:
    """A person of another workspace, in a shared channel, has no place in our catalog."""
    town.announce()
    town.slack.ws.users["U09STRANGER"] = User(id="U09STRANGER", name="mallory")
    told = open_home(town, "U09STRANGER")
    assert told.startswith("*Emeritus does not know you yet*")
    assert "churn" not in told
    assert "RET-1" not in told
    assert [action for action, _ in shown(town, "U09STRANGER")] == ["home.page"]


def test_who_is_deactivated_is_not_shown_anything_and_troubles_nobody(town: Town) -> None:
    town.announce()
    open_home(town, BRUNO)
    town.slack.ws.users[BRUNO].deleted = True
    town.answer(WREN, "restock-planner", "duty.acknowledge")
    look(town)
    before = len(town.slack.calls)
    town.answer(WREN, "restock-planner", "duty.migrated")
    look(town)
    tried = [call.method for call in town.slack.calls[before:]]
    assert "views.publish" not in tried, "once refused, their Home is let go"
    assert [one for one in town.bot.store.troubles() if one.key.startswith("home/")] == []


def test_home_says_as_of_when_it_is_in_the_zone_of_who_reads_it(town: Town) -> None:
    assert "As of 2026-03-02 17:00 KST." in open_home(town, MINA)


def test_another_tab_is_no_visit(town: Town) -> None:
    assert town.slack.open_home(BRUNO, tab="messages").ok
    town.settle()
    assert published(town) == 0


def test_home_asks_for_no_right_to_look_at_people(town: Town) -> None:
    town.slack.ws.scopes -= {"dnd:read", "users:read"}
    open_home(town, BRUNO)
    assert published(town) == 1
    assert not [call for call in town.slack.calls if call.method.startswith(("users.", "team."))]


@pytest.mark.parametrize("value", ["answers 7", "answers 0", "answers x", "nothing 1", "ahead 1"])
def test_a_page_that_is_not_there_any_more_is_the_nearest_or_the_overview(town: Town, value: str) -> None:
    town.announce()
    learns_consumers(town, 30)
    open_home(town, BRUNO)
    town.slack.home[BRUNO].blocks.append(
        {
            "type": "actions",
            "block_id": "old",
            "elements": [{"type": "button", "action_id": "home.page", "value": value, "text": {}}],
        }
    )
    assert "restock-planner" in turn(town, BRUNO, value) or value == "ahead 1"
    assert "Page 1 of 1" in said(town, BRUNO) or value == "nothing 1"


def test_very_many_consumers_are_turned_over_page_by_page_and_answered_on_each(town: Town) -> None:
    learns_consumers(town, 500)
    town.announce()
    told = open_home(town, BRUNO)
    assert "Yours to answer (501)" in told
    assert told.count("*scanner-") == 7
    assert "Page 1 of 26" in turn(town, BRUNO, "answers 1")
    assert ("duty.acknowledge_all", "RET-1|1") in shown(town, BRUNO)
    told = turn(town, BRUNO, "answers 2")
    assert "Page 2 of 26" in told
    assert "*scanner-0019*" in told
    press(town, BRUNO, "duty.acknowledge", "RET-1|component:default/scanner-0019|1")
    assert "*scanner-0019*: acknowledged" in said(town, BRUNO)
    assert "Page 2 of 26" in said(town, BRUNO), "who answers stays where they are"
    press(town, BRUNO, "duty.acknowledge_all")
    assert ": open" not in said(town, BRUNO)
    assert "Show all 501" in turn(town, BRUNO, "overview 1")
    assert all(len(one) < 100 for one in blocks(town))


def blocks(town: Town) -> list[list[object]]:
    """The blocks of every Home that was sent."""
    return [call.args["view"]["blocks"] for call in town.slack.calls if call.method == "views.publish"]


def test_the_list_in_a_window_is_opened_over_home(town: Town) -> None:
    learns_consumers(town, 30)
    town.announce()
    open_home(town, BRUNO)
    town.opens(BRUNO, lambda: press(town, BRUNO, "duty.show_all"))
    assert "31 consumers of yours" in words(town.slack.views[BRUNO].content)
    town.slack.click_in_view(BRUNO, "duty.acknowledge", f"RET-1|{RESTOCK}|1")
    town.settle()
    assert ":eyes: *restock-planner*" in words(town.slack.views[BRUNO].content)
    assert ":eyes: *restock-planner*" in said(town, BRUNO)


def test_what_home_shows_is_the_same_as_what_cards_ask(town: Town) -> None:
    """Every button of an obligation on Home is one that the owner's message has."""
    town.announce()
    open_home(town, BRUNO)
    message = town.announcement(BRUNO)
    there = {
        (element["action_id"], element["value"])
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    }
    assert {one for one in shown(town, BRUNO) if one[0].startswith("duty.")} <= there
    assert ADA not in said(town, BRUNO)


def test_whoever_was_told_of_silence_below_them_sees_it_until_it_is_answered(town: Town) -> None:
    town.announce()
    assert "Nothing waits for you" in open_home(town, VERA)
    town.pass_time(days=12)
    told = open_home(town, VERA)
    assert "Late below you (" in told
    assert "had to acknowledge by *2026-03-23* for *" in told
    assert "*, which is open" in told
    assert "Nothing waits for you" not in told
    town.command(VERA, "subscribe")
    town.pass_time(days=7)
    weekly, *_ = [key for key in town.keys(VERA) if key.startswith("digest/")]
    assert "nothing is at risk" not in words(town.posted(VERA, weekly))
    town.everybody_moves()
    assert "Late below you" not in open_home(town, VERA)
