"""What is announced is written where the catalog lives, told in the thread, and taken back when it is called off."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from data.importers.backstage import read_backstage
from data.importers.mlflow_server import Access
from data.records.deprecation import CatalogKind
from data.records.retirement import State
from tests.sample_company import COMPANY
from tests.scenarios.town import TOM, Town
from tests.workflows.adapters.mlflow_fake import FakeMlflow, Model, an_mlflow
from workflows.adapters.backstage_patch import BackstagePatch
from workflows.adapters.datahub_proposals import DataHubProposals
from workflows.adapters.mlflow_registry import MlflowRegistry

GROUP = "urn:li:mlModelGroup:(urn:li:dataPlatform:mlflow,churn,PROD)"
LAST_DAY = "2026-05-04"
TIER = '    emeritus.dev/tier: "3"\n'


@pytest.fixture
def mlflow() -> Iterator[FakeMlflow]:
    with an_mlflow(Churn=Model(), ChurnTwo=Model()) as fake:
        yield fake


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The company's catalog in git, where churn-v1 is also known by what MLflow and DataHub call it."""
    folder = tmp_path / "repository"
    shutil.copytree(COMPANY, folder)
    models = folder / "models.yaml"
    text = models.read_text()
    head, tail = text.split("name: churn-v1\n", 1)
    aliases = f'    emeritus.dev/aliases: ["models:/Churn", "{GROUP}"]\n'
    models.write_text(f"{head}name: churn-v1\n{tail.replace(TIER, f'{TIER}{aliases}', 1)}")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    return folder


class Told(Town):
    """A town whose bot writes to an MLflow, and changes for Backstage and DataHub into a directory."""

    def __init__(self, folder: Path, mlflow: FakeMlflow, **more: object) -> None:
        changes = folder / "changes"
        writers = {
            CatalogKind.MLFLOW: MlflowRegistry(mlflow.address, Access()),
            CatalogKind.BACKSTAGE: BackstagePatch(changes),
            CatalogKind.DATAHUB: DataHubProposals(changes),
        }
        super().__init__(folder, writers=writers, **{"serves": False, **more})
        self.mlflow = mlflow
        self.changes = changes

    def reads(self, repository: Path) -> None:
        self.bot.house.catalog.import_(read_backstage([repository]), format="backstage", now=self.now())
        self.bot.house.catalog.snapshot()

    def cli(self, *arguments: str) -> Result:
        environ = {
            "EMERITUS_STORE": str(self.folder / "emeritus.db"),
            "EMERITUS_MLFLOW": f"{self.mlflow.address}/",
            "EMERITUS_CHANGES": str(self.changes),
            "AWS_DEFAULT_REGION": "",
            "AWS_REGION": "",
            "AWS_CONFIG_FILE": "/dev/null",
        }
        return CliRunner(env=environ).invoke(cli, arguments)


@pytest.fixture
def town(tmp_path: Path, mlflow: FakeMlflow, repository: Path) -> Iterator[Told]:
    with Told(tmp_path, mlflow) as running:
        running.reads(repository)
        yield running


def tags(mlflow: FakeMlflow) -> dict[str, str]:
    return mlflow.models["Churn"].tags


def revises(town: Told, *, target: str, successor: str = "resource:default/churn-v2") -> None:
    """The coordinator puts another plan to the vote."""
    town.opens(TOM, lambda: town.press(TOM, town.card(), "proposal.revise"))
    changed = {
        "proposal.reason": "replaced",
        "proposal.successor": successor,
        "proposal.why": "the third one is out",
        "proposal.target": target,
    }
    assert town.submit(TOM, changed) == {}


def test_nothing_is_written_before_it_is_announced(town: Told, mlflow: FakeMlflow) -> None:
    town.propose()
    town.approve()
    town.pass_time(days=13)
    assert (mlflow.written, town.changes.exists()) == ([], False)


