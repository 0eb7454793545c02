"""JSON as objects that know their line, read by what is wanted: whatever is of another kind is read as nothing.

So a list where an object should be, or null where a text should be, breaks nothing; who cares asks `is_stated`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from data.importers.json_lines import Item, Text


@dataclass(slots=True)
class Object:
    """An object and the line it begins on, counted from 1."""

    line: int
    fields: dict[str, Any]

    def text(self, key: str) -> str:
        """Without blanks around it. Whole numbers count as text, as some write versions so."""
        return text_of(self.fields.get(key))

    def object(self, key: str) -> Object:
        """The object under a key; an empty one on this line where there is none."""
        found = self.fields.get(key)
        return found if isinstance(found, Object) else Object(self.line, {})

    def list(self, key: str) -> list[Any]:
        found = self.fields.get(key)
        return found if isinstance(found, list) else []

    def is_stated(self, key: str) -> bool:
        """Something stands there, whatever it is."""
        return self.fields.get(key) is not None


def text_of(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else ""


def shown(value: Any) -> str:
    """As it can be quoted in a sentence, whatever it is."""
    if isinstance(value, Object | list):
        return "an object" if isinstance(value, Object) else "a list"
    return f'"{text_of(value)[:80]}"' if isinstance(value, str) else json.dumps(value)[:80]


def values_of(text: Text) -> tuple[Item, ...]:
    """The values of a file, one after the other. Raises `Invalid` with the line of what is no JSON."""
    return text.placed(lambda line, pairs: Object(line, dict(pairs)))
