"""Every figure of the catalog, in one table: `python -m tests.benchmarks.graph [--json] [--quick] [--only NAME]`."""

from __future__ import annotations

import sys

from tests.benchmarks import dependants, rustworkx_mirror
from tests.benchmarks.table import Figures, main

FIGURES: Figures = {
    "dependants": dependants.walking,
    "mirror": rustworkx_mirror.mirrored,
    "impact": dependants.answering,
    "change": dependants.changing,
}

if __name__ == "__main__":
    sys.exit(main("graph", FIGURES, __doc__))
