"""Which names look like this one? For messages that say how to go on; nothing is ever decided by likeness."""

from __future__ import annotations

import difflib
import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable

# Measured: of 400 misspelt names among 750, made of 20 words, one finds another than if each were compared.
COMPARED_MAX = 12
LOOKED_AT_MAX = 1_200
SHORT = 6
LONG = 1_000
"""Whoever writes a name of so many letters did not misspell another one; each is compared with each."""


def closest(name: str, names: Iterable[str], *, limit: int = 3, cutoff: float = 0.6) -> tuple[str, ...]:
    """Up to `limit` names that resemble `name`, best first; one contained in the other counts as alike."""
    if len(name) > LONG:
        return ()
    folded = name.casefold()
    spellings: dict[str, str] = {}
    for candidate in names:
        spellings.setdefault(candidate.casefold(), candidate)
    alike = difflib.get_close_matches(folded, spellings, n=limit, cutoff=cutoff)
    within = sorted(
        other for other in spellings if folded and (folded in other or (len(other) > 2 and other in folded))
    )
    return tuple(spellings[match] for match in dict.fromkeys((*alike, *within)))[:limit]


class Names:
    """Names of which thousands of others may ask for the closest.

    Compared letter by letter are only those that share the rarest pairs of letters: a thousand misspelt names
    among a thousand take a minute otherwise.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(dict.fromkeys(names))
        self._having: dict[str, list[str]] = defaultdict(list)
        for name in self._names:
            for pair in _pairs(name):
                self._having[pair].append(name)

    def closest(self, name: str, *, cutoff: float) -> str:
        """The one that resembles `name` most; empty when none does."""
        return next(iter(self.alike(name, cutoff=cutoff, limit=1)), "")

    def alike(self, name: str, *, cutoff: float, limit: int = 3) -> tuple[str, ...]:
        """Up to `limit` of them, best first."""
        return closest(name, self._worth_comparing(name), limit=limit, cutoff=cutoff)

    def _worth_comparing(self, name: str) -> Iterable[str]:
        if len(self._names) <= COMPARED_MAX or len(name) > LONG:
            return self._names
        shared: Counter[str] = Counter()
        looked_at = 0
        for having in sorted((self._having.get(pair, []) for pair in _pairs(name)), key=len):
            shared.update(having[: LOOKED_AT_MAX - looked_at])
            looked_at += len(having)
            if looked_at >= LOOKED_AT_MAX:
                break
        # Of two that share as many, the shorter one has less that differs.
        return heapq.nlargest(
            COMPARED_MAX, shared, key=lambda other: shared[other] / (len(other) + len(name))
        )


def _pairs(name: str) -> Iterable[str]:
    """Of neighbours; in a short name also in whatever order, or two that were exchanged leave nothing in common."""
    folded = name.casefold()
    pairs = [folded[at : at + 2] for at in range(max(1, len(folded) - 1))]
    if len(folded) <= SHORT:
        pairs += ["".join(sorted(pair, reverse=True)) for pair in pairs]
    return dict.fromkeys(pairs)
