"""Simulate retirements until some number of them has ended, or one seed shows what must never be.

uv run python -m tests.simulation --retirements 10000 --seed 1
"""

from __future__ import annotations

import argparse
import json
import sys

from tests.simulation.run import TOGETHER, simulate


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--retirements", type=int, default=100, help="how many must end")
    parser.add_argument(
        "--seed", type=int, default=1, help="the first world's seed; the next one is one more"
    )
    parser.add_argument("--together", type=int, default=TOGETHER, help="retirements in one world, at most 8")
    parser.add_argument("--mutant", default="", help="put a known bug into the product")
    parser.add_argument(
        "--crash-at", type=int, default=0, help="the one quiet story, with a crash there only"
    )
    parser.add_argument("--json", action="store_true", help="figures for a machine")
    asked = parser.parse_args()
    report = simulate(
        retirements=asked.retirements,
        seed=asked.seed,
        together=asked.together,
        mutant=asked.mutant,
        crash_at=asked.crash_at,
    )
    shown = json.dumps(report.figures(), indent=2) if asked.json else str(report)
    print(shown)
    return 1 if report.violation else 0


if __name__ == "__main__":
    sys.exit(main())
