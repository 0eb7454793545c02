"""Nobody is asked for words they may not give: who may not press is answered alone, and no window opens."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.scenarios.town import ELENA, GOVERNANCE, LOGISTICS, MINA, TOM, Town, words

CONSUMER = "RET-1|component:default/restock-planner|1"


def asks_for_time(town: Town, person: str) -> None:
    town.announce()
    town.press(person, town.posted(GOVERNANCE, LOGISTICS), "duty.more_time", CONSUMER)


def rejects(town: Town, person: str) -> None:
    town.propose()
    town.press(person, town.card(), "vote.reject")


def edits(town: Town, person: str) -> None:
    town.propose()
    town.press(person, town.card(), "proposal.revise")


@pytest.mark.parametrize(
    ("presses", "person", "why"),
    [
        pytest.param(asks_for_time, MINA, "You may not answer for restock-planner", id="Need more time"),
        pytest.param(rejects, ELENA, "the voting roles are owner, platform, product, security", id="Reject"),
        pytest.param(rejects, TOM, "Your vote does not count", id="Reject by the proposer"),
        pytest.param(edits, ELENA, "You may not revise RET-1", id="Edit plan"),
    ],
)
def test_who_may_not_is_answered_alone_and_sees_no_window(
    town: Town, presses: Callable[[Town, str], None], person: str, why: str
):
    presses(town, person)

    town.slack.wait_for(lambda: [told for told in town.slack.ephemerals if why in words(told)])
    assert person not in town.slack.views
    (told,) = [told for told in town.slack.ephemerals if why in words(told)]
    assert told["ephemeral_to"] == person
