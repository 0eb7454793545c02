"""`emeritus archive`: a retired model brought back as files, and into its registry, by whoever has the settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.commands import archive
from tests.builders import OWEN, STRANGER, WHY, a_dark
from tests.scenarios.town import ADA, GRACE, MINA, POLICY, TOM, Town
from tests.workflows.adapters.mlflow_fake import FakeMlflow, an_mlflow
from workflows.commands import GrantRead

Run = Callable[..., Result]
KEPT = f"""{POLICY}
[retention.default]
keep_days_min = 1
[holds]
people = ["{ADA}"]
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record with an archive of churn-v1 that its model card was pruned from."""
    home = tmp_path_factory.mktemp("home")
    with Town(home, policy=KEPT) as town:
        town.announce()
        town.everybody_moves()
        town.pass_time(days=100)
        town.command(TOM, "prune RET-1 card it names people")
        asked = town.retirement().prune
        assert asked is not None
        message = town.posted("C01MODELRETIREMENTS", f"RET-1/prune/{asked.number}/request")
        town.opens(MINA, lambda: town.press(MINA, message, "prune.confirm"))
        assert town.submit(MINA, {"prune.name": "churn-v1"}) == {}
        town.pass_time(hours=1)
        town.command(TOM, "grant RET-1 @grace 7d audit")
    return home


@pytest.fixture
def run(home: Path) -> Run:
    environ = {
        "EMERITUS_STORE": str(home / "emeritus.db"),
        "EMERITUS_ARCHIVE": str(home / "archive"),
        "EMERITUS_MLFLOW": "",
        "MLFLOW_TRACKING_TOKEN": "",
    }

    def run(*arguments: object, **more: str) -> Result:
        return CliRunner(env={**environ, **more}).invoke(cli, ["archive", *map(str, arguments)])

    return run


@pytest.fixture
def mlflow() -> Iterator[FakeMlflow]:
    with an_mlflow() as fake:
        yield fake


def test_an_archive_comes_back_checked_without_what_was_pruned(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "back"
    fetched = run("fetch", "churn-v1", target)
    told = json.loads(run("fetch", "RET-1", tmp_path / "again", "--json").stdout)

    assert fetched.exit_code == 0, fetched.output
    lines = fetched.stdout.splitlines()
    there = [path for path in (target / "data").rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in there)
    assert lines[:2] == [
        f"{len(there)} files, {size:,} bytes of churn-v1 (RET-1) are in {target}",
        f"Every digest holds; {told['archived']['preservation_id']}",
    ]
    assert lines[2].startswith("Without card, 1 file: pruned on 2026-06-")
    assert not (target / "data/model-card.md").exists()
    assert f"  {target}/data/weights.json was {Path.cwd()}" in fetched.stdout.replace("'", "")
    assert "Its catalog called it resource:default/churn-v1" in fetched.stdout
    assert (told["files"], told["bytes"], told["pruned"][0]["of"]) == (len(there), size, "card")
    again = run("fetch", "RET-1", target)
    assert (again.exit_code, "something is there" in again.stderr) == (1, True)


def test_list_and_show_say_what_is_kept_and_what_has_gone(run: Run) -> None:
    (listed,) = json.loads(run("list", "--json").stdout)
    shown = run("show", "churn-v1")

    assert (listed["id"], listed["state"], listed["model"]) == ("RET-1", "archived", "churn-v1")
    assert run("list").stdout.startswith("RET-1 archived churn-v1: ")
    assert f"\n  manifest {listed['archived']['manifest_digest']}\n" in shown.stdout
    assert "\n  card: pruned on 2026-06-" in shown.stdout
    assert "\n  weights: 1 file, " in shown.stdout
    assert [(one["to"], one["by"]) for one in listed["grants"]] == [(GRACE, TOM)]
    assert json.loads(run("show", "RET-1", "--json").stdout) == listed
    unknown = run("show", "churn-v9")
    assert (unknown.exit_code, "churn-v1" in unknown.stderr) == (1, True)


def test_who_may_read_an_archive_now_is_named_with_the_reason() -> None:
    story = a_dark()
    story.does(GrantRead(by=OWEN, to=STRANGER, hours=2, why=WHY))
    until = story.now + timedelta(hours=2)
    (said,) = archive.readers(story.state, story.now)
    assert said == f"  USTRANGER may read it until {until:%Y-%m-%d %H:%M} UTC, let by UOWEN: {WHY}"
    assert list(archive.readers(story.state, until)) == []


def test_the_model_is_registered_again_once_with_the_files_that_were_archived(
    run: Run, tmp_path: Path, mlflow: FakeMlflow
) -> None:
    target = tmp_path / "back"
    refused = run("fetch", "RET-1", target, "--register")
    assert (refused.exit_code, target.exists()) == (1, False)
    assert "Set EMERITUS_MLFLOW to its address" in refused.stderr

    first = run("fetch", "RET-1", target, "--register", EMERITUS_MLFLOW=mlflow.address)
    second = json.loads(
        run("fetch", "RET-1", target, "--register", "--json", EMERITUS_MLFLOW=mlflow.address).stdout
    )

    assert first.exit_code == 0, first.output
    page = f"{mlflow.address}/#/models/churn-v1/versions/1"
    assert first.stdout.splitlines()[-1] == (
        f"Version 1, of data/weights.json, is registered, and read back as archived: {page}"
    )
    assert second["registered"] == [
        {"version": "1", "place": "weights.json", "page": page, "was_there": True}
    ]
    (version,) = mlflow.registered["churn-v1"]
    place = version["source"].removeprefix("mlflow-artifacts:/")
    assert mlflow.artifacts == {place: (target / "data/weights.json").read_bytes()}
    assert {"key": "emeritus.dev/restored-from", "value": "RET-1"} in version["tags"]


def test_what_the_registry_gives_back_otherwise_becomes_no_version(
    run: Run, tmp_path: Path, mlflow: FakeMlflow
) -> None:
    mlflow.spoils = True
    failed = run("fetch", "RET-1", tmp_path / "back", "--register", EMERITUS_MLFLOW=mlflow.address)

    assert failed.exit_code == 1
    assert "No version was made of it" in failed.stderr
    assert mlflow.registered == {"churn-v1": []}


def test_a_folder_that_was_changed_since_is_not_registered(
    run: Run, tmp_path: Path, mlflow: FakeMlflow
) -> None:
    target = tmp_path / "back"
    run("fetch", "RET-1", target)
    (target / "data/weights.json").write_text("{}")
    failed = run("fetch", "RET-1", target, "--register", EMERITUS_MLFLOW=mlflow.address)

    assert failed.exit_code == 1
    assert "data/weights.json" in failed.stderr
    assert mlflow.registered == {}
