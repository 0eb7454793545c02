"""Every figure of a migration in a table: `python -m tests.benchmarks.migration [--json] [--quick] [--only NAME]`."""

from __future__ import annotations

import sys

from tests.benchmarks import canaries, engines, harmed_groups, planes
from tests.benchmarks.table import Figures, main

FIGURES: Figures = {
    "sound": canaries.sound,
    "broken": canaries.broken,
    "shadow": canaries.in_shadow,
    "harmed": harmed_groups.harmed,
    "fault": engines.fault,
    **planes.FIGURES,
}


if __name__ == "__main__":
    sys.exit(main("migration", FIGURES, __doc__))
