"""JSON as lines: what a file holds, and on which line each item of it stands.

A file is one value, or one value after the other (NDJSON). Whatever is not JSON to its end is refused, so a
file that was cut off never counts.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from data.errors import Invalid, Problem
from data.importers.text import decoded

_SPACE = re.compile(r"[ \t\n\r]*")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_BRACES = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}]', re.DOTALL)
PLAIN_MAX = 10_000
_DECODER = json.JSONDecoder()


@dataclass(slots=True, frozen=True)
class Item:
    """A value and the line it begins on, counted from 1."""

    line: int
    value: Any


class Placed(dict[str, Any]):
    """An object that knows the line it begins on."""

    __slots__ = ("line",)

    def __init__(self, line: int, pairs: Iterable[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.line = line


class Text:
    """The text of a file, in which lines can be told by their place. Raises `Invalid` for what is no text."""

    def __init__(self, content: bytes, shown: str) -> None:
        self.text = _whole(decoded(content, shown))
        self.shown = shown
        self._breaks = [match.start() for match in re.finditer("\n", self.text)]

    def line(self, at: int) -> int:
        return bisect_right(self._breaks, at - 1) + 1

    def lines_of_keys(self, pattern: str, *, opens: str = "") -> dict[str, int]:
        """Each key of an object that matches `pattern` -> the line it first stands on.

        opens   what its value begins with: "{" leaves out the same key where it holds no object
        """
        found: dict[str, int] = {}
        for match in re.finditer(rf'"({pattern})"\s*:\s*{re.escape(opens)}', self.text):
            found.setdefault(match[1], self.line(match.start()))
        return found

    def document(self) -> Any:
        """The one value of the file. Raises `Invalid` with the line where it stops being one."""
        items = self.values()
        if len(items) != 1:
            found = f"{len(items)} values" if items else ""
            raise self.invalid(items[1].line if items else 1, found, "one JSON value")
        return items[0].value

    def items(self) -> tuple[Item, ...]:
        """The items of an array, or the values of a file that has one after the other."""
        start = self._past_space(0)
        if self.text[start : start + 1] != "[":
            return self.values()
        items: list[Item] = []
        at = self._past_space(start + 1)
        while self.text[at : at + 1] != "]" or items:
            item, at = self._value(at)
            items.append(item)
            self._check_plain(items)
            at = self._past_space(at)
            if self.text[at : at + 1] == "]":
                break
            if self.text[at : at + 1] != ",":
                raise self._broken(at, "a comma or the end of the list")
            at = self._past_space(at + 1)
        if (end := self._past_space(at + 1)) < len(self.text):
            raise self._broken(end, "nothing behind the end of the list")
        return tuple(items)

    def values(self, decoder: json.JSONDecoder = _DECODER) -> tuple[Item, ...]:
        """One value after the other, to the end of the file."""
        items: list[Item] = []
        at = self._past_space(0)
        while at < len(self.text):
            item, at = self._value(at, decoder)
            items.append(item)
            self._check_plain(items)
            at = self._past_space(at)
        return tuple(items)

    def placed(self, as_object: Callable[[int, list[tuple[str, Any]]], Any] = Placed) -> tuple[Item, ...]:
        """The same values, in which every object is made with its line, however deep it stands."""
        lines = self._lines_of_objects()
        return self.values(json.JSONDecoder(object_pairs_hook=lambda pairs: as_object(next(lines), pairs)))

    def _lines_of_objects(self) -> Iterator[int]:
        """In the order in which they end, as a decoder hands them over."""
        begun: list[int] = []
        for match in _BRACES.finditer(self.text):
            if match[0] == "{":
                begun.append(match.start())
            elif match[0] == "}":
                yield self.line(begun.pop())

    def invalid(self, line: int, found: str, accepted: str) -> Invalid:
        return Invalid([Problem(field=f"{self.shown}:{line}", value=found, accepted=accepted)])

    def _value(self, at: int, decoder: json.JSONDecoder = _DECODER) -> tuple[Item, int]:
        try:
            value, end = decoder.raw_decode(self.text, at)
        except json.JSONDecodeError as error:
            raise self._broken(error.pos, error.msg) from error
        except (RecursionError, ValueError) as error:  # nested too deep, or a number of thousands of digits
            raise self._broken(at, "values nested less deep, and shorter numbers") from error
        return Item(self.line(at), value), end

    def _check_plain(self, items: list[Item]) -> None:
        """Millions of numbers or texts in a row, each looked at by itself, would keep a processor for minutes."""
        if len(items) == PLAIN_MAX and not any(isinstance(one.value, dict | list) for one in items):
            found = f"{PLAIN_MAX:,} values that are neither objects nor lists"
            raise self.invalid(items[-1].line, found, "objects, one after the other or in a list")

    def _past_space(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def _broken(self, at: int, wanted: str) -> Invalid:
        accepted = "not readable as JSON; is the file complete?"
        return self.invalid(self.line(min(at, max(0, len(self.text) - 1))), wanted, accepted)


def _whole(text: str) -> str:
    """With a sign for each half of a character, as long as its escape: JSON can say one, and no record hold it."""
    if not _HALF.search(text):
        return text
    return _ESCAPE.sub(lambda match: r"\ufffd" if match["half"] else match[0], text)
