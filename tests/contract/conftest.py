"""The stores under contract. Another one joins by one more entry in `STORES`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.postgres.store import PostgresStore
from data.sql.record import SqlStore
from data.sqlite.store import SqliteStore
from data.store import Store
from tests.contract.postgresql import fresh_url
from tests.contract.scripted import Scripted


def sqlite(directory: Path) -> Callable[[], SqlStore]:
    return lambda: SqliteStore(directory / "emeritus.db", Scripted())


def postgresql(_: Path) -> Callable[[], SqlStore]:
    url = fresh_url()
    return lambda: PostgresStore(url, Scripted())


STORES: dict[str, Callable[[Path], Callable[[], SqlStore]]] = {"sqlite": sqlite, "postgresql": postgresql}


@pytest.fixture(params=STORES)
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens the same record each time, after closing the store that had it."""
    opened: list[Store] = []
    record = STORES[request.param](tmp_path)

    def reopen() -> Store:
        while opened:
            opened.pop().close()
        opened.append(record())
        return opened[-1]

    yield reopen
    while opened:
        opened.pop().close()


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    return open_store()
