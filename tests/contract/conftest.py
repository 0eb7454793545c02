"""The stores under contract. Another one joins by one more entry in `STORES`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.postgres.store import PostgresStore
from data.sql.record import SqlStore
from data.sqlite.store import SqliteStore
from data.store import Store
from tests.contract.archives import InBucket, InDirectory, Kept, a_model
from tests.contract.planes import PLANES, Site, two_models
from tests.contract.postgresql import fresh_url
from tests.contract.scripted import Scripted
from workflows.artifact_store import ArtifactStore


def sqlite(directory: Path) -> Callable[[], SqlStore]:
    return lambda: SqliteStore(directory / "emeritus.db", Scripted())


def postgresql(_: Path) -> Callable[[], SqlStore]:
    url = fresh_url()
    return lambda: PostgresStore(url, Scripted())


ARCHIVES = (
    "directory",
    "bucket that locks",
    "plain bucket",
    pytest.param("gs", marks=pytest.mark.long),
    pytest.param("az", marks=pytest.mark.long),
)
CLOUDS = {"gs": "google_server", "az": "azure_server"}

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


@pytest.fixture(params=ARCHIVES)
def kept(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    if request.param == "directory":
        return InDirectory(tmp_path)
    if (server := CLOUDS.get(request.param)) is not None:
        from tests.contract.clouds import InCloud  # noqa: PLC0415 - their drivers take seconds to load

        for name, value in request.getfixturevalue(server).items():
            monkeypatch.setenv(name, value)
        return InCloud(request.param)
    url, data = request.getfixturevalue("seaweed")
    return InBucket(url, data, locks=request.param == "bucket that locks")


@pytest.fixture(params=PLANES)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    with two_models() as (old, new), PLANES[request.param].build(tmp_path, old, new) as site:
        yield site


@pytest.fixture
def archive(kept: Kept) -> ArtifactStore:
    return kept.store


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return a_model(tmp_path / "model")
