"""A link reads one version of one file for a while: on a real S3, signed at an instant of the test's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import msgspec
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber
from msgspec.structs import replace

from data.records.retention import Storage
from tests.builders import ARCHIVED
from tests.contract import seaweedfs
from tests.contract.archives import WEIGHTS, InBucket, a_model, put
from workflows.adapters.s3_archive.bucket import Bucket
from workflows.adapters.s3_archive.links import links_of
from workflows.adapters.s3_archive.listing import Listing, Placed

NAMES = ["weights/w.bin", "card.md"]


@pytest.fixture
def kept(seaweed: tuple[str, Path]) -> InBucket:
    return InBucket(*seaweed, locks=True, kms_key=seaweedfs.KMS_KEY)


def read(url: str) -> bytes:
    with urlopen(url, timeout=10) as answer:
        found: bytes = answer.read()
    return found


def status(url: str) -> int:
    with pytest.raises(HTTPError) as refused:
        read(url)
    refused.value.close()
    return refused.value.code


def test_a_link_reads_what_was_archived_whatever_lies_over_it_and_nothing_once_it_is_over(
    kept: InBucket, tmp_path: Path
) -> None:
    archived = put(kept.store, a_model(tmp_path / "model")).archived
    links, now = links_of(kept.bucket), datetime.now(UTC)
    seaweedfs.put(kept.client, kept.name, kept.key(archived, "data/card.md"), b"# forged")
    fresh = links(archived, NAMES, now, 600)
    assert {name: read(url) for name, url in fresh.items()} == {
        "weights/w.bin": WEIGHTS,
        "card.md": b"# churn",
    }
    over = links(archived, NAMES, now - timedelta(seconds=61), 60)
    assert [status(url) for url in over.values()] == [403, 403]


@pytest.mark.parametrize(
    "changed",
    [
        lambda url: url.replace("data/card.md", "bag-info.txt"),
        lambda url: url.replace("X-Amz-Expires=60", "X-Amz-Expires=600000"),
        lambda url: url.replace("versionId=", "versionId=0"),
    ],
    ids=["another file", "longer", "another version"],
)
def test_a_link_is_good_for_nothing_else(
    kept: InBucket, tmp_path: Path, changed: Callable[[str], str]
) -> None:
    archived = put(kept.store, a_model(tmp_path / "model")).archived
    url = links_of(kept.bucket)(archived, ["card.md"], datetime.now(UTC), 60)["card.md"]
    assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == ["60"]
    assert status(changed(url)) == 403


def test_what_lies_in_cold_storage_is_asked_back_and_left_out() -> None:
    """No server to be had here has cold storage: what S3 answers is scripted."""
    client = seaweedfs.a_client("http://127.0.0.1:9")
    cold = Placed(
        path="data/cold.bin", version="v1", bytes=1, sha256="aa", checksum="aa", storage=Storage.COLD
    )
    warm = replace(cold, path="data/warm.bin", storage=Storage.STANDARD)
    listing = msgspec.json.encode(Listing(preservation_id="sha256:aa", part_bytes=1, objects=(cold, warm)))
    with Stubber(client) as stub:
        stub.add_response("get_object", {"Body": StreamingBody(BytesIO(listing), len(listing))})
        stub.add_client_error("get_object", "InvalidObjectState", http_status_code=403)
        stub.add_response("restore_object", {})
        links = links_of(Bucket("s3://cold/m", client=client))
        found = links(ARCHIVED, ["cold.bin", "warm.bin"], datetime(2026, 3, 2, 9, 14, tzinfo=UTC), 60)
        stub.assert_no_pending_responses()
    assert list(found) == ["warm.bin"]
    assert "X-Amz-Date=20260302T091400Z" in found["warm.bin"]
