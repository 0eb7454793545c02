"""Migrating: a day in a form, shown wherever the consumer is, and reminded of once it is past."""

from __future__ import annotations

from tests.scenarios.home import open_home
from tests.scenarios.town import BRUNO, TOM, Town, words


def test_whoever_is_migrating_says_by_when_and_is_reminded_once_that_is_past(town: Town) -> None:
    town.announce()
    screen = town.opens(BRUNO, lambda: town.answer(BRUNO, "restock-planner", "duty.migrating"))
    assert "2026-04-27 at the latest" in words(screen.content)
    (problem,) = town.submit(BRUNO, {"duty.moves_on": "2026-04-28"}).values()
    assert "for a later one press Need more time" in problem
    assert town.submit(BRUNO, {"duty.moves_on": "2026-03-30"}) == {}
    assert f"<@{BRUNO}> is migrating *restock-planner*, to have moved by Mon 2026-03-30" in town.thread()
    for shown in (words(town.announcement(BRUNO)), town.command(TOM, "show RET-1"), open_home(town, BRUNO)):
        assert "*restock-planner*: migrating, to have moved by *Mon 2026-03-30*" in shown
    town.pass_time(days=20)
    assert [key for key in town.keys(BRUNO) if "/remind/moving@2026-03-30" in key]
    assert "*overdue*" in open_home(town, BRUNO)
    assert "*overdue*" in town.command(TOM, "show RET-1")
    assert "1 migrating" in words(town.card())
