"""An archive in a bucket of S3 is proven before anything goes dark, as one in a directory is."""

from __future__ import annotations

from pathlib import Path

from data.records.archived import Lock
from data.records.retirement import State
from tests.contract.archives import InBucket
from tests.scenarios.town import ADA, MINA, POLICY, Town

MAY_RELEASE = f'{POLICY}\n[holds]\npeople = ["{ADA}"]\n'


def test_a_model_is_archived_in_a_bucket_and_goes_dark_on_its_proof(
    tmp_path: Path, seaweed: tuple[str, Path]
):
    kept = InBucket(*seaweed, locks=True)
    with Town(tmp_path, policy=MAY_RELEASE, archive=kept.store, serves=True) as town:
        town.announce()
        town.everybody_moves()
        town.pass_time(days=40)
        archived = town.retirement().archived
        kept.client.put_object(Bucket=kept.name, Key=kept.key(archived, "data/more.bin"), Body=b"forged")
        town.pass_time(days=20)
        assert "its bucket locks it (governance)" in town.thread()
        assert "Restore drill passed: 5 files" in town.thread()
        told = town.thread().partition("read back once more before *disable*")[2]
        assert "Yet" in told
        assert "data/more.bin is not of this archive" in told
        assert archived.lock is Lock.GOVERNANCE
        assert archived.version
        assert town.retirement().state is State.DISABLED
        assert kept.finished() == 1

        def held() -> set[str]:
            """How its own versions are held, each of them; not what somebody else put beside it."""
            found = kept.client.list_object_versions(Bucket=kept.name, Prefix=kept.key(archived, ""))[
                "Versions"
            ]
            heads = (
                kept.client.head_object(Bucket=kept.name, Key=one["Key"], VersionId=one["VersionId"])
                for one in found
                if not one["Key"].endswith("more.bin")
            )
            return {head.get("ObjectLockLegalHoldStatus", "OFF") for head in heads}

        town.command(MINA, "hold RET-1 Case 21-114")
        town.pass_time(minutes=1)
        assert held() == {"ON"}
        town.command(ADA, "release RET-1 1 It was settled")
        town.pass_time(minutes=1)
        assert held() == {"OFF"}, "manifests, too: nothing takes them off later"
