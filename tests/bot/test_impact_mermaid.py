"""`emeritus impact --format mermaid` prints what Mermaid draws, whole or summed up, and says which."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from bot.cli import cli
from bot.views.graph.impact_mermaid import EDGES_MAX

SAID = (
    "summed up by team: 501 consumers with 501 edges in 14,224 characters are more than Mermaid draws (500 edges, "
    "50,000 characters); --format dot, csv and json have all of them"
)


def told(tmp_path: Path, *arguments: str) -> Result:
    environ = {"EMERITUS_STORE": str(tmp_path / "emeritus.db"), "EMERITUS_ARCHIVE": str(tmp_path / "archive")}
    return CliRunner(env=environ).invoke(cli, arguments, prog_name="emeritus")


def with_consumers(tmp_path: Path, count: int) -> None:
    rows = "".join(f"c{number},m,consumer,model\n" for number in range(count))
    (edges := tmp_path / "edges.csv").write_text(f"from,to,from_kind,to_kind\n{rows}")
    assert told(tmp_path, "import", "csv", str(edges)).exit_code == 0


def test_what_is_more_than_mermaid_draws_is_summed_up_by_team_and_said(tmp_path: Path) -> None:
    with_consumers(tmp_path, EDGES_MAX + 1)
    drawn = told(tmp_path, "impact", "m", "--format", "mermaid")
    assert drawn.stdout == (
        f'graph RL\n  %% {SAID}\n  n0[["m"]]\n  n1["nobody (owner unresolved): 501 consumers"]\n  n1 --> n0\n'
    )
    assert drawn.stderr == f"{SAID}\n"
    assert told(tmp_path, "impact", "m", "--format", "dot").stdout.count(" -> ") == EDGES_MAX + 1


def test_what_mermaid_draws_is_whole(tmp_path: Path) -> None:
    with_consumers(tmp_path, EDGES_MAX)
    drawn = told(tmp_path, "impact", "m", "--format", "mermaid")
    assert (drawn.stdout.count(" --> "), drawn.stderr) == (EDGES_MAX, "")
