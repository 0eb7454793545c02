"""A bot that dies where a test says so, and a count of the boundaries it may die at."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from bot.world import CalendarWorld
from tests.scenarios.town import Town
from workflows.adapters.model_server import Calendar


class Died(Exception):
    pass


class Mortal(Town):
    """A bot that ends at its n-th boundary, or the next of a name: its record takes no more then. The next lives."""

    def __init__(self, folder: Path, **more: Any) -> None:
        super().__init__(folder, **more)
        self.dies_at, self.dies_over = 0, ""
        self.passed: list[str] = []
        self.is_dead = threading.Event()
        self._counting = threading.Lock()

    def world(self) -> CalendarWorld:
        town = self

        class World(CalendarWorld):
            def point(self, name: str) -> None:
                with town._counting:
                    town.passed.append(name)
                    is_last = len(town.passed) == town.dies_at or name == town.dies_over
                    town.dies_over = "" if name == town.dies_over else town.dies_over
                if is_last:
                    town.bot.store.close()
                    town.is_dead.set()
                    raise Died

        return World(Calendar(), wall=self.clock)
