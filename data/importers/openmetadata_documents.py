"""What files of OpenMetadata hold: entities, lineage of one entity, and single edges, wherever in a file they stand.

A file is one of these, a list of them, {"data": [...]} as its API answers, or a mapping of lists by any names.
Source: docs.open-metadata.org/latest/main-concepts/metadata-standard/schemas, entity/data/mlmodel, type/entityLineage,
api/lineage/addLineage and api/lineage/searchLineageResult
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.errors import Problem
from data.importers.draft import Draft
from data.importers.fields import Fields, Tell
from data.importers.json_lines import Item, Placed, Text
from data.importers.sources import File, Format

DEPTH_MAX = 3
_PART = re.compile(r'"((?:[^"]|"")*)"|[^."]+')
_MLMODEL = ("mlFeatures", "mlHyperParameters", "mlStore", "algorithm")
_OF_A_PAGE = ("paging", "directionPaging")
_COLLECTION = re.compile(r"/v1/([A-Za-z]+)/")


@dataclass(slots=True, frozen=True)
class Document:
    """`hint` is the name of the list it stands in, or that its address has: "mlmodels"."""

    fields: Placed
    shown: str
    path: Path
    hint: str

    @property
    def where(self) -> str:
        return self.place_of(self.fields)

    def place_of(self, part: object) -> str:
        """The line of a part, or of the document where the part is no object."""
        return f"{self.shown}:{part.line if isinstance(part, Placed) else self.fields.line}"

    def tell_to(self, draft: Draft, by: str = "") -> Tell:
        """`by` is the id of what may state edges where something is odd; empty where nothing does."""

        def tell(path: str, note: str) -> None:
            if by:
                draft.doubts(by, where=self.where, what=path or "document", note=note)
            else:
                draft.note(self.where, path or "document", note)

        return tell

    @property
    def is_lineage(self) -> bool:
        return "upstreamEdges" in self.fields or "downstreamEdges" in self.fields

    @property
    def edge(self) -> Placed | None:
        """The object with both ends, if it is a single edge."""
        inside = self.fields.get("edge", self.fields)
        if not isinstance(inside, Placed):
            return None
        has_ends = {"from", "to"} <= inside.keys() or {"fromEntity", "toEntity"} <= inside.keys()
        return inside if has_ends else None


@dataclass(slots=True, frozen=True)
class Ref:
    """What names an entity, as far as it does. `kind` is lower-case: "mlmodel"."""

    kind: str = ""
    fqn: str = ""
    uuid: str = ""
    name: str = ""
    title: str = ""
    is_deleted: bool = False

    @property
    def id(self) -> str:
        return f"openmetadata:{self.kind}:{self.fqn}".lower() if self.kind and self.fqn else ""

    @property
    def called(self) -> str:
        return self.name or last_part(self.fqn)

    def __str__(self) -> str:
        return self.fqn or self.uuid or self.name or "(nothing)"


def documents_in(files: Sequence[File[tuple[Item, ...]]]) -> Iterator[Document | str]:
    """Documents, and where something stands that is none."""
    for file in files:
        for item in file.content:
            yield from _within(item.value, f"{file.shown}:{item.line}", file, "", DEPTH_MAX)


def _within(
    value: object, where: str, file: File[tuple[Item, ...]], hint: str, depth: int
) -> Iterator[Document | str]:
    if isinstance(value, Placed):
        where = f"{file.shown}:{value.line}"
        document = Document(value, file.shown, file.path, hint)
        if _is_document(document):
            yield document
            return
        inside = [(name, held) for name, held in value.items() if isinstance(held, list | dict)]
        parts = [(name, held) for name, held in inside if name not in _OF_A_PAGE]
    else:
        parts = [(hint, held) for held in value] if isinstance(value, list) else []
    if depth and parts:
        for name, held in parts:
            yield from _within(held, where, file, name, depth - 1)
    elif value != []:
        yield where


def _is_document(document: Document) -> bool:
    is_entity = "fullyQualifiedName" in document.fields or any(name in document.fields for name in _MLMODEL)
    return is_entity or document.is_lineage or document.edge is not None


def ref_of(value: object, tell: Tell, kind: str = "") -> Ref:
    """An entity or a reference to one. A text is an id, or the full name where `kind` says of what."""
    if isinstance(value, str):
        return Ref(kind=kind, fqn=value.strip()) if kind else Ref(uuid=value.strip())
    fields = Fields(value, tell)
    fqn = fields.text("fullyQualifiedName") or fields.text("fqn")
    return Ref(
        kind=(fields.text("type") or fields.text("entityType") or kind).lower(),
        fqn=fqn,
        uuid=fields.text("id").lower(),
        name=fields.text("name"),
        title=fields.text("displayName"),
        is_deleted=isinstance(value, dict) and value.get("deleted") is True,
    )


def kind_of_entity(document: Document) -> str:
    """By its own words, else by its features, its address, or the list it stands in; empty where nothing tells."""
    if isinstance(stated := document.fields.get("entityType"), str):
        return stated.strip().lower()
    if any(name in document.fields for name in _MLMODEL):
        return "mlmodel"
    href = document.fields.get("href")
    found = _COLLECTION.search(href) if isinstance(href, str) else None
    return _singular(found[1] if found else document.hint)


def _singular(collection: str) -> str:
    kind = collection.lower()
    return {"searchindexes": "searchindex"}.get(kind, kind.removesuffix("s"))


def last_part(fqn: str) -> str:
    """Parts are separated by dots; one with a dot in it stands in quotes."""
    parts = [match[1] if match[1] is not None else match[0] for match in _PART.finditer(fqn)]
    return parts[-1].replace('""', '"') if parts else fqn


def members(fields: Fields, name: str) -> list[Any]:
    """Of a list, or of a mapping by key, as the search API answers."""
    found = fields.value(name)
    return list(found.values()) if isinstance(found, dict) else fields.values(name)


def _items(content: bytes, shown: str) -> tuple[Item, ...]:
    return Text(content, shown).placed()


def _wrong(items: Sequence[Item], shown: str, is_named: bool) -> list[Problem]:
    """A directory may hold files of other things; what was named is to be one of ours."""
    if not is_named or any(isinstance(item.value, dict | list) and item.value for item in items):
        return []
    accepted = "is empty; expected entities, lineage or edges of OpenMetadata"
    return [Problem(field=f"{shown}:1", value="", accepted=accepted)]


FORMAT = Format(
    holds="JSON of OpenMetadata", suffixes=(".json", ".jsonl", ".ndjson"), parsed=_items, wrong=_wrong
)
