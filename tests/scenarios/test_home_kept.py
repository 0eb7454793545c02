"""Home follows what others do for as long as somebody may be looking, and never shows what is older than it was."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import slack_app
from bot.homes import Homes
from bot.intake import Intake
from bot.slack.messenger import web_client
from data.records.decision import Claim, ClaimKind, NotDone
from data.records.retirement import Duty
from data.store import Kept
from tests.fakes.slack import User, into_bolt
from tests.scenarios.home import drawn_after, look, open_home, published, said, turn
from tests.scenarios.test_many_consumers import learns_consumers
from tests.scenarios.town import BRUNO, ELENA, MINA, PRIYA, TOM, VERA, WREN, Town, words
from workflows.commands import ChangeDuty
from workflows.effects import home
from workflows.rules.consumers.obligations import of_person
from workflows.rules.hours import late_at

ACKNOWLEDGED = "*restock-planner*: acknowledged (<@U01WRENTAYLOR>)"


@pytest.fixture
def opened(town: Town) -> Town:
    """Announced; Bruno looks at his Home, on which Wren's team-mate's consumer is open."""
    town.announce()
    assert "*restock-planner*: open" in open_home(town, BRUNO)
    return town


def wren_acknowledges(town: Town) -> None:
    town.answer(WREN, "restock-planner", "duty.acknowledge")


def kept(town: Town, person: str) -> Kept:
    (found,) = town.bot.store.kept(f"home/{person}")
    return found


def test_what_others_change_is_shown_at_the_next_look_and_once(opened: Town) -> None:
    wren_acknowledges(opened)
    before = published(opened)
    look(opened)
    assert ACKNOWLEDGED in said(opened, BRUNO)
    look(opened)
    assert published(opened) == before + 1


def test_a_home_that_shows_the_same_is_not_shown_again(opened: Town) -> None:
    open_home(opened, PRIYA)
    wren_acknowledges(opened)
    before = published(opened)
    look(opened)
    assert published(opened) == before + 1, "only Bruno's says something else"


def test_what_happens_in_a_row_is_shown_in_one_go(town: Town) -> None:
    learns_consumers(town, 12)
    town.announce()
    open_home(town, BRUNO)
    before = published(town)
    for number in range(9):
        town.answer(WREN, f"scanner-{number:04d}", "duty.acknowledge")
    look(town)
    assert published(town) == before + 1


def test_what_one_does_oneself_elsewhere_shows_at_once(opened: Town) -> None:
    opened.answer(BRUNO, "restock-planner", "duty.acknowledge")
    assert "*restock-planner*: acknowledged (<@U01BRUNOALVES>)" in said(opened, BRUNO)


def test_an_import_that_gives_somebody_a_consumer_shows_on_their_home(town: Town) -> None:
    town.announce()
    assert "Yours to answer" not in open_home(town, TOM)
    reading = (Path(__file__).parents[2] / "data/samples/company/consumers.yaml").read_text()
    town.learns(reading.replace("owner: logistics", "owner: growth-ml"))
    town.settle()
    look(town)
    assert "*restock-planner*: open" in said(town, TOM)


def test_a_date_that_passes_shows_without_anybody_doing_anything(town: Town) -> None:
    town.announce()
    (duty, *_) = of_person(town.retirement(), BRUNO)
    over_at = late_at(duty.acknowledge_by, town.retirement().policy)
    town.pass_time(seconds=(over_at - town.now()).total_seconds() - 600)
    assert "Overdue" not in open_home(town, BRUNO)
    look(town)
    town.pass_time(minutes=11)
    look(town)
    assert "Overdue (1)" in said(town, BRUNO)


def test_nobody_is_followed_whom_nobody_has_seen_for_an_hour(opened: Town) -> None:
    opened.pass_time(minutes=61)
    wren_acknowledges(opened)
    before = published(opened)
    look(opened)
    assert published(opened) == before
    assert ACKNOWLEDGED in open_home(opened, BRUNO), "opening it always shows what is"


def test_a_restart_forgets_nobody_who_looks(opened: Town) -> None:
    opened.restart()
    wren_acknowledges(opened)
    look(opened)
    assert ACKNOWLEDGED in said(opened, BRUNO)


def test_what_somebody_looks_at_stays_before_them(town: Town) -> None:
    learns_consumers(town, 40)
    town.announce()
    open_home(town, BRUNO)
    turn(town, BRUNO, "answers 1")
    assert "Page 2 of 3" in turn(town, BRUNO, "answers 2")
    town.answer(WREN, "scanner-0000", "duty.acknowledge")
    town.answer(WREN, "scanner-0001", "duty.migrated")
    look(town)
    assert "Page 2 of 3" in said(town, BRUNO)


def test_where_something_else_was_shown_the_record_is_read_again_and_shown(opened: Town) -> None:
    """As when the answer to what was shown last was lost: nobody here knows its hash."""
    other = web_client(opened.slack.bot_token, opened.slack.api_url)
    other.views_publish(user_id=BRUNO, view={"type": "home", "blocks": [{"type": "divider"}]})
    wren_acknowledges(opened)
    look(opened)
    assert ACKNOWLEDGED in said(opened, BRUNO)
    refused, shown = [call for call in opened.slack.calls if call.method == "views.publish"][-2:]
    assert refused.answer is not None
    assert (refused.answer["error"], refused.args["hash"]) == ("hash_conflict", kept_before(opened))
    assert "hash" not in shown.args
    assert kept(opened, BRUNO).found["hash"] == opened.slack.home[BRUNO].hash


def kept_before(town: Town) -> str:
    """The hash of what the bot showed Bruno first."""
    first = next(call for call in town.slack.calls if call.method == "views.publish")
    assert first.answer is not None
    return str(first.answer["view"]["hash"])


@pytest.mark.parametrize(
    "fault", ["accepted_then_reset", "accepted_then_500", "server_error", "rate_limited"]
)
def test_an_answer_that_is_lost_leaves_home_as_the_record_has_it(town: Town, fault: str) -> None:
    town.announce()
    town.slack.fail_next("views.publish", fault)
    drawn = town.bot.dispatcher._awake
    drawn.clear()
    assert town.slack.open_home(BRUNO).ok
    assert drawn.wait(5)
    town.settle()
    assert "*restock-planner*: open" in said(town, BRUNO)
    wren_acknowledges(town)
    look(town)
    assert ACKNOWLEDGED in said(town, BRUNO)
    assert kept(town, BRUNO).found["hash"] == town.slack.home[BRUNO].hash


def claimed(town: Town, person: str) -> Claim:
    """As another process claims the wish to show somebody's Home, and then stands still."""
    (claim,) = town.bot.store.claim(ClaimKind.EFFECT, town.now(), 9)
    assert claim.key == f"home/{person}"
    return claim


