"""How a consumer is known by all its edges to a model and its parts, whichever of them its way takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.catalog.known_edges import known_edge
from data.records.catalog import Origin
from data.sqlite.store import SqliteStore
from tests.data.catalogs import NoRetirements, a_document, imported, imported_csv

MODEL, OTHER = "resource:default/m", "resource:default/other"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    store = SqliteStore(tmp_path / "emeritus.db", NoRetirements())
    catalog = Catalog(store)
    (file := tmp_path / "all.yaml").write_text(
        "---\n".join(
            [
                a_document("Resource", "m", "type: ai-model"),
                a_document("Resource", "other", "type: ai-model"),
                a_document("Component", "live", "type: model-server, dependsOn: [resource:m]"),
                a_document("Component", "shop", "type: service, dependsOn: [resource:m, resource:other]"),
            ]
        )
    )
    imported(catalog, file)
    yield catalog
    store.close()


def known(catalog: Catalog, model_id: str, consumer_id: str) -> tuple[object, ...]:
    there = catalog.snapshot()
    (consumer,) = (one for one in there.impact(model_id).consumers if one.consumer_id == consumer_id)
    edge = known_edge(there, consumer)
    assert edge is not None
    return edge.origin, edge.sources, edge.first_seen, edge.last_seen, edge.calls_per_day


def test_who_is_declared_on_the_model_and_seen_calling_its_endpoint_is_both(
    tmp_path: Path, catalog: Catalog
) -> None:
    (calls := tmp_path / "calls.csv").write_text(
        "from,to,last_seen,calls_per_day\nshop,live,2026-03-01,12\nscraper,live,2026-02-20,3\n"
    )
    imported_csv(catalog, calls)
    shop, scraper = "component:default/shop", "csv:scraper"
    seen = ("2026-03-01", "2026-03-01", 12)
    assert known(catalog, MODEL, shop) == (Origin.DECLARED, ("backstage", "csv"), *seen)
    assert known(catalog, OTHER, shop) == (Origin.DECLARED, ("backstage",), "", "", None)
    assert known(catalog, MODEL, scraper) == (Origin.OBSERVED, ("csv",), "2026-02-20", "2026-02-20", 3)


def test_who_depends_through_another_is_known_by_the_first_step(tmp_path: Path, catalog: Catalog) -> None:
    (calls := tmp_path / "calls.csv").write_text("from,to,last_seen\nmailer,shop,2026-03-01\n")
    imported_csv(catalog, calls)
    seen = ("2026-03-01", "2026-03-01", None)
    assert known(catalog, MODEL, "csv:mailer") == (Origin.OBSERVED, ("csv",), *seen)
