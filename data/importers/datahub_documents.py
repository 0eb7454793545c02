"""What files of DataHub tell, gathered by the thing it is about: each aspect as it was told last.

A document is a proposal, which tells one aspect (a JSON object, or the same as text), or a snapshot, which tells
several. Whatever cannot be read of one is told; one that cannot be read at all is skipped.
Source: docs.datahub.com/docs/advanced/mcp-mcl and docs.datahub.com/docs/what/mxe (proposals), the file
sink's docs.datahub.com/docs/generated/ingestion/sinks/file
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.errors import Invalid, Problem
from data.importers.draft import Draft, why_not_named
from data.importers.fields import Fields, shown
from data.importers.json_lines import Item, Text
from data.importers.sources import File, Format

_URN = re.compile(r"urn:li:([A-Za-z0-9]+):(.+)", re.DOTALL)
_PIECE = re.compile(r"[(),]|[^(),]+")
_ADDS = frozenset(("", "upsert", "create", "update", "restate", "create_entity"))
_PLATFORM = "urn:li:dataplatform:"


@dataclass(slots=True, frozen=True)
class Urn:
    """`kind` is lower-case; `parts` are those of its tuple, or the one text it has instead."""

    text: str
    kind: str
    parts: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.text.lower()

    @property
    def name(self) -> str:
        """(platform, name, environment) or (parent, name): without what is around it."""
        if len(self.parts) > 2:
            return ",".join(self.parts[1:-1])
        return self.parts[-1]

    @property
    def platform(self) -> str:
        """Lower-case; written with or without its own prefix."""
        return self.parts[0].lower().removeprefix(_PLATFORM) if len(self.parts) > 1 else ""


@dataclass(slots=True, frozen=True)
class Told:
    """An aspect as its document calls it, and what it holds."""

    aspect: str
    where: str
    value: dict[str, Any]


@dataclass(slots=True)
class Thing:
    """What all documents about one urn say. Aspects are called as in proposals, lower-case.

    where    the first document; `documents` has all of them
    removed  why it is not there any more; empty while it is
    """

    urn: Urn
    where: str
    path: Path
    documents: list[str] = field(default_factory=list)
    removed: str = ""
    _told: dict[str, Told] = field(default_factory=dict)

    def tell(self, told: Told) -> None:
        self._told[told.aspect.lower()] = told

    def forget(self, aspect: str, where: str) -> None:
        """Without its key, or without saying what of it, the whole thing is meant."""
        self._told.pop(aspect, None)
        if not aspect or aspect.endswith("key"):
            self._told.clear()
            self.removed = f"deleted in {where}"

    @property
    def told(self) -> tuple[Told, ...]:
        return tuple(self._told.values())

    def where_of(self, aspect: str) -> str:
        told = self._told.get(aspect)
        return told.where if told else self.where

    def value(self, aspect: str, name: str) -> object:
        """What a field holds, whatever that is; None where there is none."""
        told = self._told.get(aspect)
        return told.value.get(name) if told else None

    def fields(self, aspect: str, draft: Draft) -> Fields:
        told = self._told.get(aspect) or Told(aspect, self.where, {})
        name = f"{self.urn.text} {told.aspect}"

        def tell(path: str, note: str) -> None:
            draft.doubts(self.urn.id, where=told.where, what=f"{name}.{path}", note=note)

        return Fields(told.value, tell)


def urn_of(text: str) -> Urn | None:
    """None for what is no urn, and for one that is cut off."""
    match = _URN.fullmatch(text)
    if match is None:
        return None
    kind, rest = match[1].lower(), match[2]
    if not rest.startswith("("):
        return Urn(text, kind, (rest,))
    parts = _parts(rest[1:-1]) if rest.endswith(")") else ()
    return Urn(text, kind, parts) if parts and all(parts) else None


def _parts(inside: str) -> tuple[str, ...]:
    """What commas separate outside of parentheses; nothing where those do not close."""
    parts, depth = [""], 0
    for piece in _PIECE.findall(inside):
        depth += (piece == "(") - (piece == ")")
        if depth < 0:
            return ()
        if piece == "," and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return () if depth else tuple(parts)


def things_in(files: Sequence[File[tuple[Item, ...]]], draft: Draft) -> tuple[Thing, ...]:
    """Everything a document is about, in the order it is first told of."""
    things: dict[str, Thing] = {}
    for file in files:
        for item in file.content:
            draft.read()
            where = f"{file.shown}:{item.line}"
            told = _document(item.value)
            if isinstance(told, str):
                draft.skip(where, "document", told, by=(_about(item.value),))
                continue
            thing = things.setdefault(told.urn.id, Thing(told.urn, where, file.path))
            if told.urn.text != thing.urn.text:
                draft.note(where, told.urn.text, f"written {thing.urn.text} before; taken as the same")
            if why := _add(told, thing, where):
                by = () if told.change == "delete" else (thing.urn.id,)
                draft.skip(where, f"{told.urn.text} {told.aspect}".strip(), why, by=by)
            else:
                thing.documents.append(where)
    return tuple(thing for thing in things.values() if thing.documents or thing.removed)


@dataclass(slots=True, frozen=True)
class _Document:
    """`aspect` is empty for a snapshot, and for what is about the thing as a whole."""

    urn: Urn
    aspect: str
    change: str
    aspects: tuple[tuple[str, dict[str, Any]], ...]


def _add(told: _Document, thing: Thing, where: str) -> str:
    """Why a document is not kept; empty where it is."""
    if told.change == "delete":
        thing.forget(told.aspect.lower(), where)
        return "says that it is deleted; nothing known is removed"
    if told.change not in _ADDS:
        return f"changeType {told.change.upper()[:40]} changes what we may not have; export the whole aspect"
    for aspect, value in told.aspects:
        thing.tell(Told(aspect, where, value))
    is_removed = thing.value("status", "removed") is True
    thing.removed = f"removed, says {thing.where_of('status')}" if is_removed else ""
    return ""


def _document(value: object) -> _Document | str:
    """A document as read, or why there is none to read."""
    if not _is_document(value):
        return "neither a proposal with an entityUrn nor a snapshot of DataHub"
    assert isinstance(value, dict)
    snapshot = value.get("proposedSnapshot")
    if snapshot is None:
        return _proposed(value)
    classes = list(snapshot.values()) if isinstance(snapshot, dict) else []
    if len(classes) != 1 or not isinstance(classes[0], dict):
        return f"proposedSnapshot is {shown(snapshot)} and not one snapshot by its class"
    urn = _named(classes[0].get("urn"))
    aspects = classes[0].get("aspects")
    if isinstance(urn, str):
        return urn
    if not isinstance(aspects, list) or not all(_is_aspect(one) for one in aspects):
        return f"aspects is {shown(aspects)} and not a list of aspects by their classes"
    # com.linkedin.pegasus2avro.ml.metadata.MLModelProperties is the aspect mlModelProperties of proposals.
    told = ((name.rpartition(".")[2], _untagged(one[name])) for one in aspects for name in one)
    return _Document(urn, "", "", tuple(told))


def _about(value: object) -> str:
    """The id of what a document is about that cannot be read besides; empty where not even that can be told."""
    snapshot = value.get("proposedSnapshot") if isinstance(value, dict) else None
    inside = list(snapshot.values()) if isinstance(snapshot, dict) else [value]
    named = (
        inside[0].get("urn", inside[0].get("entityUrn")) if inside and isinstance(inside[0], dict) else None
    )
    return named.strip().lower() if isinstance(named, str) else ""


def _proposed(value: Mapping[str, Any]) -> _Document | str:
    urn, name, change = _named(value.get("entityUrn")), value.get("aspectName"), value.get("changeType")
    if isinstance(urn, str):
        return urn
    if not isinstance(name, str | None) or not isinstance(change, str | None):
        return f"aspectName is {shown(name)} and changeType {shown(change)}, not two texts"
    change = (change or "").lower()
    if change == "delete" or change not in _ADDS:
        return _Document(urn, name or "", change, ())
    if not name:
        return "has no aspectName"
    aspect = _unwrapped(value.get("aspect"))
    return aspect if isinstance(aspect, str) else _Document(urn, name, change, ((name, _untagged(aspect)),))


def _named(text: object) -> Urn | str:
    """The urn a document is about, or why nothing can be called that."""
    if not isinstance(text, str):
        return f"its urn is {shown(text)} and not a text"
    return why_not_named(text) or urn_of(text) or f'"{text[:80]}" is no whole urn like urn:li:dataset:(...)'


def _unwrapped(aspect: object) -> dict[str, Any] | str:
    """{"json": ...}, {"value": "..."} with JSON as text, or either of them by its class."""
    if isinstance(aspect, dict) and len(aspect) == 1 and next(iter(aspect)).endswith("GenericAspect"):
        aspect = next(iter(aspect.values()))
    if isinstance(aspect, dict):
        aspect = aspect.get("json", aspect.get("value", aspect))
    if isinstance(aspect, str):
        try:
            aspect = Text(aspect.encode(), "aspect").document()
        except Invalid:
            return "its aspect is a text, but no JSON"
    return aspect if isinstance(aspect, dict) else f"its aspect is {shown(aspect)} and not an object"


def _untagged(value: dict[str, Any]) -> dict[str, Any]:
    """Avro writes which type of several a field has: {"string": "x"}, {"array": [...]}."""
    return {name: _plain(held) for name, held in value.items()}


def _plain(value: object) -> object:
    if isinstance(value, dict) and len(value) == 1:
        value = value.get("string", value.get("array", value))
    if isinstance(value, list):
        return [one.get("string", one) if isinstance(one, dict) and len(one) == 1 else one for one in value]
    return value


def _is_aspect(value: object) -> bool:
    return isinstance(value, dict) and len(value) == 1 and isinstance(next(iter(value.values())), dict)


def _is_document(value: object) -> bool:
    return isinstance(value, dict) and ("proposedSnapshot" in value or "entityUrn" in value)


def _items(content: bytes, shown: str) -> tuple[Item, ...]:
    return Text(content, shown).items()


def _wrong(items: Sequence[Item], shown: str, is_named: bool) -> list[Problem]:
    """A directory may hold files of other things; what was named is to be one of ours."""
    if not is_named or any(_is_document(item.value) for item in items):
        return []
    accepted = "holds no proposal with an entityUrn and no snapshot of DataHub"
    return [Problem(field=f"{shown}:1", value="", accepted=accepted)]


FORMAT = Format(
    holds="documents of DataHub", suffixes=(".json", ".jsonl", ".ndjson"), parsed=_items, wrong=_wrong
)
