"""Which names look like this one? For messages that say how to go on; nothing is ever decided by likeness."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def closest(name: str, names: Iterable[str], *, limit: int = 3, cutoff: float = 0.6) -> tuple[str, ...]:
    """Up to `limit` names that resemble `name`, best first; one contained in the other counts as alike."""
    folded = name.casefold()
    spellings: dict[str, str] = {}
    for candidate in names:
        spellings.setdefault(candidate.casefold(), candidate)
    alike = difflib.get_close_matches(folded, spellings, n=limit, cutoff=cutoff)
    within = sorted(
        other for other in spellings if folded and (folded in other or (len(other) > 2 and other in folded))
    )
    return tuple(spellings[match] for match in dict.fromkeys((*alike, *within)))[:limit]
