"""The archive directory, beyond what every archive holds to: its own words, its files, its rights."""

import os
import subprocess
from collections import Counter
from pathlib import Path

import boto3
import pytest

from data.archive.bag_paths import PATH_BYTES_MAX
from data.archive.keeping import Keeping
from data.archive.results import Artifact, Wrapping, named
from data.errors import Corrupt, Stale, Unavailable
from data.records.archived import Archived
from tests.contract.archives import WEIGHTS, never, now, put, sha, ten_thousand_deep
from tests.data.archive.test_bag import files_limited_to
from workflows.adapters.artifact_sources import ArtifactSources
from workflows.adapters.local_directory import LocalDirectory

NOWHERE = Archived(
    location="churn-v3/aa", preservation_id="sha256:aa", manifest_digest="sha256:aa", files=1, bytes=1
)


def test_a_drill_of_a_rotted_bag_names_every_file_and_what_to_do(
    archive: LocalDirectory, model: Path
) -> None:
    archived = put(archive, model).archived
    bag = archive.path(archived.location)
    rotted = bytes([WEIGHTS[0] ^ 1]) + WEIGHTS[1:]
    (bag / "data/weights/w.bin").chmod(0o644)
    (bag / "data/weights/w.bin").write_bytes(rotted)
    (bag / "data/card.md").unlink()
    (bag / "data/card.md").symlink_to(model / "card.md")
    with pytest.raises(Corrupt) as corrupt:
        archive.drill(archived, now, never)
    assert str(corrupt.value) == (
        "data/card.md cannot be read: not a regular file; "
        f"sha256 of data/weights/w.bin: expected {sha(WEIGHTS)[:12]}..., found {sha(rotted)[:12]}... "
        "(5,500,000 bytes, read 2026-03-02T09:14Z). "
        "Bring the files back from a copy of yours: it is looked at again each day"
    )
    assert not (bag.parent / ".restored").exists()


def test_what_is_no_file_in_a_bag_is_told(archive: LocalDirectory, model: Path) -> None:
    archived = put(archive, model).archived
    folder = archive.path(archived.location) / "data"
    folder.chmod(0o755)
    os.mkfifo(folder / "pipe")
    with pytest.raises(Corrupt, match="data/pipe cannot be read: not a regular file"):
        archive.drill(archived, now, never)


def test_folders_ten_thousand_deep_that_somebody_put_into_a_bag_are_told(
    archive: LocalDirectory, model: Path, tmp_path: Path
) -> None:
    archived = put(archive, model).archived
    folder = archive.path(archived.location) / "data"
    ten_thousand_deep(folder)
    told = rf"^data/(d/)+d?\.\.\. cannot be read: it lies in folders whose path is longer than {PATH_BYTES_MAX:,} bytes"
    try:
        assert archive.exists(archived)
        with pytest.raises(Corrupt, match=told):
            archive.drill(archived, now, never)
        with pytest.raises(Corrupt, match=told):
            archive.fetch(archived, tmp_path / "back", now, never)
        with pytest.raises(Corrupt, match=told):
            put(archive, model)
    finally:
        subprocess.run(["rm", "-rf", folder / "d"], check=True)
    assert archive.drill(archived, now, never).files == 2


def test_on_a_full_disk_nothing_is_pruned_and_no_half_tombstone_stands_for_it_later(
    archive: LocalDirectory, model: Path
) -> None:
    archived, stone = put(archive, model).archived, b"what was pruned, with every digest"
    with files_limited_to(10), pytest.raises(Unavailable, match="Cannot write the archive"):
        archive.prune(archived, ["card.md"], stone, Keeping(), now())
    assert archive.drill(archived, now, never).files == 2
    archive.prune(archived, ["card.md"], stone, Keeping(), now())
    (tombstone,) = archive.path(archived.location).parent.glob("*.tombstone-*")
    assert tombstone.read_bytes() == stone
    assert archive.drill(archived, now, never, gone=["card.md"]).files == 1


