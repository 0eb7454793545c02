"""A model hundreds depend on: everybody is named in the thread, and can be answered for from every place."""

from __future__ import annotations

import csv
import io

import pytest

from data.records.retirement import State
from tests.data.catalogs import a_document
from tests.scenarios.town import ADA, BRUNO, ELENA, GOVERNANCE, LOGISTICS, TOM, Town, buttons, key_of, words

CHURN = "'component:churn-v1-prod'"


def learns_consumers(town: Town, count: int, *, owner: str = "logistics") -> None:
    town.learns(
        *(
            a_document(
                "Component",
                f"scanner-{number:04d}",
                f"type: service, owner: {owner}, dependsOn: ['component:churn-v1-prod']",
            )
            for number in range(count)
        )
    )


def test_fifteen_hundred_consumers_are_one_readable_message_and_a_file_with_all_of_them(town: Town):
    learns_consumers(town, 1_500)
    assert town.propose() == {}
    town.settle()
    (short,) = [one for one in town.slack.messages(GOVERNANCE) if key_of(one).startswith("RET-1/impact/")]
    assert short["thread_ts"] == town.card()["ts"]
    said = words(short)
    assert "*Impact* of RET-1: 1,507 consumers of 4 teams, 1,505 directly" in said
    assert "*By distance* 1,505 directly, 2 over 2 steps" in said
    assert "*By tier*" in said
    assert "*Logistics* (1,501): restock-planner, scanner-0000, scanner-0001, +1,498 more" in said
    assert "All of them are in the file in this thread" in said
    listed = town.posted(GOVERNANCE, "RET-1/dependants/1")
    assert listed["thread_ts"] == town.card()["ts"]
    rows = list(csv.DictReader(io.StringIO(town.slack.file(listed).decode())))
    assert len(rows) == 1_507
    assert sum(row["name"].startswith("scanner-") for row in rows) == 1_500
    told = town.command(TOM, "impact churn-v1")
    assert "more; `emeritus impact churn-v1` prints all, and so does the thread of RET-1" in told


def test_one_press_about_five_hundred_names_them_all_in_the_thread(town: Town):
    learns_consumers(town, 500)
    town.announce()
    town.press(BRUNO, town.announcement(BRUNO), "duty.acknowledge_all")
    told = [one for one in town.slack.messages(GOVERNANCE) if "acknowledged for" in words(one)]
    assert len(told) > 1
    said = "\n".join(words(one) for one in told)
    assert all(f"*scanner-{number:04d}*" in said for number in range(500))
    assert " more" not in said
    assert town.told(BRUNO).count("scanner-") < 25, "a few names, and how many more"
    assert "491 more acknowledged: you know the dates" in town.told(BRUNO)


@pytest.fixture
def crowded(town: Town) -> Town:
    """Announced; Logistics answers for forty consumers more than its one."""
    learns_consumers(town, 40)
    town.announce()
    return town


def listed(town: Town, person: str) -> str:
    return words(town.slack.views[person].content)


def test_the_teams_message_leads_to_all_of_its_consumers(crowded: Town):
    message = crowded.posted(GOVERNANCE, LOGISTICS)
    assert "+29 more: press Show all" in words(message)
    crowded.opens(BRUNO, lambda: crowded.press(BRUNO, message, "duty.show_team"))
    assert "41 consumers of Logistics" in listed(crowded, BRUNO)
    before = crowded.slack.views[BRUNO].hash
    crowded.slack.click_in_view(BRUNO, "duty.page", "RET-1|1")
    crowded.slack.wait_for(lambda: crowded.slack.views[BRUNO].hash != before)
    assert "Page 2 of 3" in listed(crowded, BRUNO)
    assert "41 consumers of Logistics" in listed(crowded, BRUNO)
    crowded.opens(ELENA, lambda: crowded.press(ELENA, message, "duty.show_team"))
    assert "duty.migrated" not in buttons(crowded.slack.views[ELENA].content), "hers are others"


