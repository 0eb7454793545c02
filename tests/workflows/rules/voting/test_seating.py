"""As many roles are filled as the people who agree can fill: held against trying out every assignment."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, permutations, product

import pytest

from workflows.rules.voting import seating
from workflows.rules.voting.seating import Shortage

ROLES = ("a", "b", "c")
SUBSETS = [subset for size in range(4) for subset in combinations(ROLES, size)]
NEEDS = [dict(zip(ROLES, counts, strict=True)) for counts in product((1, 2), repeat=3)]


def brute_force(eligible, quorum) -> int:
    """The most seats anybody could fill, by trying every assignment of people to one role or none."""
    best = 0
    for chosen in product(*(("", *roles) for roles in eligible.values())):
        taken = Counter(role for role in chosen if role)
        best = max(best, sum(min(taken[role], needed) for role, needed in quorum.items()))
    return best


def one_by_one(eligible, quorum) -> dict[str, str]:
    """The seats after each has come and voted, as rounds go."""
    seats: dict[str, str] = {}
    so_far: dict[str, tuple[str, ...]] = {}
    for person, roles in eligible.items():
        so_far[person] = roles
        seats = seating.seated(so_far, quorum, kept=seats)
    return seats


@pytest.mark.parametrize("quorum", NEEDS, ids=lambda quorum: "".join(map(str, quorum.values())))
def test_as_many_seats_are_filled_as_can_be_in_whatever_order_people_come(quorum):
    for roles in product(SUBSETS, repeat=3):
        eligible = dict(zip(("U1", "U2", "U3"), roles, strict=True))
        seats = one_by_one(eligible, quorum)
        assert len(seats) == brute_force(eligible, quorum), eligible
        assert all(role in eligible[person] for person, role in seats.items())
        assert all(count <= quorum[role] for role, count in Counter(seats.values()).items())


def test_a_role_is_short_exactly_when_no_assignment_fills_it_and_those_named_are_too_few():
    quorum = {"a": 1, "b": 1, "c": 2}
    for roles in product(SUBSETS, repeat=4):
        eligible = dict(zip(("U1", "U2", "U3", "U4"), roles, strict=True))
        found = seating.shortage(eligible, quorum)
        assert (found is None) is (brute_force(eligible, quorum) == 4), eligible
        if found is not None:
            assert found.needed == sum(quorum[role] for role in found.roles) > len(found.people)
            assert set(found.people) == {who for who, can in eligible.items() if set(can) & set(found.roles)}


def test_whoever_helps_is_exactly_who_would_fill_one_more_seat_of_the_role():
    quorum = {"a": 1, "b": 1, "c": 1}
    for roles in product(SUBSETS, repeat=2):
        eligible = dict(zip(("U1", "U2"), roles, strict=True))
        seats = one_by_one(eligible, quorum)
        for short in set(quorum) - set(seats.values()):
            helping = seating.helpers(short, eligible, seats)
            # Other roles that are short take no part: whoever could fill them is not looked for here.
            asked = {role: 1 for role in quorum if role == short or role in seats.values()}
            for role in asked:
                more = seating.seated({**eligible, "UNEW": (role,)}, asked, kept=seats)
                assert (short in more.values()) is (role in helping), (eligible, short, role)


def test_people_keep_their_seat_unless_moving_lets_another_count():
    both = {"U1": ("a", "b"), "U2": ("a", "b")}
    assert seating.seated(both, {"a": 1, "b": 1}, kept={"U1": "b"}) == {"U2": "a", "U1": "b"}
    needed = {"U1": ("a", "b"), "U2": ("b",)}
    assert seating.seated(needed, {"a": 1, "b": 1}, kept={"U1": "b"}) == {"U1": "a", "U2": "b"}


def test_the_same_people_are_seated_the_same_way_in_policy_order_then_by_time():
    eligible = {"U1": ("a", "b"), "U2": ("a", "b"), "U3": ("a", "b")}
    assert seating.seated(eligible, {"a": 1, "b": 1}) == {"U1": "a", "U2": "b"}
    chain = {"U1": ("a", "b"), "U2": ("b", "c"), "U3": ("a",)}
    for order in permutations(chain.items()):
        assert one_by_one(dict(order), {"a": 1, "b": 1, "c": 1}) == {"U1": "b", "U2": "c", "U3": "a"}


def test_a_seat_that_is_not_theirs_any_more_is_not_kept():
    assert seating.seated({"U1": ("b",)}, {"a": 1, "b": 1}, kept={"U1": "a", "U2": "a"}) == {"U1": "b"}


def test_roles_that_share_one_person_are_named_together():
    found = seating.shortage({"U1": ("a", "b"), "U2": ("c",)}, {"a": 1, "b": 1, "c": 1})
    assert found == Shortage(roles=("a", "b"), needed=2, people=("U1",))
