"""YAML as lines: which values a file holds and on which line each stands.

Built on the event stream of PyYAML, so nothing is ever constructed from a tag: scalars stay text, and tags
outside the core schema are refused, as are aliases that blow a small file up, keys given twice, absurd
nesting.

PyYAML breaks lines as YAML 1.1 does, also at U+0085, U+2028 and U+2029. To YAML 1.2 and to editors these are
characters like others, so they are handed to it as ones the file does not have, and taken back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from data.errors import Invalid, Problem
from data.importers.text import decoded, is_open

DEPTH_MAX = 64
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp", "binary")
) | {"!"}
_NO_BREAKS = "\x85\u2028\u2029"
_SPARE = range(0xF0000, 0xFFFFE)  # for private use, and printable to YAML
_QUOTES = ("'", '"')
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))

Value = str | list["Node"] | dict[str, "Node"] | None


@dataclass(slots=True)
class Node:
    """A value and its line, counted from 1. `size` is how many nodes it stands for, aliases written out.

    is_open   the file ends in it without a line break, so it may be the beginning of a value
    """

    line: int
    value: Value
    size: int = 1
    is_open: bool = False

    def get(self, key: str) -> Node:
        """The value under a key; an empty node on this line when there is none."""
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return found if found is not None else Node(self.line, None)

    def last(self) -> tuple[tuple[str, ...], Node]:
        """The value that is written last in it, and by which keys one comes there; items of lists have none."""
        if self.is_open:
            return (), self
        if isinstance(self.value, dict) and self.value:
            key, inner = next(reversed(self.value.items()))
            path, node = inner.last()
            return (key, *path), node
        return self.value[-1].last() if isinstance(self.value, list) and self.value else ((), self)

    def keys(self) -> tuple[str, ...]:
        return tuple(self.value) if isinstance(self.value, dict) else ()

    @property
    def text(self) -> str:
        return self.value.strip() if isinstance(self.value, str) else ""

    @property
    def is_nested(self) -> bool:
        """A list or mapping, which has no text."""
        return isinstance(self.value, list | dict)

    @property
    def is_stated(self) -> bool:
        """Something stands here, whatever it is."""
        return self.is_nested or bool(self.text)

    @property
    def items(self) -> tuple[Node, ...]:
        """The items of a list; what is none counts as a list of one, which is how people forget the dash."""
        if isinstance(self.value, list):
            return tuple(self.value)
        return () if self.value is None else (self,)

    @property
    def shown(self) -> str:
        """As it can be quoted in a sentence, whatever it is."""
        if self.is_nested:
            return "a list" if isinstance(self.value, list) else "a mapping"
        return f'"{self.text}"'


def documents(content: bytes, shown: str) -> tuple[Node, ...]:
    """Every document of a file. Raises `Invalid` with `shown` and the line of whatever is not plain YAML."""
    text = decoded(content, shown)
    given = without_old_breaks(text)
    source = text.translate(given).encode()
    taken_back = {ord(new): chr(old) for old, new in given.items()}
    # Where a scalar that no sign closes ends there or behind it, nothing tells whether it is whole.
    open_at = len(text.rstrip(" \t")) if is_open(text) else len(text) + 1
    builder = _Builder(shown, taken_back, size_max=len(source) + 1, open_at=open_at)
    events: Iterator[Any] = yaml.parse(source, Loader=_LOADER)
    try:
        return tuple(builder.documents(events))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # What never ends is found behind the last line.
        line = min(mark.line + 1, len(source.splitlines())) if mark else 1
        raise _invalid(shown, line, str(error.problem or error.context)) from error
    except yaml.YAMLError as error:
        at: int = getattr(error, "position", 0) or 0
        raise _invalid(shown, source[:at].count(b"\n") + 1, str(error).partition("\n")[0]) from error


def without_old_breaks(text: str) -> dict[int, str]:
    """Code point -> what stands for it, for each that YAML 1.1 alone takes for a line break."""
    used = set(text)
    spare = (chr(code) for code in _SPARE if chr(code) not in used)
    return {ord(sign): next(spare) for sign in _NO_BREAKS if sign in used}


def _invalid(shown: str, line: int, found: str, accepted: str = "") -> Invalid:
    accepted = accepted or "not readable as YAML. Mend the line, or leave the file out"
    return Invalid([Problem(field=f"{shown}:{line}", value=found, accepted=accepted)])


class _Builder:
    def __init__(self, shown: str, taken_back: dict[int, str], *, size_max: int, open_at: int) -> None:
        self.shown = shown
        self.taken_back = taken_back
        self.size_max = size_max
        self.open_at = open_at
        self.anchors: dict[str, Node] = {}

    def documents(self, events: Iterator[Any]) -> Iterator[Node]:
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                self.anchors = {}
                yield self._node(next(events), events, depth=0)

    def _node(self, event: Any, events: Iterator[Any], *, depth: int) -> Node:
        line: int = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, line)
        if event.tag is not None and event.tag not in _CORE_TAGS:
            raise _invalid(self.shown, line, f"tag {event.tag}", "plain YAML without tags")
        if depth > DEPTH_MAX:
            raise _invalid(self.shown, line, "nesting", f"at most {DEPTH_MAX} levels deep")
        if isinstance(event, yaml.ScalarEvent):
            is_null = event.implicit[0] and not event.style and event.value in _NULLS
            node = Node(line, None if is_null else event.value.translate(self.taken_back))
            node.is_open = event.style not in _QUOTES and self._is_open(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._sequence(events, line, depth)
        else:
            node = self._mapping(events, line, depth)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _alias(self, event: Any, line: int) -> Node:
        node = self.anchors.get(event.anchor or "")
        if node is None:
            raise _invalid(
                self.shown, line, f"*{event.anchor}", "an alias to something written above it, not to itself"
            )
        return Node(line, node.value, node.size, self._is_open(event))

    def _is_open(self, event: Any) -> bool:
        at: int = event.end_mark.index
        return at >= self.open_at

    def _sequence(self, events: Iterator[Any], line: int, depth: int) -> Node:
        items: list[Node] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._node(event, events, depth=depth + 1))
        return self._sized(Node(line, items, 1 + sum(item.size for item in items)))

    def _mapping(self, events: Iterator[Any], line: int, depth: int) -> Node:
        fields: dict[str, Node] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._node(event, events, depth=depth + 1)
            if isinstance(key.value, list | dict):
                raise _invalid(
                    self.shown,
                    key.line,
                    "a key that is a list or mapping",
                    "text as key",
                )
            name = key.value or ""
            if name in fields:
                raise _invalid(
                    self.shown,
                    key.line,
                    name,
                    f"each key once; line {fields[name].line} has it already",
                )
            fields[name] = self._node(next(events), events, depth=depth + 1)
        return self._sized(Node(line, fields, 1 + sum(1 + field.size for field in fields.values())))

    def _sized(self, node: Node) -> Node:
        # Every node written out takes a character at least; only aliases of aliases can outgrow the file.
        if node.size > self.size_max:
            raise _invalid(
                self.shown, node.line, "aliases", "a file that is not larger written out than it could hold"
            )
        return node
