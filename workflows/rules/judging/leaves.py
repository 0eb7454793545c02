"""Which values are in an answer, and where?"""

from __future__ import annotations

import math
from collections.abc import Iterator

from data.records.outputs import JsonType

ELEMENT = "*"


def nodes(body: object, *, each: bool = False) -> Iterator[tuple[str, object]]:
    """Every value with its JSON pointer (RFC 6901), the whole first; `each`: elements of an array as `*`, all alike.

    Without recursion, as an answer may be nested as deep as it likes.
    """
    open_: list[tuple[str, object]] = [("", body)]
    while open_:
        path, value = open_.pop()
        yield path, value
        if isinstance(value, dict):
            inside = [(f"{path}/{escaped(str(key))}", one) for key, one in value.items()]
        elif isinstance(value, list):
            inside = [(f"{path}/{ELEMENT if each else at}", one) for at, one in enumerate(value)]
        else:
            continue
        open_ += reversed(inside)


def leaves(body: object) -> dict[str, object]:
    """The same, of what has nothing inside: plain values, and what is empty."""
    return {path: value for path, value in nodes(body) if not value or not isinstance(value, dict | list)}


def parent(path: str) -> str:
    return path.rpartition("/")[0]


def key(path: str) -> str:
    return path.rpartition("/")[2]


def escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def alike(path: str) -> str:
    """The path with `*` for places in arrays. A key that is a number looks like one, and is treated alike."""
    return "/".join(ELEMENT if part.isdigit() else part for part in path.split("/"))


TYPES: dict[type, JsonType] = {
    type(None): JsonType.NULL,
    bool: JsonType.BOOLEAN,
    int: JsonType.INTEGER,
    float: JsonType.NUMBER,
    str: JsonType.STRING,
    list: JsonType.ARRAY,
}


def type_of(value: object) -> JsonType:
    return TYPES.get(type(value), JsonType.OBJECT)


WHOLE_MAX = 2**53
"""Beyond it whole numbers are names of something, and are not the same for being near to each other."""


def number(value: object) -> float | None:
    """None for what is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return float(value) if abs(value) <= WHOLE_MAX else None
    return value if math.isfinite(value) else None
