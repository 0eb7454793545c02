"""What every store promises about the outbox: order per lane, batches fixed once tried, no refresh lost."""

from __future__ import annotations

import pytest

from data.records.decision import (
    LEASE,
    Claim,
    ClaimKind,
    Dead,
    Done,
    Effect,
    HeldUp,
    NotDone,
    OnUnknown,
    Result,
    Unknown,
)
from data.store import Asleep, Store, Trouble, Waiting
from tests.contract.scripted import NOW, a_command, an_effect, at, tally


class Outbox:
    """Wants and performs effects on one store, with a clock that only moves when told."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.commands = 0

    def want(self, *effects: Effect) -> None:
        self.commands += 1
        self.store.transact(f"want {self.commands}", "RET-1", a_command(effects=effects), b"", NOW)

    def claim(self, seconds: float = 0, limit: int = 9) -> tuple[Claim, ...]:
        return self.store.claim(ClaimKind.EFFECT, at(seconds), limit)

    def one(self, seconds: float = 0) -> Claim:
        (claim,) = self.claim(seconds)
        return claim

    def perform(self, seconds: float = 0) -> list[str]:
        """Claim and settle until nothing is due."""
        done = []
        while claims := self.claim(seconds):
            done += [claim.key for claim in claims]
            assert all(self.store.settle(claim, Done(), at(seconds)) for claim in claims)
        return done


def test_an_effect_is_handed_out_whole_and_what_it_found_is_kept(store: Store) -> None:
    outbox = Outbox(store)
    card = an_effect("card", body={"notice": "card"}, lane="C1")
    outbox.want(card)
    claim = outbox.one()

    assert claim == Claim(
        kind=ClaimKind.EFFECT,
        key="card",
        stream="RET-1",
        attempt=1,
        first_tried=NOW,
        leased_until=NOW + LEASE,
        turn_at=NOW,
        effect=card,
        merged=({"notice": "card"},),
        wanted=1,
    )
    assert store.found("card") is None
    assert store.settle(claim, Done(found={"ts": "17.1"}), NOW, then=("RET-1", a_command(counts=1), b""))
    assert store.found("card") == {"ts": "17.1"}
    assert tally(store.state("RET-1")).count == 1


def test_a_plain_effect_is_never_wanted_twice(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(an_effect("card"), an_effect("card"))
    assert outbox.perform() == ["card"]
    outbox.want(an_effect("card"))
    assert outbox.perform() == []


def test_a_lease_that_is_renewed_holds_on_until_it_is_settled(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(an_effect("archive"))
    claim = outbox.one()

    assert store.renew(claim, at(50))
    assert outbox.claim(109) == ()
    assert outbox.one(110).attempt == 2
    assert not store.renew(claim, at(111))


def test_an_effect_waits_until_the_one_before_it_is_done(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(an_effect("line", after="card"))
    assert store.next_due() is None
    outbox.want(an_effect("card"))
    card = outbox.one()
    assert outbox.claim() == ()
    store.settle(card, Done(), at(3))

    assert store.next_due() == at(3)
    assert outbox.perform(3) == ["line"]
    outbox.want(an_effect("line 2", after="card"))
    assert outbox.perform(3) == ["line 2"]


def test_a_lane_keeps_its_order_and_others_go_on(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(
        an_effect("a1", lane="A"), an_effect("a2", lane="A"), an_effect("b1", lane="B"), an_effect("free")
    )
    outbox.want(an_effect("free 2"))
    first, *others = outbox.claim()

    assert [first.key, *(claim.key for claim in others)] == ["a1", "b1", "free", "free 2"]
    assert outbox.claim() == ()
    store.settle(first, NotDone(retry_at=at(30), why="429"), NOW)
    assert outbox.claim(29) == ()
    assert outbox.perform(30) == ["a1", "a2"]


def test_what_is_blocked_by_its_lane_is_not_due(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(an_effect("a1", lane="A"), an_effect("a2", lane="A"))
    store.settle(outbox.one(), NotDone(retry_at=at(30), why="429"), NOW)

    assert store.next_due() == at(30)


def test_what_is_parked_dead_or_held_does_not_block_its_lane(store: Store) -> None:
    outbox = Outbox(store)
    held = an_effect("held", lane="A", after="never")
    parked = an_effect("parked", lane="A", on_unknown=OnUnknown.PARK)
    outbox.want(held, parked, an_effect("dead", lane="A"), an_effect("last", lane="A"))
    store.settle(outbox.one(), Unknown(retry_at=at(1), why="timeout"), NOW)
    store.settle(outbox.one(), Dead(why="user_not_found"), NOW)

    assert outbox.perform() == ["last"]
    assert outbox.claim(9999) == ()


def test_effects_of_a_batch_that_wait_together_are_performed_as_one(store: Store) -> None:
    outbox = Outbox(store)
    lines = [an_effect(f"line {number}", lane="C1", batch="thread") for number in (1, 2, 3)]
    held = an_effect("line 4", lane="C1", batch="thread", after="never")
    outbox.want(*lines, held, an_effect("other", lane="C1"))
    claim = outbox.one()

    assert claim.key == "line 1"
    assert claim.merged == ({"line": "line 1"}, {"line": "line 2"}, {"line": "line 3"})
    store.settle(claim, Done(found={"ts": "17.1"}), NOW)
    assert store.found("line 3") == {"ts": "17.1"}
    assert store.found("line 4") is None
    assert outbox.perform() == ["other"]


def test_a_batch_takes_twenty_along_and_the_others_follow(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(*(an_effect(f"line {number:02}", lane="C1", batch="thread") for number in range(45)))
    sizes = []
    while claims := outbox.claim():
        (claim,) = claims
        sizes.append((claim.key, len(claim.merged)))
        store.settle(claim, Done(), NOW)
    assert sizes == [("line 00", 20), ("line 20", 20), ("line 40", 5)]


def test_a_batch_does_not_overtake_another_batch_of_its_lane(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(
        an_effect("line 1", lane="C1", batch="thread"),
        an_effect("team", lane="C1"),
        an_effect("line 2", lane="C1", batch="thread"),
        an_effect("many", lane="C1", batch="many"),
        an_effect("line 3", lane="C1", batch="thread"),
    )
    assert outbox.perform() == ["line 1", "team", "many", "line 3"], "line 2 went with line 1"


def test_a_batch_without_a_lane_is_claimed_once(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(*(an_effect(f"line {number}", batch="thread") for number in (1, 2)))
    claim = outbox.one()

    assert claim.merged == ({"line": "line 1"}, {"line": "line 2"})


def test_a_batch_stays_as_it_was_first_tried(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(*(an_effect(f"line {number}", lane="C1", batch="thread") for number in (1, 2)))
    first = outbox.one()
    outbox.want(an_effect("line 3", lane="C1", batch="thread"))
    store.settle(first, Unknown(retry_at=at(5), why="timeout"), NOW)
    second = outbox.one(5)
    third = outbox.one(70)

    assert first.merged == second.merged == third.merged == ({"line": "line 1"}, {"line": "line 2"})
    assert store.settle(third, Done(), at(70))
    assert outbox.perform(70) == ["line 3"]


def test_a_batch_ends_together_when_it_can_never_happen(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(*(an_effect(f"line {number}", lane="C1", batch="thread") for number in (1, 2)))
    store.settle(outbox.one(), Dead(why="channel_not_found"), NOW)

    assert outbox.claim(9999) == ()
    assert (store.found("line 1"), store.found("line 2")) == (None, None)


def test_those_who_wait_for_a_member_of_a_batch_go_on_once_it_is_done(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(
        *(an_effect(f"line {number}", batch="thread") for number in (1, 2)), an_effect("b", after="line 2")
    )

    assert outbox.perform() == ["line 1", "b"]


def test_wanting_a_refresh_again_while_it_waits_adds_nothing_but_the_latest_body(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(an_effect("card", refresh=True, body={"round": "1"}))
    outbox.want(an_effect("card", refresh=True, body={"round": "2"}))
    claim = outbox.one()

    assert claim.merged == ({"round": "2"},)
    store.settle(claim, Done(), NOW)
    assert outbox.claim() == ()


def test_wanting_a_refresh_while_it_runs_runs_it_once_more(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(an_effect("card", refresh=True))
    running = outbox.one()
    outbox.want(an_effect("card", refresh=True))
    outbox.want(an_effect("card", refresh=True))
    assert outbox.claim() == ()
    store.settle(running, Done(), at(2))

    assert store.found("card") is None
    again = outbox.one(2)
    assert (again.attempt, again.first_tried, again.wanted) == (1, at(2), 3)
    store.settle(again, Done(found={"ts": "17.1"}), at(2))
    assert store.found("card") == {"ts": "17.1"}
    assert outbox.claim(9999) == ()


def test_wanting_a_done_refresh_starts_it_anew(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(an_effect("card", refresh=True))
    outbox.perform()
    outbox.want(an_effect("card", refresh=True, body={"round": "2"}))
    claim = outbox.one(7)

    assert (claim.attempt, claim.first_tried, claim.merged) == (1, at(7), ({"round": "2"},))


def test_a_claim_of_an_earlier_round_cannot_settle_a_refresh(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(an_effect("card", refresh=True))
    lost = outbox.one()
    store.settle(outbox.one(60), Done(), at(60))
    outbox.want(an_effect("card", refresh=True))
    current = outbox.one(61)

    assert lost.attempt == current.attempt == 1
    assert not store.renew(lost, at(61))
    assert not store.settle(lost, Done(), at(61))
    assert store.settle(current, Done(), at(61))


def test_a_wish_that_comes_while_the_last_try_is_unknown_is_not_answered_by_that_try(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(an_effect("card", refresh=True))
    store.settle(outbox.one(), Unknown(retry_at=at(5), why="timeout"), NOW)
    outbox.want(an_effect("card", refresh=True))
    # The performer looks and finds the first try: that says nothing about what was wanted since.
    store.settle(outbox.one(5), Done(), at(5))

    assert outbox.perform(5) == ["card"]


def test_a_refresh_that_is_wanted_often_does_not_keep_its_lane_waiting(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(an_effect("card", refresh=True, lane="C1"))
    running = outbox.one()
    outbox.want(an_effect("line", lane="C1"), an_effect("card", refresh=True, lane="C1"))
    store.settle(running, Done(), NOW)

    assert outbox.perform() == ["line", "card"]


def test_a_follow_up_of_every_round_of_a_refresh_is_decided(store: Store) -> None:
    outbox = Outbox(store)
    for _ in range(3):
        outbox.want(an_effect("card", refresh=True))
        store.settle(outbox.one(), Done(), NOW, then=("RET-1", a_command(counts=1), b""))

    assert tally(store.state("RET-1")).count == 3


def test_what_waits_says_since_when_it_is_tried_and_what_keeps_it(store: Store) -> None:
    outbox = Outbox(store)
    assert store.waiting("card") is None
    outbox.want(an_effect("card"))
    assert store.waiting("card") == Waiting(since=None, why="")
    claim = outbox.one(3)
    assert store.waiting("card") == Waiting(since=at(3), why="")
    store.settle(claim, NotDone(retry_at=at(9), why="not_in_channel"), at(4))
    assert store.waiting("card") == Waiting(since=at(3), why="not_in_channel")
    again = outbox.one(9)
    store.settle(again, Done(), at(9))
    assert store.waiting("card") is None


def test_what_stopped_for_good_does_not_wait(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(an_effect("card"))
    store.settle(outbox.one(), Dead(why="channel deleted"), NOW)
    assert store.waiting("card") is None


def test_whoever_comes_next_knows_when_it_may_last_have_happened(store: Store) -> None:
    """Whichever process tried: none of them could remember it for the others."""
    outbox = Outbox(store)
    outbox.want(an_effect("card"))
    assert outbox.one().tried_at is None

    tried = outbox.one(60)
    assert (tried.attempt, tried.tried_at) == (2, at(60)), "until its lease ended, the first may have done it"
    assert store.settle(tried, Unknown(retry_at=at(72), why="reset", tried_at=at(71)), at(71))

    looked = outbox.one(72)
    assert looked.tried_at == at(71)
    assert store.settle(looked, Unknown(retry_at=at(101), why="it may show up late"), at(73))

    put_off = outbox.one(101)
    assert put_off.tried_at == at(71), "a look changes nothing of that"
    assert store.settle(put_off, NotDone(retry_at=at(102), why="429"), at(101))
    assert outbox.one(102).tried_at is None, "it was found not to be there, and was not sent since"


def test_an_attempt_that_is_lost_counts_although_an_earlier_one_was_known_to_be_unknown(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(an_effect("card"))
    assert store.settle(outbox.one(), Unknown(retry_at=at(2), why="reset", tried_at=at(1)), at(1))
    assert outbox.one(2).tried_at == at(1)

    assert outbox.one(62).tried_at == at(62)


def test_what_is_held_up_is_listed_until_it_happens(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(an_effect("card"), an_effect("dm"))
    card, dm = outbox.claim()
    store.settle(card, NotDone(retry_at=at(600), why="not_in_channel", held_up=HeldUp.PLACE), NOW)
    store.settle(dm, Dead(why="user_disabled"), NOW)
    held_up = Trouble("card", "RET-1", "not_in_channel", is_held_up=True)
    assert store.troubles() == (Trouble("dm", "RET-1", "user_disabled"), held_up)

    again = outbox.one(600)
    assert held_up in store.troubles(), "also while it is tried"
    store.settle(again, Unknown(retry_at=at(1200), why="is_archived", held_up=HeldUp.PLACE), at(600))
    assert Trouble("card", "RET-1", "is_archived", is_held_up=True) in store.troubles()
    store.settle(outbox.one(1200), NotDone(retry_at=at(1260), why="429"), at(1200))
    assert store.troubles() == (Trouble("dm", "RET-1", "user_disabled"),)


def test_what_waits_for_working_hours_is_listed_until_they_begin_and_that_is_no_try(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(an_effect("dm", place="U1", lane="to/U1"), an_effect("next", place="U1", lane="to/U1"))
    for night in range(3):
        claim = outbox.one(night * 600)
        until = at(night * 600 + 600)
        assert store.settle(claim, NotDone(retry_at=until, why="at 09:00", is_kept=True), at(night * 600))
        assert store.asleep() == (Asleep("dm", "RET-1", "U1", until, "at 09:00"),)
        assert store.next_due() == until
    assert store.troubles() == ()
    assert outbox.claim(1799) == (), "and nothing of the same lane overtakes it"

    morning = outbox.one(1800)
    assert (morning.attempt, morning.kept, morning.tries) == (4, 3, 1)
    assert store.settle(morning, Unknown(retry_at=at(1810), why="reset", tried_at=at(1801)), at(1801))
    assert store.asleep() == ()
    assert store.settle(outbox.one(1810), Done(), at(1810))
    assert outbox.one(1810).key == "next"


def test_what_waits_for_working_hours_is_looked_at_again_once_somebody_elses_may_count(store: Store) -> None:
    outbox = Outbox(store)
    outbox.want(*(an_effect(key, place=place) for key, place in (("a", "U1"), ("b", "U2"), ("c", "U1"))))
    first, second, third = outbox.claim()
    for claim in (first, second):
        store.settle(claim, NotDone(retry_at=at(600), why="at 09:00", is_kept=True), NOW)
    store.transact("moved", "delegation/U1", a_command(wakes=("U1", "U3")), b"", at(30))
    assert outbox.perform(30) == ["a"], "what somebody works on stays theirs"
    held = NotDone(retry_at=at(600), why="at 09:00", is_kept=True)
    assert store.settle(third, held, at(31))
    again = outbox.one(31)
    assert again.key == "c", "whoever worked on it may have looked before"
    assert store.settle(again, held, at(31))
    assert outbox.perform(599) == []
    assert outbox.perform(600) == ["b", "c"]


def test_what_is_set_aside_holds_nothing_up_and_stands_where_it_stood_once_its_stream_goes_on(
    store: Store,
) -> None:
    outbox = Outbox(store)
    outbox.want(an_effect("RET-1/a", lane="to/U1"), an_effect("RET-2/b", lane="to/U1"), an_effect("RET-1/c"))
    aside = NotDone(retry_at=NOW, why="it is paused", is_kept=True, is_set_aside=True)
    first, looked_at = outbox.claim()
    assert store.settle(first, aside, NOW)
    assert store.asleep() == (), "it waits for nobody's hours"
    assert outbox.perform(30) == ["RET-2/b"]
    store.transact("on", "RET-1", a_command(resumes=True), b"", at(40))
    assert store.settle(looked_at, aside, at(41)), "whoever worked on it may have looked before"
    assert outbox.perform(41) == ["RET-1/a", "RET-1/c"]


@pytest.mark.parametrize("end", [Done(), Dead(why="gone")], ids=["done", "dead"])
def test_what_an_effect_is_to_forget_is_there_until_it_ends_and_then_nowhere(
    store: Store, end: Result
) -> None:
    outbox = Outbox(store)
    outbox.want(an_effect("answer", body={"asks": "who", "words": "whose is it?"}, forgets=("words",)))
    claim = outbox.one()
    store.settle(claim, NotDone(retry_at=at(1), why="slow"), NOW)
    claim = outbox.one(seconds=1)
    assert claim.effect is not None
    assert claim.effect.body["words"] == "whose is it?"

    assert store.settle(claim, end, at(1))
    (kept,) = store.kept("answer")
    assert kept.effect.body == {"asks": "who"}
