"""How is a value spelled so that everybody computes the same hash? RFC 8785 JSON of strings and integers.

What msgspec writes of these is that spelling once every object has its keys in order.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from data.errors import Invalid, Problem

# Beyond these, JSON numbers stop being exact in other languages: RFC 7493 section 2.2.
INTEGER_MAX = 2**53 - 1

_ACCEPTED = "an event holds strings, whole numbers up to 2^53 - 1, aware datetimes, lists and objects"


def canonical(value: object) -> bytes:
    """RFC 8785 JSON. Raises `Invalid` for what is not hashed: floats, booleans, null, naive datetimes."""
    return msgspec.json.encode(_plain(value, ("event", None)))


# The last step to a value, and the way to where that step was taken.
_Way = tuple[str | int, "_Way | None"]


def _plain(value: Any, way: _Way) -> object:
    """Strings, integers, and lists and objects of them, the keys of each in their order.

    By exact types, and most values without a call of their own: every entry of the record comes through here.
    """
    kind = type(value)
    if kind is dict and (keys := _in_order(value)) is not None:
        return {
            key: item if type(item := value[key]) is str and item.isascii() else _plain(item, (key, way))
            for key in keys
        }
    if kind is list or kind is tuple:
        return [
            item if type(item) is str and item.isascii() else _plain(item, (index, way))
            for index, item in enumerate(value)
        ]
    if kind is datetime and value.tzinfo is not None:
        return value.astimezone(UTC)
    if (kind is str and is_unicode(value)) or (kind is int and -INTEGER_MAX <= value <= INTEGER_MAX):
        return value
    raise Invalid([Problem(field=_shown(way), value=ascii(value), accepted=_ACCEPTED)])


def _in_order(keys: Iterable[Any]) -> list[str] | None:
    """RFC 8785 section 3.2.3 sorts by UTF-16 code units; beyond U+FFFF Python's order is another.

    None where a key is no text that can be spelled.
    """
    try:
        all_of_them = "".join(keys)
    except TypeError:
        return None
    if all_of_them.isascii():
        return sorted(keys)
    return sorted(keys, key=lambda key: key.encode("utf-16-be")) if is_unicode(all_of_them) else None


def _shown(way: _Way) -> str:
    step, before = way
    if before is None:
        return str(step)
    return f"{_shown(before)}[{step}]" if isinstance(step, int) else f"{_shown(before)}.{step}"


def is_unicode(text: str) -> bool:
    """A lone surrogate has no UTF-8, so nobody else could compute the hash."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
