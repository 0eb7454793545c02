"""A mapping that never changes, of which another with a few keys changed is made without copying it.

Both share the large part below; only the small one on top, with what changed, is copied. Once that has grown, it
is folded into a new part below: what a change costs does not grow with the catalog, but for one in very many.
A tree of small nodes (as in `immutables`) would never fold, and takes twice as long for each look.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from typing import Generic, TypeVar, overload

K = TypeVar("K", bound=str)
V = TypeVar("V")
T = TypeVar("T")

TOP_MIN = 256
TOP_SHARE = 32
"""So many may always lie on top, and one in so many of those below, before both parts become one."""


def is_grown(top: int, below: int) -> bool:
    return top > max(TOP_MIN, below // TOP_SHARE)


class Layered(Mapping[K, V], Generic[K, V]):
    """In order of its keys, however it came about."""

    __slots__ = ("_below", "_top")

    def __init__(self, below: dict[K, V], top: dict[K, V | None] | None = None) -> None:
        """`below` is in order of its keys, and nobody changes it any more. None in `top`: is not there."""
        self._below = below
        self._top = top or {}

    def changed(self, changes: Mapping[K, V | None]) -> Layered[K, V]:
        """The same but for these keys; those that go to None are not there."""
        if not changes:
            return self
        top: dict[K, V | None] = {**self._top, **changes}
        changed = Layered(self._below, top)
        return Layered(dict(changed.items())) if is_grown(len(top), len(self._below)) else changed

    def __getitem__(self, key: K) -> V:
        if key in self._top:
            found = self._top[key]
            if found is None:
                raise KeyError(key)
            return found
        return self._below[key]

    @overload
    def get(self, key: K, /) -> V | None: ...

    @overload
    def get(self, key: K, default: V | T, /) -> V | T: ...

    def get(self, key: K, default: V | T | None = None, /) -> V | T | None:
        """As of a dict: the one that comes with `Mapping` raises and catches for what is not there."""
        if key in self._top:
            found = self._top[key]
            return default if found is None else found
        return self._below.get(key, default)

    def __contains__(self, key: object) -> bool:
        return self._top[key] is not None if key in self._top else key in self._below

    def __iter__(self) -> Iterator[K]:
        if not self._top:
            return iter(self._below)
        kept = [key for key in self._below if key not in self._top]
        # Two runs that are in order already: to sort those is to merge them.
        return iter(sorted([*kept, *sorted(key for key, value in self._top.items() if value is not None)]))

    def items(self) -> ItemsView[K, V]:
        """What comes with `Mapping` looks each key up again, where a dict walks over its own."""
        return super().items() if self._top else self._below.items()

    def values(self) -> ValuesView[V]:
        return super().values() if self._top else self._below.values()

    def __len__(self) -> int:
        added = sum((value is not None) - (key in self._below) for key, value in self._top.items())
        return len(self._below) + added
