"""`emeritus catalogs` where there is nothing to look at, or nobody to ask."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from tests.bot.listeners.desk import Desk

NOWHERE = {"AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_CONFIG_FILE": "/dev/null"}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A record with a retirement that is only proposed."""
    with Desk(tmp_path) as desk:
        desk.propose()
    return tmp_path / "emeritus.db"


def run(store: Path, *arguments: str, **environ: str) -> Result:
    runner = CliRunner(env={**NOWHERE, "EMERITUS_STORE": str(store), **environ})
    return runner.invoke(cli, ["catalogs", *arguments])


def test_where_no_catalog_is_set_it_says_how_one_is(store: Path) -> None:
    step = "Set EMERITUS_MLFLOW or EMERITUS_CHANGES, or name a region in the AWS environment"
    told = run(store)
    assert (told.exit_code, told.stderr) == (1, f"Error: No catalog is told of retirements here. {step}\n")
    asked = run(store, "--json")
    assert (asked.exit_code, json.loads(asked.stdout)["next_step"]) == (1, step)


def test_what_is_not_announced_is_nowhere_to_be_said(store: Path, tmp_path: Path) -> None:
    changes = str(tmp_path / "changes")
    told = run(store, "RET-1", EMERITUS_CHANGES=changes)
    assert (told.exit_code, told.stdout) == (0, "No catalog that is told here lists anything of it\n")
    assert json.loads(run(store, "--json", EMERITUS_CHANGES=changes).stdout) == []


def test_a_retirement_there_is_not_is_told(store: Path) -> None:
    told = run(store, "RET-9", EMERITUS_MLFLOW="http://127.0.0.1:9")
    assert (told.exit_code, "No retirement is called" in told.stderr) == (1, True)


def test_a_token_that_no_request_can_carry_is_told_and_not_quoted(store: Path) -> None:
    told = run(store, EMERITUS_MLFLOW="http://127.0.0.1:9", MLFLOW_TRACKING_TOKEN="s3cr3t \n")
    assert told.exit_code == 1
    assert told.stderr == "Error: MLFLOW_TRACKING_TOKEN: letters, digits and signs, without blanks\n"