def stands_still(town: Town) -> None:
    town.seconds += timedelta(minutes=2).total_seconds()


def test_who_stood_still_beyond_its_lease_covers_nothing_newer(opened: Town) -> None:
    opened.bot.store.want_again([f"home/{BRUNO}"], opened.now())
    late = claimed(opened, BRUNO)
    stands_still(opened)
    wren_acknowledges(opened)
    look(opened)
    opened.settle()
    newest = opened.slack.home[BRUNO].hash
    assert ACKNOWLEDGED in said(opened, BRUNO)
    result, _ = home.show(late, opened.bot.dispatcher._shop)
    assert isinstance(result, NotDone)
    assert not opened.bot.store.settle(late, result, opened.now())
    assert opened.slack.home[BRUNO].hash == newest


def test_what_changes_while_a_home_is_drawn_shows_at_the_look_after_that(opened: Town) -> None:
    """The one that looks has seen the change; the one that drew has not."""
    opened.bot.store.want_again([f"home/{BRUNO}"], opened.now())
    drawing = claimed(opened, BRUNO)
    result, _ = home.show(drawing, opened.bot.dispatcher._shop)
    said_by_wren = ChangeDuty(
        by=WREN, consumer_ids=("component:default/restock-planner",), duty=Duty.ACKNOWLEDGED, announced=1
    )
    opened.bot.engine.execute("wren", "RET-1", said_by_wren)
    opened.bot.house.homes.look()
    assert opened.bot.store.settle(drawing, result, opened.now())
    assert ACKNOWLEDGED not in said(opened, BRUNO)
    look(opened)
    assert ACKNOWLEDGED in said(opened, BRUNO)


