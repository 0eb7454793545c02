"""A real store with an empty catalog, and one that holds the sample company."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.sqlite.store import SqliteStore
from tests.data.catalogs import COMPANY, NoRetirements, imported


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "emeritus.db", NoRetirements())
    yield opened
    opened.close()


@pytest.fixture
def catalog(store: SqliteStore) -> Catalog:
    return Catalog(store)


@pytest.fixture
def company(catalog: Catalog) -> Catalog:
    imported(catalog, COMPANY)
    return catalog
