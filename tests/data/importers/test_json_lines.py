"""Which items a JSON file holds and on which lines, and what is refused with its line."""

from __future__ import annotations

import pytest

from data.errors import Invalid
from data.importers.json_lines import Text


def items(text: str) -> list[tuple[int, object]]:
    return [(item.line, item.value) for item in Text(text.encode(), "f.json").items()]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[]", []),
        ("", []),
        (' [ {"a":\n 1},\n\n 2 ] \n', [(1, {"a": 1}), (4, 2)]),
        ('{"a": 1}\n{"a": 2}\r\n\n{"a": 3}', [(1, {"a": 1}), (2, {"a": 2}), (4, {"a": 3})]),
        ("\ufeff[1]", [(1, 1)]),
    ],
    ids=["an empty list", "an empty file", "a list", "a value a line", "with a byte order mark"],
)
def test_items_come_with_the_line_they_begin_on(text: str, found: list[tuple[int, object]]) -> None:
    assert items(text) == found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[1,\n2", 2),
        ("[1,\n]", 2),
        ("[1 2]", 1),
        ("[1]\n[2]", 2),
        ('{"a": 1}\n{"a": ', 2),
        ("[" * 100_000, 1),
        ("[" + "9" * 5_000 + "]", 1),
        ("nonsense", 1),
    ],
    ids=[
        "cut off",
        "a comma too many",
        "a comma too few",
        "more behind it",
        "a line cut off",
        "nested deep",
        "a number without end",
        "no JSON",
    ],
)
def test_what_is_not_json_to_its_end_is_refused_by_its_line(text: str, line: int) -> None:
    with pytest.raises(Invalid) as refused:
        items(text)
    assert str(refused.value).startswith(f"f.json:{line} ")
    assert str(refused.value).endswith("not readable as JSON; is the file complete?")


@pytest.mark.parametrize("text", ['""' * 5_000_000, f"[{'1,' * 5_000_000}"], ids=["texts", "numbers"])
def test_what_is_no_table_of_things_is_given_up_before_all_of_it_is_read(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        Text(text.encode(), "a.json").items()
    assert str(refused.value) == (
        "a.json:1 10,000 values that are neither objects nor lists: objects, one after the other or in a list"
    )


def test_a_document_is_one_value() -> None:
    assert Text(b'{"a": [1]}', "f.json").document() == {"a": [1]}
    with pytest.raises(Invalid, match=r"f\.json:2 2 values: one JSON value"):
        Text(b"1\n2", "f.json").document()


def test_keys_are_found_with_their_first_line() -> None:
    text = Text(b'{"model.a": {},\n"model.b":\n{"model.a": 1}, "x": "model.c"}', "f.json")
    assert text.lines_of_keys(r"model\.[^\"]+") == {"model.a": 1, "model.b": 2}


def test_keys_of_objects_are_told_from_the_same_keys_elsewhere() -> None:
    text = Text(b'{"children": {"model.a": [],\n"model.b": null},\n"nodes": {"model.a": {"x": 1}}}', "f.json")
    assert text.lines_of_keys(r"model\.[^\"]+", opens="{") == {"model.a": 3}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\ud83d\ude00", "\U0001f600"),
        (r"\ud83d", "\ufffd"),
        (r"\uDE00\uD83D", "\ufffd\ufffd"),
        (r"\ud83d\\ude00", "\ufffd\\ude00"),
        (r"\\ud83d", "\\ud83d"),
    ],
)
def test_half_a_character_is_read_as_a_sign_that_can_be_recorded(written: str, read: str) -> None:
    assert items(f'["{written}",\n1]') == [(1, read), (2, 1)]


def test_objects_know_their_lines_whatever_stands_in_texts() -> None:
    text = Text(b'{"a": "}{\\"}",\n"b": [{},\n\n{"c": {}}]}\n{"d": 1}', "f.json")
    outer, last = (item.value for item in text.placed())
    assert (outer, last) == ({"a": '}{"}', "b": [{}, {"c": {}}]}, {"d": 1})
    assert (outer.line, [one.line for one in outer["b"]], last.line) == (1, [2, 4], 5)
    assert outer["b"][1]["c"].line == 4
