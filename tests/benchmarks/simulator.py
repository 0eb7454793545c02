"""How long do ten thousand simulated retirements take on one core, and is anything lost or doubled in any of them?"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.child import ROOT
from tests.benchmarks.harness import Figure, Run, figure

RETIREMENTS = 10_000
TARGET_SECONDS = 120
PROBE, PROBE_QUICK = 200, 12
"""Retirements in the round that only says how long the others will take."""
SHARE_WHEN_SLOW, SHARE_QUICK = 250, 16
SEEDS_APART = 100_000


def simulating(run: Run) -> Iterator[Figure]:
    """Each round is another share of the ten thousand, on seeds of its own.

    Where they would not be through in time, each round does a smaller share, and the figure says so.
    """
    probe = _simulated(run.sized(PROBE, PROBE_QUICK), seed=1)
    each = probe["seconds"] / max(1, probe["retirements"])
    share = RETIREMENTS // run.rounds
    if run.is_quick or each * RETIREMENTS > TARGET_SECONDS:
        share = run.sized(SHARE_WHEN_SLOW, SHARE_QUICK)
    reports = [probe]
    whole = []
    for number in range(1, run.rounds + 1):
        report = _simulated(share, seed=number * SEEDS_APART)
        reports.append(report)
        whole.append(report["seconds"] * RETIREMENTS / max(1, report["retirements"]))
        run.say(f"  round {number} of {run.rounds}: {report['retirements']:,} in {report['seconds']:.1f} s")
    done = share * run.rounds
    scaled = "all simulated" if done >= RETIREMENTS else f"reckoned from {done:,} that were simulated"
    crashes, boundaries = (sum(report[name] for report in reports) for name in ("crashes", "boundaries"))
    yield figure(
        f"simulator, {RETIREMENTS:,} retirements",
        whole,
        unit="s",
        target=TARGET_SECONDS,
        better="lower",
        reference=f"absolute, in seconds of one core; {scaled}: {boundaries:,} boundaries, {crashes:,} crashes",
    )
    replays = [report["replay"] for report in reports if report["violation"]]
    yield figure(
        "simulator, violations",
        [float(len(replays))],
        unit="violations",
        target=0,
        better="lower",
        reference=f"an absolute figure over {sum(report['retirements'] for report in reports):,} retirements"
        + "".join(f"; again: {replay}" for replay in replays),
    )


def _simulated(retirements: int, *, seed: int) -> dict[str, Any]:
    """The simulator's own report. It stops at the first violation, and its exit code says so, too."""
    arguments = ["--retirements", str(retirements), "--seed", str(seed), "--json"]
    command = [sys.executable, "-m", "tests.simulation", *arguments]
    ended = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    report: dict[str, Any] = json.loads(ended.stdout)
    return report
