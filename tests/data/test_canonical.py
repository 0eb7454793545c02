"""Is what is hashed the one spelling everybody can compute?"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from data.canonical import canonical
from data.errors import Invalid
from tests.contract.scripted import NOW


def test_keys_are_sorted_by_utf_16_and_strings_escape_only_what_they_must() -> None:
    # The key order is RFC 8785 section 3.2.3's own example, without the value it cannot have here.
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    assert canonical(value).decode() == (
        '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis",'
        '"€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}'
    )
    assert canonical('\x00\b\t\n\f\r\x1f"\\/\x7f\u2028').decode() == (
        '"\\u0000\\b\\t\\n\\f\\r\\u001f\\"\\\\/\x7f\u2028"'
    )


def test_every_character_is_spelled_as_pythons_own_json_spells_it() -> None:
    planes = [*range(0, 0xD800, 0x800), *range(0xE000, 0x110000, 0x800)]
    texts = ["".join(map(chr, range(first, first + 0x800))) for first in planes]

    assert canonical(texts) == json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode()


def test_an_instant_has_one_spelling_whatever_its_zone() -> None:
    berlin = datetime(2026, 3, 2, 10, 0, tzinfo=timezone(timedelta(hours=1)))

    assert canonical(berlin) == canonical(NOW) == b'"2026-03-02T09:00:00Z"'
    assert canonical(datetime(2026, 3, 2, 9, 0, 0, 1200, tzinfo=UTC)) == b'"2026-03-02T09:00:00.001200Z"'


@pytest.mark.parametrize(
    "value",
    [1.5, 1.0, True, None, 2**53, -(2**53), datetime(2026, 3, 2), b"x", "\ud83d", {1: "x"}, {"\ud83d": 1}],  # noqa: DTZ001
    ids=repr,
)
def test_what_has_no_single_spelling_is_refused_with_its_place(value: object) -> None:
    with pytest.raises(Invalid) as refused:
        canonical({"plan": ["fine", value]})

    assert str(refused.value) == (
        f"event.plan[1] {value!a}: "
        "an event holds strings, whole numbers up to 2^53 - 1, aware datetimes, lists and objects"
    )
