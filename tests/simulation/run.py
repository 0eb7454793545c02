"""Worlds, one after the other, and what came of them."""

from __future__ import annotations

import gc
import logging
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from tests.simulation import company
from tests.simulation.faults import Violation, Weather
from tests.simulation.process import Parts
from tests.simulation.town import Town

TOGETHER = 4
WORLDS_AT_ONCE = 25
NEVER = 10**9
"""A crash at a boundary that no story has."""
CHANGES = ("committed", "called ", "copying", "copied", "drilled", "disabled", "restored")
"""Boundaries right after something has changed that outlives the process."""
CANONICAL = ("rolled back",)
"""The quiet story: proposed, voted, announced, archived, proven, dark, and brought back."""


@dataclass
class Report:
    """`violation` is empty when nothing was seen that must not be."""

    retirements: int = 0
    worlds: int = 0
    crashes: int = 0
    boundaries: int = 0
    commits: int = 0
    calls: int = 0
    seconds: float = 0.0
    endings: Counter[str] = field(default_factory=Counter)
    violation: str = ""
    replay: str = ""
    trace: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        return {**vars(self), "per_retirement_ms": round(1000 * self.seconds / max(1, self.retirements), 2)}

    def __str__(self) -> str:
        ended = ", ".join(f"{number:,} {name}" for name, number in self.endings.most_common())
        each = 1000 * self.seconds / max(1, self.retirements)
        text = (
            f"{self.retirements:,} retirements in {self.worlds:,} worlds, {self.seconds:.1f} s "
            f"({each:.1f} ms each): {ended}\n"
            f"{self.boundaries:,} boundaries, {self.crashes:,} crashes, {self.commits:,} commits, "
            f"{self.calls:,} calls to Slack"
        )
        if not self.violation:
            return f"{text}\n0 violations"
        trace = "\n".join(f"    {line}" for line in self.trace)
        return f"{text}\nVIOLATION {self.violation}\n{trace}\nagain: {self.replay}"


def simulate(
    *,
    retirements: int,
    seed: int,
    together: int = TOGETHER,
    mutant: str = "",
    crash_at: int = 0,
    weather: Weather | None = None,
) -> Report:
    """Until so many have ended. Stops at the first violation, with the command that shows it again."""
    parts: Parts | None = None
    if mutant:
        # Here, so that the harness itself does not depend on what it is tested with.
        from tests.simulation.mutants import MUTANTS, WEATHERS  # noqa: PLC0415

        parts, weather = MUTANTS[mutant], weather or WEATHERS.get(mutant)
    report = Report()
    folder = company.memory_folder()
    began = time.process_time()
    gc.disable()  # worlds are thrown away whole
    try:
        while report.retirements < retirements and not report.violation:
            at_once = min(together, retirements - report.retirements)
            wishes: tuple[str, ...] = ()
            if crash_at:
                weather, wishes, at_once = Weather(crash_at=crash_at), CANONICAL, len(CANONICAL)
                retirements = at_once
            of_its_own = replace(weather) if weather else None
            town = Town(folder, seed, retirements=at_once, weather=of_its_own, parts=parts, wishes=wishes)
            live(town, report)
            if report.violation:
                report.replay = command(seed, at_once, mutant=mutant, crash_at=crash_at)
            report.worlds += 1
            report.retirements += at_once
            seed += 1
            if report.worlds % WORLDS_AT_ONCE == 0:
                gc.collect(0)  # all that came since the last time: nothing older points in circles to it
    finally:
        gc.enable()
        company.clear_away(folder)
    report.seconds = time.process_time() - began
    return report


class Complaints(logging.Handler):
    """A bug that the product caught and wrote into its log is a violation all the same."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            raise Violation(record.getMessage())


@contextmanager
def listening() -> Iterator[None]:
    """What the product logs goes to `Complaints`, and nowhere else."""
    ours = logging.getLogger("workflows")
    complaints, before = Complaints(), ours.propagate
    ours.addHandler(complaints)
    ours.propagate = False
    try:
        yield
    finally:
        ours.removeHandler(complaints)
        ours.propagate = before


@cache
def after_changes() -> tuple[int, ...]:
    """The boundaries of the quiet story right after a change that lasts.

    A process that dies anywhere between two such changes leaves the same world as one that dies right after the
    first, so these crashes stand for all.
    """
    folder = company.memory_folder()
    try:
        town = Town(folder, 1, retirements=len(CANONICAL), weather=Weather(crash_at=NEVER), wishes=CANONICAL)
        town.run()
    finally:
        company.clear_away(folder)
    # What is left once the weather has cleared up is worked off without a crash.
    crossed = town.boundaries.crossed[: town.boundaries.stopped_at]
    return tuple(number for number, name in enumerate(crossed, start=1) if name.startswith(CHANGES))


def live(town: Town, report: Report) -> None:
    try:
        with listening():
            town.run()
    except Violation as violation:
        report.violation, report.trace = str(violation), town.trace[-30:]
    report.crashes += town.boundaries.crashes
    report.boundaries += town.boundaries.count
    report.commits += town.disk.commits
    report.calls += town.client.calls
    report.endings.update(str(one.state) for one in town.witness.histories.values())


def command(seed: int, together: int, *, mutant: str = "", crash_at: int = 0) -> str:
    more = f" --mutant {mutant}" if mutant else ""
    more += f" --crash-at {crash_at}" if crash_at else ""
    return f"uv run python -m tests.simulation --retirements {together} --together {together} --seed {seed}{more}"
