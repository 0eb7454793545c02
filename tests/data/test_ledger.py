"""Does an entry chain to the one before, and are words kept out of what is hashed?"""

from __future__ import annotations

import hashlib

import msgspec
import pytest

from data.events import Expired, Imported, Paused, Waived
from data.ledger import GENESIS, Entry, Head, chained, committed, entry, opened, verified
from data.records.base import ERASED, Prose
from data.store import Verified
from tests.contract.scripted import NOW, Scripted


def zeros(count: int) -> bytes:
    return bytes(count)


def test_an_entry_chains_the_stored_bytes_to_the_digest_before() -> None:
    event = Expired(at=NOW, by="emeritus", round_number=2, missing={"risk": 1})
    item, texts = entry("RET-1", 3, event, b"before", zeros, position=7)

    stored = (
        b'{"event":{"at":"2026-03-02T09:00:00Z","by":"emeritus","event":"expired","missing":{"risk":1},'
        b'"round_number":2},"position":7,"stream":"RET-1","version":3}'
    )
    assert item == Entry("RET-1", 3, stored, hashlib.sha256(b"before" + stored).digest(), 7)
    assert texts == ()
    assert opened(item.stored, {}.get) == event


def test_words_stay_out_of_the_entry_and_can_be_forgotten() -> None:
    event = Waived(at=NOW, by="U1", what="traffic", reason=Prose(prose="Ask Pat"))
    item, (text,) = entry("RET-1", 1, event, GENESIS, zeros, position=7)

    assert b"Pat" not in item.stored
    assert text.commitment == f"sha256:{hashlib.sha256(bytes(16) + b'Ask Pat').hexdigest()}"
    assert opened(item.stored, {text.commitment: text}.get) == event
    forgotten = opened(item.stored, {}.get)
    assert forgotten == msgspec.structs.replace(event, reason=Prose(prose=ERASED))


@pytest.mark.parametrize(
    "words",
    ['She said "prose"', '{"prose":"sha256:' + "0" * 64 + '"}', "\\", "\0", "\u2028😀", "[erased]"],
    ids=[
        "the word itself",
        "what looks like a commitment",
        "a backslash",
        "NUL",
        "beyond ASCII",
        "as if erased",
    ],
)
def test_words_come_back_whatever_they_are_and_what_looks_like_theirs_stays(words: str) -> None:
    event = Waived(at=NOW, by="U1", what=words, reason=Prose(prose=words))
    item, (text,) = entry("RET-1", 1, event, GENESIS, zeros, position=7)

    assert opened(item.stored, {text.commitment: text}.get) == event
    assert opened(item.stored, {}.get) == msgspec.structs.replace(event, reason=Prose(prose=ERASED))


def test_words_that_are_none_are_not_read_as_any() -> None:
    event = Waived(at=NOW, by="U1", what="traffic", reason=Prose(prose="Ask Pat"))
    item, (text,) = entry("RET-1", 1, event, GENESIS, zeros, position=7)

    for odd in (b"Ask Pat", 7, None):
        with pytest.raises(msgspec.ValidationError):
            opened(item.stored, {text.commitment: text._replace(text=odd)}.get)  # type: ignore[arg-type]


def test_the_same_words_twice_have_different_commitments() -> None:
    salts = iter([b"a" * 16, b"b" * 16])
    event = Paused(at=NOW, by="U1", why=Prose(prose="Wait"))
    first, second = (
        entry("RET-1", 1, event, GENESIS, lambda _: next(salts), position=7)[0] for _ in range(2)
    )

    assert first.stored != second.stored


def test_an_event_with_many_entries_keeps_its_order() -> None:
    event = Imported(
        at=NOW,
        by="U1",
        format="backstage",
        source_digest="sha256:aa",
        counts={"b": 1, "a": 2},
        changed_ids=("z", "a"),
    )
    item, _ = entry("catalog", 1, event, GENESIS, zeros, position=7)

    assert opened(item.stored, {}.get) == event


def test_bytes_that_chain_but_belong_elsewhere_are_found() -> None:
    foreign, _ = entry("RET-2", 1, Paused(at=NOW, by="U1", why=Prose()), GENESIS, zeros, position=7)
    state = Scripted().evolve("RET-1", None, opened(foreign.stored, {}.get))
    renamed = foreign._replace(stream="RET-1")

    assert verified([renamed], {"RET-1": Head(1, foreign.digest, state)}, {}.get, Scripted()) == Verified(
        entries=0, streams=0, bad="RET-1 entry 1: its bytes are those of another entry"
    )


def test_an_entry_that_chains_but_is_no_event_is_found() -> None:
    stored = b'{"event":{"event":"eaten"},"stream":"RET-1","version":1}'
    eaten = Entry("RET-1", 1, stored, chained(GENESIS, stored), 7)

    found = verified([eaten], {}, {}.get, Scripted())
    assert found.bad == "RET-1 entry 1: it cannot be read as an event (Invalid value 'eaten' - at `$.event`)"


def test_a_commitment_is_over_salt_and_text() -> None:
    assert committed(b"salt", "text") == f"sha256:{hashlib.sha256(b'salttext').hexdigest()}"
