"""`emeritus who` and `doctor`: why several sources are taken to tell of one thing, and what that leaves open."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from tests.data.catalogs import a_document

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """With a model of two sources that nobody owns, of which they tell different tiers, and a name in doubt."""
    source, registry = tmp_path / "b.yaml", tmp_path / "r.json"
    model = a_document("Resource", "churn", "type: ai-model", aliases="models:/Churn", tier="1")
    source.write_text(
        f"{model}---\n{a_document('Component', 'web', 'type: service', aliases='models:/Shop')}"
    )
    tags = [{"key": "emeritus.tier", "value": "3"}]
    registry.write_text(
        json.dumps({"registered_models": [{"name": "Churn", "tags": tags}, {"name": "Shop"}]})
    )
    names = ("EMERITUS_POLICY", "EMERITUS_HTTP", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "EMERITUS_IMPORTS")
    environ = {"EMERITUS_STORE": str(tmp_path / "e.db"), **dict.fromkeys(names)}
    run: Run = lambda *words: CliRunner(env=environ).invoke(cli, [*map(str, words)], prog_name="emeritus")  # noqa: E731
    for command in (("backstage", source), ("mlflow", registry)):
        assert run("import", *command).exit_code == 0
    return run


SAME = "mlflow:churn is the same: both are called models:/Churn"
DOUBT = '"models:/shop" could be component:default/web (consumer) or mlflow:shop (model); joined to neither'
APART = "mlflow:churn says its tier is 3; resource:default/churn says 1, which counts"


def test_why_it_is_one_thing_is_said_although_nobody_owns_it(run: Run) -> None:
    said = run("who", "churn").stdout.splitlines()
    assert said[1:3] == [f"  because {SAME}", f"  because {APART}"]


def test_a_machine_is_told_what_is_one_and_why(run: Run) -> None:
    model = json.loads(run("who", "churn", "--json").stdout)["responsible"][0]
    assert model["why"] == [SAME, APART]
    assert model["same_as"] == [{"id": "mlflow:churn", "called": "models:/Churn"}]
    assert model["doubts"] == []
    assert json.loads(run("who", "shop", "--json").stdout)["responsible"][0]["doubts"] == [DOUBT]


def test_what_could_be_several_things_is_said_of_each_of_them(run: Run) -> None:
    assert f"  note: {DOUBT}" in run("who", "shop").stdout.splitlines()


def test_the_doctor_names_what_is_told_differently_and_what_is_in_doubt(run: Run) -> None:
    said = run("doctor").stdout.splitlines()
    assert f"ok  names in doubt: {DOUBT}" in said
    assert f"ok  told differently: {APART}" in said
