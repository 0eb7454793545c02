"""A canary tells a bucket that keeps what it locks from one that only says so."""

from datetime import UTC, datetime
from pathlib import Path

import boto3

from data.records.archived import Lock
from tests.contract import seaweedfs
from tests.contract.archives import InBucket
from workflows.adapters.s3_archive.bucket import Bucket
from workflows.adapters.s3_archive.canary import Sign, canary

BYPASSED = Sign(
    tried="bypass its lock",
    ok=False,
    found="it was done, and then it was gone (404)",
    fix="Take s3:BypassGovernanceRetention from the bot's role, or set EMERITUS_ARCHIVE_LOCK to compliance",
)


def signs(kept: InBucket) -> list[Sign]:
    return list(canary(kept.bucket, datetime.now(UTC)))


def tried(found: list[Sign]) -> dict[str, str]:
    return {sign.tried: sign.found if sign.ok else f"BAD {sign.found}" for sign in found}


def test_compliance_holds_against_everything(seaweed: tuple[str, Path]) -> None:
    kept = InBucket(*seaweed, locks=True, lock=Lock.COMPLIANCE, kms_key=seaweedfs.KMS_KEY)
    assert tried(signs(kept)) == {
        "send other content than its digest says": "refused (BadDigest)",
        "encrypt it and read it back": "it came back as it was",
        "delete it": "refused (AccessDenied)",
        "shorten its lock": "refused (AccessDenied)",
        "change the mode of its lock": "refused (AccessDenied)",
        "bypass its lock": "refused (AccessDenied)",
        "lock what comes in parts": "it is locked",
    }
    assert len(kept.everything()) == 2


def test_governance_that_the_bot_itself_may_bypass_is_told_with_what_to_do(seaweed: tuple[str, Path]) -> None:
    found = signs(InBucket(*seaweed, locks=True))
    assert [sign for sign in found if not sign.ok] == [BYPASSED]


def test_without_a_lock_only_the_way_there_and_back_is_tried_and_nothing_stays(
    seaweed: tuple[str, Path],
) -> None:
    kept = InBucket(*seaweed, locks=False)
    assert tried(signs(kept)) == {
        "send other content than its digest says": "refused (BadDigest)",
        "read it back": "it came back as it was",
    }
    assert kept.everything() == []


def test_a_server_that_keeps_none_of_its_promises_is_found_out(aws: str) -> None:
    """Which is why no test of ours believes it."""
    boto3.client("s3", endpoint_url=aws).create_bucket(
        Bucket="promises",
        ObjectLockEnabledForBucket=True,
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )
    bucket = Bucket("s3://promises/models", endpoint_url=aws, lock=Lock.COMPLIANCE)
    found = tried(list(canary(bucket, datetime.now(UTC))))
    assert {name for name, what in found.items() if what.startswith("BAD")} >= {
        "send other content than its digest says",
        "shorten its lock",
        "lock what comes in parts",
    }
