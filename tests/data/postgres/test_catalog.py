"""The catalog on PostgreSQL: what imports leave behind is what they leave in SQLite, also when two come at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.catalog.stored import Stored, stored_in
from data.errors import Stale
from data.postgres.store import PostgresStore
from data.sql.record import SqlStore
from data.sqlite.store import SqliteStore
from tests.contract.postgresql import fresh_url
from tests.contract.scripted import NOW, Scripted, a_command
from tests.data.catalogs import COMPANY, a_source, imported, names


@pytest.fixture
def url() -> str:
    return fresh_url()


@pytest.fixture
def store(url: str) -> Iterator[PostgresStore]:
    opened = PostgresStore(url, Scripted())
    yield opened
    opened.close()


def all_of(store: SqlStore) -> Stored:
    """But for its secret, which is each record's own."""
    with store.snapshot() as conn:
        return replace(stored_in(conn), secret=b"")


def test_imports_leave_what_they_leave_in_sqlite(tmp_path: Path, store: PostgresStore) -> None:
    embedded = SqliteStore(tmp_path / "emeritus.db", Scripted())
    source = tmp_path / "a.yaml"
    for number, consumer in enumerate(("Component c, dependsOn: ['resource:m']", "Component c, type: x")):
        a_source(source, "Resource m, type: ai-model", consumer, *(["Resource gone, type: y"] * (1 - number)))
        reports = [
            (imported(Catalog(one), COMPANY), imported(Catalog(one), source, days=number))
            for one in (embedded, store)
        ]
        assert reports[0] == reports[1]

    assert all_of(store) == all_of(embedded)
    assert all_of(store).unseen == {"resource:default/gone": "2026-03-03T09:00:00+00:00"}
    assert Catalog(store).snapshot().models() == Catalog(embedded).snapshot().models()
    embedded.close()


def test_nul_characters_are_kept_in_texts_and_skipped_in_names_on_both_databases_alike(
    tmp_path: Path, store: PostgresStore
) -> None:
    source = tmp_path / "nul.yaml"
    source.write_text(
        """apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: churn, title: "Churn\\0v3", description: "\\0"}
spec: {type: ai-model, owner: "ops\\0"}
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: "fraud\\0"}
spec: {type: ai-model}
""",
        encoding="utf-8",
    )
    with closing(SqliteStore(tmp_path / "emeritus.db", Scripted())) as embedded:
        reports = [imported(Catalog(one), source) for one in (embedded, store)]
        assert all_of(store) == all_of(embedded)

    assert reports[0] == reports[1]
    assert [model.title for model in Catalog(store).models()] == ["Churn\0v3"]
    assert [(skipped.where, skipped.what) for skipped in reports[1].skipped] == [
        (f"{source}:6", "Resource fraud\0")
    ]


def test_facts_gathered_before_an_import_are_stale(store: PostgresStore) -> None:
    imported(Catalog(store), COMPANY)
    with pytest.raises(Stale):
        store.transact("k1", "RET-*", a_command(counts=1), b"", NOW, catalog_version=0)

    assert store.transact("k1", "RET-*", a_command(counts=1), b"", NOW, catalog_version=1).stream == "RET-1"


def test_another_replica_follows_import_by_import(tmp_path: Path, store: PostgresStore, url: str) -> None:
    imported(Catalog(store), COMPANY)
    with closing(PostgresStore(url, Scripted())) as other:
        beside = Catalog(other)
        before = beside.snapshot()
        source = tmp_path / "a.yaml"
        for consumer in ("Component c, dependsOn: ['resource:churn-v1']", "Component c, type: x"):
            imported(Catalog(store), a_source(source, consumer, "Group t, members: [tom-birch]"))
            followed, anew = beside.snapshot(), Catalog(store).snapshot()
            assert followed.entity("resource:default/churn-v2") is before.entity("resource:default/churn-v2")
            assert (len(followed.secret), followed.secret) == (32, anew.secret)
            assert followed.known() == anew.known()
            assert list(followed.lineage.edges) == list(anew.lineage.edges)
            assert followed.impact("resource:default/churn-v1") == anew.impact("resource:default/churn-v1")
            assert names(followed.groups_of("U01TOMBIRCH")) == ["growth-ml", "t"]


def test_two_imports_at_once_take_turns(store: PostgresStore, url: str) -> None:
    other = PostgresStore(url, Scripted())
    with ThreadPoolExecutor(2) as people:
        reports = list(people.map(lambda one: imported(Catalog(one), COMPANY), (store, other)))

    assert sorted(report.changed for report in reports) == [False, True]
    assert Catalog(store).version() == 1
    assert len(Catalog(other).models()) == 12
    other.close()
