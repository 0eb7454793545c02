"""What the benchmarks reckon is right, whatever the machine: nothing here depends on how long anything took."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import msgspec
import pytest

from bot.wiring import build
from data.records.traffic import Arm, Count, Observed
from tests.benchmarks import sqlite_commits
from tests.benchmarks.answering import GOVERNANCE, proposed, settings_of
from tests.benchmarks.child import Child
from tests.benchmarks.engine import FIGURES
from tests.benchmarks.engines import ENOUGH, evidence
from tests.benchmarks.harness import (
    Figure,
    Run,
    Side,
    figure,
    in_rounds,
    percentile,
    rate,
    ratios,
    table,
    unmeasured,
)
from tests.benchmarks.table import measured
from tests.benchmarks.votes import replay


def silent(_: str) -> None:
    """Progress nobody reads."""


def heads(path: Path) -> list[tuple[str, int, bytes, bytes]]:
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute("SELECT stream, version, digest, state FROM states ORDER BY stream").fetchall()


def a_figure(*values: float, better: str = "higher") -> Figure:
    return figure("speed", values, unit="x", target=2, better=better, reference="a snail")  # type: ignore[arg-type]


def test_what_counts_is_the_median_of_the_rounds_ratios_and_the_extremes_are_told():
    found = a_figure(*ratios([9.0, 4.0, 12.0], [3.0, 4.0, 2.0]))
    assert (found.value, found.low, found.high, found.rounds) == (3.0, 1.0, 6.0, 3)


def test_a_rate_is_that_of_the_round_in_the_middle():
    assert rate(100, [2.0, 1.0, 50.0]) == 50.0


@pytest.mark.parametrize(("percent", "expected"), [(99, 99), (50, 50), (100, 100), (0.1, 1)])
def test_a_percentile_is_a_value_that_was_measured(percent: float, expected: int):
    values = list(range(1, 101))
    Random(1).shuffle(values)
    assert percentile(values, percent) == expected


@pytest.mark.parametrize(
    ("better", "value", "is_met"),
    [("higher", 2.0, True), ("higher", 1.99, False), ("lower", 2.0, True), ("lower", 2.01, False)],
)
def test_a_target_is_met_on_its_own_side_and_exactly_on_it(better: str, value: float, is_met: bool):
    assert a_figure(value, better=better).is_met is is_met


def test_missed_and_unmeasured_figures_are_marked_in_the_table():
    missing = unmeasured("peer", unit="x", target=8, better="higher", why="install the peer")
    shown = table([a_figure(3.0), a_figure(1.0), missing]).splitlines()
    assert [line.split("  ")[0] for line in shown[::2]] == ["met", "MISSED", "NOT MEASURED"]
    assert shown[-1].strip() == "install the peer"
    assert not missing.is_met


def test_every_side_runs_as_often_in_every_round_and_the_warm_round_is_not_counted():
    ran: list[str] = []
    opened: list[int] = []

    def side(name: str) -> Side:
        def stretch() -> float:
            ran.append(name)
            return 0.5

        return stretch

    @contextmanager
    def ready() -> Iterator[Mapping[str, Side]]:
        opened.append(len(ran))
        yield {"ours": side("ours"), "theirs": side("theirs")}

    run = Run(folder=Path(), rounds=3, rand=Random(1), say=silent)
    found = in_rounds(run, ready, stretches=4)
    assert found == {"ours": [2.0] * 3, "theirs": [2.0] * 3}
    assert opened == [0, 2, 10, 18], "one stretch of each to warm up, then four a round"
    pairs = [tuple(ran[at : at + 2]) for at in range(0, len(ran), 2)]
    assert set(pairs) == {("ours", "theirs"), ("theirs", "ours")}, "neither is always first"


def test_a_durable_commit_is_measured_beside_its_own_statements(tmp_path: Path):
    (found,) = sqlite_commits.single(Run(folder=tmp_path, is_quick=True, rounds=1, say=silent))
    assert found.name == "durable command commit"
    assert found.value is not None
    assert found.value > 0
    assert set(msgspec.to_builtins(found)) == {
        "name",
        "value",
        "unit",
        "target",
        "better",
        "reference",
        "rounds",
        "low",
        "high",
    }


def test_the_replayed_statements_leave_the_very_record_that_production_left(tmp_path: Path):
    bench = sqlite_commits.Bench(Run(folder=tmp_path), count=16)
    with bench.bare() as conn:
        for script in bench.scripts:
            replay(conn, script)
    states = [heads(tmp_path / f"{name}.db") for name in ("start", "recorded", "bare")]
    assert states[0] != states[1] == states[2]


def test_every_figure_of_the_engine_can_be_asked_for_alone():
    assert list(FIGURES) == [
        "commit",
        "votes",
        "postgresql",
        "dbos",
        "timers",
        "rebuild",
        "simulator",
        "show",
    ]


@pytest.mark.nightly
@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_of_the_engine_can_be_measured(name: str):
    assert measured(FIGURES, [name], is_quick=True)


def test_the_bot_that_is_asked_takes_what_its_slack_answers(tmp_path: Path):
    with Child("tests.benchmarks.yes") as listener:
        slack = f"http://127.0.0.1:{listener.heard()['port']}"
        running = build(settings_of(tmp_path, slack))
        try:
            assert proposed(running).startswith("sha256:")
        finally:
            running.stop()


def test_the_bot_that_is_asked_goes_by_a_policy_with_a_channel(tmp_path: Path):
    assert settings_of(tmp_path, "http://127.0.0.1:1").in_force().policy.governance_channel == GOVERNANCE


@pytest.mark.parametrize(("failed", "is_enough"), [(0, False), (1, False), (2, False), (9, True)])
def test_a_successor_is_given_up_once_it_fails_far_more_often_than_its_share_of_calls(
    failed: int, is_enough: bool
):
    counts = (
        Count(arm=Arm.OLD, consumer="job", calls=300, errors=3),
        Count(arm=Arm.NEW, consumer="job", calls=100, errors=failed),
    )
    assert (evidence(Observed(since=datetime(2026, 3, 2, tzinfo=UTC), counts=counts)) >= ENOUGH) is is_enough
