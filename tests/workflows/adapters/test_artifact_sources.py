"""A URI becomes exactly the files it names, or a refusal that says why not."""

import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from data.errors import Invalid, NotFound, Refused, Unavailable
from workflows.adapters.artifact_sources import ArtifactSources

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

BUCKETS = itertools.count()


def content_of(sources: ArtifactSources, uri: str) -> dict[str, bytes]:
    return {file.path: b"".join(file.chunks()) for file in sources.files(uri)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "m/sub").mkdir(parents=True)
    (tmp_path / "m/b.bin").write_bytes(b"bb")
    (tmp_path / "m/a b%.txt").write_bytes(b"a")
    (tmp_path / "m/sub/c.bin").write_bytes(b"")
    return tmp_path / "m"


def test_a_folder_is_all_its_files_sorted(folder: Path) -> None:
    files = ArtifactSources().files(str(folder))
    assert [(file.path, file.size_bytes) for file in files] == [
        ("a b%.txt", 1),
        ("b.bin", 2),
        ("sub/c.bin", 0),
    ]
    assert content_of(ArtifactSources(), str(folder)) == {"a b%.txt": b"a", "b.bin": b"bb", "sub/c.bin": b""}


def test_a_single_file_has_no_path_below_its_uri(folder: Path) -> None:
    assert content_of(ArtifactSources(), str(folder / "b.bin")) == {"": b"bb"}
    assert content_of(ArtifactSources(), (folder / "a b%.txt").as_uri()) == {"": b"a"}


def test_links_within_the_tree_are_followed_and_the_named_path_may_be_one(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "latest.bin").symlink_to("b.bin")
    (tmp_path / "current").symlink_to(folder)
    assert content_of(ArtifactSources(), str(tmp_path / "current"))["latest.bin"] == b"bb"


def test_a_link_out_of_the_tree_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("key")
    (folder / "x").symlink_to("../secret")
    with pytest.raises(Refused) as refused:
        ArtifactSources().files(str(folder))
    assert str(refused.value) == (
        f"Cannot archive {folder}/x: it is a link out of {folder} to {tmp_path}/secret. "
        "Replace the link by the file itself, then archive again"
    )


def test_a_link_to_a_folder_is_refused(folder: Path) -> None:
    (folder / "loop").symlink_to(".")
    with pytest.raises(Refused) as refused:
        ArtifactSources().files(str(folder))
    assert str(refused.value) == (
        f"Cannot archive {folder}/loop: it is a link to the folder .. "
        "Name that folder as an artifact itself, or replace the link by its content"
    )


def test_what_is_no_file_is_refused_without_opening_it(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with pytest.raises(Refused) as refused:
        ArtifactSources().files(str(folder))
    assert str(refused.value) == (
        f"Cannot archive {folder}/pipe: it is no regular file. "
        "Remove it from the artifacts, then archive again"
    )


def test_a_ring_of_links_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(Unavailable):
        ArtifactSources().files(str(tmp_path / "a"))


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        ArtifactSources().files(str(tmp_path))
    assert str(refused.value) == (
        f"Cannot archive {tmp_path}: the folder has no file. "
        "Correct the artifact in the catalog, import it, then archive again"
    )


def test_a_missing_path_is_named_with_the_closest(folder: Path) -> None:
    with pytest.raises(NotFound) as missing:
        ArtifactSources().files(str(folder / "bb.bin"))
    assert str(missing.value) == f'No artifact is called "{folder}/bb.bin"; closest: {folder}/b.bin'
    with pytest.raises(NotFound):
        ArtifactSources().files(str(folder / "b.bin/below"))
    (folder / "dangling").symlink_to("gone")
    with pytest.raises(NotFound):
        ArtifactSources().files(str(folder))


@pytest.mark.parametrize(
    "uri", ["relative/path", "models:/churn/3", "https://example.com/w.bin", "file://host/w.bin", "", "/a\0b"]
)
def test_another_kind_of_uri_is_refused_with_those_accepted(uri: str) -> None:
    with pytest.raises(Invalid) as refused:
        ArtifactSources().files(uri)
    assert str(refused.value) == (
        f"artifact {uri!r}: accepted are an absolute path, file:///path or s3://bucket/key-or-prefix"
    )


def grow(path: Path) -> None:
    path.write_bytes(b"bbb")


def rewrite(path: Path) -> None:
    listed = path.stat().st_mtime_ns
    path.write_bytes(b"cc")
    os.utime(path, ns=(listed + 1, listed + 1))


def replace(path: Path) -> None:
    times = path.stat().st_mtime_ns
    (path.parent / "new").write_bytes(b"cc")
    os.utime(path.parent / "new", ns=(times, times))
    (path.parent / "new").rename(path)


@pytest.mark.parametrize(
    ("change", "how"),
    [
        (grow, "2 bytes when listed, 3 now"),
        (rewrite, "it was written to"),
        (replace, "another file took its place"),
        (Path.unlink, "it was removed"),
    ],
)
def test_a_file_changed_since_it_was_listed_is_refused_before_and_after_the_read(
    folder: Path, change: object, how: str
) -> None:
    assert callable(change)
    path = folder / "b.bin"
    (file,) = ArtifactSources().files(str(path))
    file.recheck()
    change(path)
    for read in (lambda: list(file.chunks()), file.recheck):
        with pytest.raises(Refused) as refused:
            read()
        assert str(refused.value) == (
            f"Cannot archive {path}: it changed while it was copied ({how}). "
            "Stop what writes to it, then archive again"
        )


@pytest.fixture
def s3(aws: str) -> "S3Client":
    return boto3.client("s3", endpoint_url=aws)


@pytest.fixture
def bucket(s3: "S3Client") -> str:
    name = f"models-{next(BUCKETS)}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    for key, body in {
        "churn/v1/w.bin": b"w" * 3_000_000,
        "churn/v1/sub/c.json": b"{}",
        "churn/v1/": b"",
        "churn/v10/w.bin": b"another version",
        "churn/card.md": b"# churn",
    }.items():
        s3.put_object(Bucket=name, Key=key, Body=body)
    return name


