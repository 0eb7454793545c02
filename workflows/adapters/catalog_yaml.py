"""How is one entity of a catalog-info file marked so that every comment, blank and quotation mark stays where it is?

Texts are put in and taken out between the places PyYAML names; nothing is written out anew. What comes of it is read
back before anybody sees it: where it does not say exactly what it should, and everything else as before, it is refused.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import yaml

from data.errors import Invalid, Refused
from data.importers.refs import DEFAULT_NAMESPACE, id_of
from data.importers.yaml_lines import Node, documents, without_old_breaks

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_OTHERWISE_READ = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))
BYTE_ORDER = "\ufeff"
Pairs = list[tuple[Any, Any]]


class Marks(NamedTuple):
    """`lifecycle`: what spec.lifecycle is to be, empty for none. `annotations`: by key, None for one that goes."""

    lifecycle: str
    annotations: Mapping[str, str | None]


class Entity(NamedTuple):
    """What an entity says now: its life cycle, empty without one, and its annotations."""

    lifecycle: str
    annotations: dict[str, str]


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


def entity_in(text: str, entity_id: str, shown: str) -> Entity:
    """Raises `Refused` where the file does not declare it, or is no YAML."""
    document = _documents(text, shown)[_place(text, entity_id, shown)]
    annotations = document.get("metadata").get("annotations")
    told = {key: annotations.get(key).text for key in annotations.keys()}  # noqa: SIM118 - a Node is no dict
    return Entity(document.get("spec").get("lifecycle").text, told)


def marked(text: str, entity_id: str, marks: Marks, shown: str) -> str:
    """The file with this entity marked. Raises `Refused` where that cannot be done without touching anything else."""
    if text.startswith(BYTE_ORDER):
        return BYTE_ORDER + marked(text.removeprefix(BYTE_ORDER), entity_id, marks, shown)
    place = _place(text, entity_id, shown)
    root = list(yaml.compose_all(text.translate(without_old_breaks(text)), Loader=_LOADER))[place]
    try:
        edits = [*_annotations(text, root, marks.annotations), *_lifecycle(text, root, marks.lifecycle)]
    except _OddError as error:
        raise _by_hand(shown, entity_id, str(error)) from error
    new = text
    for edit in sorted(edits, reverse=True):
        new = f"{new[: edit.start]}{edit.text}{new[edit.end :]}"
    wanted = _expected(_values(text, shown), place, marks)
    try:
        is_so = _values(new, shown) == wanted
    except Refused:
        is_so = False
    if not is_so:
        raise _by_hand(shown, entity_id, "it is written in a way that cannot be changed line by line")
    return new


class _OddError(Exception):
    """It is valid, and written as nobody writes it."""


def _by_hand(shown: str, entity_id: str, why: str) -> Refused:
    return Refused(
        f"Cannot write a patch for {entity_id}",
        reasons=[f"{shown}: {why}"],
        next_step="Change its spec.lifecycle by hand",
    )


def _documents(text: str, shown: str) -> tuple[Node, ...]:
    try:
        return documents(text.encode(), shown)
    except Invalid as error:
        reasons = [f"{problem.field} {problem.value}".rstrip() for problem in error.problems[:1]]
        raise Refused(
            f"Cannot write a patch for {shown}",
            reasons=reasons,
            next_step="Mend the line, then import it again",
        ) from error


def _place(text: str, entity_id: str, shown: str) -> int:
    for number, document in enumerate(_documents(text, shown)):
        metadata = document.get("metadata")
        namespace = metadata.get("namespace").text or DEFAULT_NAMESPACE
        if id_of(document.get("kind").text, namespace, metadata.get("name").text) == entity_id:
            return number
    raise Refused(
        f"Cannot write a patch for {entity_id}",
        reasons=[f"{shown} does not declare it any more"],
        next_step="Import the catalog again",
    )


def _lifecycle(text: str, root: Any, value: str) -> Iterator[_Edit]:
    spec = _mapping(root, "spec")
    if value:
        yield from _set(text, spec, {"lifecycle": value}, is_word=True)
    elif (pair := _pair(spec, "lifecycle")) is not None:
        yield from _without(text, spec, [pair])


def _annotations(text: str, root: Any, wanted: Mapping[str, str | None]) -> Iterator[_Edit]:
    metadata = _mapping(root, "metadata")
    found = _pair(metadata, "annotations")
    values = {key: value for key, value in wanted.items() if value is not None}
    if found is None:
        if values:
            yield _inserted(
                text, metadata, ["annotations:", *(f"  {line}" for line in _lines(values))], values
            )
        return
    key, annotations = found
    if isinstance(annotations, yaml.ScalarNode):
        if annotations.value:
            raise _OddError("metadata.annotations is no mapping")
        if values:
            end, indent = _line_end(text, key.end_mark.index), " " * (key.start_mark.column + 2)
            yield _Edit(end, end, _block(text, [indent + line for line in _lines(values)], end))
        return
    yield from _set(text, annotations, values)
    gone = [pair for one in wanted if wanted[one] is None and (pair := _pair(annotations, one)) is not None]
    if gone and not values and len(gone) == len(annotations.value) and not annotations.flow_style:
        last = max(value.end_mark.index for _, value in gone)
        start, end = _line_start(text, key.start_mark.index), _line_end(text, last)
        if "#" not in text[start:end]:
            yield _Edit(start, end, "")
            return
        yield _Edit(key.end_mark.index + 1, key.end_mark.index + 1, " {}")
    yield from _without(text, annotations, gone)


def _set(text: str, mapping: Any, wanted: Mapping[str, str], *, is_word: bool = False) -> Iterator[_Edit]:
    """Replace what is there, and add what is not."""
    new = {}
    for key, value in wanted.items():
        pair = _pair(mapping, key)
        if pair is None:
            new[key] = value
            continue
        old = pair[1]
        if not isinstance(old, yaml.ScalarNode) or old.style in ("|", ">"):
            raise _OddError(f"{key} is no text on one line")
        written = _rendered(value, old.style if old.value else None, is_word=is_word)
        is_empty = old.start_mark.index == old.end_mark.index
        yield _Edit(old.start_mark.index, old.end_mark.index, f" {written}" if is_empty else written)
    if new:
        yield _inserted(text, mapping, _lines(new, is_word=is_word), new)


def _inserted(text: str, mapping: Any, lines: list[str], values: Mapping[str, str]) -> _Edit:
    """Behind the last value that stands on one line, so that no comment changes hands."""
    if mapping.flow_style or not mapping.value:
        inside = json.dumps(dict(values), ensure_ascii=False)[1:-1]
        if lines[0] == "annotations:":
            inside = f'"annotations": {{{inside}}}'
        start = text.index("{", mapping.start_mark.index) + 1
        return _Edit(start, start, f"{inside}, " if mapping.value else inside)
    indent = " " * mapping.value[0][0].start_mark.column
    for key, value in reversed(mapping.value):
        if isinstance(value, yaml.ScalarNode) and value.style not in ("|", ">"):
            end = _line_end(text, max(key.end_mark.index, value.end_mark.index))
            return _Edit(end, end, _block(text, [indent + line for line in lines], end))
    start = _line_start(text, mapping.value[0][0].start_mark.index)
    return _Edit(start, start, _block(text, [indent + line for line in lines], start))


def _without(text: str, mapping: Any, gone: Pairs) -> Iterator[_Edit]:
    if not mapping.flow_style:
        for key, value in gone:
            end = max(key.end_mark.index, value.end_mark.index)
            yield _Edit(_line_start(text, key.start_mark.index), _line_end(text, end), "")
        return
    if not gone:
        return
    pairs: Pairs = mapping.value
    kept = [pair for pair in pairs if pair not in gone]
    # Each goes with the comma behind it; those at the end with the one before them.
    last = kept[-1][1].end_mark.index if kept else pairs[0][0].start_mark.index
    for pair, following in itertools.pairwise(pairs):
        if pair in gone and pair[0].start_mark.index < last:
            yield _Edit(pair[0].start_mark.index, following[0].start_mark.index, "")
    if pairs[-1] in gone:
        yield _Edit(last, pairs[-1][1].end_mark.index, "")


def _block(text: str, lines: list[str], at: int) -> str:
    """Whole lines, ended as the file ends its own. At the end of a file that ends without one, so does this."""
    ending = "\r\n" if "\r\n" in text else "\n"
    block = ending.join(lines)
    return f"{ending}{block}" if at and text[at - 1] != "\n" else f"{block}{ending}"


def _lines(values: Mapping[str, str], *, is_word: bool = False) -> list[str]:
    return [f"{key}: {_rendered(value, None, is_word=is_word)}" for key, value in values.items()]


def _rendered(value: str, style: str | None, *, is_word: bool) -> str:
    """Quoted as what stood there; annotations always are, or a day would be no text to Backstage."""
    if style == "'":
        return f"'{value.replace(chr(39), chr(39) * 2)}'"
    if is_word and not style and _PLAIN.fullmatch(value) and value.lower() not in _OTHERWISE_READ:
        return value
    return json.dumps(value, ensure_ascii=False)


def _mapping(root: Any, key: str) -> Any:
    pair = _pair(root, key)
    if pair is None or not isinstance(pair[1], yaml.MappingNode):
        raise _OddError(f"{key} is no mapping")
    return pair[1]


def _pair(mapping: Any, key: str) -> tuple[Any, Any] | None:
    pairs: Pairs = mapping.value
    return next((pair for pair in pairs if pair[0].value == key), None)


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    """Behind the line break; of a last line without one, its end."""
    return text.find("\n", at) + 1 or len(text)


def _values(text: str, shown: str) -> list[Any]:
    """Of every document. Annotations of nothing are as good as none."""
    values = [_plain(document) for document in _documents(text, shown)]
    for value in values:
        metadata = value.get("metadata") if isinstance(value, dict) else None
        if isinstance(metadata, dict) and not metadata.get("annotations"):
            metadata.pop("annotations", None)
    return values


def _plain(node: Node) -> Any:
    if isinstance(node.value, list):
        return [_plain(item) for item in node.value]
    if isinstance(node.value, dict):
        return {key: _plain(value) for key, value in node.value.items()}
    return node.value


def _expected(values: list[Any], place: int, marks: Marks) -> list[Any]:
    wanted = values[place]
    annotations = wanted["metadata"].pop("annotations", {})
    annotations |= {key: value for key, value in marks.annotations.items() if value is not None}
    kept = {key: value for key, value in annotations.items() if marks.annotations.get(key, "") is not None}
    if kept:
        wanted["metadata"]["annotations"] = kept
    if marks.lifecycle:
        wanted["spec"]["lifecycle"] = marks.lifecycle
    else:
        wanted["spec"].pop("lifecycle", None)
    return values
