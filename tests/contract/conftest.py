"""The stores under contract. Another one joins by one more entry in `STORES`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.sqlite_store import SqliteStore
from data.store import Store
from tests.contract.scripted import Scripted


def sqlite(directory: Path) -> Store:
    return SqliteStore(directory / "emeritus.db", Scripted())


STORES: dict[str, Callable[[Path], Store]] = {"sqlite": sqlite}


@pytest.fixture(params=STORES)
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens the same record each time, after closing the store that had it."""
    opened: list[Store] = []

    def reopen() -> Store:
        while opened:
            opened.pop().close()
        opened.append(STORES[request.param](tmp_path))
        return opened[-1]

    yield reopen
    while opened:
        opened.pop().close()


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    return open_store()
