"""What `emeritus import` is to read: what is no source of a format is refused with what is one, and no secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli

HTTP = "an address that begins with http:// or https://"
REGION = "a region of AWS, such as eu-west-1"


@pytest.mark.parametrize(
    ("command", "source", "told"),
    [
        (
            "deprecations",
            "ftp://ada:hunter2@a.example/x",
            f'"ftp://...@a.example/x" is no path: name one, or {HTTP}',
        ),
        ("mlflow", "s3://bucket/x", f'"s3://bucket/x" is no path: name one, or {HTTP}'),
        ("mlflow", "nowhere.json", f'"nowhere.json" is neither a file or directory nor {HTTP}'),
        (
            "sagemaker",
            "https://ada:hunter2@a.example",
            f'"https://...@a.example" is no path: name one, or {REGION}',
        ),
        ("dbt", "https://ada:hunter2@a.example/x?y=1", '"https://...@a.example/x?..." is no path: name one'),
        ("calls", "https://a.example/?key=hunter2", '"https://a.example/?..." is no path: name one'),
        ("dbt", "nowhere.json", '"nowhere.json" does not exist'),
    ],
)
def test_what_is_no_source_is_told_with_what_is_one(
    tmp_path: Path, command: str, source: str, told: str
) -> None:
    run = CliRunner(env={"EMERITUS_STORE": str(tmp_path / "e.db")})
    said = run.invoke(cli, ["import", command, source], prog_name="emeritus")
    assert (said.exit_code, "hunter2" in said.output) == (2, False)
    assert told in " ".join(said.stderr.split())
    assert not (tmp_path / "e.db").exists()


def test_what_is_checked_is_no_address(tmp_path: Path) -> None:
    run = CliRunner(env={"EMERITUS_STORE": str(tmp_path / "e.db")})
    said = run.invoke(cli, ["check", "https://ada:hunter2@a.example/x"])
    assert (said.exit_code, '"https://...@a.example/x" is no path' in said.stderr) == (2, True)
