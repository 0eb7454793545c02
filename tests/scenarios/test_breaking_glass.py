"""A model that does harm is switched off sooner: two people, a vote, the archive first, and a look back on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from data.records.progress import Progress, StepKind
from data.records.retirement import State
from tests.scenarios import home
from tests.scenarios.town import ADA, BRUNO, GOVERNANCE, MINA, PRIYA, SAM, TOM, Town, buttons, words

JO, NADIA = "U01JOLINDQVIST", "U01NADIAHADDAD"
"""Beside Mina of the platform team and Sam of security, whom the shipped policy lets shorten a notice."""
LEAK = "break-glass RET-1 3 it leaks what customers wrote"


def request(town: Town) -> dict[str, Any]:
    (key,) = [one for one in town.keys(GOVERNANCE) if one.startswith("RET-1/break-glass/")]
    return town.posted(GOVERNANCE, key)


def shortened(town: Town) -> None:
    town.announce()
    assert "A second person confirms it" in town.command(JO, LEAK)
    town.press(NADIA, request(town), "break_glass.confirm")


def test_a_model_that_leaks_is_off_within_days_and_somebody_looks_back_on_it(tmp_path: Path) -> None:
    with Town(tmp_path) as town:
        shortened(town)
        by_two = f"*Break-glass* by <@{JO}> and <@{NADIA}>: 3 days of notice"
        assert by_two in words(town.card())
        assert "it leaks what customers wrote" in words(town.card())
        assert buttons(request(town)) == []
        assert town.retirement().state is State.PROPOSED

        town.approve(ADA, MINA, PRIYA, SAM)
        assert town.retirement().state is State.PROPOSED, "its review takes a day"
        town.pass_time(days=2)
        assert town.retirement().announced == 2
        assert "/announcement-2/" in town.announcement(BRUNO)["metadata"]["event_payload"]["key"]
        town.everybody_moves()
        town.pass_time(days=4)
        assert town.retirement().state is State.DISABLED
        assert town.retirement().archived is not None
        assert town.retirement().drilled_at is not None

        shown = town.command(TOM, "show RET-1")
        assert "somebody else than the two has to look back on it" in shown
        assert "`/retire look-back RET-1 TEXT`" in home.open_home(town, TOM)
        town.pass_time(days=40)
        assert town.retirement().progress(StepKind.CLOSE).progress is Progress.HELD
        assert "was it right? Until then it is not closed" in town.thread()
        assert "its break-glass is to be looked back on by" in town.command(TOM, "digest")
        assert "you are one of the two" in town.command(JO, "look-back RET-1 all went well")
        assert "can be closed" in town.command(ADA, "look-back RET-1 it was right, and cost one report")
        town.pass_time(hours=1)
        assert town.retirement().state is State.ARCHIVED
        assert f"<@{ADA}> looked back on it" in words(town.card())


@pytest.mark.parametrize(
    ("who", "said"),
    [(JO, "You asked for it yourself"), (BRUNO, "You may not shorten the notice of RET-1")],
    ids=["the first again", "a stranger"],
)
def test_nobody_but_a_second_person_of_these_confirms(town: Town, who: str, said: str) -> None:
    town.announce()
    town.command(JO, LEAK)
    town.press(who, request(town), "break_glass.confirm")
    assert said in town.told(who)
    assert town.retirement().state is State.MIGRATING
    assert buttons(request(town)) == ["break_glass.confirm"]


def test_a_delegate_of_the_first_is_no_second_person(town: Town) -> None:
    town.announce()
    town.command(JO, f"delegate @{town.slack.ws.users[MINA].name} until 2026-03-27")
    town.command(JO, LEAK)
    town.press(MINA, request(town), "break_glass.confirm")
    assert "It takes two people who decide for themselves" in town.told(MINA)
    assert town.retirement().state is State.MIGRATING


def test_a_request_for_a_plan_that_changed_since_is_over(town: Town) -> None:
    town.announce()
    town.command(JO, LEAK)
    town.opens(TOM, lambda: town.press(TOM, town.card(), "proposal.revise"))
    assert town.submit(TOM, {"proposal.target": "2026-06-01"}) == {}
    assert "This request for break-glass is over" in words(request(town))
    assert buttons(request(town)) == []
