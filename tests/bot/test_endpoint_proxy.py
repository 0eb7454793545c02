"""`emeritus endpoint proxy` as a process of its own, between a caller and a model."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from data.records.traffic import Desired
from tests.data.catalogs import a_document
from tests.workflows.adapters.proxied import a_model, ask
from workflows.adapters.traffic_proxy.endpoints import ProxyEndpoints
from workflows.adapters.traffic_proxy.plane import ProxyPlane

REF = "churn-v1-prod"
SERVES = "type: model-server, owner: growth-ml, dependsOn: ['resource:churn-v1']"
MODEL = "type: ai-model, owner: growth-ml"
USAGE = "--to ADDRESS is missing: where does the model behind churn-v1-prod answer?"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A record whose catalog has churn-v1 behind a proxy, and churn-v2 in a server of ours."""
    file = tmp_path / "catalog-info.yaml"
    file.write_text(
        "---\n".join(
            (
                a_document("Resource", "churn-v1", MODEL),
                a_document("Component", REF, SERVES, endpoint_kind="proxy", endpoint_ref=REF),
                a_document("Resource", "churn-v2", MODEL),
                a_document(
                    "Component", "v2", SERVES.replace("v1", "v2"), endpoint_kind="local", endpoint_ref="v2"
                ),
            )
        )
    )
    assert run(tmp_path / "emeritus.db", "import", "backstage", str(file)).exit_code == 0
    return tmp_path / "emeritus.db"


def run(store: Path, *arguments: str) -> Result:
    return CliRunner(env={"EMERITUS_STORE": str(store)}).invoke(cli, arguments, prog_name="emeritus")


@contextmanager
def a_proxy(store: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Its process, and what it says once it is there."""
    command = "from bot.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", command, "endpoint", "proxy", REF, "--listen", "0", *arguments],
        env={"PATH": os.environ["PATH"], "EMERITUS_STORE": str(store)},
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def test_it_passes_calls_on_says_where_and_ends_when_it_is_told_to(store: Path) -> None:
    absent = f"{REF}  absent  churn-v1  never started here: emeritus endpoint proxy {REF}\n"
    assert run(store, "endpoint", "list").stdout.endswith(absent)
    with a_model() as model:
        with a_proxy(store, "--to", f"{model}/") as (process, said):
            address = said.split(" takes calls at ")[1].split()[0]
            assert said == f"The proxy of {REF} takes calls at {address} and passes them to {model}\n"
            assert ask(address, path="/predict", X_Caller="job").json["path"] == "/predict"
            assert address.startswith("http://127.0.0.1:")
            listed = json.loads(run(store, "endpoint", "list", "--json").stdout)
            assert listed[-1] == {
                "name": REF,
                "model": "churn-v1",
                "status": "serving",
                "address": address,
                "note": "",
                "is_off": False,
            }
            again = run(store, "endpoint", "proxy", REF, "--to", "http://127.0.0.1:1")
            assert (again.exit_code, "it runs already" in again.stderr) == (1, True)
            assert ask(address, path="/predict").status == 200, "a refused start leads nobody elsewhere"
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 0
        with a_proxy(store) as (_, said):
            assert said.endswith(f"passes them to {model}\n"), "remembered from before"
            told = run(store, "import", "calls", "--local")
            assert "job" in run(store, "impact", "churn-v1").stdout, told.output
            plane = ProxyPlane(ProxyEndpoints(store.parent / "proxies"))
            plane.want(REF, Desired(new="http://127.0.0.1:1", new_name="churn-v2", new_percent=25))
            (listed,) = [line for line in run(store, "endpoint", "list").stdout.splitlines() if REF in line]
            assert listed.endswith("  25 % of calls go to churn-v2")
        with a_proxy(store) as (_, said):
            assert said.endswith(f"passes them to {model}; as before 25 % of calls go to churn-v2\n")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ((REF,), 2, USAGE),
        (("churn-v1-prd", "--to", "http://127.0.0.1:1"), 1, f"closest: {REF}"),
        (("v2", "--to", "http://127.0.0.1:1"), 1, "v2 does not run here: it is local"),
        ((REF, "--to", "127.0.0.1:9000"), 1, "an address like http://127.0.0.1:9000, without a query"),
        ((REF, "--to", "http://u:p@h"), 1, "no user or password in an address; callers send what"),
        ((REF, "--to", "http://h", "--listen", "all"), 2, "all: PORT, HOST:PORT or [IPv6]:PORT"),
        ((REF, "--to", "http://h", "--public", "ftp://h"), 1, "address ftp://h: an address like"),
        ((REF, "--to", "http://h", "--listen", "192.0.2.1:1"), 1, "nobody can listen at 192.0.2.1:1: "),
    ],
    ids=["no model", "misspelt", "no proxy", "no scheme", "password", "listen", "public", "not ours"],
)
def test_what_is_wrong_is_told_before_anything_listens(
    store: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    refused = run(store, "endpoint", "proxy", *arguments)
    assert (refused.exit_code, refused.stdout) == (code, "")
    assert says in refused.stderr
