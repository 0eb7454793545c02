"""Who is above somebody? The first in the line of managers whom a message may reach. Lines may be circles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping


def next_above(person: str, managers: Mapping[str, str], out_of_reach: Collection[str]) -> str:
    """Empty when there is none: nobody is above themselves."""
    passed = {person}
    while (person := managers.get(person, "")) and person not in passed:
        if person not in out_of_reach:
            return person
        passed.add(person)
    return ""


def lead_of(people: Iterable[str], managers: Mapping[str, str], out_of_reach: Collection[str]) -> str:
    """Who is above most of these; of as many, above the first. Empty where nobody is above any of them."""
    above = Counter(next_above(person, managers, out_of_reach) for person in people)
    del above[""]
    return next((lead for lead, _ in above.most_common(1)), "")
