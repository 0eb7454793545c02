"""`emeritus endpoint envoy` and `haproxy`: what is printed runs; what is wrong is told before anything is written."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.doctor.engines import examine_engines
from bot.settings import read
from data.records.deprecation import Lifecycle, Part
from data.records.traffic import Desired
from tests.contract.planes import two_models
from tests.data.catalogs import a_document
from tests.workflows.adapters.deprecations import a_deprecation, a_listing, becoming
from tests.workflows.adapters.engined import an_haproxy
from tests.workflows.adapters.proxied import REF, ask
from workflows.adapters.haproxy.admin import Admin
from workflows.adapters.haproxy.endpoints import map_of
from workflows.adapters.traffic_proxy.answers import ProxyAnswers
from workflows.adapters.traffic_proxy.endpoints import ProxyEndpoints

SERVES = "type: model-server, owner: growth-ml, dependsOn: ['resource:churn-v1']"
OLD, NEW, ADMIN = "http://127.0.0.1:9000", "https://[::1]:9001", "http://127.0.0.1:9901"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A record whose catalog has churn-v1 behind Envoy, HAProxy, and in a server of ours."""
    file = tmp_path / "catalog-info.yaml"
    served = {
        kind: a_document("Component", kind, SERVES, endpoint_kind=kind, endpoint_ref=kind) for kind in KINDS
    }
    file.write_text(
        "---\n".join(
            (a_document("Resource", "churn-v1", "type: ai-model, owner: growth-ml"), *served.values())
        )
    )
    assert run(tmp_path / "emeritus.db", "import", "backstage", str(file)).exit_code == 0
    return tmp_path / "emeritus.db"


KINDS = ("envoy", "haproxy", "local")


def run(store: Path, *arguments: str) -> Result:
    return CliRunner(env={"EMERITUS_STORE": str(store)}).invoke(cli, arguments, prog_name="emeritus")


def test_options_are_remembered_and_another_successor_changes_what_is_to_be_merged(store: Path) -> None:
    led = str(store.parent / "led")
    first = run(store, "endpoint", "envoy", "envoy", "--old", f"{OLD}/", "--admin", ADMIN, "--runtime", led)
    assert first.exit_code == 0, first.output
    clusters = yaml.safe_load(first.stdout)["static_resources"]["clusters"]
    assert [one["name"] for one in clusters] == ["envoy-old"]
    assert (store.parent / "led/envoy/current/routes.json").is_file(), "Envoy can start"

    second = run(store, "endpoint", "envoy", "envoy", "--new", NEW, "--listen", "[::]:8091")
    found = yaml.safe_load(second.stdout)["static_resources"]
    assert found["listeners"][0]["address"]["socket_address"] == {"address": "::", "port_value": 8091}
    assert [one["name"] for one in found["clusters"]] == ["envoy-old", "envoy-new", "envoy-copies"]
    assert found["clusters"][1]["transport_socket"]["typed_config"]["sni"] == "::1"

    third = run(store, "endpoint", "haproxy", "haproxy", "--old", OLD, "--admin", "h.sock", "--runtime", led)
    assert "  use_backend" not in third.stdout
    assert (store.parent / "led/haproxy/haproxy.map").read_text() == "new 0\n"
    listed = run(store, "endpoint", "list").stdout
    assert "envoy  unknown  churn-v1  The Envoy at http://127.0.0.1:9901 does not answer" in listed
    assert "haproxy  unknown  churn-v1  The HAProxy at" in listed


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("envoy", "envoy"), 2, "--old, --admin, --runtime missing: nothing is known of envoy yet"),
        (("envoy", "local", "--old", OLD), 1, "local does not run here: it is local"),
        (("envoy", "envoy", "--old", f"{OLD}/v1"), 2, "--admin, --runtime missing"),
        (
            ("envoy", "envoy", "--old", f"{OLD}/v1", "--admin", ADMIN, "--runtime", "x"),
            1,
            "one without a path",
        ),
        (
            ("envoy", "envoy", "--old", OLD, "--admin", "x", "--runtime", "x"),
            1,
            "an address like http://127.0",
        ),
        (
            ("haproxy", "haproxy", "--old", OLD, "--admin", "a b", "--runtime", "x"),
            1,
            "letters, digits, _, - and",
        ),
        (("haproxy", "haproxy", "--listen", "all"), 2, "all: PORT, HOST:PORT or [IPv6]:PORT"),
    ],
    ids=["nothing", "another kind", "more", "path", "admin", "blank", "listen"],
)
def test_what_is_wrong_is_told_before_anything_is_written(
    store: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    refused = run(store, "endpoint", *arguments)
    assert (refused.exit_code, refused.stdout) == (code, "")
    assert says in refused.stderr
    assert not (store.parent / "engines").exists()


def test_the_doctor_says_whether_an_engine_goes_by_what_is_wanted(tmp_path: Path) -> None:
    settings = read({"EMERITUS_STORE": str(tmp_path / "emeritus.db")})
    with two_models() as (old, new), an_haproxy(tmp_path, old, new) as there:
        assert list(examine_engines(settings)) == []
        there.plane.want(REF, Desired(new=new.address, new_percent=25))
        (well,) = examine_engines(settings)
        Admin(there.admin())._done(f"set map {map_of(there.endpoints.folders.known(REF))} new 10000")
        (ill,) = examine_engines(settings)
    assert str(well) == f"ok  calls of {REF}: 25 % go to {new.address}, as is wanted"
    assert str(ill) == (
        f"BAD calls of {REF}: its HAProxy goes by something else than is wanted: "
        "1 % go to the successor, and 25 % are wanted"
    )


def test_answers_say_of_the_end_whichever_front_the_endpoint_has(tmp_path: Path) -> None:
    proxies = ProxyEndpoints(tmp_path / "proxies")
    with two_models() as (old, new), an_haproxy(tmp_path, old, new) as there:
        answers = ProxyAnswers(proxies, there.endpoints)
        here = a_deprecation(a_listing(REF, part=Part.ENDPOINT), successor=REF)
        assert answers.differs(here) == (f"answers of {REF} do not say the end on 2027-02-17",)
        assert answers.write(here) == (REF,)
        assert (answers.differs(here), ask(there.address).headers["Deprecation"]) == ((), "@1794819600")
        assert answers.write(becoming(here, Lifecycle.IN_SERVICE)) == (REF,)
        assert ask(there.address).headers["Deprecation"] is None
