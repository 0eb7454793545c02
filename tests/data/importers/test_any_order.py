"""In whatever order four sources are imported, the catalog answers the same."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from data.catalog.catalog import Catalog
from data.records.catalog import Entity
from data.sqlite.store import SqliteStore
from tests.data.catalogs import NoRetirements, a_document
from tests.data.importers import test_owners as owned
from tests.data.importers.registries import an_entry, instead
from tests.data.importers.sagemaker_account import a_group
from tests.data.importers.test_datahub import told as proposed
from tests.data.importers.test_successors import file, take

NAMES = (
    "models:/churn",
    owned.URN,
    "acme/churn",
    "acme/chat-1",
    "cyclonedx:machine-learning-model/churn@1",
    "dbt:exposure.shop.churn",
    str(a_group("churn")["ModelPackageGroupArn"]),
)
"""What others call the model that is the company's own; how OpenMetadata and OpenLineage call it is no name of it."""


def ours(path: Path) -> Path:
    """The company's catalog: its model, who depends on it by any name, and the people of two teams."""
    model = a_document("Resource", "ours", "type: ai-model, owner: risk", aliases="NAMES").replace(
        '"NAMES"', json.dumps(NAMES)
    )
    uses = json.dumps(["models:/churn", "acme/churn", "resource:nobody", owned.URN, "svc.churn"])
    shop = a_document("Component", "shop", f"type: service, owner: payments, dependsOn: {uses}")
    ada = a_document("User", "ada", "memberOf: [payments], profile: {email: ada@example.com}")
    return file(path, "ours.yaml", f"{model}---\n{shop}---\n{owned.TEAM}---\n{ada}")


def people(path: Path) -> Path:
    """As DataHub has them, with what they own."""
    scores = "urn:li:dataset:(urn:li:dataPlatform:hive,scores,PROD)"
    ada = "urn:li:corpuser:a.okafor"
    told = [
        proposed("urn:li:corpGroup:payments", "corpGroupInfo", {"members": [ada]}),
        proposed("urn:li:corpGroup:risk", "corpGroupInfo", {"members": [ada, "urn:li:corpuser:ada"]}),
        proposed(ada, "corpUserInfo", {"active": True, "email": "ada@example.com"}),
        proposed(scores, "ownership", {"owners": [{"owner": "urn:li:corpGroup:payments"}]}),
        proposed(scores, "upstreamLineage", {"upstreams": [{"dataset": owned.URN}]}),
    ]
    return file(path, "people.json", json.dumps(told))


def registry(path: Path) -> Path:
    (folder := path / "registry").mkdir()
    file(folder, "2.yaml", an_entry("chat-2", lines=instead("chat-1*")))
    return file(folder, "1.yaml", an_entry()).parent


def accounts(path: Path) -> Path:
    return file(path, "who.csv", "who,slack_id\nada@example.com,U0ADA\n")


FORMATS = {"ours": "backstage", "people": "datahub", "registry": "deprecations"}
FOURS = (
    ("ours", "people", "mlflow", "cyclonedx"),
    ("ours", "registry", "huggingface", "csv"),
    ("ours", "people", "accounts", "sagemaker"),
    ("ours", "openmetadata", "dbt", "openlineage"),
    ("people", "accounts", "mlflow", "csv"),
)


def told(catalog: Catalog) -> Mapping[str, object]:
    """All that is asked of it, but by which of their names an owner was found."""
    there = catalog.snapshot()
    things = [one for one in there.known() if isinstance(one, Entity)]
    return {
        "things": {one.id: replace(there.owned(one), owner_names=()) for one in things},
        "owners": {one.id: there.owners_of(one) for one in things},
        "edges": {ends: there.dependency(*ends) for ends in there.lineage.edges},
        "impact": {one.id: there.impact(one.id).consumers for one in there.models()},
        "who": {
            one.id: [(part.part, part.owners, part.why, part.doubts) for part in there.responsible(one.id)]
            for one in there.models()
        },
        "succession": {one.id: there.succession(one.id).missing for one in there.models()},
        "people": [one for one in there.known() if not isinstance(one, Entity)],
    }


@pytest.mark.parametrize("four", FOURS, ids=" ".join)
def test_whoever_comes_first_the_catalog_answers_the_same(tmp_path: Path, four: tuple[str, ...]) -> None:
    write = {"ours": ours, "people": people, "registry": registry, "accounts": accounts}
    paths = {
        one: write[one](tmp_path) if one in write else getattr(owned, one)(tmp_path, "payments")
        for one in four
    }
    first: Mapping[str, object] = {}
    for number, order in enumerate(itertools.permutations(four)):
        with closing(SqliteStore(tmp_path / f"{number}.db", NoRetirements())) as store:
            catalog = Catalog(store)
            for one in order:
                take(catalog, FORMATS.get(one, one), paths[one])
            found = told(catalog)
            first = first or found
            for asked, answer in found.items():
                assert answer == first[asked], f"{asked}: {order}"
            assert told(Catalog(store)) == found
