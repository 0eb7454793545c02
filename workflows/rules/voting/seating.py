"""Who fills which role? The one assignment of people to seats that fills the most of them.

Somebody in two groups could take the seat that only they can take elsewhere, and the round would never end
although enough people agree. So seats are matched (augmenting paths, Kuhn 1955): people keep theirs, unless
moving them within what their groups allow lets one more approval count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.records.base import Record

Eligible = Mapping[str, Sequence[str]]
"""Person -> the roles they may fill, in policy order. The order of persons is the order in which they came."""


class Shortage(Record, frozen=True, kw_only=True):
    """Roles that together need more people than there are for them, in policy order."""

    roles: tuple[str, ...]
    needed: int
    people: tuple[str, ...]


def seated(
    eligible: Eligible, quorum: Mapping[str, int], *, kept: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Person -> the role they fill, for as many as can fill one. Nobody whose seat is `kept` loses it."""
    table = _Table(eligible, quorum)
    for person, role in (kept or {}).items():
        table.keep(person, role)
    for person in eligible:
        table.seat(person)
    return table.seats()


def helpers(role: str, eligible: Eligible, seats: Mapping[str, str]) -> frozenset[str]:
    """The roles a newcomer may have so that one more seat of `role` is filled, people moving up where they can."""
    found = {role}
    while more := {
        seat for person, seat in seats.items() if seat not in found and found & set(eligible.get(person, ()))
    }:
        found |= more
    return frozenset(found)


def shortage(eligible: Eligible, quorum: Mapping[str, int]) -> Shortage | None:
    """Why not every seat can be filled: the roles that compete for too few people; None when all can be."""
    seats = seated(eligible, quorum)
    taken = list(seats.values())
    short = next((role for role, needed in quorum.items() if taken.count(role) < needed), None)
    if short is None:
        return None
    # Whoever sits where help could come from cannot move on, or there would be one more (Hall's theorem).
    compete = helpers(short, eligible, seats)
    return Shortage(
        roles=tuple(role for role in quorum if role in compete),
        needed=sum(quorum[role] for role in quorum if role in compete),
        people=tuple(person for person, roles in eligible.items() if compete & set(roles)),
    )


class _Table:
    """Seats while they are given out; `taken` has the people of each role in the order they sat down."""

    def __init__(self, eligible: Eligible, quorum: Mapping[str, int]) -> None:
        self._eligible = eligible
        self._quorum = quorum
        self._taken: dict[str, list[str]] = {role: [] for role in quorum}
        # Whoever sits moves, but never loses their seat.
        self._seated: set[str] = set()
        # Where one with these roles found no seat, the next finds none either: nobody gets up again.
        self._in_vain: set[tuple[str, ...]] = set()

    def keep(self, person: str, role: str) -> None:
        if role in self._eligible.get(person, ()) and self._is_free(role):
            self._taken[role].append(person)
            self._seated.add(person)

    def seat(self, person: str) -> None:
        """Sit down, making others move if need be, where that fills one more seat."""
        roles = tuple(self._eligible[person])
        if person in self._seated or roles in self._in_vain:
            return
        if self._found_seat(person, set()):
            self._seated.add(person)
        else:
            self._in_vain.add(roles)

    def seats(self) -> dict[str, str]:
        return {person: role for role, people in self._taken.items() for person in people}

    def _found_seat(self, person: str, tried: set[str]) -> bool:
        roles = [role for role in self._eligible[person] if role in self._quorum and role not in tried]
        for role in roles:
            if self._is_free(role):
                self._taken[role].append(person)
                return True
        for role in roles:
            if role in tried:
                continue
            tried.add(role)
            for other in list(self._taken[role]):
                if self._found_seat(other, tried):
                    self._taken[role].remove(other)
                    self._taken[role].append(person)
                    return True
        return False

    def _is_free(self, role: str) -> bool:
        return role in self._taken and len(self._taken[role]) < self._quorum[role]
