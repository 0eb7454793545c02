"""`emeritus import calls`: what it prints, and that impact lists whoever nobody declares."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from tests.data.catalogs import COMPANY
from workflows.adapters.call_log import CallLog
from workflows.adapters.endpoint_folders import Config, Status, local_folders
from workflows.adapters.model_server import ANONYMOUS, CALLS_FILE

Run = Callable[..., Result]
CALLED = datetime(2026, 3, 2, 23, tzinfo=UTC)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    environ = {"EMERITUS_STORE": str(tmp_path / "emeritus.db"), "EMERITUS_POLICY": None}
    runner = CliRunner(env=environ)

    def run(*arguments: object) -> Result:
        return runner.invoke(cli, [str(one) for one in arguments], prog_name="emeritus")

    assert run("import", "backstage", COMPANY).exit_code == 0
    return run


def a_log(path: Path, *agents: str) -> Path:
    (file := path / "access.log").write_text(
        "".join(
            f'{{"time": "2026-03-02", "endpoint": "churn-v1-prod", "user_agent": "{one}"}}\n'
            for one in agents
        )
    )
    return file


def test_who_was_seen_is_imported_once_and_listed_by_impact(run: Run, tmp_path: Path) -> None:
    log = a_log(tmp_path, "scorer/1", "scorer/2", "component:default/checkout")

    first, second = (json.loads(run("import", "calls", log, "--json").stdout) for _ in range(2))
    shown = run("impact", "churn-v1").stdout
    impact = json.loads(run("impact", "churn-v1", "--json").stdout)

    assert [one["changed"] for one in (first, second)] == [True, False]
    assert first["counts"]["new"] == 3
    lines = shown.splitlines()
    assert "unknown callers (nobody declares whose they are):" in lines
    assert lines[-1].startswith("  1 scorer: caller::scorer -> component:default/churn-v1-prod")
    assert lines[-1].endswith(
        "(no owner; seen calling, declared nowhere; last called 2026-03-02; 2 calls a day)"
    )
    assert impact["unknown"] == 1
    assert [one["id"] for one in impact["consumers"] if one["unknown"]] == ["caller::scorer"]
    assert run("impact", "churn-v1", "--format", "csv").stdout.count(",yes\n") == 1


def test_a_log_that_is_none_is_refused_and_nothing_changes(run: Run, tmp_path: Path) -> None:
    a_log(tmp_path, "scorer/1")
    (tmp_path / "other.log").write_text("hello\n")

    refused = run("import", "calls", tmp_path)

    assert refused.exit_code == 1
    assert "other.log:1: in no line is an access log that can be read" in refused.stderr
    assert "scorer" not in run("impact", "churn-v1").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "name at least one log or a directory with some, or give --local"),
        (
            ["--local", "--field", "who=me"],
            '--field "who=me": ROLE=NAME, where ROLE is one of time, endpoint',
        ),
    ],
    ids=["nothing", "a field for no role"],
)
def test_wrong_use_says_what_is_right(run: Run, arguments: list[str], told: str) -> None:
    wrong = run("import", "calls", *arguments)
    assert (wrong.exit_code, told in wrong.stderr) == (2, True)


def test_what_local_endpoints_logged_is_read_beside_logs(run: Run, tmp_path: Path) -> None:
    folders = local_folders(tmp_path / "endpoints")
    log = CallLog(folders.make("churn-v1-prod") / CALLS_FILE, CALLED)
    folders.save(Config(ref="churn-v1-prod", wanted=Status.SERVING))
    for caller in ("scorer", "scorer", ANONYMOUS, "component:default/checkout"):
        log.record(caller, CALLED)
    log.record("scorer", CALLED + timedelta(days=1))

    first, second = (json.loads(run("import", "calls", "--local", "--json").stdout) for _ in range(2))
    impact = json.loads(run("impact", "churn-v1", "--json").stdout)

    assert [one["changed"] for one in (first, second)] == [True, False]
    seen = {
        one["id"]: (one["first_seen"], one["last_seen"], one["calls_per_day"]) for one in impact["consumers"]
    }
    assert seen["caller::scorer"] == ("2026-03-02", "2026-03-03", 1.5)
    assert seen["caller::a caller without a name"] == ("2026-03-02", "2026-03-02", 0.5)
    assert seen["component:default/checkout"] == ("2026-03-02", "2026-03-02", 0.5)
