"""Is what is hashed the one spelling everybody can compute, and are words kept out of it?"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from data.errors import Invalid
from data.events import Expired, Imported, Paused, Waived
from data.ledger import ERASED, GENESIS, Entry, Head, canonical, chained, committed, entry, opened, verified
from data.records.base import Prose
from data.store import Verified
from tests.contract.scripted import NOW, Scripted


def zeros(count: int) -> bytes:
    return bytes(count)


def test_keys_are_sorted_by_utf_16_and_strings_escape_only_what_they_must() -> None:
    # The key order is RFC 8785 section 3.2.3's own example, without the value it cannot have here.
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    assert canonical(value).decode() == (
        '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis",'
        '"€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}'
    )
    assert canonical('\x00\b\t\n\f\r\x1f"\\/\x7f\u2028').decode() == (
        '"\\u0000\\b\\t\\n\\f\\r\\u001f\\"\\\\/\x7f\u2028"'
    )


def test_an_instant_has_one_spelling_whatever_its_zone() -> None:
    berlin = datetime(2026, 3, 2, 10, 0, tzinfo=timezone(timedelta(hours=1)))

    assert canonical(berlin) == canonical(NOW) == b'"2026-03-02T09:00:00Z"'
    assert canonical(datetime(2026, 3, 2, 9, 0, 0, 1200, tzinfo=UTC)) == b'"2026-03-02T09:00:00.001200Z"'


@pytest.mark.parametrize(
    "value",
    [1.5, 1.0, True, None, 2**53, -(2**53), datetime(2026, 3, 2), b"x", "\ud83d", {1: "x"}, {"\ud83d": 1}],  # noqa: DTZ001
    ids=repr,
)
def test_what_has_no_single_spelling_is_refused_with_its_place(value: object) -> None:
    with pytest.raises(Invalid) as refused:
        canonical({"plan": ["fine", value]})

    assert str(refused.value) == (
        f"event.plan[1] {value!a}: "
        "an event holds strings, whole numbers up to 2^53 - 1, aware datetimes, lists and objects"
    )


def test_an_entry_chains_the_stored_bytes_to_the_digest_before() -> None:
    event = Expired(at=NOW, by="emeritus", round_number=2, missing={"risk": 1})
    item, texts = entry("RET-1", 3, event, b"before", zeros)

    stored = (
        b'{"event":{"at":"2026-03-02T09:00:00Z","by":"emeritus","event":"expired","missing":{"risk":1},'
        b'"round_number":2},"stream":"RET-1","version":3}'
    )
    assert item == Entry("RET-1", 3, stored, hashlib.sha256(b"before" + stored).digest())
    assert texts == ()
    assert opened(item.stored, {}.get) == event


def test_words_stay_out_of_the_entry_and_can_be_forgotten() -> None:
    event = Waived(at=NOW, by="U1", what="traffic", reason=Prose(prose="Ask Pat"))
    item, (text,) = entry("RET-1", 1, event, GENESIS, zeros)

    assert b"Pat" not in item.stored
    assert text.commitment == f"sha256:{hashlib.sha256(bytes(16) + b'Ask Pat').hexdigest()}"
    assert opened(item.stored, {text.commitment: text}.get) == event
    forgotten = opened(item.stored, {}.get)
    assert forgotten == msgspec.structs.replace(event, reason=Prose(prose=ERASED))


def test_the_same_words_twice_have_different_commitments() -> None:
    salts = iter([b"a" * 16, b"b" * 16])
    event = Paused(at=NOW, by="U1", why=Prose(prose="Wait"))
    first, second = (entry("RET-1", 1, event, GENESIS, lambda _: next(salts))[0] for _ in range(2))

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
    item, _ = entry("catalog", 1, event, GENESIS, zeros)

    assert opened(item.stored, {}.get) == event


def test_bytes_that_chain_but_belong_elsewhere_are_found() -> None:
    foreign, _ = entry("RET-2", 1, Paused(at=NOW, by="U1", why=Prose()), GENESIS, zeros)
    state = Scripted().evolve("RET-1", None, opened(foreign.stored, {}.get))
    renamed = foreign._replace(stream="RET-1")

    assert verified([renamed], {"RET-1": Head(1, foreign.digest, state)}, {}.get, Scripted()) == Verified(
        entries=0, streams=0, bad="RET-1 entry 1: its bytes are those of another entry"
    )


def test_an_entry_that_chains_but_is_no_event_is_found() -> None:
    stored = b'{"event":{"event":"eaten"},"stream":"RET-1","version":1}'
    eaten = Entry("RET-1", 1, stored, chained(GENESIS, stored))

    found = verified([eaten], {}, {}.get, Scripted())
    assert found.bad == "RET-1 entry 1: it cannot be read as an event (Invalid value 'eaten' - at `$.event`)"


def test_a_commitment_is_over_salt_and_text() -> None:
    assert committed(b"salt", "text") == f"sha256:{hashlib.sha256(b'salttext').hexdigest()}"
