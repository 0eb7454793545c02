"""What every store promises about commands: one commit or nothing, once per key, refused in words."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from data.errors import Stale
from data.events import Paused
from data.records.base import Prose
from data.records.decision import ClaimKind, Outcome, Receipt
from data.store import Store, Verified
from tests.contract.scripted import NOW, Tally, a_command, a_timer, an_effect, at, tally


def test_a_command_commits_events_state_timers_effects_and_a_receipt(store: Store) -> None:
    command = a_command(
        counts=1,
        says=("Costs too much",),
        timers=(a_timer(),),
        effects=(an_effect("card"),),
        reply="Proposed",
    )
    receipt = store.transact("k1", "RET-1", command, b"", NOW)

    assert receipt == Receipt(key="k1", stream="RET-1", outcome=Outcome.DONE, version=2, reply="Proposed")
    assert tally(store.state("RET-1")) == Tally(count=2, said=("Costs too much",))
    assert [event.version for event in store.events("RET-1")] == [1, 2]
    assert store.events("RET-1")[1].event == Paused(at=NOW, by="U1", why=Prose(prose="Costs too much"))
    assert [claim.key for claim in store.claim(ClaimKind.TIMER, NOW, 9)] == ["RET-1/remind"]
    assert [claim.key for claim in store.claim(ClaimKind.EFFECT, NOW, 9)] == ["card"]


def test_the_same_key_gets_the_first_receipt_and_changes_nothing(store: Store) -> None:
    store.transact("k1", "RET-1", a_command(counts=1, reply="one"), b"", NOW)
    again = store.transact("k1", "RET-1", a_command(counts=5, reply="five"), b"", NOW)

    assert again == Receipt(
        key="k1", stream="RET-1", outcome=Outcome.DONE, version=1, reply="one", repeated=True
    )
    assert len(store.events("RET-1")) == 1


def test_everything_is_there_after_a_restart(open_store: Callable[[], Store]) -> None:
    open_store().transact("k1", "RET-*", a_command(says=("Hello",), timers=(a_timer(due=60),)), b"", NOW)
    store = open_store()

    assert tally(store.state("RET-1")) == Tally(count=1, said=("Hello",))
    assert store.next_due() == at(60)
    assert store.transact("k1", "RET-*", a_command(counts=1), b"", NOW).repeated
    assert store.verify() == Verified(entries=1, streams=1)


def test_numbers_are_given_in_order_and_a_refusal_takes_none(store: Store) -> None:
    first = store.transact("k1", "RET-*", a_command(counts=1), b"", NOW)
    refused = store.transact("k2", "RET-*", a_command(refuses="Not now"), b"", NOW)
    second = store.transact("k3", "RET-*", a_command(counts=1), b"", NOW)

    assert (first.stream, refused.stream, second.stream) == ("RET-1", "RET-*", "RET-2")
    assert store.streams("RET-") == ("RET-1", "RET-2")
    assert store.states("RET-") == {one: store.state(one) for one in ("RET-1", "RET-2")}
    assert store.states("RET-2") == {"RET-2": store.state("RET-2")}
    assert store.states("delegation/") == {}


@pytest.mark.parametrize(
    ("script", "reply"),
    [
        ({"refuses": "Too late"}, "Too late. Try something else"),
        ({"rejects": "soon"}, "date soon: a date like 2026-05-01"),
    ],
    ids=["refused", "invalid"],
)
def test_a_refusal_is_a_receipt_in_words_and_nothing_else(
    store: Store, script: dict[str, str], reply: str
) -> None:
    store.transact("k1", "RET-1", a_command(counts=2), b"", NOW)
    receipt = store.transact("k2", "RET-1", a_command(**script), b"", NOW)
    again = store.transact("k2", "RET-1", a_command(counts=1), b"", NOW)

    assert receipt == Receipt(key="k2", stream="RET-1", outcome=Outcome.REFUSED, version=2, reply=reply)
    assert again.repeated
    assert again.outcome == Outcome.REFUSED
    assert len(store.events("RET-1")) == 2


def test_a_bug_in_the_rules_leaves_no_trace(store: Store) -> None:
    with pytest.raises(AssertionError, match="a bug in the rules"):
        store.transact("k1", "RET-*", a_command(breaks=True), b"", NOW)

    assert store.transact("k1", "RET-*", a_command(counts=1), b"", NOW).stream == "RET-1"


def test_what_cannot_be_hashed_is_refused_and_takes_everything_back(store: Store) -> None:
    receipt = store.transact("k1", "RET-*", a_command(counts=1, garbles=True), b"", NOW)

    assert receipt.reply == "text 'half \\ud83d': text must be valid Unicode"
    assert store.streams() == ()


def test_facts_gathered_before_the_catalog_moved_are_stale_and_store_nothing(store: Store) -> None:
    with pytest.raises(Stale) as stale:
        store.transact("k1", "RET-*", a_command(counts=1), b"", NOW, catalog_version=7)

    assert str(stale.value) == (
        "The catalog changed meanwhile: this was gathered at version 7, now it is at 0. Gather it again"
    )
    fresh = store.transact("k1", "RET-*", a_command(counts=1), b"", NOW, catalog_version=0)
    assert (fresh.stream, fresh.repeated) == ("RET-1", False)


def test_an_id_is_reserved_for_one_stream_until_it_is_released(store: Store) -> None:
    reserve = a_command(counts=1, reserves=("endpoint:churn",))
    store.transact("k1", "RET-*", reserve, b"", NOW)
    refused = store.transact("k2", "RET-*", reserve, b"", NOW)
    store.transact("k3", "RET-1", a_command(counts=1, reserves=("endpoint:churn",)), b"", NOW)
    store.transact("k4", "RET-1", a_command(counts=1, releases=True), b"", NOW)
    taken = store.transact("k5", "RET-*", reserve, b"", NOW)

    assert refused.reply == "endpoint:churn is already being retired by RET-1. Run /retire show RET-1"
    assert (taken.stream, taken.outcome) == ("RET-2", Outcome.DONE)


def test_what_a_stream_reserves_replaces_what_it_reserved_before(store: Store) -> None:
    store.transact("k1", "RET-1", a_command(counts=1, reserves=("a", "b")), b"", NOW)
    store.transact("k2", "RET-1", a_command(counts=1, reserves=("b", "c")), b"", NOW)
    outcomes = [
        store.transact(f"{one}", "RET-2", a_command(reserves=(one,)), b"", NOW).outcome
        for one in ("a", "b", "c")
    ]

    assert outcomes == [Outcome.DONE, Outcome.REFUSED, Outcome.REFUSED]


def test_a_refused_change_of_what_is_reserved_changes_nothing(store: Store) -> None:
    store.transact("k1", "RET-1", a_command(counts=1, reserves=("a",)), b"", NOW)
    store.transact("k2", "RET-2", a_command(counts=1, reserves=("b",)), b"", NOW)
    store.transact("k3", "RET-1", a_command(counts=1, reserves=("c", "b")), b"", NOW)

    assert store.transact("k4", "RET-3", a_command(reserves=("a",)), b"", NOW).outcome == Outcome.REFUSED
    assert store.transact("k5", "RET-3", a_command(reserves=("c",)), b"", NOW).outcome == Outcome.DONE


def test_a_stream_may_release_and_reserve_in_one_decision(store: Store) -> None:
    store.transact("k1", "RET-1", a_command(counts=1, reserves=("a", "b")), b"", NOW)
    store.transact("k2", "RET-1", a_command(counts=1, releases=True, reserves=("b",)), b"", NOW)

    assert store.transact("k3", "RET-2", a_command(reserves=("a",)), b"", NOW).outcome == Outcome.DONE
    assert store.transact("k4", "RET-2", a_command(reserves=("b",)), b"", NOW).outcome == Outcome.REFUSED


def test_events_and_tail_go_on_after_what_was_seen(store: Store) -> None:
    store.transact("k1", "RET-1", a_command(counts=2), b"", NOW)
    store.transact("k2", "RET-2", a_command(counts=1), b"", NOW)
    store.transact("k3", "RET-1", a_command(counts=1), b"", NOW)
    seen = list(store.tail())

    assert [event.version for event in store.events("RET-1", after=1)] == [2, 3]
    assert [(event.stream, event.version) for event in seen] == [
        ("RET-1", 1),
        ("RET-1", 2),
        ("RET-2", 1),
        ("RET-1", 3),
    ]
    assert list(store.tail(seen[1].cursor)) == seen[2:]


def test_empty_words_stay_empty_and_all_words_come_back(store: Store) -> None:
    store.transact("k1", "RET-1", a_command(says=("", "sha256:abc", "naïve 🤖 \u2028 \x00")), b"", NOW)

    assert tally(store.state("RET-1")).said == ("", "sha256:abc", "naïve 🤖 \u2028 \x00")
    assert [str(event.event.why) for event in store.events("RET-1") if isinstance(event.event, Paused)] == [
        "",
        "sha256:abc",
        "naïve 🤖 \u2028 \x00",
    ]


def test_sixty_four_people_at_once_are_all_recorded_and_in_one_chain(store: Store) -> None:
    start = threading.Barrier(64)

    def vote(number: int) -> Receipt:
        start.wait()
        return store.transact(f"k{number}", "RET-1", a_command(counts=1), b"", NOW)

    with ThreadPoolExecutor(64) as people:
        receipts = list(people.map(vote, range(64)))

    assert sorted(receipt.version for receipt in receipts) == list(range(1, 65))
    assert store.verify() == Verified(entries=64, streams=1)


def test_one_key_sent_by_many_at_once_happens_once(store: Store) -> None:
    start = threading.Barrier(16)

    def vote(_: int) -> Receipt:
        start.wait()
        return store.transact("k1", "RET-1", a_command(counts=1), b"", NOW)

    with ThreadPoolExecutor(16) as people:
        receipts = list(people.map(vote, range(16)))

    assert sorted(receipt.repeated for receipt in receipts) == [False] + [True] * 15
    assert len(store.events("RET-1")) == 1


@pytest.mark.parametrize("text", ["\x00", "a\x00\uffffb", "\uffff0", "%s ? :name", "🤖"])
def test_any_text_comes_back_as_it_went_in(store: Store, text: str) -> None:
    store.transact("k1", "RET-1", a_command(says=(text,), reply=text), b"", NOW)

    assert tally(store.state("RET-1")).said == (text,)
    assert store.transact("k1", "RET-1", a_command(), b"", NOW).reply == text
