"""Every figure of the engine, in one table: `python -m tests.benchmarks.engine [--json] [--quick] [--only NAME]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from tests.benchmarks import (
    dbos_steps,
    postgres_commits,
    rebuild,
    simulator,
    slash_command,
    sqlite_commits,
    timers,
)
from tests.benchmarks.harness import ROUNDS, ROUNDS_QUICK, Figure, Run, table

FIGURES: dict[str, Callable[[Run], Iterator[Figure]]] = {
    "commit": sqlite_commits.single,
    "votes": sqlite_commits.together,
    "postgresql": postgres_commits.eight,
    "dbos": dbos_steps.beside_dbos,
    "timers": timers.pending,
    "rebuild": rebuild.rebuilding,
    "simulator": simulator.simulating,
    "show": slash_command.showing,
}


def measured(names: list[str], *, is_quick: bool) -> list[Figure]:
    """The figures of these names, in the order of the table; each gets a folder of its own."""
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="emeritus-benchmark-", dir=on_disk()) as folder:
        for name in names:
            own = Path(folder) / name
            own.mkdir()
            run = Run(folder=own, is_quick=is_quick, rounds=ROUNDS_QUICK if is_quick else ROUNDS)
            began = time.monotonic()
            run.say(f"{name}:")
            found += FIGURES[name](run)
            run.say(f"  {time.monotonic() - began:.0f} s")
    return found


def on_disk() -> str:
    """Where temporary files survive a power cut: durable commits cost nothing in memory."""
    here = Path(tempfile.gettempdir()).resolve()
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    kinds = {Path(at): kind for at, kind in mounts}
    kind = next(kinds[at] for at in (here, *here.parents) if at in kinds)
    return "/var/tmp" if kind in ("tmpfs", "ramfs") else str(here)  # noqa: S108 - is on a disk by convention


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.engine", description=__doc__)
    parser.add_argument("--json", action="store_true", help="a list of figures for a machine")
    parser.add_argument("--quick", action="store_true", help="fewer rounds of less work, in under 40 seconds")
    parser.add_argument("--only", choices=FIGURES, action="append", help="this one; may be repeated")
    asked = parser.parse_args()
    found = measured(asked.only or list(FIGURES), is_quick=asked.quick)
    print(msgspec.json.encode(found).decode() if asked.json else table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
