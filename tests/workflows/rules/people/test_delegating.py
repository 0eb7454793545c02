"""Who answers for a person now: to the end of a chain, never round a loop, and only while each part of it counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from data.records.delegation import Delegation
from workflows.rules.people.delegating import answers_as, chain, hears_as, in_force, receiver, stands_in_for

NOW = datetime(2027, 1, 20, 9, tzinfo=UTC)
ANA, BO, CYD, DEE = "UANA", "UBO", "UCYD", "UDEE"


def a_delegation(person: str, to: str, *, days: float = 10, since: datetime = NOW) -> Delegation:
    until = since + timedelta(days=days)
    return Delegation(person=person, version=1, to=to, since=since, until=until, last_on=date(2027, 1, 30))


def counting(*every: Delegation, at: datetime = NOW, left: str = "") -> dict[str, Delegation]:
    return in_force(every, at, is_there=lambda person: person != left)


def test_what_is_asked_goes_to_the_end_of_the_chain_and_everybody_on_it_may_answer():
    there = counting(a_delegation(ANA, BO), a_delegation(BO, CYD))
    assert chain(ANA, there) == (BO, CYD)
    assert receiver(ANA, there) == CYD
    assert {who: answers_as([ANA], who, there) for who in (ANA, BO, CYD, DEE)} == {
        ANA: ANA,
        BO: ANA,
        CYD: ANA,
        DEE: "",
    }
    assert stands_in_for(CYD, there) == (ANA, BO)


@pytest.mark.parametrize(
    ("at", "who"),
    [
        pytest.param(NOW - timedelta(seconds=1), ANA, id="before it begins"),
        pytest.param(NOW, CYD, id="from the first instant on"),
        pytest.param(
            NOW + timedelta(days=5) - timedelta(seconds=1), CYD, id="up to the last one of the shorter"
        ),
        pytest.param(NOW + timedelta(days=5), BO, id="then the one before answers"),
        pytest.param(NOW + timedelta(days=10), ANA, id="and at the end whose it is"),
    ],
)
def test_it_ends_by_the_clock_whatever_the_timers_do(at: datetime, who: str):
    there = counting(a_delegation(ANA, BO), a_delegation(BO, CYD, days=5), at=at)
    assert receiver(ANA, there) == who


def test_where_the_delegate_has_left_it_falls_back_to_whoever_delegated():
    every = (a_delegation(ANA, BO), a_delegation(BO, CYD))
    assert receiver(ANA, counting(*every, left=CYD)) == BO
    assert receiver(ANA, counting(*every, left=BO)) == ANA
    assert answers_as([ANA], CYD, counting(*every, left=BO)) == ""


def test_two_who_delegated_to_each_other_at_the_same_moment_each_answer_for_themselves():
    there = counting(a_delegation(ANA, BO), a_delegation(BO, ANA), a_delegation(CYD, ANA))
    assert [receiver(one, there) for one in (ANA, BO, CYD)] == [ANA, BO, CYD]
    assert answers_as([ANA], BO, there) == ""


def test_one_person_is_asked_once_however_many_of_a_team_they_stand_in_for():
    there = counting(a_delegation(ANA, CYD), a_delegation(BO, CYD))
    assert hears_as([ANA, BO], CYD, there) == ANA
    assert hears_as([ANA, BO, CYD], CYD, there) == CYD
    assert hears_as([ANA, BO], ANA, there) == "", "who delegated is not asked"
    assert hears_as([ANA, DEE], DEE, there) == DEE


def test_whoever_delegates_what_is_their_own_is_not_asked_in_the_place_of_others_either():
    there = counting(a_delegation(ANA, BO), a_delegation(BO, CYD))
    assert hears_as([ANA, BO], BO, there) == ""
    assert hears_as([ANA, BO], CYD, there) == ANA


def walked(person: str, links: dict[str, str]) -> list[str]:
    """Everybody on the way, found otherwise than by the rule: step by step, and nobody where a step was gone before."""
    way: list[str] = []
    here = person
    for _ in range(len(links) + 1):
        if here not in links:
            return way
        here = links[here]
        way.append(here)
    return []


def test_whoever_delegates_whatever_somebody_is_always_asked_and_nobody_outside_may_answer():
    """2,000 companies at random, with loops, overlapping days and people who left, against a plain walk."""
    rand = Random(7)
    people = [ANA, BO, CYD, DEE, "UEVE"]
    for _ in range(2_000):
        every = [
            a_delegation(
                person,
                rand.choice([one for one in people if one != person]),
                days=rand.choice((1, 5, 9)),
                since=NOW + timedelta(days=rand.choice((-3, 0, 3))),
            )
            for person in people
            if rand.random() < 0.6
        ]
        at = NOW + timedelta(days=rand.choice((0, 1, 4, 8)))
        left = rand.choice(["", *people])
        there = counting(*every, at=at, left=left)
        links = {
            one.person: one.to
            for one in every
            if one.since is not None
            and one.until is not None
            and one.since <= at < one.until
            and one.to != left
        }
        for person in people:
            way = walked(person, links)
            assert list(chain(person, there)) == way
            assert receiver(person, there) == (way[-1] if way else person)
            assert left not in way, "who has left answers for nobody"
            may = {one for one in people if answers_as([person], one, there)}
            assert may == {person, *way}, "whose it is, and whoever stands in"
        owners = rand.sample(people, 2)
        asked = [reader for reader in people if hears_as(owners, reader, there)]
        assert sorted(asked) == sorted({receiver(owner, there) for owner in owners}), "each of them, once"
