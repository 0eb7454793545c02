"""What Emeritus knows of a model stands beside its archive, without names of people and of what is restricted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import networkx as nx
import pytest
from msgspec.structs import replace

from data.archive.results import Bag
from data.catalog.catalog import Catalog
from data.catalog.snapshot import Snapshot
from data.importers.report import Reading
from data.records.artifacts import ArtifactClass, Reference
from data.records.catalog import Entity, Kind
from data.records.retirement import Retirement
from data.sqlite.store import SqliteStore
from tests.builders import a_plan, a_policy, a_subject, proposing
from tests.data.catalogs import NoRetirements, a_document, imported, imported_csv
from workflows.preserving import wrapping
from workflows.proposing import facts as facts_of

OLD = "resource:default/old"
DOCUMENTS = (
    a_document(
        "Resource",
        "old",
        "type: ai-model, owner: team, dependsOn: [resource:rows]",
        drift="0.31 on 2026-03-02",
        successor="resource:canary",
    ),
    a_document("Resource", "rows", "type: dataset"),
    a_document(
        "Component", "old-prod", "type: model-server, dependsOn: [resource:old]", endpoint_kind="manual"
    ),
    a_document("Component", "app", "dependsOn: [component:old-prod]"),
    a_document("Component", "apart", "dependsOn: [resource:rows]"),
    a_document("Resource", "canary", "type: ai-model", restricted_to=""),
    a_document("Group", "team", "type: team, children: [], members: [ann]"),
    a_document("User", "ann", "memberOf: [team]", slack_id="U024BE7LH"),
)
EDGES = f"from,to\nresource:default/canary,{OLD}\nann@example.com,{OLD}\n"
BAG = Bag(preservation_id="sha256:aa", manifest_digest="sha256:aa", files=(), bytes=0)
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Snapshot]:
    with closing(SqliteStore(tmp_path / "emeritus.db", NoRetirements())) as store:
        catalog = Catalog(store)
        (file := tmp_path / "catalog-info.yaml").write_text("---\n".join(DOCUMENTS))
        imported(catalog, file)
        (edges := tmp_path / "edges.csv").write_text(EDGES)
        imported_csv(catalog, edges)
        yield catalog.snapshot()


def beside(there: Snapshot, model_id: str = OLD) -> dict[str, str]:
    plan = a_plan(subject=a_subject(model_id=model_id))
    told = wrapping(Retirement(id="RET-1", plan=plan), there, lambda: AT).describe(BAG)
    return {name: content.decode() for name, content in told.items()}


def test_lineage_is_a_graph_that_networkx_reads_of_all_that_is_connected_with_the_model(
    there: Snapshot,
) -> None:
    told = json.loads(beside(there)["metadata/lineage.json"])
    graph = nx.node_link_graph(told, edges="edges")
    named = {one: data["name"] for one, data in graph.nodes(data=True) if "name" in data}
    assert named == {
        OLD: "old",
        "resource:default/rows": "rows",
        "component:default/old-prod": "old-prod",
        "component:default/app": "app",
    }
    (veiled,) = graph.nodes.keys() - named.keys()
    assert set(graph.edges) == {
        (OLD, "resource:default/rows"),
        ("component:default/old-prod", OLD),
        ("component:default/app", "component:default/old-prod"),
        (veiled, OLD),
    }
    assert (told["left_out"], told["graph"]["as_of"]) == (1, "2026-03-02T09:30:00Z")


def test_what_was_measured_and_what_belongs_to_the_model_is_told(there: Snapshot) -> None:
    told = json.loads(beside(there)["metadata/model.json"])
    assert told["measured"] == [{"of": OLD, "measure": "drift", "value": 0.31, "on": "2026-03-02"}]
    assert [one["id"] for one in told["parts"]] == ["component:default/old-prod"]


def test_nobodys_name_and_nothing_restricted_is_in_any_of_it(there: Snapshot) -> None:
    told = beside(there)
    assert {"bom.cdx.json", "premis.xml", "ro-crate-metadata.json"} <= told.keys()
    said = "".join(told.values())
    assert not [name for name in ("canary", "/ann", "ann@", "/team", "U024BE7LH") if name in said]


def test_of_a_model_that_left_the_catalog_only_the_archive_is_described(there: Snapshot) -> None:
    assert beside(there, "resource:default/gone").keys() == {
        "bom.cdx.json",
        "premis.xml",
        "ro-crate-metadata.json",
    }


def test_a_plan_describes_what_is_told_of_the_model_and_of_its_versions(tmp_path: Path) -> None:
    code = Reference(of=ArtifactClass.CODE, what="git commit", version="3f2c")
    page = Reference(of=ArtifactClass.DASHBOARD, what="dashboard", name="churn")
    entities = (
        Entity(id="m:churn", kind=Kind.MODEL, name="churn", artifacts=("/w",), references=(page,)),
        Entity(id="m:churn/1", kind=Kind.VERSION, name="1", model_id="m:churn", references=(code, page)),
        Entity(id="m:other", kind=Kind.MODEL, name="other", references=(replace(code, version="9a"),)),
    )
    with closing(SqliteStore(tmp_path / "emeritus.db", NoRetirements())) as store:
        catalog = Catalog(store)
        reading = Reading(
            entities=entities,
            source_digest="sha256:0",
            roots=("/m",),
            files={one.id: "/m" for one in entities},
        )
        catalog.import_(reading, format="mlflow", now=AT)
        policy = a_policy(archive_classes=(ArtifactClass.CODE, ArtifactClass.CARD))
        command = proposing(model_id="m:churn", successor_id="")
        facts = facts_of(command, "m:churn", policy, catalog.snapshot(), every=(), now=AT)
    assert facts.subject is not None
    assert facts.subject.references == (page, code)
    lacks = (
        "the catalog names no card of churn, and the policy wants that archived: the archive step will wait"
    )
    assert lacks in facts.impact_notes
