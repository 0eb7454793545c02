"""An object of JSON, asked for its fields by what they are to hold.

Null is the same as left out. What holds something else is told by its path and counts as left out, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


class Fields:
    """`tell` takes the path of a field and what is odd about it."""

    __slots__ = ("_path", "_tell", "_values")

    def __init__(self, value: object, tell: Callable[[str, str], None], path: str = "") -> None:
        self._path = path
        self._tell = tell
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
        found = self._values.get(name)
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        return str(found) if is_number else self.text(name)

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
        return Fields(self._values.get(name), self._tell, self._at(name))

    def items(self, name: str) -> tuple[Fields, ...]:
        """The objects of a list; whatever else stands in it is told and left out."""
        path = self._at(name)
        values = self._expected(path, self._values.get(name), list, "a list of objects") or []
        paths = ((f"{path}[{at}]", one) for at, one in enumerate(values))
        found = ((at, self._expected(at, one, dict, "an object")) for at, one in paths)
        return tuple(Fields(one, self._tell, at) for at, one in found if one is not None)

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def _expected(self, path: str, value: object, kind: type, wanted: str) -> Any:
        if value is None or isinstance(value, kind):
            return value
        self._tell(path, f"is {kind_of(value)} and not {wanted}; ignored")
        return None


def kind_of(value: object) -> str:
    """What a value of JSON is, in words."""
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "null"}
    return kinds.get(type(value), "a number")
