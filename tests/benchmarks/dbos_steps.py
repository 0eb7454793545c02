"""What does a durable command cost beside a step of DBOS on SQLite, the peer that also keeps each step on disk?

A step is the cheaper of the two: one row that says what a function returned. A command is decided, chained and
folded into a state, with its notices in an outbox.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import count, islice
from pathlib import Path
from typing import Any

from data.sqlite.store import SqliteStore
from tests.benchmarks.harness import Figure, Run, Side, figure, in_rounds, rate, ratios, taken, unmeasured
from tests.benchmarks.votes import open_rounds, votes
from tests.builders import MACHINE

NAME, UNIT, TARGET = "durable command / DBOS step", "x DBOS on SQLite", 8.0
INSTALL = "uv run --group benchmarks python -m tests.benchmarks.engine"
STRETCHES = 6
PER_STRETCH = 16


def beside_dbos(run: Run) -> Iterator[Figure]:
    """One caller, one command or step after the other."""
    try:
        import dbos  # noqa: PLC0415 - the peer is installed for benchmarks only
    except ImportError:
        why = f"the peer is not installed; measure with it: {INSTALL}"
        run.say(f"  {why}")
        yield unmeasured(NAME, unit=UNIT, target=TARGET, better="higher", why=why)
        return
    turns = count()
    casting = votes(STRETCHES * PER_STRETCH, 8, series="vote")
    with _launched(dbos, run.folder / "dbos.db") as (steps, settings):

        @contextmanager
        def ready() -> Iterator[Mapping[str, Side]]:
            store = SqliteStore(run.folder / f"ours-{next(turns)}.db", MACHINE)
            open_rounds(store, 8)
            waiting = iter(casting)

            def commands() -> float:
                some = list(islice(waiting, PER_STRETCH))
                return taken(lambda: [vote.cast(store) for vote in some])

            yield {
                "ours": commands,
                "DBOS": lambda: taken(lambda: steps(PER_STRETCH)),
                "DBOS, a workflow each": lambda: taken(lambda: [steps(1) for _ in range(PER_STRETCH)]),
            }
            store.close()

        found = in_rounds(run, ready, stretches=STRETCHES)
    times = STRETCHES * PER_STRETCH
    theirs, ours = rate(times, found["DBOS"]), rate(times, found["ours"])
    single = rate(times, found["DBOS, a workflow each"])
    yield figure(
        NAME,
        ratios(found["DBOS"], found["ours"]),
        unit=UNIT,
        target=TARGET,
        better="higher",
        reference=f"a step of a DBOS workflow that does nothing, {PER_STRETCH} to a workflow, kept with {settings}"
        f" (ours: journal_mode=wal, synchronous=FULL): {theirs:,.0f}/s beside {ours:,.0f}/s; with a workflow for"
        f" each step, as clicks come, {single:,.0f}/s",
    )


@contextmanager
def _launched(dbos: Any, path: Path) -> Iterator[tuple[Callable[[int], object], str]]:
    """DBOS as it comes, on a SQLite file; a workflow of so many steps, and how its connections sync."""
    logging.getLogger("dbos").setLevel(logging.ERROR)
    with ExitStack() as stack:
        dbos.DBOS(
            config={
                "name": "benchmark",
                "system_database_url": f"sqlite:///{path}",
                "log_level": "ERROR",
                "run_admin_server": False,
            }
        )
        stack.callback(dbos.DBOS.destroy)

        @dbos.DBOS.step()
        def step(number: int) -> int:
            return number

        @dbos.DBOS.workflow()
        def workflow(steps: int) -> int:
            return sum(step(number) for number in range(steps))

        dbos.DBOS.launch()
        yield workflow, _settings(path)


def _settings(path: Path) -> str:
    """What connections of DBOS's own engine say."""
    from dbos._dbos import _get_dbos_instance  # noqa: PLC0415 - see above

    with _get_dbos_instance()._sys_db.engine.connect() as conn:
        asked = {
            name: conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        }
    levels = ("OFF", "NORMAL", "FULL", "EXTRA")
    assert path.exists()
    return f"journal_mode={asked['journal_mode']}, synchronous={levels[asked['synchronous']]}, as it sets them itself"
