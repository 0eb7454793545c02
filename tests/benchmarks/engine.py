"""Every figure of the engine, in one table: `python -m tests.benchmarks.engine [--json] [--quick] [--only NAME]`."""

from __future__ import annotations

import sys

from tests.benchmarks import (
    dbos_steps,
    postgres_commits,
    rebuild,
    simulator,
    slash_command,
    sqlite_commits,
    timers,
)
from tests.benchmarks.table import Figures, main

FIGURES: Figures = {
    "commit": sqlite_commits.single,
    "votes": sqlite_commits.together,
    "postgresql": postgres_commits.eight,
    "dbos": dbos_steps.beside_dbos,
    "timers": timers.pending,
    "rebuild": rebuild.rebuilding,
    "simulator": simulator.simulating,
    "show": slash_command.showing,
}


if __name__ == "__main__":
    sys.exit(main("engine", FIGURES, __doc__))
