"""What stopped for good can be tried again, or be put away, by a person who has looked at it."""

from __future__ import annotations

from data.records.decision import ClaimKind, Dead, Done, HeldUp, NotDone, OnUnknown, Unknown
from data.sql.record import SqlStore
from tests.contract.scripted import NOW, a_command, a_timer, an_effect, at


def stops(store: SqlStore, *kinds: ClaimKind) -> None:
    """Everything that is due of these kinds fails for good."""
    for kind in kinds:
        for claim in store.claim(kind, NOW, 9):
            store.settle(claim, Dead(why="user_disabled"), NOW)


def keys(store: SqlStore) -> list[str]:
    return [trouble.key for trouble in store.troubles()]


def test_a_message_that_stopped_is_looked_up_and_tried_again(store: SqlStore) -> None:
    effects = (an_effect("dm"), an_effect("reply", after="dm"))
    store.transact("k1", "RET-1", a_command(effects=effects), None, NOW)
    stops(store, ClaimKind.EFFECT)
    assert store.retry("dm", at(60))

    assert keys(store) == []
    (claim,) = store.claim(ClaimKind.EFFECT, at(60), 9)
    assert (claim.key, claim.attempt, claim.first_tried) == ("dm", 2, NOW)
    store.settle(claim, Done(found={"ts": "17.1"}), at(60))
    (reply,) = store.claim(ClaimKind.EFFECT, at(60), 9)
    assert reply.key == "reply", "what waited for it goes on"


def test_work_that_was_parked_is_tried_again(store: SqlStore) -> None:
    effect = an_effect("disable", on_unknown=OnUnknown.PARK)
    store.transact("k1", "RET-1", a_command(effects=(effect,)), None, NOW)
    (claim,) = store.claim(ClaimKind.EFFECT, NOW, 9)
    store.settle(claim, Unknown(retry_at=NOW, why="timeout"), NOW)
    assert keys(store) == ["disable"]
    assert store.retry("disable", NOW)

    assert [claim.key for claim in store.claim(ClaimKind.EFFECT, NOW, 9)] == ["disable"]


def test_what_was_performed_together_is_tried_again_together_whichever_is_named(store: SqlStore) -> None:
    effects = tuple(an_effect(f"line {n}", batch="lines", lane="thread") for n in range(3))
    store.transact("k1", "RET-1", a_command(effects=effects), None, NOW)
    stops(store, ClaimKind.EFFECT)
    assert len(keys(store)) == 3
    assert store.retry("line 2", at(60))

    assert keys(store) == []
    (together,) = store.claim(ClaimKind.EFFECT, at(60), 9)
    assert (together.key, len(together.merged)) == ("line 0", 3)
    store.settle(together, Done(found={"ts": "17.2"}), at(60))
    assert store.found("line 2") == {"ts": "17.2"}


def test_what_is_held_up_is_tried_at_once_and_not_while_somebody_tries_it(store: SqlStore) -> None:
    store.transact("k1", "RET-1", a_command(effects=(an_effect("dm"),)), None, NOW)
    (claim,) = store.claim(ClaimKind.EFFECT, NOW, 9)
    store.settle(claim, NotDone(retry_at=at(600), why="not_in_channel", held_up=HeldUp.PLACE), NOW)
    assert store.retry("dm", at(60))

    (again,) = store.claim(ClaimKind.EFFECT, at(60), 9)
    assert (again.key, again.attempt, again.tried_at) == ("dm", 2, None), "it surely did not happen"
    assert store.retry("dm", at(61))
    assert not store.claim(ClaimKind.EFFECT, at(61), 9)
    assert not store.dismiss("dm"), "it goes on by itself"
    assert store.settle(again, Done(), at(62))
    assert keys(store) == []


def test_a_timer_that_stopped_is_due_again(store: SqlStore) -> None:
    store.transact("k1", "RET-1", a_command(timers=(a_timer("step/close"),)), None, NOW)
    stops(store, ClaimKind.TIMER)
    assert store.retry("RET-1/step/close", at(60))

    (claim,) = store.claim(ClaimKind.TIMER, at(60), 9)
    assert (claim.key, claim.attempt) == ("RET-1/step/close", 2)
    assert keys(store) == []


def test_a_command_cannot_be_tried_again_as_what_it_asked_is_erased(store: SqlStore) -> None:
    store.receive("slack/1", "vote", {"user": "U1"}, NOW)
    stops(store, ClaimKind.INBOX)

    assert not store.retry("slack/1", NOW)
    assert keys(store) == ["slack/1"]


def test_what_is_put_away_is_neither_told_nor_tried(store: SqlStore) -> None:
    effects = (an_effect("dm"), *(an_effect(f"line {n}", batch="lines", lane="t") for n in range(2)))
    store.transact("k1", "RET-1", a_command(effects=effects, timers=(a_timer("remind"),)), None, NOW)
    store.receive("slack/1", "vote", {"user": "U1"}, NOW)
    stops(store, *ClaimKind)
    assert len(keys(store)) == 5
    assert all(store.dismiss(key) for key in ("dm", "line 1", "RET-1/remind", "slack/1"))

    assert keys(store) == []
    assert not any(store.claim(kind, at(999), 9) for kind in ClaimKind)
    assert [queue.stopped for queue in store.queues(at(999))] == [0, 0, 0]
    assert not store.receive("slack/1", "vote", {"user": "U1"}, NOW), "a late duplicate is still known"
    assert store.verify().bad == ""


def test_what_did_not_stop_is_left_alone(store: SqlStore) -> None:
    command = a_command(effects=(an_effect("dm"),), timers=(a_timer("remind"),))
    store.transact("k1", "RET-1", command, None, NOW)
    for key in ("dm", "RET-1/remind", "nothing"):
        assert not store.retry(key, NOW)
        assert not store.dismiss(key)

    assert [claim.attempt for claim in store.claim(ClaimKind.EFFECT, NOW, 9)] == [1]
    assert [claim.attempt for claim in store.claim(ClaimKind.TIMER, NOW, 9)] == [1]
