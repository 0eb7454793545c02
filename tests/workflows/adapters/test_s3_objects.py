"""An s3:// URI becomes exactly the objects it names, unchanged since they were listed, or a refusal that says why."""

import itertools
from typing import TYPE_CHECKING

import boto3
import pytest

from data.archive.bag_paths import require_safe
from data.errors import Invalid, NotFound, Refused, Unavailable
from workflows.adapters.s3_objects import S3Objects

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

BUCKETS = itertools.count()


def content_of(sources: S3Objects, uri: str) -> dict[str, bytes]:
    return {file.path: b"".join(file.chunks()) for file in sources.files(uri)}


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
    sources = S3Objects(endpoint_url=aws)
    expected = {"sub/c.json": b"{}", "w.bin": b"w" * 3_000_000}
    assert content_of(sources, f"s3://{bucket}/churn/v1") == expected
    assert content_of(sources, f"s3://{bucket}/churn/v1/") == expected
    assert len(content_of(sources, f"s3://{bucket}")) == 4


@pytest.mark.long
def test_more_objects_than_a_page_lists_are_those_that_a_walk_of_the_bucket_finds(
    aws: str, bucket: str, s3: "S3Client"
) -> None:
    for number in range(1_050):
        s3.put_object(Bucket=bucket, Key=f"many/{number % 7}/{number}.bin", Body=b"x" * (number % 5))
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix="many/", PaginationConfig={"PageSize": 100}
    )
    walked = {one["Key"].removeprefix("many/"): one["Size"] for page in pages for one in page["Contents"]}
    found = {file.path: file.size_bytes for file in S3Objects(endpoint_url=aws).files(f"s3://{bucket}/many")}
    assert (len(found), found) == (1_050, walked)


def test_several_slashes_in_a_key_are_one_folder_as_wherever_it_is_loaded(
    aws: str, bucket: str, s3: "S3Client"
) -> None:
    for key in ("odd//w.bin", "odd/a///b//c.json", "odd/plain.txt"):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert content_of(S3Objects(endpoint_url=aws), f"s3://{bucket}/odd") == {
        "w.bin": b"odd//w.bin",
        "a/b/c.json": b"odd/a///b//c.json",
        "plain.txt": b"odd/plain.txt",
    }


def test_objects_that_would_be_one_file_are_refused_by_both_names(
    aws: str, bucket: str, s3: "S3Client"
) -> None:
    for key in ("twice/a//w.bin", "twice/a/w.bin"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"w")
    files = S3Objects(endpoint_url=aws).files(f"s3://{bucket}/twice")
    with pytest.raises(Invalid, match=r"'a/w\.bin': and 'a/w\.bin' are one name"):
        require_safe(file.path for file in files)


@pytest.mark.parametrize("sign", [":", "?"])
def test_a_key_that_windows_could_not_restore_is_refused_with_what_to_do(
    aws: str, bucket: str, s3: "S3Client", sign: str
) -> None:
    """`run:1` would be written into a stream behind a file called `run` there, and lost by the next copy."""
    s3.put_object(Bucket=bucket, Key=f"signs/run{sign}1.bin", Body=b"w")
    files = S3Objects(endpoint_url=aws).files(f"s3://{bucket}/signs")
    with pytest.raises(Invalid, match="which Windows reserves; rename the file, or copy the S3 object under"):
        require_safe(file.path for file in files)


def test_more_objects_than_one_page_are_all_listed(
    aws: str, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "1")  # a setting of the server: objects per page
    assert len(S3Objects(endpoint_url=aws).files(f"s3://{bucket}")) == 4


def test_a_key_is_that_object(aws: str, bucket: str) -> None:
    assert content_of(S3Objects(endpoint_url=aws), f"s3://{bucket}/churn/card.md") == {"": b"# churn"}


@pytest.mark.parametrize("slash", ["", "/"], ids=["as named", "as a folder"])
def test_an_empty_object_that_some_tools_leave_for_a_folder_does_not_hide_what_lies_below(
    aws: str, bucket: str, s3: "S3Client", slash: str
) -> None:
    s3.put_object(Bucket=bucket, Key="churn/v1", Body=b"")
    s3.put_object(Bucket=bucket, Key="churn/v1/sub", Body=b"")
    expected = {"sub/c.json": b"{}", "w.bin": b"w" * 3_000_000}
    assert content_of(S3Objects(endpoint_url=aws), f"s3://{bucket}/churn/v1{slash}") == expected


def test_an_empty_object_with_nothing_below_it_is_that_object(aws: str, bucket: str, s3: "S3Client") -> None:
    s3.put_object(Bucket=bucket, Key="churn/done", Body=b"")
    s3.put_object(Bucket=bucket, Key="churn/done/", Body=b"")
    assert content_of(S3Objects(endpoint_url=aws), f"s3://{bucket}/churn/done") == {"": b""}


def test_a_key_that_is_an_object_and_a_folder_is_refused_and_with_a_slash_it_is_the_folder(
    aws: str, bucket: str, s3: "S3Client"
) -> None:
    s3.put_object(Bucket=bucket, Key="churn/v10", Body=b"note")
    sources = S3Objects(endpoint_url=aws)
    with pytest.raises(Refused) as refused:
        sources.files(f"s3://{bucket}/churn/v10")
    assert str(refused.value) == (
        f"Cannot archive s3://{bucket}/churn/v10: it is an object of 4 bytes, "
        f"and s3://{bucket}/churn/v10/ is a folder. "
        f"In the catalog, name s3://{bucket}/churn/v10/ for what lies below, or a copy of the object under another "
        "key; import it, then press Edit plan on the card for a new vote"
    )
    assert content_of(sources, f"s3://{bucket}/churn/v10/") == {"w.bin": b"another version"}


def test_a_missing_object_or_bucket_is_named_with_the_closest(aws: str, bucket: str) -> None:
    sources = S3Objects(endpoint_url=aws)
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
    (file,) = S3Objects(endpoint_url=aws).files(f"s3://{bucket}/churn/card.md")
    assert b"".join(file.chunks()) == b"# churn"
    file.recheck()
    s3.put_object(Bucket=bucket, Key="churn/card.md", Body=b"# other")
    with pytest.raises(Refused) as replaced:
        list(file.chunks())
    assert str(replaced.value) == (
        f"Cannot archive s3://{bucket}/churn/card.md: "
        "it changed while it was copied (it was replaced or removed). "
        "Stop what writes to it, then archive again"
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
    (file,) = S3Objects(endpoint_url=aws).files(f"s3://{bucket}/w")
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
    (file,) = S3Objects(endpoint_url=aws).files(f"s3://{bucket}/cold.bin")
    with pytest.raises(Refused) as refused:
        list(file.chunks())
    assert str(refused.value) == (
        f"Cannot archive s3://{bucket}/cold.bin: it lies in a storage class that must be restored first. "
        "Restore it in S3 (RestoreObject; hours for Glacier), then archive again"
    )


def test_a_server_that_does_not_answer_is_tried_again(aws: str, unused_port: int) -> None:
    sources = S3Objects(endpoint_url=f"http://127.0.0.1:{unused_port}")
    with pytest.raises(Unavailable) as down:
        sources.files("s3://bucket/key")
    assert str(down.value) == (
        "Cannot list s3://bucket/key: Could not connect to the endpoint URL: "
        f'"http://127.0.0.1:{unused_port}/bucket/key". It is tried again'
    )