def test_who_stood_still_before_the_very_first_showing_shows_nothing(town: Town) -> None:
    town.bot.house.homes.open(BRUNO, home.OVERVIEW)
    late = claimed(town, BRUNO)
    stands_still(town)
    result, _ = home.show(late, town.bot.dispatcher._shop)
    assert isinstance(result, NotDone)
    assert published(town) == 0


def test_a_home_that_stopped_for_good_begins_anew_when_it_is_opened(town: Town) -> None:
    town.slack.fail_next("views.publish", "error:invalid_blocks")
    bell = town.bot.dispatcher._awake
    bell.clear()
    town.slack.open_home(BRUNO)
    assert bell.wait(5)
    town.settle()
    assert kept(town, BRUNO).is_stopped
    assert "Nothing waits for you" in open_home(town, BRUNO)


def test_a_tab_that_is_switched_off_is_told_with_its_cure(town: Town) -> None:
    town.slack.fail_next("views.publish", "error:not_enabled")
    bell = town.bot.dispatcher._awake
    bell.clear()
    town.slack.open_home(BRUNO)
    assert bell.wait(5)
    town.bot.dispatcher.until_idle()
    (trouble,) = town.bot.store.troubles()
    assert trouble.is_held_up
    assert "turn the Home Tab on in App Home of the app" in trouble.why


def test_a_store_that_stands_still_holds_nobody_up_and_the_visitor_is_told(town: Town) -> None:
    goes_on = threading.Event()

    class Stuck(Homes):
        def open(self, *_: object) -> None:
            goes_on.wait(10)

    bot = town.bot
    stuck = Stuck(bot.store, bot.house.catalog, bot.world, bot.house.wake)
    house = replace(bot.house, homes=stuck, intake=Intake(patience_seconds=0.05))
    town.slack.attach(into_bolt(slack_app(house, signing_secret=town.slack.signing_secret)))
    assert town.slack.open_home(BRUNO).ok
    town.slack.wait_for(lambda: town.slack.messages(BRUNO))
    goes_on.set()
    assert "Emeritus cannot write its record right now" in words(town.slack.messages(BRUNO)[-1])


def test_hundreds_of_homes_keep_to_slacks_pace_and_who_opens_one_goes_first(tmp_path: Path) -> None:
    """Tier 4 is a hundred a minute; a change that all of them show is no reason to run into it."""
    with Town(tmp_path, serves=False, rate_limits=True) as town:
        people = [f"U07READER{number:03d}" for number in range(130)]
        town.slack.ws.users |= {one: User(id=one, name=one.lower()) for one in people}
        town.learns(*(a_reader(one) for one in people))
        town.announce()
        for person in people:
            town.bot.house.homes.open(person, home.OVERVIEW)
        town.settle()
        town.command(TOM, "pause RET-1 the quarter ends")
        town.settle()
        before = len(town.slack.calls)
        town.bot.house.homes.look()
        drawn_after(town, VERA, lambda: town.slack.open_home(VERA))
        shown = [call for call in town.slack.calls[before:] if call.method == "views.publish"]
        assert {call.args["user_id"] for call in shown} == {*people, VERA}
        assert all(call.status == 200 for call in shown)
        assert [call.args["user_id"] for call in shown].index(VERA) < 60
        assert all("*paused*" in said(town, person) for person in people)


def a_reader(slack_id: str) -> str:
    return (
        "apiVersion: backstage.io/v1alpha1\nkind: User\n"
        f"metadata: {{name: {slack_id.lower()}, annotations: {{emeritus.dev/slack-id: {slack_id}}}}}\n"
        f"spec: {{profile: {{displayName: {slack_id}}}, memberOf: []}}\n"
    )


def test_a_look_costs_nothing_while_nobody_looks(town: Town) -> None:
    town.announce()
    before = len(town.slack.calls)
    look(town)
    assert len(town.slack.calls) == before
    assert MINA not in town.slack.home
    assert ELENA not in town.slack.home
