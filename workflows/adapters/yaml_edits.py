"""What has to go in and out of a YAML text so that keys of a mapping change, and nothing beside them does?

Between the places PyYAML names; nothing is written out anew. Whether it came out right is looked at by whoever asks.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import yaml

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_OTHERWISE_READ = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
Pairs = list[tuple[Any, Any]]


class OddError(Exception):
    """It is valid, and written as nobody writes it."""


class Edit(NamedTuple):
    start: int
    end: int
    text: str


def edited(text: str, edits: list[Edit]) -> str:
    """A text that ends without a line break goes on doing so."""
    new = text
    for edit in sorted(edits, reverse=True):
        new = f"{new[: edit.start]}{edit.text}{new[edit.end :]}"
    return new if text.endswith("\n") else new.removesuffix("\n").removesuffix("\r") if new != text else new


def mapping(root: Any, key: str) -> Any:
    found = pair(root, key)
    if found is None or not isinstance(found[1], yaml.MappingNode):
        raise OddError(f"{key} is no mapping")
    return found[1]


def pair(within: Any, key: str) -> tuple[Any, Any] | None:
    pairs: Pairs = within.value
    return next((one for one in pairs if one[0].value == key), None)


def is_nothing(node: Any) -> bool:
    """A key without a value, or with one that says as much."""
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in _NULLS


def written(text: str, found: tuple[Any, Any]) -> str:
    """A value as it stands there, from its colon on: ": 1.0", or ":" without one."""
    key, value = found
    start, end = _extent(text, key, value)
    if end < start:
        raise OddError(f"{key.value} is an alias")
    return text[start:end]


def put_back(text: str, found: tuple[Any, Any], as_written: str) -> Edit:
    """The value as `written` had it."""
    return Edit(*_extent(text, *found), as_written)


def _extent(text: str, key: Any, value: Any) -> tuple[int, int]:
    """From the colon to the end of the value; in braces PyYAML sees nothing only where the next thing begins."""
    colon = text.index(":", key.end_mark.index)
    return colon, colon + 1 if _is_unwritten(value) else value.end_mark.index


def _is_unwritten(value: Any) -> bool:
    return bool(value.start_mark.index == value.end_mark.index)


def set_in(text: str, within: Any, wanted: Mapping[str, str], *, is_word: bool = False) -> Iterator[Edit]:
    """Replace what is there, and add what is not."""
    new = {}
    for key, value in wanted.items():
        found = pair(within, key)
        if found is None:
            new[key] = value
            continue
        old = found[1]
        if not isinstance(old, yaml.ScalarNode) or old.style in ("|", ">"):
            raise OddError(f"{key} is no text on one line")
        rendered = _rendered(value, old.style if old.value else None, is_word=is_word)
        if _is_unwritten(old):
            colon, end = _extent(text, *found)
            yield Edit(colon, end, f": {rendered}")
        else:
            yield Edit(old.start_mark.index, old.end_mark.index, rendered)
    if new:
        yield inserted(text, within, lines(new, is_word=is_word), new)


def inserted(text: str, within: Any, whole: list[str], values: Mapping[str, str], *, under: str = "") -> Edit:
    """Behind the last value that stands on one line, so that no comment changes hands. `under`: a key for all."""
    if within.flow_style or not within.value:
        inside = in_braces(values) if not under else f"{json.dumps(under)}: {{{in_braces(values)}}}"
        if within.value:
            start = within.value[0][0].start_mark.index
            return Edit(start, start, f"{inside}, ")
        start = text.index("{", within.start_mark.index) + 1
        return Edit(start, start, inside)
    head = [f"{under}:", *(f"  {line}" for line in whole)] if under else whole
    indent = " " * within.value[0][0].start_mark.column
    for key, value in reversed(within.value):
        if isinstance(value, yaml.ScalarNode) and value.style not in ("|", ">"):
            end = line_end(text, max(key.end_mark.index, value.end_mark.index))
            return Edit(end, end, block(text, [indent + line for line in head], end))
    start = line_start(text, within.value[0][0].start_mark.index)
    return Edit(start, start, block(text, [indent + line for line in head], start))


def in_braces(values: Mapping[str, str]) -> str:
    return json.dumps(dict(values), ensure_ascii=False)[1:-1]


def without(text: str, within: Any, gone: Pairs) -> Iterator[Edit]:
    if not within.flow_style:
        for key, value in gone:
            end = max(key.end_mark.index, value.end_mark.index)
            yield Edit(line_start(text, key.start_mark.index), line_end(text, end), "")
        return
    if not gone:
        return
    pairs: Pairs = within.value
    kept = [one for one in pairs if one not in gone]
    # Each goes with the comma behind it; those at the end with the one before them.
    last = kept[-1][1].end_mark.index if kept else pairs[0][0].start_mark.index
    for one, following in itertools.pairwise(pairs):
        if one in gone and one[0].start_mark.index < last:
            yield Edit(one[0].start_mark.index, following[0].start_mark.index, "")
    if pairs[-1] in gone:
        yield Edit(last, pairs[-1][1].end_mark.index, "")


def block(text: str, whole: list[str], at: int) -> str:
    """Whole lines, ended as the file ends its own. At the end of a file that ends without one, so does this."""
    ending = "\r\n" if "\r\n" in text else "\n"
    joined = ending.join(whole)
    return f"{ending}{joined}" if at and text[at - 1] != "\n" else f"{joined}{ending}"


def lines(values: Mapping[str, str], *, is_word: bool = False) -> list[str]:
    return [f"{key}: {_rendered(value, None, is_word=is_word)}" for key, value in values.items()]


def _rendered(value: str, style: str | None, *, is_word: bool) -> str:
    """Quoted as what stood there; annotations always are, or a day would be no text to Backstage."""
    if style == "'":
        return f"'{value.replace(chr(39), chr(39) * 2)}'"
    if is_word and not style and _PLAIN.fullmatch(value) and value.lower() not in _OTHERWISE_READ:
        return value
    return json.dumps(value, ensure_ascii=False)


def line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Behind the line break; of a last line without one, its end."""
    return text.find("\n", at) + 1 or len(text)
