"""What a Backstage entity depends on may come from another catalog: by its exact id or an alias, and it is told; also
where that is imported later."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.importers.backstage import read_backstage
from data.importers.report import Reading
from data.records.catalog import Entity, Group, Kind
from tests.data.catalogs import a_document, imported, joined_ends
from tests.data.importers.test_successors import file, take

KNOWN = (
    Entity(id="mlflow:churn", kind=Kind.MODEL, name="Churn", aliases=("models:/Churn", "churn-by-mail")),
    Entity(id="datahub:one", kind=Kind.MODEL, name="one", aliases=("twin",)),
    Entity(id="datahub:other", kind=Kind.MODEL, name="other", aliases=("twin",)),
    Group(id="group:default/risk", name="risk"),
)


def read(path: Path, *documents: str) -> Reading:
    (file := path / "c.yaml").write_text("---\n".join(documents))
    return read_backstage([file], known=KNOWN)


def lines(said: tuple[object, ...]) -> list[str]:
    return [re.sub(r"^\S+ Component shop ", "", str(line)) for line in said if "owner" not in str(line)]


@pytest.mark.parametrize(
    ("written", "how"),
    [
        ("mlflow:churn", "joined to mlflow:churn by its id"),
        ("MLflow:Churn", "joined to mlflow:churn by its id"),
        ("models:/Churn", "joined to mlflow:churn by its alias"),
        ("churn-by-mail", "joined to mlflow:churn by its alias"),
    ],
)
def test_what_is_named_by_its_id_or_an_alias_is_depended_on_and_told(
    tmp_path: Path, written: str, how: str
) -> None:
    reading = read(tmp_path, a_document("Component", "shop", f'type: service, dependsOn: ["{written}"]'))
    assert joined_ends(reading, KNOWN) == ["component:default/shop -> mlflow:churn"]
    assert lines(reading.notes) == [f'spec.dependsOn "{written}": {how}']


def test_it_may_be_who_depends_too(tmp_path: Path) -> None:
    reading = read(
        tmp_path, a_document("Component", "shop", 'type: service, dependencyOf: ["models:/churn"]')
    )
    assert joined_ends(reading, KNOWN) == ["mlflow:churn -> component:default/shop"]


def test_a_reference_keeps_its_meaning_where_an_alias_says_the_same(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        a_document("Component", "shop", "type: service, dependsOn: [churn-by-mail]"),
        a_document("Resource", "churn-by-mail", "type: ai-model"),
    )
    assert [edge.to_id for edge in reading.dependencies] == ["resource:default/churn-by-mail"]


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (
            "dependsOn: [twin]",
            'spec.dependsOn "twin": could be datahub:one or datahub:other; write the id; kept by name',
        ),
        (
            "dependsOn: [Chur]",
            'spec.dependsOn "Chur": nobody declares component:default/chur; kept by name',
        ),
        (
            "dependsOn: ['group:risk']",
            'spec.dependsOn "group:risk": group:default/risk is no component, resource or API',
        ),
        (
            "consumesApis: ['models:/Churn']",
            'spec.consumesApis "models:/Churn": not a reference; write [kind:][namespace/]name',
        ),
    ],
    ids=["an alias of two", "the beginning of a name", "a team", "an API"],
)
def test_what_is_neither_is_skipped_and_says_why(tmp_path: Path, spec: str, why: str) -> None:
    reading = read(tmp_path, a_document("Component", "shop", f"type: service, {spec}"))
    assert lines(reading.skipped) == [why]
    assert not [one for one in joined_ends(reading, KNOWN) if "named:" not in one]


REFERENCES = {
    "mlflow:Churn": {"spec": 'dependsOn: ["mlflow:Churn"]'},
    "an alias": {"spec": "dependsOn: [churn-prod]"},
    "a reference without a kind": {"spec": "dependsOn: [churn]"},
    "a reference": {"spec": 'dependsOn: ["resource:Churn"]'},
    "a reference, elsewhere": {"spec": 'dependsOn: ["Resource:default/churn"]', "namespace": "shop"},
}


@pytest.mark.parametrize("said", REFERENCES.values(), ids=REFERENCES)
@pytest.mark.parametrize("is_first", [True, False], ids=["first", "last"])
def test_whichever_is_imported_first_the_same_is_depended_on(
    catalog: Catalog, tmp_path: Path, said: dict[str, str], is_first: bool
) -> None:
    shop = a_document("Component", "shop", f"type: service, {said['spec']}")
    shop = shop.replace("  name", f"  namespace: {said.get('namespace', 'default')}\n  name", 1)
    consumer = file(tmp_path, "shop.yaml", shop)
    names = "mlflow:Churn, churn-prod"
    model = file(tmp_path, "m.yaml", a_document("Resource", "Churn", "type: ai-model", aliases=names))
    for path in (consumer, model) if is_first else (model, consumer):
        imported(catalog, path)
    (found,) = catalog.impact("resource:default/churn").consumers
    assert found.consumer_id == f"component:{said.get('namespace', 'default')}/shop"
    assert found.distance == 1


WHOLE = {
    "dependencyOf: ['component:shop']": ("Component", "component:default/shop"),
    "providesApis: [shop]": ("API", "api:default/shop"),
    "subcomponentOf: shop": ("Component", "component:default/shop"),
}


@pytest.mark.parametrize("said", WHOLE)
@pytest.mark.parametrize("is_first", [True, False], ids=["first", "last"])
def test_who_depends_may_be_imported_later_too(
    catalog: Catalog, tmp_path: Path, said: str, is_first: bool
) -> None:
    kind, consumer_id = WHOLE[said]
    spec = f"type: model-server, dependsOn: ['resource:churn'], {said}"
    model = a_document("Resource", "churn", "type: ai-model")
    server = file(tmp_path, "m.yaml", f"{model}---\n{a_document('Component', 'serve', spec)}")
    consumer = file(tmp_path, "c.yaml", a_document(kind, "shop", "type: x"))
    for path in (server, consumer) if is_first else (consumer, server):
        imported(catalog, path)
    assert [one.consumer_id for one in catalog.impact("resource:default/churn").consumers] == [consumer_id]


def test_a_misspelt_reference_is_reported_each_time_and_mended_leaves_nothing(
    catalog: Catalog, tmp_path: Path
) -> None:
    model = a_document("Resource", "churn", "type: ai-model")
    shop = a_document("Component", "shop", "type: service, dependsOn: ['resource:chrun']")
    path = file(tmp_path, "c.yaml", f"{model}---\n{shop}")
    for _ in range(2):
        report = imported(catalog, path)
        assert lines(report.skipped) == [
            'spec.dependsOn "resource:chrun": nobody declares resource:default/chrun; kept by name'
        ]
        assert (report.counts["models"], report.counts["consumers"]) == (1, 1)
    assert [one.id for one in catalog.models()] == ["resource:default/churn"]
    assert catalog.impact("resource:default/churn").consumers == ()
    path.write_text(path.read_text().replace("chrun", "churn"))
    assert imported(catalog, path).skipped == ()
    assert [one.consumer_id for one in catalog.impact("resource:default/churn").consumers] == [
        "component:default/shop"
    ]
    assert "backstage-named:resource:default/chrun" in catalog.snapshot().unseen


def test_what_was_kept_by_name_stays_so_once_another_source_declares_it(
    catalog: Catalog, tmp_path: Path
) -> None:
    consumer = file(
        tmp_path, "c.yaml", a_document("Component", "shop", "type: service, dependsOn: ['resource:churn']")
    )
    imported(catalog, consumer)
    imported(catalog, file(tmp_path, "m.yaml", a_document("Resource", "churn", "type: ai-model")))
    again = imported(catalog, consumer)
    assert (again.changed, again.skipped) == (False, ())
    assert len(catalog.impact("resource:default/churn").consumers) == 1


def test_a_server_that_lists_its_own_api_does_not_depend_on_it_whoever_declares_that(
    catalog: Catalog, tmp_path: Path
) -> None:
    own = "type: model-server, providesApis: [scores], dependsOn: ['api:scores']"
    imported(catalog, file(tmp_path, "s.yaml", a_document("Component", "serve", own)))
    imported(catalog, file(tmp_path, "a.yaml", a_document("API", "scores", "type: openapi")))
    assert list(catalog.lineage().edges) == [("api:default/scores", "component:default/serve")]


def test_what_is_not_declared_any_more_is_unseen_although_others_refer_to_it(
    catalog: Catalog, tmp_path: Path
) -> None:
    imported(catalog, file(tmp_path, "c.yaml", a_document("Component", "shop", "dependsOn: [models:/churn]")))
    model = a_document("Resource", "churn", "type: ai-model", aliases="models:/churn")
    path = file(tmp_path, "m.yaml", model)
    imported(catalog, path)
    assert catalog.snapshot().unseen == {}
    path.write_text(a_document("Resource", "other", "type: ai-model"))
    imported(catalog, path, days=1)
    assert list(catalog.snapshot().unseen) == ["resource:default/churn"]


@pytest.mark.parametrize("is_first", [True, False], ids=["first", "last"])
def test_what_a_csv_says_of_a_name_counts_before_that_somebody_refers_to_it(
    catalog: Catalog, tmp_path: Path, is_first: bool
) -> None:
    shop = file(tmp_path, "c.yaml", a_document("Component", "shop", "dependsOn: [churn], type: service"))
    edges = file(tmp_path, "e.csv", "from,to,to_kind\nbilling,churn,model\n")
    for path in (shop, edges) if is_first else (edges, shop):
        take(catalog, "csv" if path is edges else "backstage", path)
    assert [one.id for one in catalog.models()] == ["csv:churn"]
    found = [one.consumer_id for one in catalog.impact("csv:churn").consumers]
    assert found == ["component:default/shop", "csv:billing"]


def test_who_refers_to_a_name_declares_nothing_that_another_source_could_mean(
    catalog: Catalog, tmp_path: Path
) -> None:
    said = "type: service, dependsOn: ['resource:fraud']"
    imported(catalog, file(tmp_path, "c.yaml", a_document("Component", "shop", said)))
    report = take(catalog, "csv", file(tmp_path, "e.csv", "from,to\nbilling,fraud\n"))
    assert [one.note for one in report.notes if one.what == "fraud"] == [
        "no kind given, and no other source declares it; taken as a model"
    ]