def test_the_list_shows_what_was_pressed_in_it_once_it_is_decided(crowded: Town):
    crowded.opens(BRUNO, lambda: crowded.press(BRUNO, crowded.announcement(BRUNO), "duty.show_all"))
    crowded.slack.click_in_view(BRUNO, "duty.page", "RET-1|1")
    crowded.slack.wait_for(lambda: "Page 2 of 3" in listed(crowded, BRUNO))
    for number in (20, 21):
        value = f"RET-1|component:default/scanner-{number:04d}|1"
        crowded.slack.click_in_view(BRUNO, "duty.acknowledge", value)
    crowded.settle()
    assert "*scanner-0020*: acknowledged" in listed(crowded, BRUNO)
    assert "*scanner-0021*: acknowledged" in listed(crowded, BRUNO)
    assert "Page 2 of 3" in listed(crowded, BRUNO)


def test_the_list_under_a_window_shows_what_was_asked_for_in_it(crowded: Town):
    crowded.opens(BRUNO, lambda: crowded.press(BRUNO, crowded.announcement(BRUNO), "duty.show_all"))
    value = "RET-1|component:default/scanner-0003|1"
    crowded.opens(BRUNO, lambda: crowded.slack.click_in_view(BRUNO, "duty.more_time", value))
    assert crowded.submit(BRUNO, {"extension.until": "2026-05-11", "extension.reason": "harvest"}) == {}
    assert "*scanner-0003*: needs more time" in listed(crowded, BRUNO)


def test_what_is_refused_is_not_shown_as_done(crowded: Town):
    crowded.opens(BRUNO, lambda: crowded.press(BRUNO, crowded.announcement(BRUNO), "duty.show_all"))
    crowded.command(TOM, "cancel RET-1 we keep it after all")
    crowded.approve(ADA, "U01MINAPARK", "U01PRIYARAMAN", "U01SAMODUYA")
    assert crowded.retirement().state is State.CANCELLED
    value = "RET-1|component:default/scanner-0003|1"
    crowded.slack.click_in_view(BRUNO, "duty.acknowledge", value)
    crowded.settle()
    assert "RET-1 asks nothing of consumers now: it is cancelled" in crowded.told(BRUNO)
    assert "*scanner-0003*: open" in listed(crowded, BRUNO)
    assert buttons(crowded.slack.views[BRUNO].content) == ["duty.page"], "nothing is left to press"


def test_of_many_people_a_file_in_the_thread_says_who_hears_what_from_the_announcement_on(town: Town):
    people = [f"U02OWNER{number:03d}" for number in range(40)]
    named = [person.casefold() for person in people]
    town.learns(
        *(
            a_document("User", name, f"memberOf: [{name}]", slack_id=person)
            for name, person in zip(named, people, strict=True)
        ),
        *(a_document("Group", name, f"type: team, children: [], members: [{name}]") for name in named),
        *(
            a_document("Component", f"scanner-{name}", f"type: service, owner: {name}, dependsOn: [{CHURN}]")
            for name in named
        ),
    )
    town.announce()
    (listed,) = [one for one in town.slack.messages(GOVERNANCE) if key_of(one).startswith("RET-1/ahead/")]
    assert listed["thread_ts"] == town.card()["ts"]
    rows = list(csv.DictReader(io.StringIO(town.slack.file(listed).decode())))
    hears = [(row["what"], row["at"]) for row in rows if row["who"] == people[7]]
    assert hears == [
        ("Reminded 30 days before 2026-04-27", "2026-03-28T09:00Z"),
        ("Reminded 7 days before 2026-04-27", "2026-04-20T09:00Z"),
        ("Reminded 1 day before 2026-04-27", "2026-04-26T09:00Z"),
        ("Reminded on 2026-04-27", "2026-04-27T09:00Z"),
    ]
    assert {row["team"] for row in rows if row["who"] == people[7]} == {named[7]}
    told = town.command(TOM, "plan RET-1")
    assert "people of" in told
    assert "`emeritus plan RET-1 --ahead`" in told
