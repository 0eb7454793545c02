"""Model servers from the command line, as real processes: started, listed, and found again by a bot that starts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.keeping import open_store
from bot.local_endpoints import open_endpoints
from bot.settings import Settings, read
from data.errors import Unavailable
from tests.data.catalogs import a_document
from tests.sample_company import COMPANY
from workflows.adapters.local_endpoint import LocalEndpoints
from workflows.adapters.model_server import ADDRESS_FILE

Run = Callable[..., Result]
Emeritus = Callable[..., "subprocess.Popen[str]"]
V1, V2 = "churn-v1-prod", "churn-v2-prod"
ROOT = Path(__file__).parents[2]
SLACK = {
    "SLACK_BOT_TOKEN": "xoxb-test",
    "SLACK_SIGNING_SECRET": "signing-secret",
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read({"EMERITUS_STORE": str(tmp_path / "emeritus.db")})


@pytest.fixture
def endpoints(settings: Settings) -> Iterator[LocalEndpoints]:
    found = open_endpoints(settings)
    yield found
    found.stop_all()


@pytest.fixture
def run(settings: Settings) -> Run:
    runner = CliRunner(env={"EMERITUS_STORE": str(settings.store)})
    return lambda *arguments: runner.invoke(cli, [str(one) for one in arguments], prog_name="emeritus")


@pytest.fixture
def emeritus(settings: Settings) -> Emeritus:
    """A shell of its own: what is started there outlives the command."""

    def ran(*arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", "from bot.cli import main; main()", *map(str, arguments)],
            env={
                "PATH": "",
                "EMERITUS_STORE": str(settings.store),
                "EMERITUS_ARCHIVE": str(settings.store.parent / "archive"),
                **SLACK,
            },
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return ran


@pytest.fixture
def start(emeritus: Emeritus) -> Callable[..., str]:
    """What `emeritus endpoint start` prints."""

    def started(*arguments: object) -> str:
        with emeritus("endpoint", "start", *arguments) as command:
            said, failed = command.communicate(timeout=60)
        assert command.returncode == 0, failed
        return said

    return started


@pytest.fixture
def company(run: Run, endpoints: LocalEndpoints) -> LocalEndpoints:
    assert run("import", "backstage", COMPANY).exit_code == 0
    return endpoints


def predict(address: str) -> int:
    with urllib.request.urlopen(urllib.request.Request(address, b"{}"), timeout=5) as answer:
        return int(answer.status)


def test_a_started_endpoint_says_where_it_serves_and_outlives_the_command(
    run: Run, start: Callable[..., str], company: LocalEndpoints
) -> None:
    found = json.loads(start(V1, "component:default/churn-v2-prod", "--json"))

    assert [(one["name"], one["status"], one["model"]) for one in found] == [
        (V1, "serving", "churn-v1"),
        (V2, "serving", "churn-v2"),
    ]
    assert [predict(one["address"]) for one in found] == [200, 200]
    assert start(V1) == f"{V1}  serving  churn-v1  {found[0]['address']}\n"
    company.disable(V2)
    assert run("endpoint", "list").stdout == (
        f"{V1}  serving  churn-v1  {found[0]['address']}\n"
        f"{V2}  disabled  churn-v2\n"
        "churn_nightly-batch  absent  churn_nightly  never started here: emeritus endpoint start churn_nightly-batch\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ((V1.upper(),), 1, f'No local endpoint is called "{V1.upper()}"; closest: {V1}, '),
        (("fraud-sentinel-prod",), 1, "fraud-sentinel-prod does not run here: it is sagemaker"),
        ((V1, "nobody"), 1, "Run emeritus endpoint list for those there are"),
        ((V1, V2, "--weights", "x.json"), 2, "--weights is for one endpoint: name one only"),
        ((V1, "--weights", COMPANY / "slack.yaml"), 1, "needs a readable JSON of intercept and coefficients"),
        ((), 2, "Missing argument 'NAME...'"),
    ],
    ids=lambda value: " ".join(map(str, value))[:40] if isinstance(value, tuple) else "",
)
def test_what_cannot_be_started_is_told_with_what_can_and_nothing_starts(
    run: Run, company: LocalEndpoints, arguments: tuple[object, ...], code: int, says: str
) -> None:
    refused = run("endpoint", "start", *arguments)

    assert (refused.exit_code, refused.stdout) == (code, "")
    assert says in refused.stderr
    assert company.refs() == []


def test_a_model_without_weights_among_its_artifacts_is_served_from_a_named_file(
    run: Run, start: Callable[..., str], endpoints: LocalEndpoints, tmp_path: Path
) -> None:
    catalog = tmp_path / "catalog-info.yaml"
    served = "type: model-server, dependsOn: ['resource:teapot']"
    catalog.write_text(
        a_document("Resource", "teapot", "type: ai-model", artifacts=str(tmp_path))
        + "---\n"
        + a_document("Component", "teapot-box", served, endpoint_kind="local", endpoint_ref="teapot box")
    )
    run("import", "backstage", catalog)
    weights = tmp_path / "elsewhere" / "weights.json"
    weights.parent.mkdir()
    weights.write_text('{"intercept": 0, "coefficients": {}}')

    refused = run("endpoint", "start", "teapot box")
    assert refused.stderr == (
        "Error: artifacts of teapot: one JSON of intercept and coefficients (none of them is one); "
        "or give --weights FILE, one endpoint at a time\n"
    )
    assert "emeritus endpoint start 'teapot box'" in run("endpoint", "list").stdout

    start("teapot box", "--weights", weights)
    assert endpoints.describe("teapot box") == "serving"


def test_a_catalog_without_local_endpoints_says_how_to_make_one(
    run: Run, endpoints: LocalEndpoints, tmp_path: Path
) -> None:
    catalog = tmp_path / "catalog-info.yaml"
    catalog.write_text(a_document("Resource", "teapot", "type: ai-model"))
    run("import", "backstage", catalog)

    assert (
        "emeritus.dev/endpoint-kind: local, proxy, envoy, haproxy or flags makes one"
        in run("endpoint", "list").stdout
    )
    assert endpoints.refs() == []


def test_a_bot_that_starts_brings_back_what_should_serve_and_leaves_what_serves_when_it_ends(
    run: Run, start: Callable[..., str], emeritus: Emeritus, company: LocalEndpoints
) -> None:
    start(V1, V2, "churn_nightly-batch")
    company.disable(V2)
    untouched = company.address("churn_nightly-batch")
    os.kill(json.loads((company.folder(V1) / ADDRESS_FILE).read_text())["pid"], signal.SIGKILL)

    with emeritus("serve", "--http", "0") as bot:
        assert bot.stderr is not None
        said = [bot.stderr.readline(), bot.stderr.readline()]
        assert said[0] == f"Endpoint {V1}: serves again\n"
        assert said[1].startswith("Emeritus is listening at http://127.0.0.1:")
        listed = run("endpoint", "list").stdout
        bot.terminate()
        bot.communicate(timeout=10)

    assert bot.returncode == 0
    assert f"{V1}  serving" in listed
    assert [company.describe(ref) for ref in (V1, V2)] == ["serving", "disabled"]
    assert company.address("churn_nightly-batch") == untouched


def test_a_second_bot_is_refused_before_it_touches_an_endpoint_and_a_shell_may_start_one(
    start: Callable[..., str], emeritus: Emeritus, company: LocalEndpoints, settings: Settings
) -> None:
    start(V1)
    company.stop_all()
    held = open_store(settings)
    try:
        with emeritus("serve", "--http", "0") as second:
            _, failed = second.communicate(timeout=60)
        assert "is in use by another Emeritus" in failed
        with pytest.raises(Unavailable, match="its process is gone"):
            company.describe(V1)
        start(V1)
    finally:
        held.close()
    assert company.describe(V1) == "serving"
