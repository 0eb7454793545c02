"""An anchor in a bucket that locks stays, whatever is put over it."""

from __future__ import annotations

import os
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
from workflows.adapters.log_anchors import FOLDER, BucketAnchors, DirectoryAnchors
from workflows.anchor_store import Beside


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
    where = f"s3://{kept.name}/{key}"
    hides_nothing = f"a delete marker was put over the anchor {where}, and hides nothing"
    assert anchors.all() == Beside((checkpoint(9), checkpoint(10)), strays=(hides_nothing,))

    seaweedfs.put(kept.client, kept.name, key, checkpoint(8))
    seaweedfs.put(kept.client, kept.name, f"{kept.prefix}/{FOLDER}/other", b"words")
    assert anchors.put(checkpoint(9), now) == again
    put_over = f"something else was put over the anchor {where}, and hides nothing"
    is_none = f"s3://{kept.name}/{kept.prefix}/{FOLDER}/other is no anchor"
    assert anchors.all() == Beside((checkpoint(9), checkpoint(10)), strays=(put_over, hides_nothing, is_none))

    key = f"{kept.prefix}/{FOLDER}/{name_of(checkpoint(8))}"
    seaweedfs.put(kept.client, kept.name, key, b"words")
    bad = f"the anchor s3://{kept.name}/{key} is not what was put there"
    assert (anchors.all().anchors, anchors.all().bad) == ((checkpoint(9), checkpoint(10)), (bad,))
    with pytest.raises(Corrupt, match=bad):
        anchors.put(checkpoint(8), now)


def test_what_lies_beside_anchors_in_a_directory_hides_none_of_them(tmp_path: Path) -> None:
    anchors, folder = DirectoryAnchors(tmp_path), tmp_path / FOLDER
    assert anchors.all() == Beside()
    for size in (9, 10):
        anchors.put(checkpoint(size), datetime.now(UTC))
    (folder / ".DS_Store").write_bytes(b"words")
    (folder / ".partial-7").write_bytes(b"half of on")
    os.mkfifo(folder / name_of(checkpoint(11)))
    (folder / name_of(checkpoint(8))).write_bytes(b"words")

    assert anchors.all() == Beside(
        (checkpoint(9), checkpoint(10)),
        (f"the anchor {folder / name_of(checkpoint(8))} is not what was put there",),
        (f"{folder / '.DS_Store'} is no anchor", f"{folder / name_of(checkpoint(11))} is no anchor"),
    )
