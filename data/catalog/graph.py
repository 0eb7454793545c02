"""Who depends on this, how far away, and along which path?

Things have numbers here, and whoever depends on one is a block of numbers: as bytes, since a level of the walk is
then joined and read back in C. That takes less than half the time of a walk over sets of names, and a fraction of the
memory. rustworkx (0.18.1) was tried in its place and is not used: where 31,000 are reached, its fastest walk is 8 times
as fast as networkx with their names, this 7 times in the same rounds, and 13 times where bare numbers will do
(tests/benchmarks/rustworkx_mirror.py). That saves a millisecond of an answer, and two versions would have to be two
copies.

A graph never changes. What `changed` makes shares all blocks that stay, and the numbers: those are only ever added.
Edges to what nobody declares are kept: they lead nowhere until somebody does.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from operator import itemgetter
from typing import TypeVar

from data.catalog.layered import is_grown
from data.records.base import Record

Change = tuple[Collection[str], Collection[str]]
"""What a thing depended on before, and now."""

_NUMBER = "I"
T = TypeVar("T")


class Dependant(Record, frozen=True, kw_only=True):
    """`path` leads from the dependant to what was asked about, both included; `distance` counts its edges."""

    id: str
    distance: int
    path: tuple[str, ...]


class _Numbers:
    """Which number an id has. They are only ever added to, so graphs that follow each other share them."""

    __slots__ = ("_known", "ids")

    def __init__(self, ids: list[str], known: dict[str, int]) -> None:
        self.ids = ids
        self._known = known

    @classmethod
    def of(cls, ids: list[str]) -> _Numbers:
        return cls(ids, {one: number for number, one in enumerate(ids)})

    def known(self, one: str) -> int | None:
        return self._known.get(one)

    def given(self, one: str) -> int:
        """A new one where it has none yet."""
        number = self._known.get(one)
        if number is None:
            number = self._known[one] = len(self.ids)
            self.ids.append(one)
        return number

    def following(self, count: int) -> _Numbers:
        """To be added to behind these. Who comes second after the same graph gets numbers of their own."""
        return self if len(self.ids) == count else _Numbers.of(self.ids[:count])


class Graph:
    """numbers   up to the count of `blocks` their order is that of ids; what came later is in `over`, too
    blocks    by number, who depends on it
    over      what stands instead of some of these by now
    """

    __slots__ = ("_blocks", "_count", "_ids", "_numbers", "_over")

    def __init__(self, numbers: _Numbers, blocks: list[bytes], over: dict[int, bytes]) -> None:
        self._numbers = numbers
        self._ids = numbers.ids
        # What lies behind belongs to later graphs.
        self._count = len(numbers.ids)
        self._blocks = blocks
        self._over = over

    @classmethod
    def of(cls, depends_on: Mapping[str, Collection[str]]) -> Graph:
        """From what each thing depends on; what is named twice counts once."""
        # Mostly in order already, which is what sorting goes by. What nobody declares comes behind, as it is met.
        found: dict[str, list[int]] = defaultdict(list, {one: [] for one in sorted(depends_on)})
        for number, from_id in enumerate([*found]):
            for to_id in depends_on[from_id]:
                block = found[to_id]
                if not block or block[-1] != number:
                    block.append(number)
        blocks = [array(_NUMBER, block).tobytes() if block else b"" for block in found.values()]
        graph = cls(_Numbers.of([*found]), blocks, {})
        return graph if len(found) == len(depends_on) else graph.compact()

    def changed(self, changes: Mapping[str, Change]) -> Graph:
        """The same but for what these things depend on. Costs what has changed, but for one time in very many."""
        numbers = self._numbers.following(self._count)
        over = dict(self._over)

        def block(number: int) -> bytes:
            return over[number] if number in over else self._blocks[number]

        def number_of(one: str) -> int:
            number = numbers.given(one)
            if number >= self._count:
                over.setdefault(number, b"")
            return number

        for from_id, (before, now) in changes.items():
            number = number_of(from_id)
            for to in map(number_of, set(before).difference(now)):
                left = array(_NUMBER, block(to))
                left.remove(number)
                over[to] = left.tobytes()
            for to in map(number_of, set(now).difference(before)):
                over[to] = block(to) + array(_NUMBER, (number,)).tobytes()
        changed = Graph(numbers, self._blocks, over)
        return changed.compact() if is_grown(len(over), len(self._blocks)) else changed

    def compact(self) -> Graph:
        """The same, numbered in order of ids again, with nothing lying over anything."""
        order = sorted(range(self._count), key=self._ids.__getitem__)
        places = [0] * self._count
        for place, number in enumerate(order):
            places[number] = place
        blocks = [
            array(_NUMBER, [places[found] for found in array(_NUMBER, self._block(number))]).tobytes()
            for number in order
        ]
        return Graph(_Numbers.of([self._ids[number] for number in order]), blocks, {})

    def direct(self, one: str) -> list[str]:
        """What depends on this by an edge of its own, in no particular order."""
        number = self._known(one)
        return [] if number is None else [self._ids[found] for found in array(_NUMBER, self._block(number))]

    def reached(self, *roots: str, spared: Collection[str] = ()) -> tuple[str, ...]:
        """Everything that depends on any root, nearest first; each once. `spared` as in `dependants`."""
        level = self._known_among(roots)
        stays = frozenset(self._known_among(spared))
        is_seen = bytearray(self._count)
        for number in level:
            is_seen[number] = 1
        every: list[int] = []
        while level:
            found: Iterable[int] = array(_NUMBER, b"".join(self._blocks_of(level)))
            if stays:
                found = [number for number in found if number not in stays]
                stays = frozenset()
            level = []
            for number in found:
                if not is_seen[number]:
                    is_seen[number] = 1
                    level.append(number)
            every += level
        return _at(self._ids, every)

    def dependants(self, *roots: str, spared: Collection[str] = ()) -> tuple[Dependant, ...]:
        """Everything that depends on any root, nearest first, then by id; each once, by a shortest path.

        spared   things that stay although they depend on a root directly: not entered from a root
        Paths are the same on every run: of several shortest ones the first in order of ids.
        """
        ids = self._ids
        level = self._sorted(self._known_among(roots))
        stays = frozenset(self._known_among(spared))
        paths: dict[int, tuple[str, ...]] = {number: (ids[number],) for number in level}
        found: list[Dependant] = []
        distance = 0
        while level:
            distance += 1
            reached = []
            for number in level:
                block = self._block(number)
                # Nothing depends on most things: an array for each of those would cost as much as all the rest.
                for dependant in array(_NUMBER, block) if block else ():
                    if dependant not in paths and dependant not in stays:
                        paths[dependant] = (ids[dependant], *paths[number])
                        reached.append(dependant)
            stays = frozenset()
            level = self._sorted(reached)
            found += [Dependant(id=ids[number], distance=distance, path=paths[number]) for number in level]
        return tuple(found)

    def _blocks_of(self, level: list[int]) -> Iterable[bytes]:
        if not self._over:
            return _at(self._blocks, level)
        over, blocks = self._over, self._blocks
        return [over[number] if number in over else blocks[number] for number in level]

    def _block(self, number: int) -> bytes:
        found = self._over.get(number)
        return self._blocks[number] if found is None else found

    def _sorted(self, numbers: list[int]) -> list[int]:
        """In order of ids."""
        numbers = sorted(numbers)
        if not numbers or numbers[-1] < len(self._blocks):
            return numbers
        # Most are in order now, so there is hardly anything to sort.
        return sorted(numbers, key=self._ids.__getitem__)

    def _known(self, one: str) -> int | None:
        number = self._numbers.known(one)
        return number if number is not None and number < self._count else None

    def _known_among(self, ids: Iterable[str]) -> list[int]:
        return [number for one in dict.fromkeys(ids) if (number := self._known(one)) is not None]


def _at(things: list[T], places: list[int]) -> tuple[T, ...]:
    """What stands there. As fast again as one by one, where there are many; of a single one it makes no tuple."""
    return itemgetter(*places)(things) if len(places) > 1 else tuple(things[place] for place in places)
