"""Where what retires is listed, by ids and aliases of a real catalog, and what each catalog is to say of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from data.catalog.catalog import Catalog
from data.importers.backstage import read_backstage
from data.importers.datahub import read_datahub
from data.importers.mlflow import read_mlflow
from data.records.catalog import EndpointKind
from data.records.deprecation import CatalogKind, Deprecation, Lifecycle, Listing, Part
from data.records.plan import Endpoint
from data.records.retirement import State
from data.sqlite.store import SqliteStore
from tests.builders import (
    ANNOUNCED_AT,
    CLOSE_AT,
    DISABLE_AT,
    PAT,
    WHY,
    Story,
    a_dark,
    a_proposed,
    a_running_retirement,
    a_subject,
    days,
    proposing,
    revising,
)
from tests.data.catalogs import MONDAY
from tests.data.importers.sagemaker_account import (
    a_config,
    a_group,
    a_model,
    a_package,
    an_endpoint,
    arn,
    of_package,
    read,
)
from workflows import commands as cmd
from workflows.listings import Listings
from workflows.machine import RetirementMachine

GROUP = "urn:li:mlModelGroup:(urn:li:dataPlatform:mlflow,Churn,PROD)"
FIRST = "urn:li:mlModel:(urn:li:dataPlatform:mlflow,Churn_1,PROD)"
PACKAGE = "arn:aws:sagemaker:eu-central-1:123456789012:model-package/churn/3"
ENTITIES = f"""\
kind: Resource
metadata:
  name: churn
  annotations:
    emeritus.dev/aliases: ["models:/Churn", "models:/Churn/3", "models:/Churn@best", "{GROUP}", "{PACKAGE}"]
