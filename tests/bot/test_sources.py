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
        ("dbt", "n" * 5_000, f'"{"n" * 300}..." does not exist'),
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


def test_what_did_not_happen_is_said_by_the_command_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("from;to\na;b\n")
    (tmp_path / "b.csv").write_text("from,to\n")
    run = CliRunner(env={"EMERITUS_STORE": str(tmp_path / "e.db")})
    said = run.invoke(cli, ["import", "csv", str(tmp_path)])
    lines = said.stderr.strip().split("\n")
    assert (said.exit_code, len(lines)) == (1, 2)
    assert said.stderr.count("othing was imported") == 1
    assert lines[-1].endswith("b.csv:1: has no rows below a header of from,to. Nothing was imported")
    run.invoke(cli, ["import", "csv", write_edges(tmp_path / "fine")])
    said = run.invoke(cli, ["check", "--format", "csv", str(tmp_path / "b.csv")])
    assert said.stderr.endswith("b.csv:1: has no rows below a header of from,to. Nothing was checked\n")
    said = run.invoke(cli, ["import", "mlflow", "http://127.0.0.1:9/x"])
    assert said.stderr.endswith("Import again once it answers. Nothing was imported\n")


def write_edges(folder: Path) -> str:
    folder.mkdir()
    (file := folder / "c.csv").write_text("from,to,to_kind\na,b,model\n")
    return str(file)
