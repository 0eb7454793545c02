"""What is asked of somebody who delegated reaches whoever answers for them: once, on their hours, and never lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios import home
from tests.scenarios.test_callers import sees
from tests.scenarios.test_delegating import answered, delegated
from tests.scenarios.test_hours import OFFICE, announced, arrived, leave, until
from tests.scenarios.town import BRUNO, ELENA, GRACE, INES, TOM, VERA, WREN, Town, buttons, words

ANNOUNCED = "RET-1/announcement-1/dm"


def keys(town: Town, person: str) -> list[str]:
    """What they were asked by messages about RET-1, in order."""
    return [key.removeprefix("RET-1/") for key in town.keys(person) if key.startswith("RET-1/")]


def test_an_announcement_goes_to_the_delegate_who_answers_there_in_their_place(town: Town) -> None:
    town.propose()
    town.approve()
    delegated(town, until="2026-04-10")
    town.pass_time(days=15)
    assert keys(town, INES) == []
    assert sorted(keys(town, BRUNO)) == [f"announcement-1/dm/{BRUNO}", f"announcement-1/dm/{INES}"]
    theirs = town.posted(BRUNO, f"{ANNOUNCED}/{INES}")
    assert f"You get this for <@{INES}>, for whom you answer" in words(theirs)
    assert "2 consumers still to move" in words(theirs)
    town.press(BRUNO, theirs, "duty.acknowledge_all")
    assert answered(town) == [(BRUNO, INES)] * 2, "and what is his own he has still to read"
    assert "2 consumers" in words(town.posted(BRUNO, f"{ANNOUNCED}/{INES}"))
    assert f"acknowledged (<@{BRUNO}> for <@{INES}>)" in words(town.posted(BRUNO, f"{ANNOUNCED}/{INES}"))


def test_reminders_go_to_the_delegate_and_after_the_last_day_to_whose_they_are(town: Town) -> None:
    town.announce()
    town.pass_time(days=7)
    delegated(town, until="2026-03-30")
    town.pass_time(days=60)
    reminded = {
        person: [
            key.split("/")[1]
            for key in keys(town, person)
            if key.endswith(f"remind/{key.split('/')[1]}/{INES}")
        ]
        for person in (BRUNO, INES)
    }
    assert reminded == {
        BRUNO: ["migrate-30d@2026-04-27"],
        INES: ["migrate-7d@2026-04-27", "migrate-1d@2026-04-27", "migrate-0d@2026-04-27"],
    }


def test_a_colleague_who_answers_for_another_is_asked_once_for_what_both_own(town: Town) -> None:
    town.propose()
    town.approve()
    delegated(town, BRUNO, "2026-04-30", by=WREN)
    town.pass_time(days=50)
    assert keys(town, WREN) == []
    own = [key for key in keys(town, BRUNO) if "/dm/" in key or "remind/" in key]
    assert own == [
        f"announcement-1/dm/{BRUNO}",
        *(f"remind/migrate-{days}d@2026-04-27/{BRUNO}" for days in (30, 7)),
    ]


def test_a_message_somebody_had_in_anothers_place_asks_nothing_of_them_afterwards(town: Town) -> None:
    town.propose()
    town.approve()
    delegated(town, until="2026-03-20")
    town.pass_time(days=25)
    old = town.posted(BRUNO, f"{ANNOUNCED}/{INES}")
    assert buttons(old) == []
    assert f"You do not answer for <@{INES}> any more: nothing is asked of you here" in words(old)
    assert answered(town) == []
    home.open_home(town, INES)
    home.press(town, INES, "duty.acknowledge", "RET-1|component:default/monday-report|1")
    assert answered(town) == [(INES, "")], "what waited is on the Home of whose it is"


def test_where_the_delegate_is_gone_it_goes_to_whose_it_is_and_they_are_told(town: Town) -> None:
    town.propose()
    town.approve()
    delegated(town, until="2026-04-10")
    town.slack.ws.users[BRUNO].deleted = True
    town.pass_time(days=15)
    assert keys(town, INES) == [f"announcement-1/dm/{INES}"]
    (over,) = [key for key in town.keys(INES) if "/over/" in key]
    assert f"<@{BRUNO}> cannot be reached" in words(town.posted(INES, over))
    assert town.command(INES, "delegate").startswith("You answer for yourself.")


def test_who_is_to_answer_and_takes_no_message_does_not(town: Town) -> None:
    town.slack.ws.users[BRUNO].refuses = "restricted_action"
    delegated(town, until="2026-04-10")
    (over,) = [key for key in town.keys(INES) if "/over/" in key]
    assert "restricted_action" in words(town.posted(INES, over))
    assert town.command(INES, "delegate").startswith("You answer for yourself.")


def test_through_a_chain_it_reaches_its_end_and_falls_back_one_by_one(town: Town) -> None:
    town.announce()
    delegated(town, GRACE, until="2026-04-20")
    delegated(town, ELENA, until="2026-04-10", by=GRACE)
    town.pass_time(days=45)
    where = {
        key.split("/")[1].partition("@")[0]: person
        for person in (INES, GRACE, ELENA)
        for key in keys(town, person)
        if key.startswith("remind/") and key.endswith(INES)
    }
    assert where == {"migrate-30d": ELENA, "migrate-7d": GRACE, "migrate-1d": INES, "migrate-0d": INES}


def test_whom_it_is_called_off_for_is_told_once_who_was_asked(town: Town) -> None:
    town.propose()
    town.approve()
    delegated(town, until="2026-04-30")
    delegated(town, by=WREN, until="2026-04-30")
    town.pass_time(days=15)
    town.command(TOM, "cancel RET-1 not now after all")
    town.approve()
    town.settle()
    off = [key for key in keys(town, BRUNO) if key.startswith("called-off")]
    assert off == [f"called-off-1/{BRUNO}"]
    assert not [key for person in (INES, WREN) for key in keys(town, person)]


@pytest.mark.parametrize("fault", ["accepted_then_500", "accepted_then_reset"])
def test_what_slack_took_without_saying_so_is_found_where_it_went(tmp_path: Path, fault: str) -> None:
    with Town(tmp_path, serves=False) as town:
        town.propose()
        town.approve()
        delegated(town, until="2026-03-16")
        until(town, "2026-03-16 07:59")
        town.slack.fail_next("chat.postMessage", fault, times=20)
        town.slack.fail_next("conversations.history", "rate_limited", retry_after=60_000)
        town.pass_time(days=3)
        asked = [key for person in (BRUNO, INES) for key in keys(town, person) if key.endswith(f"dm/{INES}")]
        assert len(asked) == 1, "although it ended before the answer was there"


def test_that_something_calls_again_is_told_whoever_answers_for_its_owner_and_a_colleague_once(
    town: Town,
) -> None:
    town.announce()
    town.answer(BRUNO, "restock-planner")
    town.pass_time(days=3)
    delegated(town, GRACE, "2026-04-10", by=BRUNO)
    sees(town, *["component:default/restock-planner"] * 3, days_ago=1)
    again = {
        who: [key.split("/")[-1] for key in keys(town, who) if key.startswith("reopened/")]
        for who in (BRUNO, GRACE, WREN)
    }
    assert again == {BRUNO: [], GRACE: [BRUNO], WREN: [WREN]}
    (key,) = [one for one in town.keys(GRACE) if "/reopened/" in one]
    assert f"You get this for <@{BRUNO}>, for whom you answer" in words(town.posted(GRACE, key))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path, serves=False, windows=OFFICE) as town:
        yield town


def test_it_waits_for_the_hours_of_whoever_gets_it(office: Town) -> None:
    """Ines is in Lisbon, Wren in Auckland, where it is late on Monday by then."""
    office.propose()
    office.approve()
    delegated(office, WREN, "2026-04-10")
    until(office, "2026-03-16 09:30")
    assert keys(office, INES) == keys(office, WREN) == []
    waits = office.command(TOM, "show RET-1").partition("*Waits for working hours*")[2].partition("\n*")[0]
    assert f"<@{WREN}> from Tue 2026-03-17 09:00 (Pacific/Auckland), 2 messages" in waits
    assert f"<@{INES}>" not in waits, "she is not waited for"
    office.pass_time(days=1)
    ((key, at),) = [one for one in arrived(office, WREN) if one[0].endswith(f"dm/{INES}")]
    assert (at.weekday(), at.hour) == (1, 9), key


def test_who_answers_for_two_owners_of_one_consumer_hears_once_that_it_is_waived(town: Town) -> None:
    town.announce()
    delegated(town, GRACE, "2026-04-10", by=BRUNO)
    delegated(town, GRACE, "2026-04-10", by=WREN)
    town.command(TOM, "waive RET-1 restock-planner it ends with the model")
    waived = {
        person: [key for key in keys(town, person) if key.startswith("waived-")]
        for person in (GRACE, BRUNO, WREN)
    }
    assert [len(found) for found in waived.values()] == [1, 0, 0], waived


def test_what_another_manager_hears_of_their_people_is_not_lost_on_who_answers_for_them(town: Town) -> None:
    """Bruno hears of restock-planner, as Wren's manager, and Grace of what her own people have."""
    town.announce()
    delegated(town, GRACE, "2026-04-10", by=BRUNO)
    town.pass_time(days=8)
    escalated = [words(town.posted(GRACE, key)) for key in town.keys(GRACE) if "/escalate/acknowledge" in key]
    assert len(escalated) == 2
    assert sum("restock-planner" in one for one in escalated) == 1


