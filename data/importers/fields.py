"""An object of JSON, asked for its fields by what they are to hold; it knows its line where its text was `placed`.

Null is the same as left out. What holds something else is told by its path and counts as left out, too: whoever
hears of it decides what that means for what stood there before (Draft.doubts).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from data.importers.json_lines import Placed

Tell = Callable[[str, str], None]
"""Takes the path of a field and what is odd about it."""

SHOWN_MAX = 80


class Fields:
    """`line` is that of the object, or of the one it stands in; 0 where nobody knows it."""

    __slots__ = ("_path", "_values", "line", "tell")

    def __init__(self, value: object, tell: Tell, path: str = "", line: int = 0) -> None:
        self._path = path
        self.tell = tell
        self.line = value.line if isinstance(value, Placed) else line
        self._values = self._expected(path, value, dict, "an object") or {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def value(self, name: str) -> object:
        """Whatever stands there; None where nothing does."""
        return self._values.get(name)

    def text(self, name: str) -> str:
        """Without blanks around it."""
        found: str | None = self._expected(self._at(name), self._values.get(name), str, "a text")
        return found.strip() if found else ""

    def word(self, name: str) -> str:
        """A text or a number, as versions are written."""
        return word_of(self._values.get(name)) or self.text(name)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, or one text alone; blank ones are left out."""
        found = self._values.get(name)
        if isinstance(found, str):
            found = [found]
        values = self._expected(self._at(name), found, list, "a text or a list of texts") or []
        texts = (
            self._expected(f"{self._at(name)}[{at}]", one, str, "a text") for at, one in enumerate(values)
        )
        return tuple(text.strip() for text in texts if text and text.strip())

    def fields(self, name: str) -> Fields:
        return Fields(self._values.get(name), self.tell, self._at(name), self.line)

    def values(self, name: str) -> list[Any]:
        """The items of a list, whatever each of them is."""
        return self._expected(self._at(name), self._values.get(name), list, "a list") or []

    def items(self, name: str) -> tuple[Fields, ...]:
        """The objects of a list; whatever else stands in it is told and left out."""
        path = self._at(name)
        values = self._expected(path, self._values.get(name), list, "a list of objects") or []
        paths = ((f"{path}[{at}]", one) for at, one in enumerate(values))
        found = ((at, self._expected(at, one, dict, "an object")) for at, one in paths)
        return tuple(Fields(one, self.tell, at, self.line) for at, one in found if one is not None)

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def _expected(self, path: str, value: object, kind: type, wanted: str) -> Any:
        if value is None or isinstance(value, kind):
            return value
        self.tell(path, f"is {shown(value)} and not {wanted}; ignored")
        return None


def word_of(value: object) -> str:
    """A text or a number as one would write it; empty for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else ""


def shown(value: object) -> str:
    """As it can be quoted in a sentence, whatever it is."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return f'"{value.strip()[:SHOWN_MAX]}"' if isinstance(value, str) else json.dumps(value)[:SHOWN_MAX]
