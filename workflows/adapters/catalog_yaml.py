"""How is one entity of a catalog-info file marked so that every comment, blank and quotation mark stays where it is?

What comes of it is read back before anybody sees it: where it does not say exactly what it should, and everything
else as before, it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import yaml

from data.errors import Invalid, Refused
from data.importers.refs import DEFAULT_NAMESPACE, id_of
from data.importers.yaml_lines import Node, documents, without_old_breaks
from workflows.adapters.yaml_edits import (
    Edit,
    OddError,
    Pairs,
    block,
    edited,
    in_braces,
    inserted,
    is_nothing,
    line_end,
    line_start,
    lines,
    mapping,
    pair,
    put_back,
    set_in,
    without,
    written,
)

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
BYTE_ORDER = "\ufeff"


class Written(NamedTuple):
    """Values as they stand in the file, from the colon on; None for a key that is not there.

    annotations   only where there are none under the key
    """

    lifecycle: str | None = None
    annotations: str | None = None


class Marks(NamedTuple):
    """`lifecycle`: what spec.lifecycle is to be, empty for none. `annotations`: by key, None for one that goes.

    written   how to write what is brought back; None of it where that follows from the rest
    """

    lifecycle: str
    annotations: Mapping[str, str | None]
    written: Written = Written()


class Entity(NamedTuple):
    """What an entity says now: its life cycle, empty without one, and its annotations."""

    lifecycle: str
    annotations: dict[str, str]


def entity_in(text: str, entity_id: str, shown: str) -> Entity:
    """Raises `Refused` where the file does not declare it, or is no YAML."""
    document = _documents(text, shown)[_place(text, entity_id, shown)]
    annotations = document.get("metadata").get("annotations")
    told = {key: annotations.get(key).text for key in annotations.keys()}  # noqa: SIM118 - a Node is no dict
    return Entity(document.get("spec").get("lifecycle").text, told)


def lifecycle_of(as_written: str) -> str:
    """What a value says that is written so, as `Written` has it."""
    (document,) = _documents(f"lifecycle{as_written}\n", "what its lifecycle was")
    return document.get("lifecycle").text


def written_in(text: str, entity_id: str, shown: str) -> Written:
    """How it is written, whatever it means. Raises `Refused` as `marked` does."""
    text = text.removeprefix(BYTE_ORDER)
    root = _root(text, _place(text, entity_id, shown))
    try:
        lifecycle, annotations = (
            pair(mapping(root, within), key)
            for within, key in (("spec", "lifecycle"), ("metadata", "annotations"))
        )
        return Written(
            written(text, lifecycle) if lifecycle is not None else None,
            written(text, annotations) if annotations is not None and not _has_any(annotations[1]) else None,
        )
    except OddError as error:
        raise by_hand(shown, entity_id, str(error)) from error


def marked(text: str, entity_id: str, marks: Marks, shown: str) -> str:
    """The file with this entity marked. Raises `Refused` where that cannot be done without touching anything else."""
    if text.startswith(BYTE_ORDER):
        return BYTE_ORDER + marked(text.removeprefix(BYTE_ORDER), entity_id, marks, shown)
    place = _place(text, entity_id, shown)
    root = _root(text, place)
    try:
        new = edited(text, [*_annotations(text, root, marks), *_lifecycle(text, root, marks)])
    except OddError as error:
        raise by_hand(shown, entity_id, str(error)) from error
    wanted = _expected(_values(text, shown), place, marks)
    try:
        told = _values(new, shown)
        is_so = _same(told, wanted, place) and entity_in(new, entity_id, shown).lifecycle == marks.lifecycle
    except Refused:
        is_so = False
    if not is_so:
        raise by_hand(shown, entity_id, "it is written in a way that cannot be changed line by line")
    return new


def by_hand(shown: str, entity_id: str, why: str) -> Refused:
    return Refused(
        f"Cannot write a patch for {entity_id}",
        reasons=[f"{shown}: {why}"],
        next_step="Change its spec.lifecycle by hand",
    )


def _root(text: str, place: int) -> Any:
    return list(yaml.compose_all(text.translate(without_old_breaks(text)), Loader=_LOADER))[place]


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


def _lifecycle(text: str, root: Any, marks: Marks) -> Iterator[Edit]:
    spec = mapping(root, "spec")
    found = pair(spec, "lifecycle")
    if found is not None and marks.written.lifecycle is not None:
        yield put_back(text, found, marks.written.lifecycle)
    elif marks.lifecycle:
        yield from set_in(text, spec, {"lifecycle": marks.lifecycle}, is_word=True)
    elif found is not None:
        yield from without(text, spec, [found])


def _annotations(text: str, root: Any, marks: Marks) -> Iterator[Edit]:
    metadata = mapping(root, "metadata")
    found = pair(metadata, "annotations")
    values = {key: value for key, value in marks.annotations.items() if value is not None}
    if found is None:
        if values:
            yield inserted(text, metadata, lines(values), values, under="annotations")
        return
    key, annotations = found
    if isinstance(annotations, yaml.ScalarNode):
        if not is_nothing(annotations):
            raise OddError("metadata.annotations is no mapping")
        if values:
            yield _begun(text, found, values, is_flow=bool(metadata.flow_style))
        return
    yield from set_in(text, annotations, values)
    gone = [
        one
        for name in marks.annotations
        if marks.annotations[name] is None and (one := pair(annotations, name)) is not None
    ]
    if not gone or values or len(gone) < len(annotations.value):
        yield from without(text, annotations, gone)
    elif annotations.flow_style and marks.written.annotations is not None:
        yield put_back(text, found, marks.written.annotations)
    elif metadata.flow_style:
        yield from without(text, metadata, [found])
    else:
        yield from _emptied(text, key, annotations, gone, is_kept=marks.written.annotations is not None)


def _begun(text: str, found: tuple[Any, Any], values: Mapping[str, str], *, is_flow: bool) -> Edit:
    """The first annotations, under a key that says there are none."""
    key, nothing = found
    if nothing.value or is_flow:
        return put_back(text, found, f": {{{in_braces(values)}}}")
    end, indent = line_end(text, key.end_mark.index), " " * (key.start_mark.column + 2)
    return Edit(end, end, block(text, [indent + line for line in lines(values)], end))


def _emptied(text: str, key: Any, annotations: Any, gone: Pairs, *, is_kept: bool) -> Iterator[Edit]:
    """The last of them go: with their key, but where that was there before, or a comment stands among them."""
    last = max(value.end_mark.index for _, value in gone)
    start, end = line_start(text, key.start_mark.index), line_end(text, last)
    if is_kept and not annotations.flow_style:
        yield from without(text, annotations, gone)
    elif "#" not in text[start:end]:
        yield Edit(start, end, "")
    else:
        if not annotations.flow_style:
            yield Edit(key.end_mark.index + 1, key.end_mark.index + 1, " {}")
        yield from without(text, annotations, gone)


def _has_any(annotations: Any) -> bool:
    return not is_nothing(annotations) and bool(annotations.value)


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
    """All but the life cycle, which is compared by what it says."""
    wanted = values[place]
    annotations = wanted["metadata"].pop("annotations", {})
    annotations |= {key: value for key, value in marks.annotations.items() if value is not None}
    kept = {key: value for key, value in annotations.items() if marks.annotations.get(key, "") is not None}
    if kept:
        wanted["metadata"]["annotations"] = kept
    return values


def _same(told: list[Any], wanted: list[Any], place: int) -> bool:
    for values in (told, wanted):
        if len(values) > place and isinstance(values[place], dict):
            values[place]["spec"].pop("lifecycle", None)
    return told == wanted
