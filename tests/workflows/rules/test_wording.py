"""How names are said in a sentence that goes on behind them."""

from __future__ import annotations

import pytest

from workflows.rules.wording import NAMES_ROOM, named, spoken, typed


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a"], "a"),
        (["a", "b", "c"], "a, b, c"),
        ([*"abcdefg"], "a, b, c, d, e and 2 more"),
        (["a" * 140, "b" * 140, "c" * 140], f"{'a' * 140}, {'b' * 140} and 1 more"),
        (["a" * 900, "b"], f"{'a' * (NAMES_ROOM - 1)}… and 1 more"),
    ],
    ids=["one", "few", "many", "long", "far too long"],
)
def test_the_first_few_are_named_as_many_as_leave_room_for_the_rest_of_the_sentence(names, said):
    assert named(names) == said


@pytest.mark.parametrize(
    ("name", "shown"),
    [("web", "web"), ("a restricted model", '"a restricted model"'), ('the "web" page', "csv:web")],
    ids=["a word", "words", "with quotation marks"],
)
def test_a_name_is_shown_in_a_command_as_it_can_be_typed(name, shown):
    assert typed(name, "csv:web") == shown


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (60, "1 minute"),
        (90, "90 seconds"),
        (5400, "90 minutes"),
        (3600, "1 hour"),
        (86_400, "1 day"),
        (100_000, "27.8 hours"),
        (216_000, "2.5 days"),
        (86_400 * 2000, "2,000 days"),
    ],
)
def test_a_time_is_said_in_a_unit_people_reckon_in(seconds, said):
    assert spoken(seconds) == said
