"""What every store promises about due rows: leased, fenced by attempt, settled together with what follows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from data.errors import Unrecorded
from data.records.decision import LEASE, Claim, ClaimKind, Dead, Done, NotDone, Result, Unknown
from data.store import Store
from tests.contract.scripted import NOW, a_command, a_timer, an_effect, at, tally

LATER = NOW + LEASE


def set_timers(store: Store, *timers: tuple[str, float], key: str = "setup") -> None:
    chosen = tuple(a_timer(name, due) for name, due in timers)
    store.transact(key, "RET-1", a_command(counts=1, timers=chosen), b"", NOW)


def keys(claims: tuple[Claim, ...]) -> list[str]:
    return [claim.key for claim in claims]


def test_an_inbound_command_is_kept_once_and_claimed_in_order_of_arrival(store: Store) -> None:
    assert store.receive("m2", "vote", {"channel": "C1"}, NOW)
    assert store.receive("m1", "pause", {}, at(-5))
    assert not store.receive("m2", "other", {}, NOW)
    first, second = store.claim(ClaimKind.INBOX, NOW, 9)

    assert first == Claim(
        kind=ClaimKind.INBOX,
        key="m2",
        stream="",
        attempt=1,
        first_tried=NOW,
        leased_until=LATER,
        command="vote",
        reply_to={"channel": "C1"},
    )
    assert second.key == "m1"
    assert store.claim(ClaimKind.INBOX, NOW, 9) == ()


def test_a_command_that_is_withdrawn_at_the_last_instant_is_not_kept_and_can_be_sent_again(
    store: Store,
) -> None:
    with pytest.raises(Unrecorded):
        store.receive("m1", "vote", {}, NOW, may_keep=lambda: False)

    assert store.claim(ClaimKind.INBOX, NOW, 9) == ()
    assert store.receive("m1", "vote", {}, NOW, may_keep=lambda: True)


def test_a_settled_command_is_never_taken_again(store: Store) -> None:
    store.receive("m1", "vote", {}, NOW)
    (claim,) = store.claim(ClaimKind.INBOX, NOW, 1)

    assert store.settle(claim, Done(), NOW)
    assert not store.settle(claim, Done(), NOW)
    assert not store.receive("m1", "vote", {}, NOW)
    assert store.claim(ClaimKind.INBOX, at(9999), 9) == ()


def test_timers_fall_due_in_the_order_of_their_dates(store: Store) -> None:
    set_timers(store, ("late", 30), ("soon", 10), ("never yet", 31))

    assert store.next_due() == at(10)
    assert keys(store.claim(ClaimKind.TIMER, at(9), 9)) == []
    assert keys(store.claim(ClaimKind.TIMER, at(30), 1)) == ["RET-1/soon"]
    (claim,) = store.claim(ClaimKind.TIMER, at(30), 9)
    assert (claim.key, claim.due_at, claim.stream) == ("RET-1/late", at(30), "RET-1")


def test_setting_a_timer_again_moves_it(store: Store) -> None:
    set_timers(store, ("remind", 10))
    set_timers(store, ("remind", 50), key="again")

    assert store.next_due() == at(50)
    assert store.claim(ClaimKind.TIMER, at(49), 9) == ()


def test_a_timer_set_again_for_the_same_instant_is_known_as_another_one(store: Store) -> None:
    set_timers(store, ("step", 10))
    (first,) = store.claim(ClaimKind.TIMER, at(10), 9)
    store.settle(first, Done(), at(10))
    set_timers(store, ("step", 10), key="again")
    (second,) = store.claim(ClaimKind.TIMER, at(10), 9)

    assert (first.due_at, second.due_at) == (at(10), at(10))
    assert first.set_at != second.set_at


def test_a_cancelled_timer_is_gone_and_a_star_cancels_a_family(store: Store) -> None:
    set_timers(store, ("remind.1", 1), ("remind.2", 1), ("rem%", 1), ("expire", 1), ("review", 1))
    store.transact("other", "RET-2", a_command(counts=1, timers=(a_timer("remind.1", 1),)), b"", NOW)
    store.transact("cancel", "RET-1", a_command(cancels=("remind.*", "expire", "unknown")), b"", NOW)

    assert keys(store.claim(ClaimKind.TIMER, at(1), 9)) == ["RET-1/rem%", "RET-1/review", "RET-2/remind.1"]


def test_a_decision_that_drops_a_family_may_set_one_of_it(store: Store) -> None:
    set_timers(store, ("remind.1", 1), ("remind.2", 1))
    store.transact("k", "RET-1", a_command(cancels=("*",), timers=(a_timer("remind.2", 5),)), b"", NOW)

    assert keys(store.claim(ClaimKind.TIMER, at(9), 9)) == ["RET-1/remind.2"]


@pytest.mark.parametrize("kind", list(ClaimKind))
def test_a_lease_that_ran_out_is_claimed_again_and_fences_the_first_holder_off(
    store: Store, kind: ClaimKind
) -> None:
    store.receive("m1", "vote", {}, NOW)
    store.transact("k", "RET-1", a_command(timers=(a_timer(),), effects=(an_effect("card"),)), b"", NOW)
    (first,) = store.claim(kind, NOW, 1)
    assert store.claim(kind, at(59), 1) == ()
    (second,) = store.claim(kind, LATER, 1)

    assert (first.attempt, second.attempt) == (1, 2)
    assert (first.first_tried, second.first_tried) == (NOW, NOW)
    assert not store.settle(first, Done(), LATER, then=("RET-1", a_command(counts=9), b""))
    assert store.state("RET-1") is None
    assert store.settle(second, Done(), LATER, then=("RET-1", a_command(counts=1), b""))
    assert tally(store.state("RET-1")).count == 1


@pytest.mark.parametrize("kind", list(ClaimKind))
@pytest.mark.parametrize(
    "result",
    [NotDone(retry_at=at(5), why="429"), Unknown(retry_at=at(5), why="reset")],
    ids=["not done", "unknown"],
)
def test_what_did_not_end_is_due_again_when_it_said(store: Store, kind: ClaimKind, result: Result) -> None:
    store.receive("m1", "vote", {}, NOW)
    store.transact("k", "RET-1", a_command(timers=(a_timer(),), effects=(an_effect("card"),)), b"", NOW)
    (first,) = store.claim(kind, NOW, 1)
    assert store.settle(first, result, at(1))

    assert not store.settle(first, Done(), at(1))
    assert store.claim(kind, at(4), 1) == ()
    (second,) = store.claim(kind, at(5), 1)
    assert (second.attempt, second.first_tried) == (2, NOW)


@pytest.mark.parametrize("kind", list(ClaimKind))
def test_what_can_never_happen_is_never_due_again(store: Store, kind: ClaimKind) -> None:
    store.receive("m1", "vote", {}, NOW)
    store.transact("k", "RET-1", a_command(timers=(a_timer(),), effects=(an_effect("card"),)), b"", NOW)
    (claim,) = store.claim(kind, NOW, 1)

    assert store.settle(claim, Dead(why="channel_not_found"), NOW)
    assert store.claim(kind, at(9999), 9) == ()


def test_a_timer_that_sets_itself_again_survives_its_own_settlement(store: Store) -> None:
    weekly = a_timer("digest", 0)
    store.transact("k", "digest", a_command(timers=(weekly,)), b"", NOW)
    for week in range(1, 5):
        (claim,) = store.claim(ClaimKind.TIMER, at(week * 700), 9)
        again = a_command(counts=1, timers=(a_timer("digest", week * 700),))
        assert (claim.attempt, claim.first_tried) == (1, at(week * 700))
        assert store.settle(claim, Done(), at(week * 700), then=("digest", again, b""))

    assert tally(store.state("digest")).count == 4
    assert store.next_due() == at(2800)


@pytest.mark.parametrize(
    "change", [{"timers": (a_timer("remind", 40),)}, {"cancels": ("remind",)}], ids=["moved", "cancelled"]
)
def test_a_timer_that_was_changed_while_claimed_is_not_settled_by_the_old_claim(
    store: Store, change: dict[str, tuple[object, ...]]
) -> None:
    set_timers(store, ("remind", 0))
    (claim,) = store.claim(ClaimKind.TIMER, NOW, 1)
    store.transact("change", "RET-1", a_command(**change), b"", NOW)

    assert not store.settle(claim, Done(), NOW, then=("RET-1", a_command(counts=9), b""))
    assert tally(store.state("RET-1")).count == 1
    assert store.next_due() == (at(40) if "timers" in change else None)


def test_a_moved_timer_belongs_to_who_claims_it_at_its_new_date(store: Store) -> None:
    set_timers(store, ("remind", 0))
    (old,) = store.claim(ClaimKind.TIMER, NOW, 1)
    set_timers(store, ("remind", 40), key="move")
    (current,) = store.claim(ClaimKind.TIMER, at(40), 1)

    assert old.attempt == current.attempt == 1
    assert not store.settle(old, Done(), at(40))
    assert store.settle(current, Done(), at(40))


def test_setting_a_claimed_timer_to_the_same_again_does_not_disturb_who_holds_it(store: Store) -> None:
    set_timers(store, ("remind", 0))
    (claim,) = store.claim(ClaimKind.TIMER, NOW, 1)
    set_timers(store, ("remind", 0), key="again")

    assert store.claim(ClaimKind.TIMER, NOW, 1) == ()
    assert store.settle(claim, Done(), NOW)
    assert store.next_due() is None


def test_a_refused_follow_up_leaves_the_settlement_standing(store: Store) -> None:
    set_timers(store, ("remind", 0))
    (claim,) = store.claim(ClaimKind.TIMER, NOW, 1)

    assert store.settle(claim, Done(), NOW, then=("RET-1", a_command(refuses="Over already"), b""))
    assert store.claim(ClaimKind.TIMER, at(9999), 1) == ()
    refusal = store.transact("then/RET-1/remind/1", "RET-1", a_command(counts=1), b"", NOW)
    assert (refusal.reply, refusal.repeated) == ("Over already. Try something else", True)


def test_a_follow_up_that_breaks_takes_the_settlement_back(store: Store) -> None:
    set_timers(store, ("remind", 0))
    (claim,) = store.claim(ClaimKind.TIMER, NOW, 1)
    with pytest.raises(AssertionError, match="a bug in the rules"):
        store.settle(claim, Done(), NOW, then=("RET-1", a_command(breaks=True), b""))

    assert store.settle(claim, Done(), NOW)


def test_the_next_due_row_is_the_earliest_of_inbox_timers_effects_and_leases(store: Store) -> None:
    assert store.next_due() is None
    set_timers(store, ("remind", 500))
    assert store.next_due() == at(500)
    store.transact("k", "RET-1", a_command(effects=(an_effect("card"),)), b"", at(20))
    assert store.next_due() == at(20)
    store.receive("m1", "vote", {}, at(10))
    assert store.next_due() == at(10)
    (command,) = store.claim(ClaimKind.INBOX, at(20), 1)
    (card,) = store.claim(ClaimKind.EFFECT, at(25), 1)
    assert store.next_due() == at(80)
    store.settle(command, Done(), at(25))
    assert store.next_due() == at(85)
    store.settle(card, Done(), at(25))
    assert store.next_due() == at(500)


def test_claims_survive_a_restart_as_leases(open_store: Callable[[], Store]) -> None:
    store = open_store()
    store.receive("m1", "vote", {}, NOW)
    (claim,) = store.claim(ClaimKind.INBOX, NOW, 1)
    store = open_store()

    assert store.claim(ClaimKind.INBOX, at(59), 1) == ()
    assert store.settle(claim, Done(), at(59))


def test_nothing_overtakes_a_command_that_is_held(store: Store) -> None:
    store.receive("first vote", "approve", {}, NOW)
    store.claim(ClaimKind.INBOX, NOW, 9)
    store.receive("second vote", "reject", {}, at(5))

    assert store.claim(ClaimKind.INBOX, at(59), 9) == ()
    assert store.next_due() == at(60)
    assert keys(store.claim(ClaimKind.INBOX, at(60), 9)) == ["first vote", "second vote"]


def test_a_command_that_is_put_off_lets_others_pass(store: Store) -> None:
    store.receive("breaks", "approve", {}, NOW)
    (claim,) = store.claim(ClaimKind.INBOX, NOW, 9)
    store.settle(claim, NotDone(retry_at=at(500), why="a bug"), NOW)
    store.receive("later", "approve", {}, at(5))

    assert store.next_due() == at(5)
    assert keys(store.claim(ClaimKind.INBOX, at(5), 9)) == ["later"]


def test_a_command_waits_for_those_of_its_sender_and_for_no_others(store: Store) -> None:
    for key, user in (("a1", "UA"), ("b1", "UB"), ("a2", "UA")):
        store.receive(key, "vote", {"user": user}, NOW)
    (held,) = store.claim(ClaimKind.INBOX, NOW, 1)

    assert keys(store.claim(ClaimKind.INBOX, NOW, 9)) == ["b1"]
    assert store.next_due() == LATER
    store.settle(held, Done(), at(1))
    assert store.next_due() == NOW
    assert keys(store.claim(ClaimKind.INBOX, at(1), 9)) == ["a2"]


def test_what_somebody_asked_for_is_awaited_until_it_is_settled(store: Store) -> None:
    store.receive("a1", "vote", {"user": "UA"}, NOW)
    assert (store.is_awaited("UA"), store.is_awaited("UB")) == (True, False)
    (claim,) = store.claim(ClaimKind.INBOX, NOW, 9)
    assert store.is_awaited("UA"), "taken, and not decided"

    store.settle(claim, Done(), NOW)
    assert not store.is_awaited("UA")


def test_what_was_asked_of_a_stream_is_unheard_until_it_is_settled(store: Store) -> None:
    store.receive("a1", "vote", {"user": "UA", "stream": "RET-1"}, NOW)
    assert (store.unheard("RET-1"), store.unheard("RET-11")) == (True, False)
    (claim,) = store.claim(ClaimKind.INBOX, NOW, 9)
    assert store.unheard("RET-1"), "taken, and not decided"
    store.settle(claim, Done(), NOW)
    assert not store.unheard("RET-1")
