"""What was recorded once, as files: one entry a line, and the states the streams had come to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from data.ledger import Entry, Text, opened
from data.records.base import Record
from workflows.machine import RetirementMachine

LEDGERS = Path(__file__).parent / "ledgers"
EVENTS = Path(__file__).parent / "events.json"


class Prose(Record, frozen=True, kw_only=True):
    salt: str
    text: str


class Line(Record, frozen=True, kw_only=True):
    """One entry; `stored` are the hashed bytes as text, `prose` what was kept beside them."""

    stream: str
    version: int
    digest: str
    stored: str
    prose: dict[str, Prose] = {}

    def text_of(self, commitment: str) -> Text | None:
        kept = self.prose.get(commitment)
        return Text(commitment, bytes.fromhex(kept.salt), kept.text) if kept else None

    @property
    def entry(self) -> Entry:
        """Its position is that of the record it is put into: bytes did not say it yet."""
        return Entry(self.stream, self.version, self.stored.encode(), bytes.fromhex(self.digest), position=0)


_LINE = msgspec.json.Decoder(Line)


def recorded() -> list[Path]:
    """Every ledger there is, oldest version first."""
    return sorted(LEDGERS.glob("*/*.ndjson"))


def lines(ledger: Path) -> Iterator[Line]:
    return map(_LINE.decode, ledger.read_text(encoding="utf-8").splitlines())


def folded(ledger: Path) -> dict[str, Any]:
    """stream -> what it comes to today, as plain JSON."""
    machine = RetirementMachine()
    states: dict[str, bytes] = {}
    for line in lines(ledger):
        event = opened(line.stored.encode(), line.text_of)
        states[line.stream] = machine.evolve(line.stream, states.get(line.stream), event)
    return {stream: json.loads(state) for stream, state in states.items()}


def states_of(ledger: Path) -> Path:
    return ledger.with_suffix(".states.json")


def bare(tree: Any) -> Any:
    """A JSON schema without what people wrote about it."""
    if isinstance(tree, dict):
        return {key: bare(value) for key, value in tree.items() if key not in ("description", "title")}
    return [bare(value) for value in tree] if isinstance(tree, list) else tree