def test_who_left_when_it_is_looked_up_whether_they_have_it_keeps_it_from_nobody(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False) as town:
        town.propose()
        town.approve()
        delegated(town, until="2026-04-10")
        until(town, "2026-03-16 07:59")
        town.slack.fail_next("chat.postMessage", "server_error", times=20)
        town.pass_time(minutes=2)
        assert keys(town, BRUNO) == keys(town, INES) == []
        town.slack.ws.users[BRUNO].deleted = True
        town.pass_time(days=1)
        assert keys(town, INES) == [f"announcement-1/dm/{INES}"]
        (over,) = [key for key in town.keys(INES) if "/over/" in key]
        assert f"<@{BRUNO}> cannot be reached" in words(town.posted(INES, over))
        assert f"delegation/{INES}/1/begun" not in {one.key for one in town.bot.store.troubles()}


@pytest.mark.parametrize(
    ("away", "reads", "last_on", "at"),
    [
        (INES, BRUNO, "2026-03-31", "2026-03-16T09:00-03:00"),
        (BRUNO, INES, "2026-03-31", "2026-03-16T09:30+00:00"),
        (BRUNO, INES, "2026-03-18", "2026-03-19T09:00+00:00"),
    ],
    ids=["it begins", "it is taken back", "its last day is over"],
)
def test_what_is_held_goes_as_soon_as_whoever_is_to_have_it_by_then_is_at_work(
    tmp_path: Path, away: str, reads: str, last_on: str, at: str
) -> None:
    with Town(tmp_path, serves=False, windows=OFFICE) as town:
        leave(town, tmp_path, away, "2026-03-14", "2026-03-31")
        if away == BRUNO:
            assert "is on leave from 2026-03-14 to 2026-03-31" in delegated(town, until=last_on)
        announced(town)
        if away == INES:
            delegated(town, until=last_on)
            assert f"<@{BRUNO}> from Mon 2026-03-16 09:00 (America/Sao_Paulo)" in town.command(
                TOM, "show RET-1"
            )
        elif last_on == "2026-03-31":
            town.command(INES, "delegate off")
        until(town, "2026-03-19 20:00")
        got = {key: when.isoformat(timespec="minutes") for key, when in arrived(town, reads)}
        assert got[f"{ANNOUNCED}/{INES}"] == at
        assert not [key for key in keys(town, away) if "/dm/" in key]


def test_the_dry_run_names_who_will_have_it_at_their_hours(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False, windows=OFFICE) as town:
        town.propose()
        town.approve()
        delegated(town, GRACE, "2026-04-15")
        delegated(town, BRUNO, "2026-04-15", by=VERA)
        told = town.command(TOM, "plan RET-1")
        assert f"Answers of <@{INES}> go to <@{GRACE}> until *Wed 2026-04-15*" in told
        assert f"<@{GRACE}> for <@{INES}> Mon 2026-03-16 09:00 EDT" in told
        assert f"<@{BRUNO}> for <@{VERA}> Tue 2026-03-24 09:00 -03" in told
        ahead = town.bot.house.ahead(town.retirement())
        until(town, "2026-04-20 12:00")
        for person in (BRUNO, GRACE, INES, VERA):
            got = arrived(town, person)
            heard = [when.replace(microsecond=0) for key, when in got if key.startswith("RET-1/")]
            assert heard == [one.at for one in ahead if one.place == person and one.at <= town.now()]
