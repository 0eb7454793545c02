"""A process that is asked for the impact of a model right after its start: `python -m tests.benchmarks.restarted PATH`.

Imports what an answer needs and nothing that only who measures needs. How long it took from the very start is for
whoever started it to say; how long a processor was busy with it, it says itself: others may have had that meanwhile.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import msgspec

from data.catalog.catalog import Catalog
from data.sqlite.store import SqliteStore
from tests.benchmarks.child import tell
from tests.benchmarks.harness import taken
from tests.benchmarks.large_graph import MODEL
from tests.data.no_retirements import NoRetirements


def answered(catalog: Catalog) -> None:
    """Owners resolved, grouped by team, rendered to blocks."""
    from bot.views.asked import answers  # noqa: PLC0415 - part of what a restart waits for
    from bot.views.graph import impact as impact_view  # noqa: PLC0415

    model = catalog.model(MODEL)
    consumers = catalog.impact(MODEL).consumers
    assert impact_view.team_lines(consumers)
    assert answers.impact(model, consumers, [])["blocks"]


def peak_mb() -> float:
    """Of this process alone: what `getrusage` tells begins with the peak of whoever started it."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def main(path: str) -> None:
    store = SqliteStore(path, NoRetirements(), read_only=True)
    answered(Catalog(store))
    tell(time.process_time())
    again = Catalog(store)
    again.snapshot()
    tell(msgspec.to_builtins({"answer_s": taken(lambda: answered(again)), "peak_mb": peak_mb()}))
    store.close()


if __name__ == "__main__":
    main(sys.argv[1])
