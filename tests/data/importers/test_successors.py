"""A successor that its source names and nobody declares: every source's word for it stays with the model, bars the
chain that leads there, and makes nothing a model; whoever declares it later is meant, whichever came first."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.formats import BY_NAME
from data.catalog.catalog import Catalog
from data.importers.report import ImportReport, Reading
from data.records.catalog import Entity, Kind
from data.sqlite.store import SqliteStore
from tests.data.catalogs import MONDAY, NoRetirements, a_document, imported
from tests.data.importers.registries import an_entry, instead
from tests.data.importers.test_cyclonedx import a_bom
from tests.data.importers.test_cyclonedx import a_model as a_component
from tests.data.importers.test_datahub import told
from workflows.succession import trouble


def take(catalog: Catalog, format: str, path: Path, days: int = 0) -> ImportReport:  # noqa: A002
    reading = BY_NAME[format].reader(catalog, (path,))
    return catalog.import_(reading, format=format, now=MONDAY + timedelta(days=days))


def backstage(path: Path, after: str) -> Path:
    return file(path, "models.yaml", a_document("Resource", "fraud-v2", "type: ai-model", successor=after))


def mlflow(path: Path, after: str) -> Path:
    tags = [{"key": "emeritus.successor", "value": after}] if after else []
    return file(
        path, "registry.json", json.dumps({"registered_models": [{"name": "fraud-v2", "tags": tags}]})
    )


def cyclonedx(path: Path, after: str) -> Path:
    properties = [{"name": "emeritus:successor", "value": after}] if after else []
    return file(
        path, "bom.json", json.dumps(a_bom(a_component("fraud-v2", version="1", properties=properties)))
    )


def datahub(path: Path, after: str) -> Path:
    group = "urn:li:mlModelGroup:(urn:li:dataPlatform:mlflow,fraud-v2,PROD)"
    said = {"deprecated": True, "note": "", **({"replacement": after} if after else {})}
    return file(path, "hub.json", json.dumps([told(group, "deprecation", said)]))


def huggingface(path: Path, after: str) -> Path:
    folder = path / "acme" / "fraud-v2"
    folder.mkdir(parents=True, exist_ok=True)
    return file(folder, "README.md", f"---\nlicense: mit\n{f'new_version: {after}' if after else ''}\n---\n")


def deprecations(path: Path, after: str) -> Path:
    lines = instead(after.removeprefix("acme/")) if after else "status: deprecated"
    return file(path, "fraud.yaml", an_entry("fraud-v2", lines=lines))


def file(path: Path, name: str, text: str) -> Path:
    (path / name).write_text(text)
    return path / name


def a_next(path: Path, alias: str) -> Path:
    """A model that has one other name; that may have commas."""
    said = a_document("Resource", "next", "type: ai-model", aliases=alias)
    return file(path, "next.yaml", said.replace(f'"{alias}"', f'["{alias}"]'))


class Source(NamedTuple):
    """`write` a model, followed by what is named; `model_id` of it, and the one that is `named`."""

    write: Callable[[Path, str], Path]
    model_id: str
    named: str = "fraud-v9"


URN = "urn:li:mlModelGroup:(urn:li:dataPlatform:mlflow,fraud-v9,PROD)"
SOURCES = (
    Source(backstage, "resource:default/fraud-v2"),
    Source(mlflow, "mlflow:fraud-v2"),
    Source(cyclonedx, "cyclonedx:machine-learning-model/fraud-v2@1"),
    Source(datahub, "urn:li:mlmodelgroup:(urn:li:dataplatform:mlflow,fraud-v2,prod)", URN),
    Source(huggingface, "huggingface:acme/fraud-v2", "acme/fraud-v9"),
    Source(deprecations, "hosted:acme/fraud-v2", "acme/fraud-v9"),
)
each = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.write.__name__)


def said_of(catalog: Catalog, source: Source) -> str:
    """Of a proposal to retire fraud-v1 in favour of it."""
    there = catalog.snapshot()
    first = there.entity("resource:default/fraud-v1")
    return trouble(first, there.entity(source.model_id), there, ())


@pytest.fixture
def catalog_with_first(catalog: Catalog, tmp_path: Path) -> Catalog:
    imported(catalog, file(tmp_path, "first.yaml", a_document("Resource", "fraud-v1", "type: ai-model")))
    return catalog


@each
def test_what_nobody_declares_is_kept_by_name_and_bars_the_chain(
    catalog_with_first: Catalog, tmp_path: Path, source: Source
) -> None:
    catalog, format_ = catalog_with_first, source.write.__name__
    path = source.write(tmp_path, source.named)
    (note,) = (one.note for one in take(catalog, format_, path).notes if "Kept by name" in one.note)
    assert note.endswith("Kept by name: nobody can move to it yet")
    model = catalog.entity(source.model_id)
    assert said_of(catalog, source) == (
        f"{model.name} is to be followed by {source.named}, which no catalog declares ({model.declared_in} says so): "
        f"correct the successor of {model.name} in the catalog and import it, or choose one that stays. "
        f"The chain: fraud-v1 -> {model.name} -> {source.named}"
    )
    assert not take(catalog, format_, path).changed
    assert said_of(catalog, source)
    # Nothing became a model, or anything else, by being named.
    assert {one.id for one in catalog.models()} == {"resource:default/fraud-v1", source.model_id}
    assert not [one for one in catalog.known() if "v9" in one.id]
    assert [one.part for one in catalog.snapshot().responsible(source.model_id)] == ["model"]


@each
def test_it_is_meant_as_soon_as_somebody_declares_it_and_while_they_do(
    catalog_with_first: Catalog, tmp_path: Path, source: Source
) -> None:
    catalog = catalog_with_first
    take(catalog, source.write.__name__, source.write(tmp_path, source.named))
    for alias, after in (("other", ""), (source.named, "next"), ("other", "")):
        imported(catalog, a_next(tmp_path, alias))
        found = catalog.snapshot().successor(source.model_id)
        assert (found.name if found else "") == after
        assert bool(said_of(catalog, source)) == (not after)
        with_all_anew = Catalog(catalog._store).snapshot()
        assert with_all_anew.succession(source.model_id) == catalog.succession(source.model_id)


@each
def test_whichever_is_imported_first_the_same_follows(tmp_path: Path, source: Source) -> None:
    path = source.write(tmp_path, source.named)
    other = a_next(tmp_path, source.named)
    found = []
    for order in (0, 1):
        store = SqliteStore(tmp_path / f"{order}.db", NoRetirements())
        catalog = Catalog(store)
        imports = [lambda: take(catalog, source.write.__name__, path), lambda: imported(catalog, other)]  # noqa: B023
        for one in imports[::-1] if order else imports:
            one()
        found.append([one.id for one in catalog.succession(source.model_id).models])
        store.close()
    assert found == [["resource:default/next"]] * 2


@each
def test_a_source_that_names_no_successor_any_more_has_none(
    catalog_with_first: Catalog, tmp_path: Path, source: Source
) -> None:
    catalog, format_ = catalog_with_first, source.write.__name__
    take(catalog, format_, source.write(tmp_path, source.named))
    assert take(catalog, format_, source.write(tmp_path, ""), days=1).changed
    assert said_of(catalog, source) == ""
    assert catalog.entity(source.model_id).successor_named is None


def test_a_name_of_several_models_means_none_and_says_which(
    catalog_with_first: Catalog, tmp_path: Path
) -> None:
    catalog = catalog_with_first
    take(catalog, "mlflow", mlflow(tmp_path, "next"))
    for name in ("a", "b"):
        model = a_document("Resource", "next", "type: ai-model").replace(
            "  name", f"  namespace: {name}\n  name"
        )
        imported(catalog, file(tmp_path, f"{name}.yaml", model))
    assert said_of(catalog, SOURCES[1]).startswith(
        "fraud-v2 is to be followed by next, which could be resource:a/next or resource:b/next; write the id ("
    )


@each
def test_what_is_no_model_is_nobody_to_move_to_and_its_kind_is_named(
    catalog_with_first: Catalog, tmp_path: Path, source: Source
) -> None:
    """Where it is declared by the name that the source gives it, or only stands where that is looked for first."""
    catalog = catalog_with_first
    shop = a_document("Component", "shop", "type: service")
    imported(catalog, file(tmp_path, "shop.yaml", shop))
    take(catalog, source.write.__name__, source.write(tmp_path, "component:default/shop"))
    assert catalog.succession(source.model_id).models == ()
    # Where names of hosted models are looked for, no reference of Backstage is one.
    why = (
        "which is no model but of kind consumer"
        if source.write is not deprecations
        else "which no catalog declares"
    )
    assert why in said_of(catalog, source)
    assert "The chain: fraud-v1 -> " in said_of(catalog, source)


@each
def test_a_model_that_was_shared_in_slack_lifts_no_bar_and_makes_no_name_mean_several(
    catalog_with_first: Catalog, tmp_path: Path, source: Source
) -> None:
    catalog = catalog_with_first
    take(catalog, source.write.__name__, source.write(tmp_path, source.named))
    shared = Entity(
        id="resource:default/fraud-v9",
        kind=Kind.MODEL,
        name="fraud-v9",
        aliases=(source.named,),
        declared_in="slack:C1/x.yaml:1",
    )
    reading = Reading(
        entities=(shared,), source_digest="sha256:0", roots=("slack:C1",), files={shared.id: "slack:C1"}
    )
    catalog.import_(reading, format="backstage", now=MONDAY)
    assert "The chain: fraud-v1 -> " in said_of(catalog, source)
    imported(catalog, a_next(tmp_path, source.named))
    assert [one.name for one in catalog.succession(source.model_id).models] == ["next"]
    assert said_of(catalog, source) == ""


@pytest.mark.parametrize("kind", [Kind.VERSION, Kind.ENDPOINT, Kind.DATASET])
def test_what_is_found_by_its_id_and_is_no_model_bars_the_chain(catalog: Catalog, kind: Kind) -> None:
    model = Entity(id="mlflow:a", kind=Kind.MODEL, name="a", successor_id="urn:next")
    after = Entity(id="urn:next", kind=kind, name="next")
    reading = Reading(
        entities=(model, after),
        source_digest="sha256:0",
        roots=("/x",),
        files={"mlflow:a": "/x", "urn:next": "/x"},
    )
    (note,) = catalog.import_(reading, format="mlflow", now=MONDAY).notes
    assert note.note == f'successor "urn:next" is no model but of kind {kind}'
    found = catalog.succession("mlflow:a")
    assert (found.models, found.missing) == ((), "urn:next")
    assert found.why_missing == f"is no model but of kind {kind}"


def test_what_is_named_within_a_namespace_is_looked_for_there_first(catalog: Catalog, tmp_path: Path) -> None:
    old = a_document("Resource", "old", "type: ai-model", successor="next").replace(
        "  name", "  namespace: shop\n  name", 1
    )
    imported(catalog, file(tmp_path, "old.yaml", old))
    imported(catalog, file(tmp_path, "any.yaml", a_document("Resource", "next", "type: ai-model")))
    assert names_after(catalog) == ["resource:default/next"]
    near = a_document("Resource", "next", "type: ai-model").replace("  name", "  namespace: shop\n  name", 1)
    imported(catalog, file(tmp_path, "near.yaml", near))
    assert names_after(catalog) == ["resource:shop/next"]


def names_after(catalog: Catalog) -> list[str]:
    return [one.id for one in catalog.succession("resource:shop/old").models if one.kind is Kind.MODEL]


def test_a_name_that_is_longer_than_any_id_is_cut_and_means_nothing(
    catalog_with_first: Catalog, tmp_path: Path
) -> None:
    take(catalog_with_first, "mlflow", mlflow(tmp_path, "x" * 100_000))
    named = catalog_with_first.entity("mlflow:fraud-v2").successor_named
    assert named is not None
    assert named.text == "x" * 600 + "..."
