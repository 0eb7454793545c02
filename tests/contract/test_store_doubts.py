"""What a store promises once it was brought back from a backup: what may have been done since says so."""

from __future__ import annotations

from datetime import datetime

from data.records.decision import ClaimKind, Dead, Done, Effect, EffectKind, NotDone
from data.sql.doubts import NUMBERS_SKIPPED, Doubted
from data.sql.record import SqlStore
from tests.contract.scripted import NOW, a_command, a_timer, an_effect, at

Tried = dict[str, tuple[int, datetime, datetime | None]]


def want(store: SqlStore, key: str, *effects: Effect) -> None:
    store.transact(key, "RET-1", a_command(effects=effects), None, NOW)


def tried(store: SqlStore, seconds: float) -> Tried:
    """Attempt, first try and last try of every effect that may be performed then."""
    claims = store.claim(ClaimKind.EFFECT, at(seconds), 99)
    return {claim.key: (claim.attempt, claim.first_tried, claim.tried_at) for claim in claims}


def test_what_waited_may_have_been_done_since_and_is_due_at_once(store: SqlStore) -> None:
    want(store, "k1", an_effect("in flight"), an_effect("asked to wait"))
    for claim in store.claim(ClaimKind.EFFECT, NOW, 9):
        if claim.key == "asked to wait":
            store.settle(claim, NotDone(retry_at=at(25), why="429"), NOW)
    want(store, "k2", an_effect("new"))
    store.receive("m1", "vote", {"user": "U1"}, NOW)
    store.claim(ClaimKind.INBOX, NOW, 9)
    store.transact("k3", "RET-1", a_command(timers=(a_timer("past"), a_timer("ahead", 80))), None, NOW)
    store.claim(ClaimKind.TIMER, NOW, 9)

    assert store.doubt(at(20), at(30)) == Doubted(commands=1, timers=1, messages=3)

    assert tried(store, 30) == {
        "in flight": (3, NOW, at(30)),
        "asked to wait": (3, NOW, at(30)),
        "new": (2, at(20), at(30)),
    }
    (command,) = store.claim(ClaimKind.INBOX, at(30), 9)
    (timer,) = store.claim(ClaimKind.TIMER, at(30), 9)
    assert (command.attempt, command.tried_since) == (3, at(20))
    assert (timer.key, timer.attempt, timer.tried_since) == ("RET-1/past", 3, at(20))
    (ahead,) = store.claim(ClaimKind.TIMER, at(80), 9)
    assert (ahead.key, ahead.attempt, ahead.tried_since) == ("RET-1/ahead", 1, None)


def test_what_had_ended_stays_ended(store: SqlStore) -> None:
    want(store, "k1", an_effect("done"), an_effect("dead"))
    done, dead = store.claim(ClaimKind.EFFECT, NOW, 9)
    store.settle(done, Done(found={"ts": "17.1"}), NOW)
    store.settle(dead, Dead(why="gone"), NOW)

    assert store.doubt(NOW, at(9)).messages == 0

    assert tried(store, 99) == {}
    assert store.found("done") == {"ts": "17.1"}
    assert [trouble.key for trouble in store.troubles()] == ["dead"]


def test_what_waited_behind_another_is_doubted_once_that_is_done(store: SqlStore) -> None:
    want(store, "k1", an_effect("card"), an_effect("reply", after="card"))
    store.doubt(NOW, at(9))
    (card,) = store.claim(ClaimKind.EFFECT, at(9), 9)
    store.settle(card, Done(), at(9))

    assert tried(store, 9) == {"reply": (2, NOW, at(9))}


def test_lines_that_would_have_been_posted_together_are_looked_up_together(store: SqlStore) -> None:
    lines = [an_effect(f"line {n}", batch="lines", lane="thread", after="card") for n in range(3)]
    want(store, "k1", an_effect("card"), *lines)
    store.doubt(NOW, at(9))
    (card,) = store.claim(ClaimKind.EFFECT, at(9), 9)
    store.settle(card, Done(), at(9))
    (together,) = store.claim(ClaimKind.EFFECT, at(9), 9)

    assert (together.key, together.attempt) == ("line 0", 2)
    assert [body["line"] for body in together.merged] == ["line 0", "line 1", "line 2"]
    assert store.settle(together, Done(found={"ts": "17.2"}), at(9))
    assert store.found("line 2") == {"ts": "17.2"}
    assert tried(store, 99) == {}


