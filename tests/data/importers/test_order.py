"""Whichever source is imported first, who depends on a model is the same; and an alias that is taken back takes back
what it joined, in whatever order that came about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.formats import BY_NAME
from data.catalog.catalog import Catalog
from data.importers.report import ImportReport
from data.sqlite.store import SqliteStore
from tests.data.catalogs import MONDAY, NoRetirements, a_document
from tests.data.importers.test_datahub import told

GROUP = "urn:li:mlModelGroup:(urn:li:dataPlatform:x,churn,PROD)"
FEATURE = "urn:li:mlFeature:(customers,age)"
OTHER = "urn:li:mlModel:(urn:li:dataPlatform:x,ensemble,PROD)"
NAMES = ("models:/Churn", GROUP, "svc.churn", "old-churn")
FORMATS = ("backstage", "mlflow", "datahub", "openmetadata", "csv")


def write(path: Path, *aliases: str) -> dict[str, Path]:
    """A model that five sources tell of, each with a consumer that no other one has, and one that two name."""
    model = a_document("Resource", "churn", "type: ai-model", aliases="ALIASES").replace(
        '"ALIASES"', json.dumps([*aliases, "none"])
    )
    checkout = a_document("Component", "checkout", "type: service", aliases="crm-sync")
    tags = [{"key": "emeritus.consumers", "value": "crm-sync, mailer"}]
    flow = {"from": {"fqn": "svc.churn", "type": "mlmodel"}, "to": {"fqn": "svc.board", "type": "dashboard"}}
    upstreams = {"upstreams": [{"dataset": GROUP}]}
    scores = "urn:li:dataset:(urn:li:dataPlatform:hive,scores,PROD)"
    contents = {
        "backstage": f"{model}---\n{checkout}",
        "mlflow": json.dumps({"registered_models": [{"name": "Churn", "tags": tags}]}),
        "datahub": json.dumps(
            [told(GROUP, "mlModelGroupProperties"), told(scores, "upstreamLineage", upstreams)]
        ),
        "openmetadata": json.dumps([flow]),
        "csv": "from,to,last_seen,calls_per_day\nbilling,old-churn,,\ncheckout,models:/churn,2026-03-01,12\n",
    }
    found = {}
    for name, text in contents.items():
        found[name] = path / f"{name}.{'yaml' if name == 'backstage' else 'csv' if name == 'csv' else 'json'}"
        found[name].write_text(text)
    return found


def take(catalog: Catalog, format: str, path: Path) -> ImportReport:  # noqa: A002 - the word of the commands
    return catalog.import_(BY_NAME[format].reader(catalog, (path,)), format=format, now=MONDAY)


def consumers(catalog: Catalog, model_id: str) -> dict[str, tuple[str, ...]]:
    there = catalog.snapshot()
    return {
        one.consumer_id: there.dependency(*one.path[:2]).sources for one in there.impact(model_id).consumers
    }


ALL = {
    "component:default/checkout": ("mlflow", "csv"),
    "csv:billing": ("csv",),
    "mlflow-consumer:mailer": ("mlflow",),
    "openmetadata:dashboard:svc.board": ("openmetadata",),
    "urn:li:dataset:(urn:li:dataplatform:hive,scores,prod)": ("datahub",),
}
ORDERS = [
    order
    for first in range(len(FORMATS))
    for order in ([*FORMATS[first:], *FORMATS[:first]], [*FORMATS[first:], *FORMATS[:first]][::-1])
]


@pytest.mark.parametrize("order", ORDERS, ids=">".join)
def test_whoever_comes_first_the_same_depend_on_a_model_and_it_comes_apart_again(
    tmp_path: Path, order: list[str]
) -> None:
    files = write(tmp_path, *NAMES)
    store = SqliteStore(tmp_path / "e.db", NoRetirements())
    catalog = Catalog(store)
    for format_ in order:
        take(catalog, format_, files[format_])
    assert consumers(catalog, "resource:default/churn") == ALL
    assert [one.id for one in catalog.models()] == ["resource:default/churn"]
    for format_ in order:
        assert not take(catalog, format_, files[format_]).changed
    write(tmp_path, "old-churn", "models:/Churn")
    take(catalog, "backstage", files["backstage"])
    assert set(consumers(catalog, "resource:default/churn")) == set(list(ALL)[:3])
    assert set(consumers(catalog, GROUP.lower())) == {list(ALL)[4]}
    assert set(consumers(catalog, "openmetadata:mlmodel:svc.churn")) == {list(ALL)[3]}
    assert consumers(Catalog(store), "resource:default/churn") == consumers(catalog, "resource:default/churn")
    store.close()


def test_the_report_that_joins_says_with_what_and_by_which_name(catalog: Catalog, tmp_path: Path) -> None:
    files = write(tmp_path, *NAMES)
    for format_ in ("mlflow", "csv"):
        take(catalog, format_, files[format_])
    said = [f"{one.what} {one.note}" for one in take(catalog, "backstage", files["backstage"]).notes]
    for line in (
        "resource:default/churn is one with mlflow:churn: both are called models:/Churn",
        "resource:default/churn is one with csv:old-churn: both are called old-churn",
        "component:default/checkout is one with mlflow-consumer:crm-sync: both are called crm-sync",
    ):
        assert line in said
    why = catalog.snapshot().responsible("resource:default/churn")[0].why
    assert "mlflow:churn is the same: both are called models:/Churn" in why


def test_what_could_be_two_things_is_told_and_joined_to_neither(catalog: Catalog, tmp_path: Path) -> None:
    files = write(tmp_path, *NAMES)
    take(catalog, "mlflow", files["mlflow"])
    twin = a_document("Resource", "twin", "type: ai-model", aliases="models:/Churn")
    files["backstage"].write_text(f"{files['backstage'].read_text()}---\n{twin}")
    notes = [one.note for one in take(catalog, "backstage", files["backstage"]).notes]
    could_be = "mlflow:churn or resource:default/churn or resource:default/twin"
    assert f'"models:/churn" could be {could_be}; joined to neither' in notes
    assert set(consumers(catalog, "mlflow:churn")) == {"component:default/checkout", "mlflow-consumer:mailer"}
    assert consumers(catalog, "resource:default/churn") == {}


def test_two_kinds_of_things_are_never_one_and_the_report_says_so(catalog: Catalog, tmp_path: Path) -> None:
    """A consumer that goes by the name of a model would take its place: nobody could retire it any more."""
    files = write(tmp_path, *NAMES)
    take(catalog, "mlflow", files["mlflow"])
    files["backstage"].write_text(a_document("Component", "shop", "type: service", aliases="models:/Churn"))
    notes = [one.note for one in take(catalog, "backstage", files["backstage"]).notes]
    fits = "component:default/shop (consumer) or mlflow:churn (model)"
    assert f'"models:/churn" could be {fits}; joined to neither' in notes
    assert catalog.snapshot().model("mlflow:churn").id == "mlflow:churn"
