"""Somebody who understands language may be plugged in for what fits no wording of ours, and decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from data.errors import Unavailable
from tests.scenarios.asking import answers, ask, offered
from tests.scenarios.town import MINA, Town

ODD = "Kumquat churn-v1?"
"""Words that fit no row of the table."""


class Scholar:
    """Says the same of everything, and remembers what it was asked."""

    def __init__(self, says: Any) -> None:
        self.says = says
        self.heard: list[str] = []

    def read(self, text: str, examples: Mapping[str, str]) -> Mapping[str, Any]:
        assert examples["blocks"] == "What blocks MODEL?"
        self.heard.append(text)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says  # type: ignore[no-any-return]


def answered(folder: Path, scholar: Scholar, text: str = ODD) -> tuple[str, Town]:
    with Town(folder, serves=False, wording=scholar) as town:
        town.propose()
        return ask(town, MINA, text), town


def test_what_fits_no_wording_of_ours_is_read_by_it_and_answered_from_the_record(tmp_path: Path) -> None:
    scholar = Scholar({"asks": "blocks", "names": ["churn-v1"]})
    said, _ = answered(tmp_path, scholar)
    assert "*RET-1* churn-v1 - *proposed*: what blocks it" in said
    assert scholar.heard == [ODD]


def test_it_is_not_asked_about_what_we_understand_ourselves(tmp_path: Path) -> None:
    scholar = Scholar({"asks": "help"})
    said, _ = answered(tmp_path, scholar, "what blocks churn-v1?")
    assert "what blocks it" in said
    assert scholar.heard == []


@pytest.mark.parametrize(
    ("says", "shown"),
    [
        ("blocks", "I did not understand that"),
        (None, "I did not understand that"),
        ({}, "I did not understand that"),
        ({"asks": "cancel RET-1"}, "I did not understand that"),
        ({"asks": ["blocks"]}, "I did not understand that"),
        ({"asks": "unclear"}, "I did not understand that"),
        ({"asks": "blocks", "names": "churn-v1"}, "what blocks it"),
        ({"asks": "blocks", "names": [1, None, {"a": 1}]}, "what blocks it"),
        ({"asks": "blocks", "names": ["churn-v9"]}, "Did you mean one of these?"),
        ({"asks": "blocks", "names": ["<!channel>"]}, "Nothing I may tell you of is called that"),
        ({"asks": "due", "period": "for ever"}, "What happens between|Nothing falls due between"),
        ({"asks": "blocks", "names": ["churn-v1"], "run": "/retire cancel RET-1"}, "what blocks it"),
        (Unavailable("asleep"), "I did not understand that"),
        (ConnectionError("refused"), "I did not understand that"),
        (KeyError("choices"), "I did not understand that"),
    ],
    ids=str,
)
def test_whatever_it_says_is_one_of_our_questions_about_names_that_are_there_or_nothing(
    tmp_path: Path, says: Any, shown: str
) -> None:
    scholar = Scholar(says)
    said, town = answered(tmp_path, scholar)
    assert any(one in said for one in shown.split("|"))
    assert scholar.heard == [ODD], "asked once, whatever comes of it"
    assert town.slack.broadcasts == []
    assert town.slack.ws.broadcasts == []


def test_what_was_written_is_kept_until_it_is_answered_and_no_longer(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False, wording=Scholar({"asks": "list"})) as town:
        assert town.slack.say(MINA, ODD).ok
        town.restart()
        assert [one.effect.body["words"] for one in town.bot.store.kept("answer/")] == [ODD]
        town.settle()
        assert "No model is being retired" in str(answers(town, MINA))
        assert "words" not in town.bot.store.kept("answer/")[0].effect.body


def test_without_anybody_plugged_in_nothing_written_is_kept_at_all(town: Town) -> None:
    assert town.slack.say(MINA, ODD).ok
    assert "words" not in town.bot.store.kept("answer/")[0].effect.body
    town.settle()
    assert ("question.ask", "silent|ahead|") in offered(town, MINA)
