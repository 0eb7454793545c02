"""`emeritus policy suggestions`: what people ticked in a review, for whoever reviews the policy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from tests.scenarios.test_reviewing import migrated, review
from tests.scenarios.town import ADA, TOM, Town
from workflows.reviews import suggested

Run = Callable[..., Result]
CHANGE = "A dashboard needs 60 days \x1b[2J of notice"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Two looked back on the same stage, and one of them wishes the policy were looked at."""
    with Town(tmp_path, serves=False) as town:
        migrated(town)
        assert review(town, TOM, change=CHANGE, policy=["policy"]) == {}
        assert review(town, ADA, change="nothing for the policy") == {}
        assert [one.review.by for one in suggested(town.bot.store)] == [TOM]
    names = ("EMERITUS_POLICY", "EMERITUS_HTTP", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "EMERITUS_IMPORTS")
    environ = {"EMERITUS_STORE": str(tmp_path / "emeritus.db"), **dict.fromkeys(names)}
    return lambda *words, env=None: CliRunner(env={**environ, **(env or {})}).invoke(
        cli, [*words], prog_name="emeritus"
    )


def test_what_was_ticked_is_listed_with_where_it_is_from_and_nothing_else(run: Run) -> None:
    said = run("policy", "suggestions")
    assert said.exit_code == 0
    (line,) = said.stdout.splitlines()
    assert "RET-1 churn-v1, migration: A dashboard needs 60 days" in line
    assert line.endswith(f"of notice ({TOM})")
    assert "\x1b" not in line


def test_a_program_has_it_in_parts(run: Run) -> None:
    (one,) = json.loads(run("policy", "suggestions", "--json").stdout)
    assert list(one) == ["id", "model", "stage", "change", "by", "on", "is_settled"]
    assert (one["id"], one["stage"], one["by"], one["is_settled"]) == ("RET-1", "migration", TOM, False)


def test_what_was_there_when_it_was_looked_through_is_settled(run: Run, tmp_path: Path) -> None:
    (on,) = {one["on"] for one in json.loads(run("policy", "suggestions", "--json").stdout)}
    (tmp_path / "own.toml").write_text(f'[review]\nlast = "{on}"\n')
    own = {"EMERITUS_POLICY": str(tmp_path / "own.toml")}
    assert run("policy", "suggestions", env=own).stdout == (
        f"1 suggestion up to {on}, when the policy was last looked through ([review] last), counted as settled: "
        "--all lists all.\n"
    )
    assert run("policy", "suggestions", "--all", env=own).stdout.endswith(f"({TOM}), settled\n")
    assert json.loads(run("policy", "suggestions", "--json", env=own).stdout) == []


def test_without_any_that_is_said(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False) as town:
        migrated(town)
    said = CliRunner(env={"EMERITUS_STORE": str(tmp_path / "emeritus.db")}).invoke(
        cli, ["policy", "suggestions"]
    )
    assert said.stdout == "Nobody suggested anything in a review.\n"
