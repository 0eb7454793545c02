"""Replicas that do not share their directories are refused at their start, and told which ones they must share."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fsspec
import pytest
from msgspec.structs import replace

from bot.archive_settings import ArchiveBucket, ArchiveCloud
from bot.doctor.doctor import examine
from bot.replicas.buckets import take_bucket, why_another_bucket
from bot.replicas.marks import ARCHIVE, CHANGES, MARK_FILE
from bot.replicas.places import take, take_places, why_another
from bot.settings import Settings
from data.catalog.catalog import Catalog
from data.errors import Refused
from data.postgres.store import PostgresStore
from data.sql.connection import Connection
from tests import sample_company
from tests.contract.archives import InBucket
from tests.contract.postgresql import fresh_url
from tests.contract.scripted import NOW, Scripted
from workflows.machine import RetirementMachine


@pytest.fixture
def store() -> Iterator[PostgresStore]:
    opened = PostgresStore(fresh_url(), Scripted())
    yield opened
    opened.close()


def test_the_first_replicas_directory_is_the_one_and_an_empty_one_is_refused_untouched(
    store: PostgresStore, tmp_path: Path
) -> None:
    first, other = tmp_path / "first", tmp_path / "other"
    take(store, ARCHIVE, first)
    take(store, ARCHIVE, first)
    other.mkdir()

    with pytest.raises(Refused) as refused:
        take(store, ARCHIVE, other)

    mark = (first / MARK_FILE).read_text().strip()
    assert str(refused.value) == (
        f"Cannot run a replica with {other}: it is not the archive of this record, which every replica must share: "
        f"that one has {mark} in {MARK_FILE}. "
        f"{ARCHIVE.cure}"
    )
    assert list(other.iterdir()) == []


def test_a_bucket_and_prefix_is_known_by_an_object_in_it(
    store: PostgresStore, seaweed: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", seaweed[0])
    name = InBucket(*seaweed, locks=False).name
    bucket = ArchiveBucket(url=f"s3://{name}/{uuid.uuid4().hex}")
    take_bucket(store, bucket)
    take_bucket(store, bucket)
    other = ArchiveBucket(url=f"s3://{name}/others")

    with pytest.raises(Refused) as refused:
        take_bucket(store, other)

    assert str(refused.value).startswith(
        f"Cannot run a replica with s3://{name}/others: it is not the archive"
    )
    assert not why_another_bucket(store, bucket)
    assert why_another_bucket(store, other)


def test_a_place_in_another_cloud_is_known_by_an_object_in_it(store: PostgresStore) -> None:
    fsspec.filesystem("memory").makedirs("/archives", exist_ok=True)
    ours, other = (ArchiveCloud(url=f"memory://archives/{uuid.uuid4().hex}") for _ in range(2))
    take_bucket(store, ours)
    take_bucket(store, ours)
    with pytest.raises(Refused, match=f"Cannot run a replica with {other.url}: it is not the archive"):
        take_bucket(store, other)
    assert not why_another_bucket(store, ours)


def test_a_directory_that_was_moved_is_known_by_its_mark(store: PostgresStore, tmp_path: Path) -> None:
    take(store, ARCHIVE, tmp_path / "before")
    (tmp_path / "before").rename(tmp_path / "after")

    take(store, ARCHIVE, tmp_path / "after")
    assert why_another(store, ARCHIVE, tmp_path / "before")


def test_replicas_that_start_at_once_agree_on_one_directory(store: PostgresStore, tmp_path: Path) -> None:
    folders = [tmp_path / "shared", tmp_path / "shared", tmp_path / "own", tmp_path / "shared"]

    def start(folder: Path) -> str:
        try:
            take(store, ARCHIVE, folder)
        except Refused:
            return "refused"
        return folder.name

    with ThreadPoolExecutor(4) as replicas:
        running = set(replicas.map(start, folders)) - {"refused"}

    assert len(running) == 1


class Overtaken:
    """A store by whose first look nobody has a directory yet; somebody else's is settled right after it."""

    def __init__(self, store: PostgresStore, overtake: Callable[[], None]) -> None:
        self._store, self._overtake = store, [overtake]

    def write(self, job: Callable[[Connection], Any]) -> Any:
        return self._store.write(job)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._store.reading() as conn:
            yield conn
        while self._overtake:
            self._overtake.pop()()


def test_who_is_overtaken_between_two_looks_does_not_run_elsewhere(
    store: PostgresStore, tmp_path: Path
) -> None:
    slow = Overtaken(store, lambda: take(store, ARCHIVE, tmp_path / "shared"))
    with pytest.raises(Refused, match="it is not the archive of this record"):
        take(slow, ARCHIVE, tmp_path / "own")
    take(slow, ARCHIVE, tmp_path / "shared")


def test_an_archive_that_another_record_marked_serves_this_one_too(
    store: PostgresStore, tmp_path: Path
) -> None:
    """A record that was copied to another database goes on with its archive."""
    take(store, ARCHIVE, tmp_path)
    copied = PostgresStore(fresh_url(), Scripted())

    take(copied, ARCHIVE, tmp_path)
    copied.close()


def settings(folder: Path, url: str) -> Settings:
    return Settings(store=folder / "emeritus.db", database=url, archive=folder / "archive")


def test_local_endpoints_of_another_machine_are_refused_once_the_catalog_has_such(tmp_path: Path) -> None:
    url = fresh_url()
    store = PostgresStore(url, RetirementMachine())
    here = settings(tmp_path / "here", url)
    take_places(store, here)
    assert not (tmp_path / "here" / "endpoints").exists(), "nobody has local endpoints yet"

    Catalog(store).import_(sample_company.reading(), format="backstage", now=NOW)
    take_places(store, here)
    there = replace(settings(tmp_path / "there", url), archive=here.archive)
    with pytest.raises(Refused, match="which are processes of one machine"):
        take_places(store, there)
    store.close()


def test_doctor_names_an_archive_that_the_replicas_do_not_share(tmp_path: Path) -> None:
    url = fresh_url()
    store = PostgresStore(url, RetirementMachine())
    take(store, ARCHIVE, tmp_path / "first")
    store.close()

    found = examine({"EMERITUS_STORE": url, "EMERITUS_ARCHIVE": str(tmp_path / "other")})
    (archive,) = [finding for finding in found if finding.what == "archive"]
    assert not archive.ok
    assert archive.found.startswith(f"{tmp_path / 'other'}: it is not the archive of this record")
    assert archive.fix == ARCHIVE.cure


def test_changes_to_catalogs_go_to_one_directory_whichever_replica_writes_them(tmp_path: Path) -> None:
    url = fresh_url()
    store = PostgresStore(url, RetirementMachine())
    here = replace(settings(tmp_path, url), changes=tmp_path / "changes")
    take_places(store, here)
    with pytest.raises(Refused, match="it is not the directory for changes to catalogs"):
        take_places(store, replace(here, changes=tmp_path / "others"))
    store.close()

    found = examine({"EMERITUS_STORE": url, "EMERITUS_CHANGES": str(tmp_path / "others")})
    (bad,) = [finding for finding in found if finding.what == "catalogs" and not finding.ok]
    assert bad.found.startswith(f"{tmp_path / 'others'}: it is not the directory for changes to catalogs")
    assert bad.fix == CHANGES.cure
