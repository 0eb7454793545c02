"""Impact people can read: by distance, by criticality, who declares it, when it last called, and what is gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.views.asked import answers
from bot.views.graph import impact, impact_text
from data.catalog.catalog import Catalog
from data.catalog.snapshot import Snapshot
from data.sqlite.store import SqliteStore
from tests.data.catalogs import NoRetirements, a_document, imported, imported_csv

MODEL = "resource:default/m"


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Snapshot]:
    """Three depend on a model: one is critical and was last seen in March, one is only seen, one is gone since."""
    store = SqliteStore(tmp_path / "emeritus.db", NoRetirements())
    catalog = Catalog(store)
    model = a_document("Resource", "m", "type: ai-model", tier="2")
    shop = a_document("Component", "shop", "type: service, dependsOn: [resource:m]", tier="1")
    gone = a_document("Component", "gone", "type: service, dependsOn: [resource:m]")
    (file := tmp_path / "all.yaml").write_text(f"{model}---\n{shop}---\n{gone}")
    imported(catalog, file)
    (calls := tmp_path / "calls.csv").write_text(
        "from,to,last_seen\nshop,m,2026-03-02\nscraper,shop,2026-03-01\n"
    )
    imported_csv(catalog, calls)
    file.write_text(f"{model}---\n{shop}")
    imported(catalog, file, days=7)
    yield catalog.snapshot()
    store.close()


def test_slack_says_how_far_how_critical_who_declares_it_and_when_it_last_called(there: Snapshot) -> None:
    shown = answers.impact(there.model(MODEL), there.impact(MODEL).consumers, [], there=there)
    assert shown["blocks"][1]["text"]["text"].split("\n") == [
        "*By distance* 2 directly, 1 over 2 steps",
        "*By tier* 1 of tier 1, 2 of no known tier",
        "*nobody (owner unresolved)* (3)",
        "    • gone; declared by backstage, in no catalog since 2026-03-09 _(no owner)_",
        "    • shop; declared by backstage, csv, last called 2026-03-02 _(no owner)_",
        "    • scraper via shop → m; only seen by csv, last called 2026-03-01 _(no owner)_",
    ]


def test_a_shell_says_the_same(there: Snapshot) -> None:
    assert impact_text.lines(there.model(MODEL), there, date(2026, 3, 2))[:3] == [
        "m (resource:default/m): 3 consumers",
        "by distance: 2 directly, 1 over 2 steps",
        "by tier: 1 of tier 1, 2 of no known tier",
    ]
    told = "\n".join(impact_text.lines(there.model(MODEL), there, date(2026, 3, 2)))
    assert (
        "gone: component:default/gone -> resource:default/m (no owner; declared by backstage; in no catalog"
        in told
    )


def test_every_format_marks_what_is_in_no_catalog_any_more(there: Snapshot) -> None:
    model = there.model(MODEL)
    assert '"gone (in no catalog since 2026-03-09)"' in impact_text.dot(model, there)
    assert '"gone (in no catalog since 2026-03-09)"' in impact_text.mermaid(model, there)
    told = {
        one["name"]: (one["tier"], one["unseen_since"]) for one in impact_text.data(model, there)["consumers"]
    }  # type: ignore[attr-defined]
    assert told == {"gone": (0, "2026-03-09"), "shop": (1, ""), "scraper": (0, "")}
    assert ",consumer,1,," in impact_text.table(model, there)
    assert ",2026-03-09,no owner" in impact_text.table(model, there)


def test_a_long_way_is_counted_by_its_length(there: Snapshot) -> None:
    assert impact.by_distance(()) == ""
    assert impact.counts((), there) == []
