"""The command line on real files: what it prints, for people and machines, and how it exits."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.manifest import text
from bot.settings import read
from bot.wiring import open_store
from data.policy import DEFAULT
from tests.bot.listeners.desk import COMPANY, Desk

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    environ = {
        "EMERITUS_STORE": str(tmp_path / "emeritus.db"),
        "EMERITUS_ARCHIVE": str(tmp_path / "archive"),
        **dict.fromkeys(("EMERITUS_POLICY", "EMERITUS_HTTP", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")),
        **dict.fromkeys(("SLACK_SIGNING_SECRET", "SLACK_API_URL")),
    }
    return lambda *arguments, **more: CliRunner(env={**environ, **more}).invoke(
        cli, [str(one) for one in arguments]
    )


@pytest.fixture
def retiring(tmp_path: Path) -> str:
    """A store with a retirement that is being voted on; its id."""
    with Desk(tmp_path) as desk:
        return desk.propose()


def test_importing_twice_changes_nothing(run: Run) -> None:
    first, second = (
        run("import", "backstage", COMPANY, "--json"),
        run("import", "backstage", COMPANY, "--json"),
    )

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert json.loads(first.stdout)["counts"]["models"] == 12
    assert [json.loads(one.stdout)["changed"] for one in (first, second)] == [True, False]


def test_an_import_report_names_what_was_bent(run: Run) -> None:
    shown = run("import", "backstage", COMPANY).stdout

    assert "79 read, 78 kept, 1 skipped" in shown
    assert 'written "Letters", declared as "letters"' in shown


def test_malformed_yaml_is_named_with_file_and_line_and_imports_nothing(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "bad.yaml"
    source.write_text("apiVersion: backstage.io/v1alpha1\nkind: [\n")

    failed = run("import", "backstage", source)

    assert failed.exit_code == 1
    assert "bad.yaml:" in failed.stderr
    assert run("impact", "churn-v1").exit_code == 1


def test_impact_is_told_by_team_and_with_the_path(run: Run) -> None:
    run("import", "backstage", COMPANY)

    lines = run("impact", "churn-v1").stdout.splitlines()
    data = json.loads(run("impact", "churn-v1", "--json").stdout)

    assert lines[0] == "churn-v1 (resource:default/churn-v1): 7 consumers"
    assert data["count"] == len(data["consumers"]) == 7
    report = next(one for one in data["consumers"] if one["name"] == "monday-report")
    assert report["distance"] == 2
    assert report["path"] == [
        "component:default/monday-report",
        "component:default/retention-dashboard",
        "resource:default/churn-v1",
    ]


def test_an_unknown_model_is_answered_with_the_closest(run: Run) -> None:
    run("import", "backstage", COMPANY)

    failed = run("impact", "chrun-v1")

    assert failed.exit_code == 1
    assert failed.stderr == 'Error: No model is called "chrun-v1"; closest: churn-v1, churn-v3, churn-v2\n'


def test_the_plan_is_the_one_people_vote_on(run: Run, retiring: str) -> None:
    shown = run("plan", "churn-v1").stdout
    data = json.loads(run("plan", retiring, "--json").stdout)

    assert [step["kind"] for step in data["plan"]["steps"]] == [
        "announce",
        "archive",
        "drill",
        "migrate",
        "disable",
        "close",
    ]
    assert "2026-12-01 09:00 UTC  disable" in shown
    assert data["plan"]["digest"] in shown


def test_what_is_under_way_is_listed(run: Run, retiring: str) -> None:
    assert run("list").stdout == f"{retiring} proposed churn-v1\n"
    assert json.loads(run("list", "--json").stdout) == [
        {"id": retiring, "state": "proposed", "model": "churn-v1"}
    ]


def test_the_digest_is_printed_by_section(run: Run, retiring: str) -> None:
    assert "Due in the next 7 days" in run("digest", "--print").stdout
    assert "Overdue" in json.loads(run("digest", "--json").stdout)
    assert run("digest").exit_code == 2


def test_a_record_that_holds_verifies_with_its_count(run: Run, retiring: str) -> None:
    checked = run("verify", "--json")

    assert checked.exit_code == 0
    assert json.loads(checked.stdout) == {"entries": 2, "streams": 2, "bad": ""}


def test_a_record_somebody_changed_does_not(run: Run, retiring: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "emeritus.db") as conn:
        conn.execute("DELETE FROM events WHERE stream = ?", (retiring,))
    conn.close()

    checked = run("verify")

    assert checked.exit_code == 1
    assert retiring in checked.stdout


def test_reading_works_while_the_bot_has_the_store_and_importing_says_why_it_cannot(
    run: Run, retiring: str, tmp_path: Path
) -> None:
    held = open_store(read({"EMERITUS_STORE": str(tmp_path / "emeritus.db")}))
    try:
        assert run("list").exit_code == 0
        assert run("verify").exit_code == 0
        refused = run("import", "backstage", COMPANY)
    finally:
        held.close()

    assert refused.exit_code == 1
    assert "emeritus.db" in refused.stderr


@pytest.mark.parametrize("command", [("list",), ("verify",), ("plan", "RET-1"), ("digest", "--print")])
def test_without_a_store_every_command_says_how_to_make_one(run: Run, command: tuple[str, ...]) -> None:
    failed = run(*command)

    assert failed.exit_code == 1
    assert "does not exist yet. Run emeritus import backstage PATH to make it" in failed.stderr


def test_serving_without_settings_is_wrong_use_with_every_setting_named(run: Run) -> None:
    failed = run("serve")

    assert failed.exit_code == 2
    assert "SLACK_BOT_TOKEN is missing" in failed.stderr
    assert "SLACK_APP_TOKEN is missing" in failed.stderr


def test_a_policy_is_checked_before_it_counts(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "eu.toml"
    wrong.write_text("[rounds]\nreview_days = -1\n[steps]\nhour = 24\n")

    failed, fine = run("policy", "check", wrong), run("policy", "check", DEFAULT, "--json")

    assert failed.exit_code == 1
    assert failed.stderr == (
        "eu.toml [rounds] review_days = -1: a whole number of days from 0 to 365\n"
        "eu.toml [steps] hour = 24: a whole number of hours from 0 to 23\n"
    )
    assert len(json.loads(run("policy", "check", wrong, "--json").stdout)["problems"]) == 2
    assert (fine.exit_code, json.loads(fine.stdout)["ok"]) == (0, True)


def test_the_manifest_is_printed_as_the_file_has_it(run: Run) -> None:
    assert run("manifest").stdout == text()
    assert run("manifest", "--http", "https://b.example").stdout == text(http_url="https://b.example")
    assert run("manifest", "--http", "b.example").exit_code == 2


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_has_help(run: Run, command: str) -> None:
    group = cli.commands[command]
    assert group.help
    for name, inner in group.commands.items() if isinstance(group, click.Group) else ():
        assert inner.help, name