spec: {{type: ai-model}}
---
kind: Resource
metadata: {{name: churn-2}}
spec: {{type: ai-model}}
---
kind: Component
metadata: {{name: live}}
spec: {{type: model-server, dependsOn: [resource:churn]}}
---
kind: Component
metadata: {{name: batch}}
spec: {{type: model-server, dependsOn: [resource:churn]}}
---
kind: Component
metadata: {{name: shared}}
spec: {{type: model-server, dependsOn: [resource:churn, resource:churn-2]}}
"""
CHURN, NEXT = "resource:default/churn", "resource:default/churn-2"
LIVE = Endpoint(id="component:default/live", name="live", kind=EndpointKind.SAGEMAKER, ref="churn-live")
BATCH = Endpoint(id="component:default/batch", name="batch", kind=EndpointKind.MANUAL, ref="batch")
SHARE = Endpoint(
    id="component:default/shared#churn",
    name="shared",
    kind=EndpointKind.MANUAL,
    ref="shared",
)
ALL = (LIVE, BATCH, SHARE)
DEPRECATED = Lifecycle.DEPRECATED


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "emeritus.db", RetirementMachine())
    yield opened
    opened.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "catalog-info.yaml"
    path.write_text(ENTITIES.replace("kind:", "apiVersion: backstage.io/v1alpha1\nkind:"))
    return path


@pytest.fixture
def catalog(store: SqliteStore, file: Path) -> Catalog:
    catalog = Catalog(store)
    catalog.import_(read_backstage([file]), format="backstage", now=MONDAY)
    return catalog


def a_retirement(*endpoints: Endpoint, model_id: str = CHURN, **changes: Any) -> Story:
    subject = a_subject(model_id=model_id, endpoints=endpoints)
    return a_running_retirement(subject, successor_name="churn-2", **changes)


def owed(kind: CatalogKind, story: Story, catalog: Catalog, store: SqliteStore) -> Deprecation | None:
    if not store.events("RET-1"):
        store.write(lambda conn: store.append(conn, "RET-1", story.happened, story.now))
    return Listings(catalog=catalog, store=store, writers={}).owed(kind, story.state)


def listed(kind: CatalogKind, story: Story, catalog: Catalog, store: SqliteStore) -> list[str]:
    found = owed(kind, story, catalog, store)
    return [f"{one.part} {one.called} {one.lifecycle}" for one in found.listings] if found else []


@pytest.mark.parametrize(
    ("kind", "called"),
    [
        (CatalogKind.MLFLOW, ["model Churn deprecated"]),
        (CatalogKind.DATAHUB, [f"model {GROUP} deprecated"]),
        (
            CatalogKind.BACKSTAGE,
            [
                f"model {CHURN} deprecated",
                "endpoint component:default/live deprecated",
                "endpoint component:default/batch deprecated",
            ],
        ),
        (CatalogKind.SAGEMAKER, [f"model {PACKAGE} deprecated", "endpoint churn-live deprecated"]),
    ],
    ids=str,
)
def test_each_catalog_has_it_under_the_name_it_goes_by_there(
    catalog: Catalog, store: SqliteStore, kind: CatalogKind, called: list[str]
) -> None:
    """A version or an alias of the registry is not the model; a server that others share goes on."""
    assert listed(kind, a_retirement(*ALL), catalog, store) == called


def test_what_it_is_to_say_is_drawn_from_the_plan(catalog: Catalog, store: SqliteStore, file: Path) -> None:
    found = owed(CatalogKind.BACKSTAGE, a_retirement(*ALL), catalog, store)
    assert found is not None
    assert replace(found, listings=found.listings[:1]) == Deprecation(
        retirement_id="RET-1",
        model_name="churn",
        lifecycle=DEPRECATED,
        last_day=date(2027, 2, 17),
        since=ANNOUNCED_AT,
        until=DISABLE_AT,
        successor="churn-2",
        listings=(Listing(part=Part.MODEL, called=CHURN, lifecycle=DEPRECATED, source=str(file)),),
    )


def test_a_successor_is_called_as_that_catalog_calls_it(catalog: Catalog, store: SqliteStore) -> None:
    story = Story(a_retirement(*ALL).facts)
    story.does(proposing(successor_id=NEXT))
    story.votes("UOWEN", "UPLATO", "USELMA")
    story.until(ANNOUNCED_AT)
    said = {
        kind: (found.successor, found.is_listed)
        for kind in (CatalogKind.BACKSTAGE, CatalogKind.MLFLOW)
        if (found := Listings(catalog=catalog, store=store, writers={}).owed(kind, story.state))
    }
    assert said == {CatalogKind.BACKSTAGE: (NEXT, True), CatalogKind.MLFLOW: ("churn-2", False)}


def test_a_model_that_goes_on_elsewhere_is_not_deprecated_with_one_of_its_endpoints(
    catalog: Catalog, store: SqliteStore
) -> None:
    """What an announcement of all it had has said of it is kept: a new deployment takes nothing back."""
    story = a_retirement(LIVE)
    backstage = owed(CatalogKind.BACKSTAGE, story, catalog, store)
    assert backstage is not None
    assert {one.called: one.is_kept for one in backstage.listings} == {
        CHURN: True,
        "component:default/live": False,
    }
    mlflow, sagemaker = (
        owed(kind, story, catalog, store) for kind in (CatalogKind.MLFLOW, CatalogKind.SAGEMAKER)
    )
    assert mlflow is not None
    assert sagemaker is not None
    assert (mlflow.is_new, sagemaker.is_new, sagemaker.is_whole) == (False, True, False)
    listings = Listings(catalog=catalog, store=store, writers={})
    assert [one.kind for one in listings.standings(story.state)] == [
        CatalogKind.SAGEMAKER,
        CatalogKind.BACKSTAGE,
    ]


def test_nothing_is_owed_before_it_is_announced(catalog: Catalog, store: SqliteStore) -> None:
    story = a_proposed(a_subject(model_id=CHURN, endpoints=ALL))
    assert owed(CatalogKind.BACKSTAGE, story, catalog, store) is None


def test_called_off_everything_is_in_service_the_model_too(catalog: Catalog, store: SqliteStore) -> None:
    story = a_retirement(LIVE)
    story.does(cmd.Cancel(by=PAT, why=WHY))
    story.votes("UOWEN", "UPLATO", "USELMA")
    assert story.state.state is State.CANCELLED
    assert listed(CatalogKind.BACKSTAGE, story, catalog, store) == [
        f"model {CHURN} in service",
        "endpoint component:default/live in service",
    ]


def test_what_another_retirement_has_announced_since_is_that_ones_to_say(
    catalog: Catalog, store: SqliteStore
) -> None:
    first = a_retirement(LIVE)
    first.does(cmd.Cancel(by=PAT, why=WHY))
    first.votes("UOWEN", "UPLATO", "USELMA")
    second = a_retirement(LIVE, BATCH)
    store.write(lambda conn: store.append(conn, "RET-2", second.happened, second.now))
    assert listed(CatalogKind.BACKSTAGE, first, catalog, store) == []


def test_what_was_retired_long_ago_and_serves_again_is_lifted_by_who_called_it_off(
    catalog: Catalog, store: SqliteStore
) -> None:
    before = a_dark(a_subject(model_id=CHURN, endpoints=(LIVE,))).until(CLOSE_AT).works()
    assert before.state.state is State.ARCHIVED
    store.write(lambda conn: store.append(conn, "RET-0", before.happened, before.now))
    story = a_retirement(LIVE)
    story.does(cmd.Cancel(by=PAT, why=WHY))
    story.votes("UOWEN", "UPLATO", "USELMA")
    assert listed(CatalogKind.MLFLOW, story, catalog, store) == ["model Churn in service"]


def test_an_endpoint_that_a_new_plan_spares_is_lifted_and_the_others_stay_deprecated(
    catalog: Catalog, store: SqliteStore
) -> None:
    story = a_retirement(LIVE, BATCH)
    subject = a_subject(model_id=CHURN, endpoints=(BATCH,))
    story.does(revising(target_on=(DISABLE_AT + days(30)).date()), subject=subject)
    story.votes("UOWEN", "UPLATO", "USELMA").until(ANNOUNCED_AT + days(14))
    assert story.state.announced == 2
    assert listed(CatalogKind.BACKSTAGE, story, catalog, store) == [
        f"model {CHURN} deprecated",  # where it is
        "endpoint component:default/batch deprecated",
        "endpoint component:default/live in service",
    ]


def test_what_went_dark_is_still_deprecated(catalog: Catalog, store: SqliteStore) -> None:
    story = a_dark(a_subject(model_id=CHURN, endpoints=(BATCH,)))
    assert "endpoint component:default/batch deprecated" in listed(
        CatalogKind.BACKSTAGE, story, catalog, store
    )


def test_what_its_catalog_does_not_declare_any_more_is_listed_nowhere(
    catalog: Catalog, store: SqliteStore, file: Path
) -> None:
    file.write_text(file.read_text().replace("name: batch", "name: bulk"))
    catalog.import_(read_backstage([file]), format="backstage", now=MONDAY)
    assert listed(CatalogKind.BACKSTAGE, a_retirement(LIVE, BATCH), catalog, store)[1:] == [
        "endpoint component:default/live deprecated"
    ]


def test_what_sagemaker_declares_itself_is_found_by_its_arns(
    catalog: Catalog, store: SqliteStore, tmp_path: Path
) -> None:
    reading = read(
        a_group("Ranker"),
        a_package("Ranker", 2),
        a_model("ranker-model", of_package("Ranker/2")),
        a_config("ranker-config", "ranker-model"),
        an_endpoint("Ranker-Live", "ranker-config"),
    )
    catalog.import_(reading, format="sagemaker", now=MONDAY)
    group = arn("model-package-group", "Ranker")
    (live,) = catalog.endpoints_of(group)
    endpoint = Endpoint(id=live.id, name=live.name, kind=live.endpoint_kind, ref=live.endpoint_ref)
    assert sorted(listed(CatalogKind.SAGEMAKER, a_retirement(endpoint, model_id=group), catalog, store)) == [
        f"endpoint {live.endpoint_ref} deprecated",
        f"model {group} deprecated",
        f"version {arn('model-package', 'Ranker/2')} deprecated",
        f"version {arn('model', 'ranker-model')} deprecated",
    ]


def test_what_mlflow_and_datahub_declare_themselves_is_found_by_their_own_names(
    catalog: Catalog, store: SqliteStore, tmp_path: Path
) -> None:
    export = {"registered_models": [{"name": "Fraud Check"}]}
    (tmp_path / "mlflow.json").write_text(json.dumps(export))
    mlflow = read_mlflow([tmp_path / "mlflow.json"], known=catalog.known())
    catalog.import_(mlflow, format="mlflow", now=MONDAY)
    (tmp_path / "hub").mkdir()
    urn = GROUP.replace("Churn", "Ranking")
    told = [
        (urn, "mlModelGroup", "mlModelGroupProperties", {"name": "Ranking"}),
        (FIRST, "mlModel", "mlModelProperties", {"groups": [urn]}),
    ]
    documents = [
        {
            "entityUrn": one,
            "entityType": kind,
            "changeType": "UPSERT",
            "aspectName": aspect,
            "aspect": {"json": said},
        }
        for one, kind, aspect, said in told
    ]
    (tmp_path / "hub/hub.json").write_text(json.dumps(documents))
    hub = read_datahub([tmp_path / "hub"], known=catalog.known())
    catalog.import_(hub, format="datahub", now=MONDAY)

    fraud = owed(CatalogKind.MLFLOW, a_retirement(model_id="mlflow:fraud check"), catalog, store)
    assert fraud is not None
    assert fraud.listings == (
        Listing(
            part=Part.MODEL,
            called="Fraud Check",
            lifecycle=DEPRECATED,
            source=str(tmp_path / "mlflow.json"),
        ),
    )
    ranking = a_retirement(model_id=urn.lower())
    listings = Listings(catalog=catalog, store=store, writers={}).owed(CatalogKind.DATAHUB, ranking.state)
    assert listings is not None
    assert [(one.part, one.called) for one in listings.listings] == [
        (Part.MODEL, urn),
        (Part.VERSION, FIRST),
    ]
