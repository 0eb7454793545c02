"""A retirement that was closed becomes a playbook, is found, and the next one begins like it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.slack import OpenView
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


def chosen(view: OpenView) -> dict[str, Any]:
    """What stands in the form: action id -> what is filled in."""
    found = {}
    for block in view.content["blocks"]:
        element = block.get("element", {})
        option = element.get("initial_option", {}).get("value")
        found[element.get("action_id")] = (
            option or element.get("initial_value") or element.get("initial_date")
        )
    return {name: value for name, value in found.items() if name and value}


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
    assert chosen(shown)["proposal.reason"] == "replaced"
    assert not town.slack.broadcasts
