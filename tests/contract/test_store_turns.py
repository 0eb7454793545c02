"""Whose turn is it? What somebody waits for goes first, nothing waits for ever, and limits leave rows unclaimed."""

from __future__ import annotations

from typing import Any

from data.records.decision import Claim, ClaimKind, Done, Effect, EffectKind, Gate, NotDone, Room, Unknown
from data.store import Store
from tests.contract.scripted import NOW, a_command, an_effect, at

HOUR = 3600


def wants(store: Store, *effects: Effect, seconds: float = 0, stream: str = "RET-1") -> None:
    key = f"want {stream} {seconds} {[effect.key for effect in effects]}"
    store.transact(key, stream, a_command(effects=effects), b"", at(seconds))


def patient(key: str, **values: Any) -> Effect:
    return an_effect(key, patience_seconds=HOUR, **values)


def claims(store: Store, seconds: float = 0, limit: int = 9, **room: Any) -> tuple[Claim, ...]:
    asked = Room(at=at(seconds), **room) if room else None
    return store.claim(ClaimKind.EFFECT, at(seconds), limit, asked)


def keys(store: Store, seconds: float = 0, limit: int = 9, **room: Any) -> list[str]:
    return [claim.key for claim in claims(store, seconds, limit, **room)]


def test_what_somebody_waits_for_overtakes_what_can_wait(store: Store) -> None:
    wants(store, patient("reminder 1"), patient("reminder 2"))
    wants(store, an_effect("card"), an_effect("line"), seconds=60)
    assert keys(store, 60) == ["card", "line", "reminder 1", "reminder 2"]


def test_what_has_waited_as_long_as_it_can_is_overtaken_no_more(store: Store) -> None:
    wants(store, patient("reminder"))
    wants(store, an_effect("card"), seconds=HOUR + 1)
    assert keys(store, HOUR + 1) == ["reminder", "card"]


def test_a_lane_keeps_its_order_whatever_the_patience(store: Store) -> None:
    wants(store, patient("first", lane="U1"), an_effect("second", lane="U1"))
    (first,) = claims(store)
    assert first.key == "first"
    store.settle(first, NotDone(retry_at=at(30), why="429"), NOW)
    assert keys(store, 29) == []
    (again,) = claims(store, 30)
    store.settle(again, Done(), at(30))
    assert keys(store, 30) == ["second"]


def test_one_retirement_that_tells_many_leaves_every_other_a_turn_in_between(store: Store) -> None:
    wants(store, *(patient(f"a{number}") for number in range(4)), stream="RET-1")
    wants(store, *(patient(f"b{number}") for number in range(2)), seconds=0.5, stream="RET-2")
    assert keys(store, 1) == ["a0", "b0", "a1", "b1", "a2", "a3"]


def test_wanting_it_again_at_once_ends_the_patience_of_a_refresh(store: Store) -> None:
    wants(store, patient("dm/edit", refresh=True), patient("other"))
    wants(store, an_effect("dm/edit", refresh=True), seconds=5)
    wants(store, patient("dm/edit", refresh=True), seconds=6)
    wants(store, an_effect("card"), seconds=7)
    assert keys(store, 7) == ["dm/edit", "card", "other"]


def test_a_done_refresh_that_is_wanted_again_takes_its_turn_anew(store: Store) -> None:
    wants(store, an_effect("edit", refresh=True))
    for claim in claims(store):
        store.settle(claim, Done(), NOW)
    wants(store, an_effect("other"), seconds=8)
    wants(store, an_effect("edit", refresh=True), seconds=9)
    assert keys(store, 9) == ["other", "edit"]


def test_a_gate_lets_through_as_many_as_it_has_room_for(store: Store) -> None:
    edits = (an_effect(f"edit {number}", kind=EffectKind.EDIT) for number in range(3))
    wants(store, *(an_effect(f"post {number}") for number in range(3)), *edits)
    wants(store, an_effect("copy", kind=EffectKind.ARCHIVE))
    free = {Gate.POST: 1, Gate.EDIT: 2, Gate.FIND: 0, Gate.WORK: 0}
    assert sorted(keys(store, free=free, patient=free)) == ["edit 0", "edit 1", "post 0"]
    assert keys(store, free=free | {Gate.POST: 0, Gate.EDIT: 0}, patient=dict.fromkeys(Gate, 0)) == []
    assert keys(store, free={Gate.POST: 0}, patient={Gate.POST: 0}) == ["edit 2", "copy"]


def test_what_waits_for_room_is_as_if_it_had_never_been_looked_at(store: Store) -> None:
    wants(store, an_effect("post"))
    none = dict.fromkeys(Gate, 0)
    for seconds in range(20):
        assert keys(store, seconds, free=none, patient=none) == []
    (claim,) = claims(store, 20)
    assert (claim.attempt, claim.first_tried) == (1, at(20))


def test_the_last_of_the_room_is_kept_for_what_somebody_waits_for(store: Store) -> None:
    wants(store, *(patient(f"reminder {number}") for number in range(4)), an_effect("card"))
    room = {"free": dict.fromkeys(Gate, 3), "patient": dict.fromkeys(Gate, 2)}
    assert keys(store, **room) == ["card", "reminder 0", "reminder 1"]
    assert keys(store, free=dict.fromkeys(Gate, 1), patient=dict.fromkeys(Gate, 0)) == []


def test_a_post_whose_end_nobody_knows_takes_the_room_of_look_ups(store: Store) -> None:
    wants(store, an_effect("lost"), an_effect("died"), an_effect("new"))
    lost, _ = claims(store, limit=2)
    store.settle(lost, Unknown(retry_at=at(1), why="reset"), NOW)
    looks = {Gate.POST: 0, Gate.FIND: 9}
    assert keys(store, 1, free=looks, patient=looks) == ["lost"]
    assert keys(store, 61, free=looks, patient=looks) == ["lost", "died"]
    posts = {Gate.POST: 9, Gate.FIND: 0}
    assert keys(store, 200, free=posts, patient=posts) == ["new"]


def test_nothing_goes_where_a_place_is_shut_and_one_at_a_time_where_it_is_open(store: Store) -> None:
    wants(store, *(an_effect(f"{place}{number}", place=place) for place in "AB" for number in (1, 2)))
    assert keys(store, shut=frozenset("A")) == ["B1"]
    assert keys(store, shut=frozenset("C")) == ["A1", "B2"]


def test_what_is_due_is_what_there_is_room_for(store: Store) -> None:
    wants(store, patient("reminder", place="U1"))
    wants(store, an_effect("edit", kind=EffectKind.EDIT), seconds=5)
    assert store.next_due() == NOW
    open_ones = dict.fromkeys(Gate, 9)
    for room, due in (
        (Room(at=at(9)), NOW),
        (Room(at=at(9), free=open_ones, patient=open_ones), NOW),
        (Room(at=at(9), free=open_ones, patient=dict.fromkeys(Gate, 0)), at(5)),
        (Room(at=at(9), free=open_ones | {Gate.POST: 0}, patient=open_ones | {Gate.POST: 0}), at(5)),
        (Room(at=at(9), shut=frozenset(["U1"])), at(5)),
        (Room(at=at(9), free=dict.fromkeys(Gate, 0), patient=dict.fromkeys(Gate, 0)), None),
    ):
        assert store.next_due(room) == due, room
