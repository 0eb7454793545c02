"""An argument a script leaves empty, as with a variable that is not set, is told what it wants; nothing is guessed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli

MODEL = "is empty; give the name or id of a model"
EITHER = "is empty; give the id of a retirement, such as RET-1, or the name of its model"
PATH = "is empty; give a path"


@pytest.mark.parametrize("empty", ["", "  "])
@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("impact {}", f"'MODEL': {MODEL}"),
        ("impact {} --format dot", f"'MODEL': {MODEL}"),
        ("who {}", f"'MODEL': {MODEL}"),
        ("plan {}", f"'RET-n|MODEL': {EITHER}"),
        ("catalogs {} --write", f"'[RET-n|MODEL]': {EITHER}"),
        ("check {}", f"'PATH...': {PATH}"),
        ("import backstage {}", f"'PATH...': {PATH}"),
        ("import calls {}", f"'[PATH...]': {PATH}"),
        ("import mlflow {}", f"'SOURCE...': {PATH}, or an address that begins with http:// or https://"),
        ("policy check {}", f"'FILE': {PATH}"),
        ("policy diff {}", f"'BEFORE': {PATH}"),
        ("stopped retry {}", "'KEY': is empty; give a key of emeritus stopped list"),
        ("stopped dismiss {}", "'KEY': is empty; give a key of emeritus stopped list"),
        ("endpoint start {}", "'NAME...': is empty; give the name of an endpoint of emeritus endpoint list"),
        ("store copy {} x.db", "'SRC': is empty; give a path, or postgresql://user@host/database"),
        ("store backup {}", f"'DST': {PATH}"),
        ("store restore {}", f"'SRC': {PATH}"),
    ],
)
def test_an_argument_that_is_empty_is_told_what_it_wants(
    tmp_path: Path, command: str, told: str, empty: str
) -> None:
    run = CliRunner(env={"EMERITUS_STORE": str(tmp_path / "e.db")})
    said = run.invoke(cli, [*(empty if one == "{}" else one for one in command.split()), "--json"])
    assert json.loads(said.stdout)["error"] == f"Invalid value for {told}"
    assert (said.exit_code, list(tmp_path.iterdir())) == (2, [])
