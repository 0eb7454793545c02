"""Who is above somebody? The first in the line of managers whom a message may reach. Lines may be circles."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def next_above(person: str, managers: Mapping[str, str], out_of_reach: Collection[str]) -> str:
    """Empty when there is none: nobody is above themselves."""
    passed = {person}
    while (person := managers.get(person, "")) and person not in passed:
        if person not in out_of_reach:
            return person
        passed.add(person)
    return ""
