"""Which days are public holidays in a country, or a part of it? As the `holidays` package knows them.

It is loaded by whoever asks first: most commands never do, and it takes half a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

_FORM = re.compile(r"(?P<country>[A-Z]{2,4})(-(?P<part>[A-Z0-9]{1,5}))?")
ACCEPTED = 'a country by its ISO code, with a part of it or without, e.g. "PT" or "DE-BY"; "" for none'


def is_known(place: str) -> bool:
    """Whether anybody can tell the holidays there."""
    if not _FORM.fullmatch(place):
        return False
    try:
        public_holidays(place, [2026])
    except LookupError:
        return False
    return True


def public_holidays(place: str, years: Iterable[int]) -> frozenset[date]:
    """None for nowhere. Raises `LookupError` for a place nobody knows the holidays of."""
    return frozenset().union(*(_of_year(place, year) for year in years)) if place else frozenset()


@lru_cache(maxsize=1_000)
def _of_year(place: str, year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - see above

    found = _FORM.fullmatch(place)
    if found is None:
        raise LookupError(place)
    try:
        days = holidays.country_holidays(found["country"], subdiv=found["part"], years=[year])
    except NotImplementedError as error:  # what `holidays` raises for a country or part it does not know
        raise LookupError(place) from error
    return frozenset(days)
