"""What is read of an object that holds what it should, and of one that does not."""

from __future__ import annotations

import pytest

from data.importers.fields import Fields, shown
from data.importers.json_lines import Text

STRANGE = ({"a": {}}, ["x"], "", 3, True, None)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def read(told: list[str]):
    return lambda value: Fields(value, lambda path, note: told.append(f"{path} {note}"))


def test_fields_are_read_by_what_they_hold(read, told):
    found = read(
        {"text": " a ", "texts": ["b", " ", "c"], "one": {"two": {"x": "d"}}, "many": [{"x": "e"}], "v": 2}
    )
    assert (found.text("text"), found.texts("texts"), found.texts("text")) == ("a", ("b", "c"), ("a",))
    assert found.fields("one").fields("two").text("x") == "d"
    assert [one.text("x") for one in found.items("many")] == ["e"]
    assert (found.word("v"), found.word("text")) == ("2", "a")
    assert (list(found), "text" in found, "none" in found) == (
        ["text", "texts", "one", "many", "v"],
        True,
        False,
    )
    assert told == []


@pytest.mark.parametrize("value", STRANGE)
def test_whatever_stands_there_can_be_asked_for(read, value):
    for found in (read(value), read({"x": value}), read({"x": [value]}), read({"x": {"x": value}})):
        for one in (found, found.fields("x"), *found.items("x")):
            assert isinstance(one.text("x"), str)
            assert isinstance(one.word("x"), str)
            assert all(isinstance(text, str) for text in one.texts("x"))
            assert isinstance(one.values("x"), list)


def test_what_is_of_another_kind_is_told_by_its_path_and_left_out(read, told):
    found = read({"a": [1, "x"], "b": {"c": True}, "d": [[], {}], "e": None})
    assert found.text("a") == ""
    assert found.texts("a") == ("x",)
    assert found.fields("b").word("c") == ""
    assert len(found.items("d")) == 1
    assert (found.text("e"), found.texts("e"), list(found.fields("e"))) == ("", (), [])
    assert told == [
        "a is a list and not a text; ignored",
        "a[0] is 1 and not a text; ignored",
        "b.c is true and not a text; ignored",
        "d[0] is a list and not an object; ignored",
    ]


def test_an_object_knows_its_line_and_else_that_of_what_it_stands_in(told):
    (item,) = Text(b'{"a":\n{"b": [{},\n{"c": 1}], "d": "x"}}', "f.json").placed()
    found = Fields(item.value, lambda path, note: told.append(f"{path} {note}"))
    inside = found.fields("a")
    assert [one.line for one in (found, inside, *inside.items("b"), inside.fields("d"))] == [1, 2, 2, 3, 2]
    assert told == ['a.d is "x" and not an object; ignored']


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({}, "an object"),
        ([1], "a list"),
        (" x ", '"x"'),
        ("x" * 99, f'"{"x" * 80}"'),
        (True, "true"),
        (3, "3"),
    ],
    ids=["object", "list", "text", "long text", "truth", "number"],
)
def test_whatever_it_is_can_be_quoted(value, said):
    assert shown(value) == said