def test_lines_that_another_batch_of_their_lane_would_have_kept_apart_are_looked_up_apart(
    store: SqlStore,
) -> None:
    batches = ("few", "few", "many", "few")
    lines = [an_effect(f"line {n}", batch=batch, lane="thread") for n, batch in enumerate(batches)]
    want(store, "k1", *lines)
    store.doubt(NOW, at(9))

    keys = []
    while claims := store.claim(ClaimKind.EFFECT, at(9), 9):
        keys += [(claim.key, len(claim.merged)) for claim in claims]
        for claim in claims:
            store.settle(claim, Done(), at(9))
    assert keys == [("line 0", 2), ("line 2", 1), ("line 3", 1)]


def test_a_wish_for_what_is_doubted_is_performed_after_that(store: SqlStore) -> None:
    drawing = an_effect("card/edit", kind=EffectKind.EDIT, refresh=True)
    want(store, "k1", drawing)
    store.doubt(NOW, at(9))
    (doubted,) = store.claim(ClaimKind.EFFECT, at(9), 9)
    want(store, "k2", drawing)
    store.settle(doubted, Done(), at(9))

    assert tried(store, 9) == {"card/edit": (1, at(9), None)}


def test_what_a_doubted_command_leads_to_is_doubted_but_for_lines(store: SqlStore) -> None:
    store.doubt(NOW, at(9))
    line = an_effect("line", batch="lines", lane="thread")
    command = a_command(effects=(an_effect("dm"), line), timers=(a_timer("at once", 5), a_timer("later", 99)))
    store.transact("k1", "RET-1", command, None, at(9), tried_since=NOW)
    store.transact("k2", "RET-1", a_command(effects=(an_effect("new"),)), None, at(9))

    assert tried(store, 9) == {"dm": (2, NOW, at(9)), "line": (1, at(9), None), "new": (1, at(9), None)}
    at_once, later = store.claim(ClaimKind.TIMER, at(99), 9)
    assert (at_once.attempt, at_once.tried_since) == (2, NOW)
    assert (later.attempt, later.tried_since) == (1, None)


def test_what_follows_from_doubted_work_is_doubted(store: SqlStore) -> None:
    want(store, "k1", an_effect("dm"))
    store.doubt(NOW, at(9))
    (claim,) = store.claim(ClaimKind.EFFECT, at(9), 9)
    store.settle(
        claim, Dead(why="gone"), at(9), then=("RET-1", a_command(effects=(an_effect("instead"),)), None)
    )

    assert tried(store, 9) == {"instead": (2, NOW, at(9))}


def test_in_a_record_that_was_never_brought_back_nothing_is_doubted(store: SqlStore) -> None:
    store.transact("k1", "RET-1", a_command(effects=(an_effect("dm"),)), None, NOW, tried_since=NOW)

    assert tried(store, 0) == {"dm": (1, NOW, None)}


def test_what_is_tried_after_it_was_brought_back_is_not_doubted(store: SqlStore) -> None:
    store.doubt(NOW, at(9))
    store.transact("k1", "RET-1", a_command(effects=(an_effect("dm"),)), None, at(10), tried_since=at(9))

    assert tried(store, 10) == {"dm": (1, at(10), None)}


def test_numbers_that_were_given_out_since_are_left_out(store: SqlStore) -> None:
    store.transact("k1", "RET-*", a_command(counts=1), None, NOW)
    store.doubt(NOW, at(9))

    after = store.transact("k2", "RET-*", a_command(counts=1), None, at(9))
    assert after.stream == f"RET-{1 + NUMBERS_SKIPPED + 1}"
