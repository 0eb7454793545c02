"""Who wants to do something when: what people have in mind, and what is still on its way to the bot."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.simulation.people import Story


@dataclass(frozen=True)
class Delivery:
    """A press, a command or a form that is filled in, on its way to the bot."""

    person: str
    kind: str
    name: str
    body: dict[str, Any]


@dataclass(order=True)
class Entry:
    """`number` tells entries of the same time apart."""

    at: datetime
    number: int
    what: Story | Delivery


class Diary:
    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def add(self, entry: Entry) -> Entry:
        heapq.heappush(self._entries, entry)
        return entry

    def first(self) -> Entry | None:
        return self._entries[0] if self._entries else None

    def strike(self, entry: Entry) -> None:
        """It is done now, or need not be done."""
        if entry is self._entries[0]:
            heapq.heappop(self._entries)
        else:
            self._entries.remove(entry)
            heapq.heapify(self._entries)

    def of_people(self) -> list[Entry]:
        """All but what is on its way already."""
        return [entry for entry in self._entries if not isinstance(entry.what, Delivery)]
