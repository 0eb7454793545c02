"""Does a document of AWS name a model? Only a value that is exactly one of its names counts. Nothing is called here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

TAG = "emeritus.dev/model"
"""On whatever trains a model and names it nowhere else."""


def named_in(document: Any, names: frozenset[str]) -> str:
    """The name that is a value in it, however deep, also in JSON that stands in it as text; empty where none is."""
    return next((one for one in _values(document) if one in names), "")


def tagged(tags: Mapping[str, str], names: frozenset[str]) -> str:
    return tags[TAG] if tags.get(TAG) in names else ""


def _values(document: Any, depth: int = 0) -> Iterator[str]:
    if depth > 100:  # deeper than anything AWS takes
        return
    if isinstance(document, str):
        yield document
        if document[:1] in ("{", "["):
            try:
                inside = json.loads(document)
            except (ValueError, RecursionError):
                return
            yield from _values(inside, depth + 1)
    elif isinstance(document, Mapping):
        for value in document.values():
            yield from _values(value, depth + 1)
    elif isinstance(document, (list, tuple)):
        for value in document:
            yield from _values(value, depth + 1)
