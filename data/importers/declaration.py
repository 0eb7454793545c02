"""One document that declares something, and the account that is kept while documents are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from data.importers.report import Note, Skipped
from data.importers.yaml_lines import Node

PREFIX = "emeritus.dev/"


@dataclass(slots=True, frozen=True)
class Declaration:
    """`kind` is lower-case, `name` as written; `shown` is how people recognize it."""

    id: str
    kind: str
    namespace: str
    name: str
    shown: str
    line: int
    shown_path: str
    path: Path
    metadata: Node
    spec: Node

    @property
    def where(self) -> str:
        return self.at(self.line)

    def at(self, line: int) -> str:
        return f"{self.shown_path}:{line}"

    @property
    def title(self) -> str:
        return self.metadata.get("title").text or self.spec.get("profile").get("displayName").text

    def annotation(self, name: str) -> Node:
        return self.metadata.get("annotations").get(PREFIX + name)


@dataclass(slots=True)
class Account:
    """What is said about a source besides its facts."""

    documents: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def note(self, thing: Declaration, line: int, what: str, note: str) -> None:
        self.notes.append(Note(where=thing.at(line), what=f"{thing.shown} {what}", note=note))

    def text(self, thing: Declaration, node: Node, what: str, accepted: str) -> str:
        """What a node says in one text; a list or mapping says nothing that way, and is told."""
        if node.is_nested:
            self.note(thing, node.line, f"{what} {node.shown}", accepted)
        return node.text

    def skip(self, thing: Declaration, line: int, what: str, why: str) -> None:
        self.skipped.append(Skipped(where=thing.at(line), what=f"{thing.shown} {what}", why=why))
