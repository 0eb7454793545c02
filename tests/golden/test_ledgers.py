"""Does today's version read what every version before it wrote, and come to the same states?"""

from __future__ import annotations

import hashlib
import json
from itertools import groupby
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from data import events
from data.ledger import GENESIS, chained, opened, unsealed
from data.upcasting import UPCASTS, upcast
from tests.golden.reading import EVENTS, bare, folded, lines, recorded, states_of

LEDGER = pytest.mark.parametrize(
    "ledger", recorded(), ids=lambda ledger: f"{ledger.parent.name}/{ledger.stem}"
)


def test_there_are_ledgers_of_retirements_that_ended_in_every_way_people_know():
    ends = {state.get("state") for ledger in recorded() for state in folded(ledger).values()}
    assert {"archived", "rejected", "cancelled", "rolled back"} <= ends


@LEDGER
def test_a_recorded_chain_still_holds(ledger: Path):
    for _, entries in groupby(sorted(lines(ledger), key=lambda line: line.stream), lambda line: line.stream):
        before = GENESIS
        for line in entries:
            assert chained(before, line.entry.stored) == line.entry.digest, f"{line.stream} {line.version}"
            before = line.entry.digest


@LEDGER
def test_a_recorded_ledger_folds_to_the_states_recorded_with_it(ledger: Path):
    assert folded(ledger) == json.loads(states_of(ledger).read_text(encoding="utf-8"))


def test_who_was_told_in_an_old_escalation_heard_about_every_consumer():
    ledger = next(path for path in recorded() if path.stem == "silent")
    told = [
        event
        for line in lines(ledger)
        if isinstance(event := opened(line.stored.encode(), line.text_of), events.Escalated)
    ]
    assert len(told) > 1
    assert all(set(about) == set(event.consumer_ids) for event in told for about in event.to.values())


def test_an_upcast_ends_in_an_event_of_today():
    today = {kind.__struct_config__.tag for kind in get_args(events.AnyEvent)}
    assert not today & UPCASTS.keys(), "what is written today is not turned into anything"


def shape(kind: type[Any]) -> str:
    """A fingerprint of everything an event can hold; its docstrings are not part of it."""
    _, parts = msgspec.json.schema_components([kind])

    return hashlib.sha256(json.dumps(bare(parts), sort_keys=True).encode()).hexdigest()[:16]


def test_an_event_that_changes_its_shape_gets_its_next_version():
    """Once released, a name keeps its shape: give it "/2", turn the old one into it in data/upcasting.py,

    record a ledger with the old version (tests/golden/record.py), and only then note the new shape here.
    """
    shapes = {kind.__struct_config__.tag: shape(kind) for kind in get_args(events.AnyEvent)}
    known = json.loads(EVENTS.read_text(encoding="utf-8"))
    assert {name: found for name, found in shapes.items() if known.get(name) != found} == {}
    assert known.keys() - shapes.keys() <= UPCASTS.keys(), "an old name that nothing turns into a new one"


@LEDGER
def test_an_entry_reads_the_same_with_its_words_and_without_them(ledger: Path) -> None:
    """Most entries are read by a shorter way; both must come to the same event."""

    def nothing(_: str) -> None:
        """All words are erased."""

    for line in lines(ledger):
        for text_of in (line.text_of, nothing):
            tree = upcast(unsealed(msgspec.json.decode(line.stored)["event"], text_of))
            assert opened(line.entry.stored, text_of) == msgspec.convert(tree, events.AnyEvent)
