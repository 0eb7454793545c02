"""What stands around a model, in layers, with everything that is to be seen of it at once."""

from __future__ import annotations

from pathlib import Path

from data.catalog.catalog import Catalog
from data.catalog.neighbourhood import Mark, Neighbourhood, around
from tests.data.catalogs import a_source, imported, imported_csv

MODEL = "resource:default/m"


def seen(catalog: Catalog, *, successor_id: str = "") -> Neighbourhood:
    there = catalog.snapshot()
    model = there.model(MODEL)
    return around(there, model, there.impact(MODEL).consumers, successor_id=successor_id)


def a_catalog(tmp_path: Path, catalog: Catalog) -> Neighbourhood:
    source = a_source(
        tmp_path / "all.yaml",
        "Resource m, type: ai-model",
        "Resource next, type: ai-model",
        "Group shops",
        "User una, memberOf: [shops]",
        "Component e, type: model-server, dependsOn: [resource:m]",
        "Component shop, type: service, owner: shops, dependsOn: [component:e]",
        "Component web, type: service, owner: nobody, dependsOn: [component:shop]",
        "Resource tuned, type: ai-model, dependsOn: [resource:m]",
        "Component tuned-live, type: model-server, dependsOn: [resource:tuned]",
        "Component report, type: service, dependsOn: [component:tuned-live]",
    )
    imported(catalog, source)
    (calls := tmp_path / "calls.csv").write_text("from,to,last_seen\nscraper,e,2026-03-01\n")
    imported_csv(catalog, calls)
    return seen(catalog, successor_id="resource:default/next")


def test_a_neighbourhood_has_what_serves_the_model_what_follows_it_and_who_depends_on_it(tmp_path, catalog):
    shown = a_catalog(tmp_path, catalog)
    layers = {node.name: (node.layer, node.about, node.marks) for node in shown.nodes}
    assert layers == {
        "m": (0, "", {Mark.RETIRES}),
        "next": (0, "", {Mark.SUCCESSOR}),
        "e": (1, "manual endpoint", {Mark.PART}),
        "shop": (2, "shops", frozenset()),
        "scraper": (2, "nobody answers for it · only seen calling", {Mark.UNOWNED, Mark.ONLY_SEEN}),
        "tuned": (2, "nobody answers for it", {Mark.UNOWNED}),
        "web": (3, "nobody answers for it", {Mark.UNOWNED}),
        "report": (4, "nobody answers for it", {Mark.UNOWNED}),
    }
    assert shown.nodes[0].name == "m"
    assert [node.name for node in shown.consumers][:3] == ["shop", "scraper", "tuned"]


def test_edges_run_among_those_shown_and_past_what_is_passed_through(tmp_path, catalog):
    shown = a_catalog(tmp_path, catalog)
    names = {node.id: node.name for node in shown.nodes}
    assert {(names[link.from_id], names[link.to_id], link.is_seen) for link in shown.links} == {
        ("e", "m", False),
        ("shop", "e", False),
        ("scraper", "e", True),
        ("web", "shop", False),
        ("tuned", "m", False),
        ("report", "tuned", False),
    }


def test_what_left_the_catalog_says_since_when(tmp_path, catalog):
    source = a_source(
        tmp_path / "a.yaml",
        "Resource m, type: ai-model",
        "Component shop, type: service, dependsOn: [resource:m]",
    )
    imported(catalog, source)
    a_source(
        tmp_path / "a.yaml",
        "Resource m, type: ai-model",
        "Component other, type: service, dependsOn: [resource:m]",
    )
    imported(catalog, source, days=7)
    gone = {node.name: node for node in seen(catalog).nodes}["shop"]
    assert Mark.UNSEEN in gone.marks
    assert gone.about.endswith("unseen since 2026-03-09")
