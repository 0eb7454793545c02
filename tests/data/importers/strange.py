"""Documents with something strange in every place, to see that an importer tells of it and goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

VALUES: tuple[Any, ...] = (
    None,
    "",
    "x\n",
    "\ud83d",
    "a|b#c",
    0,
    -1,
    1e308 * 10,
    10**40,
    True,
    [],
    [[]],
    ["x", None],
    {},
    {"x": {"y": []}},
)


def with_each_strange(document: Any, values: tuple[Any, ...] = VALUES) -> Iterator[Any]:
    """The document again and again, each time with one value of it, however deep, replaced by a strange one."""
    yield from values
    parts = document.items() if isinstance(document, dict) else ()
    parts = enumerate(document) if isinstance(document, list) else parts
    for key, value in parts:
        for changed in with_each_strange(value, values):
            copy = document.copy()
            copy[key] = changed
            yield copy