def test_a_prefix_is_all_objects_below_it_and_none_of_its_neighbours(aws: str, bucket: str) -> None:
    sources = ArtifactSources(endpoint_url=aws)
    expected = {"sub/c.json": b"{}", "w.bin": b"w" * 3_000_000}
    assert content_of(sources, f"s3://{bucket}/churn/v1") == expected
    assert content_of(sources, f"s3://{bucket}/churn/v1/") == expected
    assert len(content_of(sources, f"s3://{bucket}")) == 4


def test_more_objects_than_one_page_are_all_listed(aws: str, bucket: str, s3: "S3Client") -> None:
    for number in range(1_001):
        s3.put_object(Bucket=bucket, Key=f"shards/{number:04}", Body=b"")
    paths = [file.path for file in ArtifactSources(endpoint_url=aws).files(f"s3://{bucket}/shards")]
    assert paths == [f"{number:04}" for number in range(1_001)]


def test_a_key_is_that_object(aws: str, bucket: str) -> None:
    assert content_of(ArtifactSources(endpoint_url=aws), f"s3://{bucket}/churn/card.md") == {"": b"# churn"}


def test_a_missing_object_or_bucket_is_named_with_the_closest(aws: str, bucket: str) -> None:
    sources = ArtifactSources(endpoint_url=aws)
    with pytest.raises(NotFound) as missing:
        sources.files(f"s3://{bucket}/churn/crad.md")
    assert str(missing.value) == (
        f'No artifact is called "s3://{bucket}/churn/crad.md"; closest: s3://{bucket}/churn/card.md'
    )
    with pytest.raises(NotFound) as no_bucket:
        sources.files("s3://no-such-bucket/churn")
    assert str(no_bucket.value) == 'No bucket is called "no-such-bucket"; nothing has a similar name'
    with pytest.raises(Invalid):
        sources.files("s3:///churn")


def test_an_object_replaced_or_removed_since_it_was_listed_is_refused(
    aws: str, bucket: str, s3: "S3Client"
) -> None:
    (file,) = ArtifactSources(endpoint_url=aws).files(f"s3://{bucket}/churn/card.md")
    assert b"".join(file.chunks()) == b"# churn"
    file.recheck()
    s3.put_object(Bucket=bucket, Key="churn/card.md", Body=b"# other")
    with pytest.raises(Refused) as replaced:
        list(file.chunks())
    assert str(replaced.value) == (
        f"Cannot archive s3://{bucket}/churn/card.md: "
        "it changed while it was copied (it was replaced or removed). Stop what writes to it, then archive again"
    )
    with pytest.raises(Refused) as other:
        file.recheck()
    assert "ETag" in str(other.value)
    s3.delete_object(Bucket=bucket, Key="churn/card.md")
    with pytest.raises(Refused):
        list(file.chunks())
    with pytest.raises(Refused):
        file.recheck()


def test_a_new_version_with_the_same_content_is_a_change_too(aws: str, bucket: str, s3: "S3Client") -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=bucket, Key="w", Body=b"w")["VersionId"]
    (file,) = ArtifactSources(endpoint_url=aws).files(f"s3://{bucket}/w")
    list(file.chunks())
    file.recheck()
    second = s3.put_object(Bucket=bucket, Key="w", Body=b"w")["VersionId"]
    with pytest.raises(Refused) as changed:
        file.recheck()
    assert str(changed.value) == (
        f"Cannot archive s3://{bucket}/w: it changed while it was copied "
        f"(version {first} was read, {second} is current). Stop what writes to it, then archive again"
    )


def test_an_object_in_cold_storage_is_refused_with_how_to_get_it(
    aws: str, bucket: str, s3: "S3Client"
) -> None:
    s3.put_object(Bucket=bucket, Key="cold.bin", Body=b"w", StorageClass="GLACIER")
    (file,) = ArtifactSources(endpoint_url=aws).files(f"s3://{bucket}/cold.bin")
    with pytest.raises(Refused) as refused:
        list(file.chunks())
    assert str(refused.value) == (
        f"Cannot archive s3://{bucket}/cold.bin: it lies in a storage class that must be restored first. "
        "Restore it in S3 (RestoreObject; hours for Glacier), then archive again"
    )


def test_a_server_that_does_not_answer_is_tried_again(aws: str, unused_port: int) -> None:
    sources = ArtifactSources(endpoint_url=f"http://127.0.0.1:{unused_port}")
    with pytest.raises(Unavailable) as down:
        sources.files("s3://bucket/key")
    assert str(down.value) == (
        "Cannot list s3://bucket/key: Could not connect to the endpoint URL: "
        f'"http://127.0.0.1:{unused_port}/bucket/key". It is tried again'
    )
