"""`emeritus check` in a build: what fails it, what only warns, and what it says of each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.commands.check import READERS
from tests.data.catalogs import a_document, a_source
from tests.scenarios.town import Town

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    environ = {"EMERITUS_STORE": str(tmp_path / "emeritus.db"), "EMERITUS_POLICY": None}
    return lambda *arguments: CliRunner(env=environ).invoke(
        cli, [str(one) for one in arguments], prog_name="emeritus"
    )


def a_newcomer(tmp_path: Path) -> Path:
    return a_source(
        tmp_path / "new.yaml",
        "Component newcomer, type: service, dependsOn: [resource:churn-v1, component:churn-v2-prod]",
    )


def test_a_build_that_begins_to_depend_on_what_retires_fails(run: Run, tmp_path: Path) -> None:
    with Town(tmp_path, serves=False) as town:
        town.announce()
    source = a_newcomer(tmp_path)

    failed = run("check", source)

    assert failed.stdout == (
        f"{source}:4: error: component:default/newcomer may not begin to depend on it: resource:default/churn-v1 "
        "is migrating (RET-1); last day of service 2026-05-04, use churn-v2\n"
        "2 edges checked, 1 refused\n"
    )
    assert failed.exit_code == 1
    assert json.loads(run("check", source, "--json").stdout) == {
        "refused": 1,
        "dependencies": [
            {
                "verdict": "refused",
                "from": "component:default/newcomer",
                "to": "resource:default/churn-v1",
                "declared_in": f"{source}:4",
                "retirement": "RET-1",
                "state": "migrating",
                "successor": "churn-v2",
                "last_day": "2026-05-04",
            }
        ],
    }


def test_a_proposal_only_warns_and_a_model_in_service_says_nothing(run: Run, tmp_path: Path) -> None:
    with Town(tmp_path, serves=False) as town:
        town.propose()
    warned = run("check", a_newcomer(tmp_path))
    assert warned.exit_code == 0
    assert ": warning: component:default/newcomer would have to move again: resource:" in warned.stdout


def test_what_cannot_be_read_fails_the_build_by_its_line(run: Run, tmp_path: Path) -> None:
    with Town(tmp_path, serves=False):
        pass
    (broken := tmp_path / "broken.yaml").write_text("apiVersion: [")
    failed = run("check", broken)
    assert failed.exit_code == 1
    assert failed.stderr.startswith(f"Error: {broken}:1 ")


@pytest.mark.parametrize("as_format", READERS)
@pytest.mark.parametrize(
    "text", ["", "{", "[]", "from,to\n", "x\xff"], ids=["empty", "cut off", "nothing", "no row", "no text"]
)
def test_a_refusal_speaks_of_checking_whatever_the_format(
    run: Run, tmp_path: Path, as_format: str, text: str
) -> None:
    with Town(tmp_path, serves=False):
        pass
    (file := tmp_path / ("x.csv" if as_format == "csv" else "x.json")).write_bytes(text.encode("latin-1"))
    (tmp_path / "empty").mkdir()
    for path in (file, tmp_path / "empty"):
        failed = run("check", "--format", as_format, path)
        assert failed.exit_code == 1
        assert re.search(r"[Nn]othing was checked", failed.stderr)
        assert "import" not in failed.stderr


def test_whoever_was_seen_calling_is_judged_like_whoever_declares_it(run: Run, tmp_path: Path) -> None:
    with Town(tmp_path, serves=False) as town:
        town.announce()
    (calls := tmp_path / "calls.csv").write_text("from,to,last_seen\nnewcomer,churn-v1,2026-03-20\nx,x,\n")
    failed = run("check", "--format", "csv", calls)
    assert failed.exit_code == 1
    assert f"{calls}:2: error: csv:newcomer may not begin to depend on it" in failed.stdout
    assert f"{calls}:3: note: x -> x: depends on itself" in failed.stdout


@pytest.mark.parametrize("called", ["newcomer", "new-caller"], ids=["its name", "its alias"])
def test_what_a_csv_declared_under_another_name_of_it_is_no_new_dependency(
    run: Run, tmp_path: Path, called: str
) -> None:
    with Town(tmp_path, serves=False) as town:
        town.announce()
    (edges := tmp_path / "edges.csv").write_text(f"from,to\n{called},churn-v1\n")
    assert run("import", "csv", edges).exit_code == 0
    newcomer = tmp_path / "new.yaml"
    annotations = {"aliases": "new-caller"} if called == "new-caller" else {}
    newcomer.write_text(a_document("Component", "newcomer", "type: service", **annotations))
    assert run("import", "backstage", newcomer).exit_code == 0
    spec = "type: service, dependsOn: [resource:churn-v1]"
    newcomer.write_text(a_document("Component", "newcomer", spec, **annotations))
    known = run("check", newcomer)
    assert known.exit_code == 0
    assert ": note: component:default/newcomer has to move: resource:default/churn-v1" in known.stdout


def test_an_alias_that_only_the_build_gives_makes_no_dependency_one_that_was_there(
    run: Run, tmp_path: Path
) -> None:
    with Town(tmp_path, serves=False) as town:
        town.announce()
    (edges := tmp_path / "edges.csv").write_text("from,to\nold-caller,churn-v1\n")
    assert run("import", "csv", edges).exit_code == 0
    newcomer = tmp_path / "new.yaml"
    spec = "type: service, dependsOn: [resource:churn-v1]"
    newcomer.write_text(a_document("Component", "newcomer", spec, aliases="old-caller"))
    failed = run("check", newcomer)
    assert failed.exit_code == 1
    assert ": error: component:default/newcomer may not begin to depend on it: resource:" in failed.stdout


def test_an_alias_that_only_the_build_gives_leads_to_what_retires(run: Run, tmp_path: Path) -> None:
    with Town(tmp_path, serves=False) as town:
        town.announce()
    (edges := tmp_path / "edges.csv").write_text("from,to\nnewcomer,scores\n")
    assert run("import", "csv", edges).exit_code == 0
    build = tmp_path / "manifest.json"
    said = {"kind": "model", "aliases": ["resource:default/churn-v1"]}
    nodes = {
        "exposure.shop.scores": {"resource_type": "exposure", "name": "scores", "meta": {"emeritus": said}},
        "exposure.shop.page": {
            "resource_type": "exposure",
            "name": "page",
            "depends_on": {"nodes": ["exposure.shop.scores"]},
        },
    }
    metadata = {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"}
    exposures = {one: {**node, "unique_id": one} for one, node in nodes.items()}
    build.write_text(json.dumps({"metadata": metadata, "nodes": {}, "exposures": exposures}))
    failed = run("check", "--format", "dbt", build)
    assert failed.exit_code == 1
    assert "error: dbt:exposure.shop.page may not begin to depend on it: " in failed.stdout


def an_api(spec_type: str) -> str:
    """Of the endpoint that retires, which says so as Backstage has it."""
    serves = "dependsOn: ['resource:churn-v1'], providesApis: [churn-api]"
    server = a_document(
        "Component",
        "churn-v1-prod",
        f"type: model-server, owner: growth-ml, {serves}",
        **{"endpoint-kind": "local", "endpoint-ref": "churn-v1-prod"},
    )
    return f"{a_document('API', 'churn-api', f'type: {spec_type}, owner: growth-ml')}---\n{server}"


@pytest.mark.parametrize("spec_type", ["ai-model-server", "openapi"])
def test_a_build_that_begins_to_consume_the_api_of_a_retiring_endpoint_fails_as_one_that_calls_it(
    run: Run, tmp_path: Path, spec_type: str
) -> None:
    with Town(tmp_path, serves=False) as town:
        town.learns(an_api(spec_type))
        town.announce()
    newcomer = a_source(tmp_path / "new.yaml", "Component newcomer, type: service, consumesApis: [churn-api]")
    failed = run("check", newcomer)
    assert failed.exit_code == 1
    assert (
        ": error: component:default/newcomer may not begin to depend on it: api:default/churn-api leads to "
        "component:default/churn-v1-prod, which is migrating (RET-1); last day of service 2026-05-04, use churn-v2\n"
    ) in failed.stdout


def test_a_build_that_begins_to_depend_on_a_consumer_is_told_who_will_be_asked_and_until_when(
    run: Run, tmp_path: Path
) -> None:
    with Town(tmp_path, serves=False) as town:
        town.announce()
    newcomer = a_source(
        tmp_path / "new.yaml", "Component newcomer, type: service, dependsOn: [component:restock-planner]"
    )
    noted = run("check", newcomer)
    assert noted.exit_code == 0
    assert (
        ": note: component:default/newcomer will be asked to move as well: component:default/restock-planner leads to "
        "component:default/churn-v1-prod, which is migrating (RET-1); last day of service 2026-05-04, use churn-v2\n"
    ) in noted.stdout
    (said,) = json.loads(run("check", newcomer, "--json").stdout)["dependencies"]
    assert (said["verdict"], said["through"]) == ("asked", "component:default/churn-v1-prod")
