"""A restricted model that depends on what retires stands in the plan, and its name does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.views.graph import impact_text
from data.catalog.catalog import Catalog
from data.catalog.snapshot import Snapshot
from data.sqlite.store import SqliteStore
from tests.data.catalogs import NoRetirements, a_document, imported, imported_csv
from workflows.veiling import veiled, without_names

OLD = "resource:default/old"
DOCUMENTS = (
    a_document("Resource", "old", "type: ai-model"),
    a_document("Resource", "canary", "type: ai-model", restricted_to="", tier="1"),
    a_document("Component", "page", "dependsOn: [resource:canary]"),
    a_document("Component", "app", "dependsOn: [resource:old]"),
    a_document("Component", "canary-eu"),
    a_document("Resource", "v", "type: ai-model", restricted_to=""),
)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Snapshot]:
    """The canary is built on the old model, and a page on the canary."""
    store = SqliteStore(tmp_path / "emeritus.db", NoRetirements())
    yield filled(store, tmp_path)
    store.close()


def filled(store: SqliteStore, folder: Path) -> Snapshot:
    catalog = Catalog(store)
    (file := folder / "catalog-info.yaml").write_text("---\n".join(DOCUMENTS))
    imported(catalog, file)
    (edges := folder / "edges.csv").write_text(f"from,to\nresource:default/canary,{OLD}\n")
    imported_csv(catalog, edges)
    return catalog.snapshot()


def test_it_and_the_ways_through_it_have_no_name_and_the_same_id_each_time(there: Snapshot) -> None:
    whole = there.impact(OLD).consumers
    app, canary, page = veiled(there, whole, OLD)
    assert (app.name, canary.name, page.name) == ("app", "a restricted model", "page")
    assert canary.path == (canary.consumer_id, OLD)
    assert page.path == ("component:default/page", canary.consumer_id, OLD)
    assert "canary" not in str((app, canary, page))
    assert veiled(there, whole, OLD) == (app, canary, page)


def test_its_id_is_made_with_a_secret_of_the_record_that_a_restart_does_not_change(tmp_path: Path) -> None:
    def canary_id(there: Snapshot) -> str:
        return veiled(there, there.impact(OLD).consumers, OLD)[1].consumer_id

    (elsewhere := tmp_path / "elsewhere").mkdir()
    ids = []
    for folder in (tmp_path, tmp_path, elsewhere):
        with closing(SqliteStore(folder / "emeritus.db", NoRetirements())) as store:
            ids.append(canary_id(filled(store, tmp_path)))
    first, again, of_another_record = ids
    assert first == again
    assert first != of_another_record


def test_the_file_of_all_dependants_has_a_row_of_it_that_tells_nothing_but_whose_it_is(
    there: Snapshot,
) -> None:
    table = impact_text.table(there.entity(OLD), there, veiled(there, there.impact(OLD).consumers, OLD))
    assert "canary" not in table
    assert "a restricted model" in table


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('"CANARY": joined to resource:default/canary by its name',
         '"a restricted model": joined to a restricted model by its name'),
        ("read s3://models/canary-2024-11.tar, CANARY_v2",
         "read s3://models/a restricted model-2024-11.tar, a restricted model_v2"),
        ("load_canary, xcanaryx, Resource.Default/\ncanary",
         "load_a restricted model, xa restricted modelx, a restricted model"),
        ("canary-eu and old", "canary-eu and old"),
        ("xv, x-v, and v alone", "xv, x-v, and a restricted model alone"),
    ],
    ids=["by-its-name", "as-a-part-of-a-name", "among-others", "of-something-else", "of-one-letter"],
)  # fmt: skip
def test_what_is_said_of_a_source_where_all_may_read_it_names_it_nowhere(
    there: Snapshot, said: str, told: str
) -> None:
    assert without_names(said, there) == told


def test_what_belongs_to_the_restricted_model_that_retires_keeps_its_name(there: Snapshot) -> None:
    canary = "resource:default/canary"
    assert veiled(there, there.impact(canary).consumers, canary) == there.impact(canary).consumers
