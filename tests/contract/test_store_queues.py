"""What every store says of its queues: how much should be done by now, since when, and what has stopped."""

from __future__ import annotations

from data.records.decision import ClaimKind, Dead, Done, NotDone
from data.sql.record import SqlStore
from data.store import Queue, Store
from tests.contract.scripted import NOW, a_command, a_timer, an_effect, at

INBOX, TIMER, EFFECT = ClaimKind.INBOX, ClaimKind.TIMER, ClaimKind.EFFECT


def test_an_empty_record_waits_for_nothing(store: Store) -> None:
    assert store.queues(NOW) == tuple(
        Queue(kind=kind, due=0, oldest_due_at=None, waiting=0, stopped=0) for kind in (INBOX, TIMER, EFFECT)
    )


def test_what_lies_ahead_waits_and_is_not_due(store: Store) -> None:
    command = a_command(
        timers=(a_timer("past", -30), a_timer("ahead", 90)),
        effects=(an_effect("card"), an_effect("reply", after="card")),
    )
    store.transact("k1", "RET-1", command, b"", at(-10))
    store.receive("m1", "vote", {}, at(-5))

    inbox, timers, effects = store.queues(NOW)
    assert inbox == Queue(kind=INBOX, due=1, oldest_due_at=at(-5), waiting=1, stopped=0)
    assert timers == Queue(kind=TIMER, due=1, oldest_due_at=at(-30), waiting=2, stopped=0)
    assert effects == Queue(kind=EFFECT, due=1, oldest_due_at=at(-10), waiting=1, stopped=0)


def test_what_is_tried_again_and_again_has_been_due_since_its_first_try(store: Store) -> None:
    store.transact("k1", "RET-1", a_command(effects=(an_effect("card"),)), b"", NOW)
    (claim,) = store.claim(EFFECT, NOW, 9)
    assert store.queues(at(1))[2].due == 1, "somebody works on it"
    store.settle(claim, NotDone(retry_at=at(600), why="not_in_channel"), at(1))

    assert store.queues(at(500))[2] == Queue(kind=EFFECT, due=1, oldest_due_at=NOW, waiting=1, stopped=0)


def test_what_is_done_is_gone_and_what_stopped_is_counted(store: Store) -> None:
    command = a_command(timers=(a_timer("past"),), effects=(an_effect("done"), an_effect("gone")))
    store.transact("k1", "RET-1", command, b"", NOW)
    store.receive("m1", "vote", {}, NOW)
    done, gone = store.claim(EFFECT, NOW, 9)
    store.settle(done, Done(), NOW)
    for claim in (gone, *store.claim(TIMER, NOW, 9), *store.claim(INBOX, NOW, 9)):
        store.settle(claim, Dead(why="a bug"), NOW)

    assert store.queues(NOW) == tuple(
        Queue(kind=kind, due=0, oldest_due_at=None, waiting=0, stopped=1) for kind in (INBOX, TIMER, EFFECT)
    )
    assert len(store.troubles()) == 3


def test_the_timers_of_a_stream_are_told_as_they_are_set_and_no_others(store: Store) -> None:
    ahead, past = a_timer("ahead", 90), a_timer("past", -30)
    store.transact("k1", "RET-1", a_command(timers=(ahead, past, a_timer("gone", -40))), b"", at(-50))
    store.transact("k2", "RET-2", a_command(timers=(a_timer("other"),)), b"", NOW)
    gone, *_ = store.claim(TIMER, at(-35), 9)
    store.settle(gone, Dead(why="a bug"), NOW)

    assert store.timers("RET-1") == (past, ahead)
    moved = a_timer("past", 120)
    store.transact("k3", "RET-1", a_command(timers=(moved,)), b"", NOW)
    assert store.timers("RET-1") == (ahead, moved)


def test_its_size_grows_and_an_empty_commit_changes_nothing(store: SqlStore) -> None:
    before = store.size()
    store.transact("k1", "RET-1", a_command(says=("x" * 2_000_000,)), b"", NOW)
    after = store.size()
    store.check_writable()

    assert after > before
    assert store.verify().entries == 1
