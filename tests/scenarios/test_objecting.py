"""Object: a reason in a form, a vote on the card, and an end that whoever objected hears of."""

from __future__ import annotations

from tests.scenarios.home import open_home
from tests.scenarios.town import ADA, BRUNO, INES, TOM, Town, words


def objects(town: Town, owner: str, consumer: str) -> None:
    town.opens(owner, lambda: town.answer(owner, consumer, "duty.object"))
    assert town.submit(owner, {"duty.objection": "the audit runs on it"}) == {}


def test_an_owner_objects_and_people_vote_that_it_goes_on(town: Town) -> None:
    town.announce()
    objects(town, BRUNO, "restock-planner")
    assert f"<@{BRUNO}> objects to the plan for *restock-planner*" in town.thread()
    card = words(town.card())
    assert "*Votes on GOING ON in spite of an objection*" in card
    assert f"<@{BRUNO}> objects for *restock-planner*" in card
    assert "the audit runs on it" in town.command(TOM, "show RET-1")
    assert "going on in spite of an objection" in open_home(town, ADA)
    assert "objects" in words(town.announcement(BRUNO))
    town.approve()
    assert "People voted that it goes on in spite of the objection of *restock-planner*" in town.thread()
    (key,) = [one for one in town.keys(BRUNO) if "/objection-" in one]
    assert "it is asked of you as before" in words(town.posted(BRUNO, key))
    assert "*restock-planner*: acknowledged" in words(town.announcement(BRUNO))


def test_what_is_typed_objects_as_well_and_is_taken_back(town: Town) -> None:
    town.announce()
    assert "monday-report objects. People vote" in town.command(
        INES, "object RET-1 monday-report we close the books"
    )
    town.answer(INES, "monday-report", "duty.take_back")
    assert "monday-report objects no more" in town.told(INES)
    assert "GOING ON" not in words(town.card())
