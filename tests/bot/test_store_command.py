"""`emeritus store copy` as people run it: a record moves to PostgreSQL, is used there, and comes back."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from bot.cli import cli
from tests.bot.listeners.desk import Desk
from tests.contract.postgresql import fresh_url


def run(*arguments: object, **environ: str) -> Result:
    return CliRunner(env=environ).invoke(cli, [str(one) for one in arguments])


def test_a_record_moves_to_postgresql_is_used_there_and_comes_back(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        retirement = desk.propose()
        source = desk.bot.store.path
    url, back = fresh_url(), tmp_path / "back.db"
    there = run("store", "copy", source, url, "--json")
    shown = [run("plan", retirement, EMERITUS_STORE=store).stdout for store in (str(source), url)]
    home = run("store", "copy", url, back)

    assert (there.exit_code, home.exit_code) == (0, 0)
    copied = json.loads(there.stdout)
    assert copied["rows"]["events"] == copied["entries"]
    assert shown[0] == shown[1] != ""
    assert home.stdout.splitlines()[0] == (
        f"{copied['entries']} entries of {copied['streams']} streams are copied, and they hold"
    )
    assert run("verify", EMERITUS_STORE=url).stdout == run("verify", EMERITUS_STORE=str(back)).stdout


def test_a_source_that_is_not_there_is_refused_and_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "none.db"
    refused = run("store", "copy", missing, tmp_path / "copy.db")

    assert refused.exit_code == 1
    assert refused.stderr == f"Error: {missing} does not exist. Give the record to copy: a file, or a URL\n"
    assert list(tmp_path.iterdir()) == []


def test_an_import_and_its_impact_work_on_postgresql(tmp_path: Path) -> None:
    url = fresh_url()
    environ = {"EMERITUS_STORE": url, "EMERITUS_ARCHIVE": str(tmp_path / "archive")}
    (tmp_path / "a.yaml").write_text(
        "apiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata: {name: churn}\nspec: {type: ai-model}\n"
    )

    assert run("import", "backstage", tmp_path / "a.yaml", **environ).exit_code == 0
    assert run("impact", "churn", **environ).stdout == "churn (resource:default/churn): 0 consumers\n"