def test_a_disk_that_fills_up_while_an_archive_is_read_back_makes_it_no_bad_one(
    archive: LocalDirectory, model: Path, tmp_path: Path
) -> None:
    archived = put(archive, model).archived
    before = sorted(archive.root.rglob("*"))
    for read in (archive.drill, lambda *how: archive.fetch(how[0], tmp_path / "back", *how[1:])):
        with files_limited_to(1_000_000), pytest.raises(Unavailable, match="File too large"):
            read(archived, now, never)
    assert sorted(archive.root.rglob("*")) == before
    assert not (tmp_path / "back").exists()
    assert archive.drill(archived, now, never).files == 2


def test_a_bag_that_is_gone_is_corruption_and_an_archive_that_is_gone_is_waited_for(
    archive: LocalDirectory, model: Path
) -> None:
    with pytest.raises(Unavailable) as unmounted:
        archive.drill(NOWHERE, now, never)
    assert str(unmounted.value) == (
        f"Cannot reach the archive {archive.root}: no such directory. "
        "Mount it or correct EMERITUS_ARCHIVE; it is tried again"
    )
    put(archive, model)
    with pytest.raises(Corrupt) as gone:
        archive.drill(NOWHERE, now, never)
    assert str(gone.value) == (
        f"The archive {archive.root}/churn-v3/aa is missing. "
        "Bring the files back from a copy of yours: it is looked at again each day"
    )


def test_the_archive_has_what_a_walk_of_each_source_finds_and_nothing_else(
    archive: LocalDirectory, tmp_path: Path
) -> None:
    folders = [tmp_path / "one" / "v1", tmp_path / "other" / "v1", tmp_path / "single.bin"]
    for number in range(60):
        file = folders[number % 2] / f"{number % 5}" / f"{'deep/' * (number % 3)}{number}.bin"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * number)
    folders[2].write_bytes(b"alone")
    stored = archive.put("churn", named(map(str, folders)), Wrapping(), now, never)
    walked = Counter(
        (name, (Path(folder) / name).stat().st_size)
        for top in folders[:2]
        for folder, _, names in os.walk(top)
        for name in names
    )
    walked["single.bin", 5] += 1
    assert Counter((Path(file.path).name, file.bytes) for file in stored.artifacts) == walked
    assert (stored.archived.files, stored.archived.bytes) == (61, sum(range(60)) + 5)


def test_an_archive_path_that_is_a_file_is_told(tmp_path: Path, model: Path) -> None:
    (tmp_path / "archive").write_text("not a folder")
    with pytest.raises(Unavailable) as denied:
        put(LocalDirectory(tmp_path / "archive"), model)
    assert str(denied.value) == (
        f"Cannot write the archive {tmp_path}/archive/churn-v3: Not a directory; 0 bytes are to be written. "
        "Let the bot write there or set EMERITUS_ARCHIVE to another place; it is tried again"
    )


def test_an_archive_made_by_us_is_for_us_alone_to_read(tmp_path: Path, model: Path) -> None:
    put(LocalDirectory(tmp_path / "new"), model)
    (tmp_path / "shared").mkdir(mode=0o755)
    put(LocalDirectory(tmp_path / "shared"), model)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("new", "shared")] == [0o700, 0o755]


def test_objects_in_s3_are_compared_by_etag_and_size(tmp_path: Path, aws: str) -> None:
    s3 = boto3.client("s3", endpoint_url=aws)
    s3.create_bucket(Bucket="current", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_object(Bucket="current", Key="v1/w.bin", Body=b"old")
    archive = LocalDirectory(tmp_path / "archive", ArtifactSources(endpoint_url=aws))
    artifacts = [Artifact(path="v1", source="s3://current/v1")]
    archived = archive.put("churn-v1", artifacts, Wrapping(), now, never).archived
    s3.put_object(Bucket="current", Key="v1/w.bin", Body=b"old")
    archive.require_current(archived, artifacts, never)
    s3.put_object(Bucket="current", Key="v1/w.bin", Body=b"new")
    with pytest.raises(Stale) as stale:
        archive.require_current(archived, artifacts, never)
    bag = archive.path(archived.location)
    stays = f"What was archived before stays in {bag}"
    assert (
        str(stale.value)
        == f"v1/w.bin was written to since. If that goes on, let the catalog name fewer files. {stays}"
    )
    s3.delete_object(Bucket="current", Key="v1/w.bin")
    archive.require_current(archived, artifacts, never)
    s3.delete_bucket(Bucket="current")
    archive.require_current(archived, artifacts, never)