def test_on_announcement_every_catalog_that_lists_it_says_so_and_the_thread_says_where(
    town: Told, mlflow: FakeMlflow, repository: Path
) -> None:
    town.announce()

    assert tags(mlflow) == {
        "emeritus.dev/retirement": "RET-1",
        "emeritus.dev/lifecycle": "deprecated",
        "emeritus.dev/last-day": LAST_DAY,
        "emeritus.dev/successor": "churn-v2",
        "emeritus.dev/alias": "10",
    }
    assert mlflow.models["ChurnTwo"] == Model()
    git = ["git", "apply", str(town.changes / "RET-1.backstage.patch")]
    subprocess.run(git, cwd=repository, check=True)
    said = {one.id: one.lifecycle for one in read_backstage([repository]).entities}
    assert {name for name, lifecycle in said.items() if lifecycle == "deprecated"} == {
        "resource:default/churn",  # as before, with its endpoint
        "component:default/churn-prod",
        "resource:default/churn-v1",
        "component:default/churn-v1-prod",
    }
    (proposal,) = json.loads((town.changes / "RET-1.datahub.json").read_text())
    assert (proposal["entityUrn"], proposal["aspect"]["json"]["deprecated"]) == (GROUP, True)

    assert (
        f"MLflow says that *churn-v1* is *deprecated*; last day of service {LAST_DAY}, successor churn-v2\n"
        f"• {mlflow.address}/#/models/Churn"
    ) in town.thread()
    assert (
        "A change is ready: `git apply FILE` has Backstage say that *churn-v1* is *deprecated*; "
        f"last day of service {LAST_DAY}, successor resource:default/churn-v2\n"
        f"• {town.changes}/RET-1.backstage.patch"
    ) in town.thread()
    shown = town.command(TOM, "show RET-1")
    assert f"• MLflow says *deprecated*: {mlflow.address}/#/models/Churn" in shown
    assert f"• DataHub has a change to say *deprecated*: {town.changes}/RET-1.datahub.json" in shown
    assert not town.bot.store.troubles()


def test_a_registry_that_is_away_is_asked_again_told_of_and_written_once_it_is_back(
    town: Told, mlflow: FakeMlflow
) -> None:
    mlflow.breaks_after = 0
    town.announce()
    town.pass_time(hours=3)

    why = f"Cannot mark Churn in MLflow: {mlflow.address} answers 503. It is tried again"
    assert town.thread().count("MLflow could not be told that *churn-v1* is *deprecated*") == 1
    assert why in town.thread()
    (trouble,) = town.bot.store.troubles()
    assert (trouble.key, trouble.why, trouble.is_held_up) == ("RET-1/catalog/mlflow", why, True)
    assert "RET-1/catalog/mlflow" in town.command(TOM, "show RET-1")

    mlflow.breaks_after = None
    town.pass_time(hours=2)
    assert tags(mlflow)["emeritus.dev/lifecycle"] == "deprecated"
    assert "MLflow says that *churn-v1* is *deprecated*" in town.thread()
    assert not town.bot.store.troubles()


def test_what_a_person_has_to_mend_first_is_told_at_once_with_the_next_step(
    town: Told, mlflow: FakeMlflow
) -> None:
    del mlflow.models["Churn"]
    town.announce()
    assert "has no registered model of this name. Correct its name or alias in the catalog" in town.thread()
    mlflow.models["Churn"] = Model()
    assert town.bot.store.retry("RET-1/catalog/mlflow", town.now())
    town.settle()
    assert tags(mlflow)["emeritus.dev/retirement"] == "RET-1"


def test_a_date_that_moves_is_written_anew_and_told(town: Told, mlflow: FakeMlflow) -> None:
    town.announce()
    town.command(TOM, "pause RET-1 a freeze")
    town.pass_time(days=3)
    town.command(TOM, "resume RET-1")
    town.settle()

    assert tags(mlflow)["emeritus.dev/last-day"] == "2026-05-08"
    assert '+    emeritus.dev/sunset: "2026-05-08"' in (town.changes / "RET-1.backstage.patch").read_text()
    assert town.thread().count("MLflow says that *churn-v1* is *deprecated*") == 2
    assert "last day of service 2026-05-08, successor churn-v2" in town.thread()


