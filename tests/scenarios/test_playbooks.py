"""A retirement that was closed becomes a playbook, is found, and the next one begins like it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.test_guiding import chosen
from tests.scenarios.test_hostile_words import HOSTILE
from tests.scenarios.town import ADA, GOVERNANCE, TOM, VERA, Town, words


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """With model servers that can be switched off."""
    with Town(tmp_path) as running:
        yield running


def closed(town: Town) -> None:
    """RET-1 went all the way, and Tom said what to do otherwise."""
    town.announce(**{"proposal.why": f"churn-v2 is better {HOSTILE}"})
    town.everybody_moves()
    town.pass_time(days=100)
    question = town.posted(GOVERNANCE, "RET-1/review/whole retirement")
    town.opens(TOM, lambda: town.press(TOM, question, "review.open"))
    assert town.submit(TOM, {"review.change": "tell the dashboards in March"}) == {}


def test_the_next_one_begins_with_what_the_playbook_had(town: Town):
    closed(town)
    assert "You may not make a playbook of RET-1" in town.command(VERA, "playbook RET-1 careful-move")
    assert "RET-1 is the playbook careful-move" in town.command(TOM, "playbook churn-v1 Careful-Move")
    assert f"<@{TOM}> made it the playbook *careful-move*" in town.thread()
    assert "playbook careful-move" in words(town.card())
    found = town.command(ADA, "playbooks CHURN")
    assert '1 playbook with "CHURN", the newest first' in found
    assert "*careful-move* (RET-1 churn-v1), replaced" in found
    shown = town.opens(ADA, lambda: town.press(ADA, town.slack.ephemerals[-1], "playbook.use"))
    assert "tell the dashboards in March" in str(shown.content)
    assert town.slack.select(ADA, "proposal.model", "resource:default/churn_nightly").ok
    form = town.slack.views[ADA].content
    assert "tell the dashboards in March" in str(form)
    filled = chosen(form)
    assert filled["proposal.reason"] == "replaced"
    assert filled["proposal.why"] == f"churn-v2 is better {HOSTILE}"
    assert filled["proposal.target"] == "2026-08-27", "63 days from today, as RET-1 had"
    assert town.submit(ADA, {"proposal.successor": "resource:default/churn-v2"}) == {}
    assert town.retirement("RET-2").like == "RET-1"
    assert "after playbook careful-move (RET-1)" in words(town.card("RET-2"))
    town.pass_time(hours=2)
    lesson = words(town.posted(GOVERNANCE, "RET-2/lesson/RET-1"))
    assert "From *RET-1 churn-v1* (archived), whose playbook this one follows, like this one: both" in lesson
    town.opens(ADA, lambda: town.press(ADA, town.card("RET-2"), "proposal.revise"))
    assert town.submit(ADA, {"proposal.target": "2026-09-01"}) == {}
    assert "after playbook careful-move (RET-1)" in words(town.card("RET-2"))
    beside = town.command(VERA, "stats RET-2")
    assert (
        "*careful-move* (RET-1 churn-v1), which this one follows: Days to switch-off 63 days, Cycle time 93 days, Slip"
        in beside
    )
    assert not town.slack.broadcasts


def test_who_names_a_playbook_gets_the_form_like_it_or_the_closest_names(town: Town):
    closed(town)
    assert "RET-1 is no playbook. Run /retire playbook RET-1 NAME to make it one" in town.command(
        ADA, "propose churn_nightly like RET-1"
    )
    town.command(TOM, "playbook RET-1 careful-move")
    refused = town.command(ADA, "propose churn_nightly like careful-mvoe")
    assert 'No playbook is called "careful-mvoe"; closest: careful-move. Run /retire playbooks' in refused
    typed = "propose churn_nightly like careful-move"
    shown = town.opens(ADA, lambda: town.command(ADA, typed, opens_modal=True))
    assert chosen(shown.content)["proposal.target"] == "2026-08-27"
    town.command(TOM, "playbook RET-1 off")
    assert town.submit(ADA, {"proposal.successor": "resource:default/churn-v2"}) == {}
    assert town.retirement("RET-2").like == ""
    assert "There is no playbook" in town.command(ADA, "playbooks")
