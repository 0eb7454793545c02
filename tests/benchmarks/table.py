"""Measure a table of figures from the command line: `[--json] [--quick] [--only NAME]`."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from tests.benchmarks.harness import ROUNDS, ROUNDS_QUICK, Figure, Run, table

Figures = Mapping[str, Callable[[Run], Iterator[Figure]]]


def measured(figures: Figures, names: Sequence[str], *, is_quick: bool) -> list[Figure]:
    """The figures of these names, in the order of the table; each gets a folder of its own."""
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="emeritus-benchmark-", dir=on_disk()) as folder:
        for name in names:
            own = Path(folder) / name
            own.mkdir()
            run = Run(folder=own, is_quick=is_quick, rounds=ROUNDS_QUICK if is_quick else ROUNDS)
            began = time.monotonic()
            run.say(f"{name}:")
            found += figures[name](run)
            run.say(f"  {time.monotonic() - began:.0f} s")
    return found


def on_disk() -> str:
    """Where temporary files survive a power cut: durable commits cost nothing in memory."""
    here = Path(tempfile.gettempdir()).resolve()
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    kinds = {Path(at): kind for at, kind in mounts}
    kind = next(kinds[at] for at in (here, *here.parents) if at in kinds)
    return "/var/tmp" if kind in ("tmpfs", "ramfs") else str(here)  # noqa: S108 - is on a disk by convention


def main(name: str, figures: Figures, says: str | None) -> int:
    parser = argparse.ArgumentParser(prog=f"python -m tests.benchmarks.{name}", description=says)
    parser.add_argument("--json", action="store_true", help="a list of figures for a machine")
    parser.add_argument("--quick", action="store_true", help="fewer rounds of less work, in under 40 seconds")
    parser.add_argument("--only", choices=figures, action="append", help="this one; may be repeated")
    asked = parser.parse_args()
    found = measured(figures, asked.only or list(figures), is_quick=asked.quick)
    print(msgspec.json.encode(found).decode() if asked.json else table(found))
    return 0