def test_what_is_called_off_is_lifted_everywhere_and_said(town: Told, mlflow: FakeMlflow) -> None:
    town.announce()
    town.command(TOM, "cancel RET-1 churn-v2 was sold")
    town.approve()
    assert town.retirement().state is State.CANCELLED

    assert mlflow.models["Churn"] == Model()
    assert [file.name for file in town.changes.iterdir()] == ["RET-1.datahub.json"]
    (proposal,) = json.loads((town.changes / "RET-1.datahub.json").read_text())
    assert proposal["aspect"]["json"]["deprecated"] is False
    assert "MLflow says that *churn-v1* is not deprecated any more" in town.thread()
    assert "• MLflow says *in service*" in town.command(TOM, "show RET-1")


def test_a_changed_plan_is_not_deprecated_until_it_is_announced_itself(
    town: Told, mlflow: FakeMlflow
) -> None:
    town.announce()
    revises(town, target="2026-07-01", successor="resource:default/churn-v3")
    assert town.retirement().state is State.PROPOSED
    assert mlflow.models["Churn"] == Model()
    town.approve()
    town.pass_time(days=15)
    assert tags(mlflow)["emeritus.dev/successor"] == "churn-v3"


def test_what_is_lifted_and_said_again_is_told_again_though_the_words_are_the_same(
    town: Told, mlflow: FakeMlflow
) -> None:
    town.announce(target="2026-08-03")
    for target in ("2026-08-04", "2026-08-03"):
        revises(town, target=target)
        town.approve()
        town.pass_time(days=15)
    assert tags(mlflow)["emeritus.dev/last-day"] == "2026-08-03"
    assert town.thread().count("MLflow says that *churn-v1* is not deprecated any more") == 2
    assert (
        town.thread().count("MLflow says that *churn-v1* is *deprecated*; last day of service 2026-08-03")
        == 2
    )


def test_a_catalog_that_is_set_only_now_is_told_of_what_is_under_way_when_the_bot_starts(
    town: Told, mlflow: FakeMlflow
) -> None:
    writers, town.writers = town.writers, {}
    town.restart()
    town.announce()
    assert mlflow.written == []
    assert (
        "• Listed in MLflow, Backstage, DataHub, too, and not told there: "
        "set EMERITUS_MLFLOW and EMERITUS_CHANGES to have that done"
    ) in town.command(TOM, "show RET-1")
    town.writers = writers
    town.restart()
    town.bot.catch_up()
    town.settle()
    assert tags(mlflow)["emeritus.dev/retirement"] == "RET-1"
    written = len(mlflow.written)
    town.bot.catch_up()
    town.settle()
    assert len(mlflow.written) == written


def test_what_somebody_took_away_is_found_by_the_command_line_and_said_anew(
    town: Told, mlflow: FakeMlflow
) -> None:
    town.announce()
    fine = town.cli("catalogs", "RET-1")
    assert (fine.exit_code, fine.output.splitlines()) == (
        0,
        [f"RET-1 {name}: deprecated, {LAST_DAY}" for name in ("MLflow", "Backstage", "DataHub")],
    )
    del tags(mlflow)["emeritus.dev/lifecycle"]
    wrong = "Churn has tag emeritus.dev/lifecycle = nothing instead of deprecated"
    found = town.cli("catalogs", "--json")
    assert found.exit_code == 1
    assert [row["wrong"] for row in json.loads(found.output)] == [[wrong], [], []]
    doctor = town.cli("doctor")
    assert f"BAD MLflow on RET-1: {wrong}. Run emeritus catalogs RET-1 --write, which says it anew" in (
        doctor.output
    )
    mended = town.cli("catalogs", "churn-v1", "--write")
    assert (mended.exit_code, tags(mlflow)["emeritus.dev/lifecycle"]) == (0, "deprecated")
    assert f"  written: {mlflow.address}/#/models/Churn" in mended.output.splitlines()


def test_once_it_is_archived_it_is_retired(tmp_path: Path, mlflow: FakeMlflow, repository: Path) -> None:
    with Told(tmp_path, mlflow, serves=True) as town:
        town.reads(repository)
        town.announce()
        town.everybody_moves()
        town.pass_time(days=90)
        assert town.retirement().state is State.ARCHIVED
        assert tags(mlflow)["emeritus.dev/lifecycle"] == "retired"
        assert "MLflow says that *churn-v1* is *retired*" in town.thread()
        patch = (town.changes / "RET-1.backstage.patch").read_text()
        assert patch.count("+  lifecycle: retired") == 2
