"""A live MLflow registry is read page by page, whole or not at all, and nobody else learns who we are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli
from data.catalog.catalog import Catalog
from data.errors import Invalid, Unavailable
from data.importers.addresses import address_of
from data.importers.mlflow import read_mlflow
from data.importers.mlflow_live_runs import REFUSED_MAX
from data.importers.mlflow_server import MLFLOW, Access, registry_at
from data.importers.report import ImportReport, Reading
from tests.data.catalogs import MONDAY
from tests.data.importers.mlflow_registry import Answer, FakeRegistry, a_registry

SECRET = "s3cr3t-t0ken"
MODELS, VERSIONS = "registered_models", "model_versions"


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    with a_registry() as registry:
        registry.tells(MODELS, {"name": "Churn"}, {"name": "Churn Two"}, more="p2")
        registry.tells(MODELS, {"name": "Fraud"}, page="p2")
        registry.tells(VERSIONS, {"name": "Churn", "version": "1", "source": "s3://b/1"}, more="v 2&=")
        registry.tells(VERSIONS, {"name": "Fraud", "version": "3", "source": "s3://b/3"}, page="v 2&=")
        yield registry


def read(*addresses: str, access: Access = Access()) -> Reading:  # noqa: B008 - frozen
    return read_mlflow([registry_at(address, access) for address in addresses])


def test_all_pages_of_models_and_versions_are_read(registry: FakeRegistry) -> None:
    reading = read(registry.address)
    assert {one.id: one.declared_in.removeprefix(registry.address) for one in reading.entities} == {
        "mlflow:churn": "/#/models/Churn",
        "mlflow:churn/1": "/#/models/Churn/versions/1",
        "mlflow:churn two": "/#/models/Churn%20Two",
        "mlflow:fraud": "/#/models/Fraud",
        "mlflow:fraud/3": "/#/models/Fraud/versions/3",
    }
    assert (reading.documents.read, reading.documents.kept) == (5, 5)
    assert reading.roots == (registry.address,)
    assert set(reading.files.values()) == {registry.address}
    pages = ["registered-models", "registered-models p2", "model-versions", "model-versions v 2&="]
    assert registry.asked == [(page, "") for page in pages]


def test_what_was_measured_in_runs_of_versions_in_use_is_read_as_well(registry: FakeRegistry) -> None:
    told = {
        "1": {"run_id": "old"},
        "2": {"run_id": "aliased"},
        "3": {"run_id": "staged", "current_stage": "Production"},
        "9": {"run_id": "gone", "current_stage": "Staging"},
        "10": {"run_id": "newest"},
    }
    versions = ({"name": "Churn", "version": one, "source": "s3://b/1", **said} for one, said in told.items())
    registry.tells(VERSIONS, *versions)
    registry.tells(MODELS, {"name": "Churn", "aliases": [{"alias": "champion", "version": "2"}]})
    for run_id in ("old", "aliased", "staged", "newest"):
        metric = {"key": "emeritus.drift", "value": 0.3, "timestamp": 1_772_445_600_000}
        run = {"info": {"run_id": run_id, "experiment_id": "7"}, "data": {"metrics": [metric]}}
        registry.answers[f"runs/get {run_id}"] = Answer(json.dumps({"run": run}).encode())
    reading = read(registry.address)
    measured = {one.id: one.measured[0] for one in reading.entities if one.measured}
    assert {
        one: (row.value, row.on, row.told_in.removeprefix(registry.address)) for one, row in measured.items()
    } == {
        "mlflow:churn/2": (0.3, "2026-03-02", "/#/experiments/7/runs/aliased"),
        "mlflow:churn/3": (0.3, "2026-03-02", "/#/experiments/7/runs/staged"),
        "mlflow:churn/10": (0.3, "2026-03-02", "/#/experiments/7/runs/newest"),
    }
    assert ("runs/get old", "") not in registry.asked
    untold = "1 of those in use could not be read; what was measured in them is not told"
    assert [one.note for one in reading.notes if one.what == "runs"] == [untold]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_who_may_see_no_runs_reads_the_registry_all_the_same_and_soon_asks_no_more(
    registry: FakeRegistry, status: int
) -> None:
    named = [
        {"name": "Churn", "version": str(one), "run_id": f"r{one}", "aliases": ["a"]} for one in range(60)
    ]
    registry.tells(VERSIONS, *named)
    registry.answers.update({f"runs/get r{one}": Answer(b"{}", status=status) for one in range(60)})
    reading = read(registry.address)
    assert len(reading.entities) == 63
    assert sum(asked.startswith("runs/get") for asked, _ in registry.asked) == REFUSED_MAX
    assert [one.note.partition(" could")[0] for one in reading.notes if one.what == "runs"] == [
        "60 of those in use"
    ]


def imported(catalog: Catalog, registry: FakeRegistry) -> ImportReport:
    known = catalog.known_outside("mlflow", [registry.address])
    reading = read_mlflow([registry_at(registry.address, Access())], known=known)
    return catalog.import_(reading, format="mlflow", now=MONDAY)


def test_a_registry_read_twice_changes_nothing_and_what_it_dropped_is_unseen(
    catalog: Catalog, registry: FakeRegistry
) -> None:
    assert imported(catalog, registry).changed
    assert not imported(catalog, registry).changed
    registry.tells(MODELS, page="p2")
    assert imported(catalog, registry).unseen == ("mlflow:fraud", "mlflow:fraud/3")
    assert catalog.model("mlflow:fraud").name == "Fraud"


@pytest.mark.parametrize(
    ("access", "header"),
    [
        ({"MLFLOW_TRACKING_TOKEN": SECRET, "MLFLOW_TRACKING_USERNAME": "ada"}, f"Bearer {SECRET}"),
        ({"MLFLOW_TRACKING_USERNAME": "ada", "MLFLOW_TRACKING_PASSWORD": "péché"}, "Basic YWRhOnDDqWNow6k="),
        ({}, ""),
    ],
    ids=["token", "password", "neither"],
)
def test_every_page_is_asked_for_as_who_we_are(
    registry: FakeRegistry, access: dict[str, str], header: str
) -> None:
    who = Access.of(access)
    read(registry.address, access=who)
    assert {authorization for _, authorization in registry.asked} == {header}
    assert SECRET not in repr(who)


@pytest.mark.parametrize("token", [f"{SECRET}\r\nX: y", f"{SECRET} ", f"{SECRET}é"])
def test_a_token_that_no_request_can_carry_is_refused_and_not_quoted(token: str) -> None:
    with pytest.raises(Invalid) as refused:
        Access.of({"MLFLOW_TRACKING_TOKEN": token})
    assert str(refused.value) == "MLFLOW_TRACKING_TOKEN: letters, digits and signs, without blanks"


KNOWN_BY = (
    "somebody it knows: set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
)
AGAIN = "Import again once it answers"
IS_IT_ONE = "is this the address of an MLflow registry?"


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (Answer(b"no", status=401), f" answers 401: {KNOWN_BY}"),
        (Answer(b"no", status=403), f" answers 403: {KNOWN_BY}"),
        (Answer(b"no", status=404), f" answers 404: {IS_IT_ONE}"),
        (Answer(b"no", status=500), f" answers 500. {AGAIN}"),
        (Answer(b"no", status=429), f" answers 429. {AGAIN}"),
        (
            Answer(b'{"model_versions": [', bytes_promised=400),
            f" does not answer to the end: 380 bytes are missing. {AGAIN}",
        ),
        (
            Answer(b'{"model_versions":\n['),
            ":2 Expecting value: not readable as JSON; is the file complete?",
        ),
        (
            Answer(b"<html>"),
            ":1 Expecting value: not readable as JSON; is the file complete?",
        ),
        (Answer(b'{"error_code": 1}'), f":1: an object with model_versions; {IS_IT_ONE}"),
        (Answer(b'{"model_versions": {}}'), f":1: an object with model_versions; {IS_IT_ONE}"),
        (Answer(b"[]"), f":1: an object with model_versions; {IS_IT_ONE}"),
        (Answer(b""), f":1: an object with model_versions; {IS_IT_ONE}"),
        (Answer(b"\xff"), ":1 byte 0xff: this is not UTF-8; save the file as UTF-8"),
        (
            Answer(b'{"model_versions": [], "next_page_token": "v 2&="}'),
            ' next_page_token "v 2&=": another one on each page, as it tells the same ones again',
        ),
    ],
    ids=[
        "unknown to it",
        "not allowed",
        "not there",
        "broken",
        "too often",
        "cut off",
        "cut off, and ended",
        "a page for people",
        "an error",
        "no list",
        "no object",
        "nothing",
        "no text",
        "pages in a ring",
    ],
)
def test_a_page_that_is_none_ends_the_import(registry: FakeRegistry, answer: Answer, refusal: str) -> None:
    registry.answers["model-versions v 2&="] = answer
    with pytest.raises((Invalid, Unavailable)) as refused:
        read(registry.address, access=Access(token=SECRET))
    assert str(refused.value) == f"{registry.address}/api/2.0/mlflow/model-versions/search{refusal}"


def test_a_redirect_is_not_followed_and_the_other_host_learns_nothing(registry: FakeRegistry) -> None:
    with a_registry() as other:
        location = f"{other.address.replace('127.0.0.1', 'localhost')}/login?state=abc"
        registry.answers["registered-models"] = Answer(b"", status=302, headers={"Location": location})
        with pytest.raises(Invalid) as refused:
            read(registry.address, access=Access(token=SECRET))
        assert other.asked == []
    assert str(refused.value) == (
        f"{registry.address}/api/2.0/mlflow/registered-models/search answers 302: the registry itself; localhost was "
        "not asked. Name its own address"
    )


def test_a_registry_nobody_answers_for_is_waited_for(registry: FakeRegistry) -> None:
    with a_registry() as gone:
        address = gone.address
    with pytest.raises(Unavailable) as refused:
        read(registry.address, address)
    url = f"{address}/api/2.0/mlflow/registered-models/search"
    assert str(refused.value) == f"{url} does not answer to the end: Connection refused. {AGAIN}"


def test_an_empty_registry_is_refused(registry: FakeRegistry) -> None:
    registry.tells(MODELS)
    with pytest.raises(Invalid, match=r"^http://127\.0\.0\.1:\d+: tells of no registered model"):
        read(registry.address)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("HTTPS://ML.Example.com/", "https://ml.example.com"),
        ("http://[::1]:5000/mlflow//", "http://[::1]:5000/mlflow"),
    ],
)
def test_an_address_is_remembered_in_one_spelling(text: str, address: str) -> None:
    assert address_of(text, MLFLOW) == address


@pytest.mark.parametrize(
    "text",
    [
        "https://",
        "https://ml.example.com?token=x",
        "https://ml.example.com/#/models",
        "http://[::1",
        "http://ml example",
        "http://ml.example\n",
        "http://é",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"an address like https://mlflow\.example\.com, without a query"):
        address_of(text, MLFLOW)


def test_a_port_that_is_none_is_told_as_such() -> None:
    for port in ("99999", "0", "x"):
        with pytest.raises(
            Invalid, match=rf"^address https://ml\.example\.com:{port}/x: a port from 1 to 65535 behind"
        ):
            address_of(f"https://ml.example.com:{port}/x", MLFLOW)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"https://ml.example.com?key={SECRET}", "https://ml.example.com?..."),
        (f"https://ada:{SECRET}@ml.example.com#{SECRET}", "https://...@ml.example.com?..."),
        (f"ftp://ada:{SECRET}@ml.example.com", "ftp://...@ml.example.com"),
    ],
)
def test_what_is_no_address_is_shown_without_its_secrets(text: str, shown: str) -> None:
    with pytest.raises(Invalid) as refused:
        address_of(text, MLFLOW)
    assert str(refused.value).startswith(f"address {shown}: an address like")


def test_an_address_with_a_password_is_refused_without_it() -> None:
    with pytest.raises(Invalid) as refused:
        address_of(f"https://ada:{SECRET}@ml.example.com/", MLFLOW)
    assert str(refused.value) == (
        "address https://ml.example.com: no user or password in an address; set MLFLOW_TRACKING_USERNAME and "
        "MLFLOW_TRACKING_PASSWORD"
    )


def test_the_command_reads_a_registry_and_nowhere_keeps_the_token(
    registry: FakeRegistry, tmp_path: Path
) -> None:
    run = CliRunner(env={"EMERITUS_STORE": str(tmp_path / "e.db"), "MLFLOW_TRACKING_TOKEN": SECRET})
    said = run.invoke(cli, ["import", "mlflow", f"{registry.address}/", "--json"])
    assert (said.exit_code, '"models":3' in said.stdout.replace(" ", "")) == (0, True)
    registry.answers["registered-models"] = Answer(b"", status=401)
    refused = run.invoke(cli, ["import", "mlflow", registry.address])
    assert refused.exit_code == 1
    assert KNOWN_BY in refused.stderr
    assert registry.asked[-1] == ("registered-models", f"Bearer {SECRET}")
    assert SECRET not in said.output + refused.output
    assert not any(SECRET.encode() in path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    missing = run.invoke(cli, ["import", "mlflow", str(tmp_path / "no.json")])
    assert (missing.exit_code, "Invalid value for 'SOURCE...'" in missing.stderr) == (2, True)
