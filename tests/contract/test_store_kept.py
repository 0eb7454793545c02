"""What every store promises about effects that refresh: what they found is kept, and they are wanted again."""

from __future__ import annotations

from data.records.decision import ClaimKind, Dead, Done, Effect, NotDone, Unknown
from data.sql.record import SqlStore
from data.store import Kept
from tests.contract.scripted import NOW, an_effect, at, count_up


def a_home(person: str, **values: object) -> Effect:
    return an_effect(f"home/{person}", refresh=True, **values)


def perform(store: SqlStore, seconds: float = 0, **found: str) -> list[str]:
    claims = store.claim(ClaimKind.EFFECT, at(seconds), 9)
    assert all(store.settle(claim, Done(found=found), at(seconds)) for claim in claims)
    return [claim.key for claim in claims]


def test_what_was_found_last_is_kept_and_handed_to_the_next_claim(store: SqlStore) -> None:
    store.want("homes", [a_home("U1")], NOW)
    (first,) = store.claim(ClaimKind.EFFECT, NOW, 9)
    assert first.found == {}
    store.settle(first, Done(found={"hash": "1"}), NOW)
    store.want("homes", [a_home("U1", body={"page": "2"})], NOW)
    (second,) = store.claim(ClaimKind.EFFECT, NOW, 9)
    assert (second.found, second.effect) == ({"hash": "1"}, a_home("U1", body={"page": "2"}))


def test_effects_are_listed_by_how_their_keys_begin(store: SqlStore) -> None:
    store.want("homes", [a_home("U1"), a_home("U12"), an_effect("homes"), an_effect("card")], NOW)
    perform(store, hash="1")
    store.want("homes", [a_home("U12")], NOW)
    done, waiting = store.kept("home/")
    assert done == Kept(a_home("U1"), {"hash": "1"}, is_done=True, is_stopped=False, turn_at=NOW)
    assert waiting == Kept(a_home("U12"), {"hash": "1"}, is_done=False, is_stopped=False, turn_at=NOW)
    assert [one.effect.key for one in store.kept("home/U12")] == ["home/U12"]
    assert store.kept("nothing/") == ()


def test_wanted_again_it_is_performed_as_it_was_wanted_last(store: SqlStore) -> None:
    home = a_home("U1", body={"page": "2"})
    store.want("homes", [home], NOW)
    perform(store)
    store.want_again(["home/U1", "home/UNKNOWN"], at(1))
    (claim,) = store.claim(ClaimKind.EFFECT, at(1), 9)
    assert claim.effect == home


def test_wanted_again_while_it_waits_or_runs_it_is_performed_once_more_at_most(store: SqlStore) -> None:
    store.want("homes", [a_home("U1")], NOW)
    store.want_again(["home/U1"] * 3, NOW)
    (claim,) = store.claim(ClaimKind.EFFECT, NOW, 9)
    store.want_again(["home/U1"] * 3, NOW)
    store.settle(claim, Done(), NOW)
    assert perform(store) == ["home/U1"]
    assert perform(store) == []


def test_what_is_patient_is_overtaken(store: SqlStore) -> None:
    store.want("homes", [a_home("U1"), a_home("U2")], NOW)
    perform(store)
    store.want_again(["home/U1"], at(1), patience_seconds=60)
    store.want_again(["home/U2"], at(2))
    assert [claim.key for claim in store.claim(ClaimKind.EFFECT, at(3), 1)] == ["home/U2"]


def test_what_stopped_for_good_is_not_wanted_again_and_says_so(store: SqlStore) -> None:
    store.want("homes", [a_home("U1")], NOW)
    (claim,) = store.claim(ClaimKind.EFFECT, NOW, 9)
    store.settle(claim, Dead(why="a bug"), NOW)
    store.want_again(["home/U1"], NOW)
    assert perform(store) == []
    assert [one.is_stopped for one in store.kept("home/")] == [True]
    assert store.retry("home/U1", NOW)
    assert perform(store) == ["home/U1"]


def test_what_is_tried_again_later_keeps_what_it_found_before(store: SqlStore) -> None:
    store.want("homes", [a_home("U1")], NOW)
    perform(store, hash="1")
    store.want_again(["home/U1"], NOW)
    (claim,) = store.claim(ClaimKind.EFFECT, NOW, 9)
    store.settle(claim, NotDone(retry_at=at(5), why="no answer"), NOW)
    (again,) = store.claim(ClaimKind.EFFECT, at(5), 9)
    assert (again.attempt, again.found) == (2, {"hash": "1"})


def test_entries_are_counted_over_all_streams(store: SqlStore) -> None:
    assert store.entries() == 0
    count_up(store, "k1")
    count_up(store, "k2", "RET-2")
    count_up(store, "k3")
    assert store.entries() == 3


def test_while_nobody_knows_what_came_of_a_try_it_is_kept_when_it_may_have_been_done(store: SqlStore) -> None:
    store.want("posts", [an_effect("post")], NOW)
    assert [one.tried for one in store.kept("post")] == [()]
    (claim,) = store.claim(ClaimKind.EFFECT, NOW, 9)
    (begun,) = store.kept("post")
    assert begun.tried[0] == NOW
    store.settle(claim, Unknown(retry_at=at(60), why="no answer", tried_at=at(1)), at(2))
    assert [one.tried for one in store.kept("post")] == [(NOW, at(1))]
    (again,) = store.claim(ClaimKind.EFFECT, at(60), 9)
    store.settle(again, NotDone(retry_at=at(90), why="it is not there"), at(61))
    assert [one.tried for one in store.kept("post")] == [()]
