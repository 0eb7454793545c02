"""On which line each object of a JSON file begins, and what is read of one that holds something else."""

from __future__ import annotations

import pytest

from data.errors import Invalid
from data.importers.json_lines import Text
from data.importers.json_objects import Object, shown, values_of


def the_object(text: str) -> Object:
    (item,) = values_of(Text(text.encode(), "f.json"))
    assert isinstance(item.value, Object)
    return item.value


def test_every_object_knows_its_line_whatever_stands_in_texts() -> None:
    found = the_object('{"a": "{\\"}\\\\",\n "b": [{},\n {"c":\n{"d": "}"}}],\n"e": {}}')
    assert found == Object(
        1,
        {
            "a": '{"}\\',
            "b": [Object(2, {}), Object(3, {"c": Object(4, {"d": "}"})})],
            "e": Object(5, {}),
        },
    )


def test_what_is_of_another_kind_is_read_as_nothing() -> None:
    found = the_object(
        '{"text": " x ", "number": 3, "yes": true, "none": null, "list": [1], "half": "\\ud800"}'
    )
    keys = ("text", "number", "yes", "none", "list", "half", "missing")
    assert [found.text(key) for key in keys] == ["x", "3", "", "", "", "\ufffd", ""]
    assert [found.list(key) for key in keys] == [[], [], [], [], [1], [], []]
    assert found.object("list") == Object(1, {})
    assert [key for key in keys if found.is_stated(key)] == ["text", "number", "yes", "list", "half"]
    assert [shown(value) for value in found.fields.values()] == [
        '"x"',
        "3",
        "true",
        "null",
        "a list",
        '"\ufffd"',
    ]


@pytest.mark.parametrize(
    "text", ['{"a": {', '{"a": 1}}', '{"a: 1}', '{"a":' * 100_000, '{"a": ' + "9" * 5_000 + "}"]
)
def test_what_is_no_json_is_refused_as_everywhere(text: str) -> None:
    with pytest.raises(Invalid, match=r"^f\.json:1 "):
        values_of(Text(text.encode(), "f.json"))
