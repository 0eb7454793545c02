"""An anchor in a bucket that locks stays, whatever is put over it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from data.errors import Corrupt
from data.log.checkpoints import Head, name_of
from data.records.archived import Lock
from tests.contract import seaweedfs
from tests.contract.archives import InBucket
from tests.contract.test_store_log import SIGNER
from workflows.adapters.log_anchors import FOLDER, BucketAnchors


def checkpoint(size: int) -> bytes:
    return SIGNER.sign(Head(SIGNER.public.name, size, bytes(32))).encode()


def test_a_locked_anchor_can_neither_be_deleted_nor_hidden(seaweed: tuple[str, Path]) -> None:
    kept = InBucket(*seaweed, locks=True, lock=Lock.COMPLIANCE)
    anchors, now = BucketAnchors(kept.bucket, lock_days=400), datetime.now(UTC)
    later, first = anchors.put(checkpoint(10), now), anchors.put(checkpoint(9), now)
    again = anchors.put(checkpoint(9), now)
    key = f"{kept.prefix}/{FOLDER}/{name_of(checkpoint(9))}"

    until = kept.client.get_object_retention(Bucket=kept.name, Key=key)["Retention"]["RetainUntilDate"]

    assert abs(until - now - timedelta(days=400)) < timedelta(seconds=2)
    assert first.version
    assert first.locked_until is not None
    assert again == first._replace(is_new=False) != later
    with pytest.raises(ClientError, match="AccessDenied"):
        kept.client.delete_object(
            Bucket=kept.name, Key=key, VersionId=first.version, BypassGovernanceRetention=True
        )
    kept.client.delete_object(Bucket=kept.name, Key=key)
    assert list(anchors.all()) == [checkpoint(9), checkpoint(10)], "a delete marker hides nothing"

    seaweedfs.put(kept.client, kept.name, key, checkpoint(8))
    with pytest.raises(Corrupt, match="is not what was put there"):
        list(anchors.all())
