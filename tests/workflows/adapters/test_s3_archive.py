"""The archive in a bucket, beyond what every archive holds to: locks, versions, keys, and what runs leave behind."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber

from data.archive.auditing import Turn
from data.archive.keeping import Keeping
from data.archive.results import Wrapping
from data.errors import Corrupt, Refused, Unavailable
from data.records.archived import Archived, Lock
from data.records.retention import Storage
from tests.contract import seaweedfs
from tests.contract.archives import SMALL_PARTS, InBucket, never, now, put
from workflows.adapters.s3_archive.bucket import Bucket
from workflows.adapters.s3_archive.listing import Placed
from workflows.adapters.s3_archive.reading import Reader
from workflows.adapters.s3_archive.store import S3Archive

UNTIL = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
KEPT = Wrapping(
    keeping={
        "weights": Keeping(until=UNTIL, held=True, storage=Storage.INFREQUENT),
        "": Keeping(until=UNTIL - timedelta(minutes=30)),
    }
)


TAGS = [
    *("artifacts.json", "bag-info.txt", "bagit.txt", "manifest-sha256.txt"),
    *("objects.json", "sources.json", "tagmanifest-sha256.txt"),
]


@pytest.fixture
def locked(seaweed: tuple[str, Path]) -> InBucket:
    return InBucket(*seaweed, locks=True)


def heads(kept: InBucket, archived: Archived) -> dict[str, Any]:
    """What the bucket says of each object, by its path in the bag."""
    prefix = kept.key(archived, "")
    found = kept.client.list_object_versions(Bucket=kept.name, Prefix=prefix)["Versions"]
    return {
        one["Key"].removeprefix(prefix): kept.client.head_object(
            Bucket=kept.name, Key=one["Key"], VersionId=one["VersionId"], ChecksumMode="ENABLED"
        )
        for one in found
    }


def test_each_object_is_locked_held_stored_and_encrypted_from_its_first_moment(
    seaweed: tuple[str, Path], model: Path
) -> None:
    kept = InBucket(*seaweed, locks=True, kms_key=seaweedfs.KMS_KEY)
    archived = put(kept.store, model, wrapping=KEPT).archived
    assert archived.lock is Lock.GOVERNANCE
    found = {
        path: (
            head.get("ObjectLockMode"),
            head.get("ObjectLockRetainUntilDate"),
            head.get("ObjectLockLegalHoldStatus", "OFF"),
            head.get("StorageClass", "STANDARD"),
            head.get("SSEKMSKeyId"),
        )
        for path, head in heads(kept, archived).items()
    }
    longest = ("GOVERNANCE", UNTIL, "ON")
    assert found == {
        "data/weights/w.bin": (*longest, "STANDARD_IA", seaweedfs.KMS_KEY),
        "data/card.md": ("GOVERNANCE", UNTIL - timedelta(minutes=30), "OFF", "STANDARD", seaweedfs.KMS_KEY),
        **dict.fromkeys(TAGS, (*longest, "STANDARD", seaweedfs.KMS_KEY)),
    }
    assert kept.store.drill(archived, now, never).files == 2


def test_every_version_is_on_record_by_one_id(locked: InBucket, model: Path) -> None:
    archived = put(locked.store, model).archived
    found = heads(locked, archived)
    key = locked.key(archived, "objects.json")
    answer = locked.client.get_object(Bucket=locked.name, Key=key, VersionId=archived.version)
    listed = json.loads(answer["Body"].read())
    assert {one["path"]: (one["version"], one["checksum"], one["bytes"]) for one in listed["objects"]} == {
        path: (head["VersionId"], head["ChecksumSHA256"], head["ContentLength"])
        for path, head in found.items()
        if path != "objects.json"
    }
    assert found["data/weights/w.bin"]["ChecksumSHA256"].endswith("-2")
    assert listed["part_bytes"] == SMALL_PARTS["part_bytes"]


def test_what_others_put_over_an_archive_is_told_and_hides_nothing(locked: InBucket, model: Path) -> None:
    archived = put(locked.store, model).archived
    place = locked.key(archived, "").rstrip("/")
    locked.client.put_object(Bucket=locked.name, Key=f"{place}/data/card.md", Body=b"forged")
    locked.client.put_object(Bucket=locked.name, Key=f"{place}/data/more.bin", Body=b"forged")
    for name in ("objects.json", "data/weights/w.bin"):
        locked.client.delete_object(Bucket=locked.name, Key=f"{place}/{name}")
    assert locked.store.exists(archived)
    assert locked.store.drill(archived, now, never).noticed == (
        "data/card.md: a newer version lies over it",
        "data/more.bin is not of this archive",
        "data/weights/w.bin: a delete marker hides it",
        "objects.json: a delete marker hides it",
    )


def test_a_locked_archive_is_not_pruned_and_the_reason_is_told_of_all(locked: InBucket, model: Path) -> None:
    archived = put(locked.store, model, wrapping=KEPT).archived
    before = locked.everything()
    with pytest.raises(Refused) as refused:
        locked.store.prune(archived, ["card.md", "weights/w.bin"], b"stone", Keeping(), now())
    where = f"{locked.where(archived)}/data"
    earlier = UNTIL - timedelta(minutes=30)
    assert refused.value.reasons == (
        f"{where}/card.md is locked (governance) until {earlier:%Y-%m-%d %H:%M} UTC",
        f"{where}/weights/w.bin has a legal hold on it",
    )
    assert locked.everything() == before


def test_a_lock_only_ever_gets_longer_and_a_hold_goes_once_it_is_released(
    locked: InBucket, model: Path
) -> None:
    archived = put(locked.store, model, wrapping=KEPT).archived
    later = UNTIL + timedelta(hours=1)
    locked.store.keep(archived, Keeping(until=UNTIL - timedelta(minutes=45), held=True))
    assert {
        (
            head["ObjectLockRetainUntilDate"] >= UNTIL - timedelta(minutes=30),
            head["ObjectLockLegalHoldStatus"],
        )
        for head in heads(locked, archived).values()
    } == {(True, "ON")}
    locked.store.keep(archived, Keeping(until=later))
    assert {
        (head["ObjectLockMode"], head["ObjectLockRetainUntilDate"], head["ObjectLockLegalHoldStatus"])
        for head in heads(locked, archived).values()
    } == {("GOVERNANCE", later, "OFF")}


def test_a_lock_that_somebody_shortened_is_told_whenever_its_file_is_read(
    locked: InBucket, model: Path
) -> None:
    archived = put(locked.store, model, wrapping=KEPT).archived
    card, earlier = heads(locked, archived)["data/card.md"], UNTIL - timedelta(minutes=30)
    shorter = earlier - timedelta(minutes=15)
    locked.client.put_object_retention(
        Bucket=locked.name,
        Key=locked.key(archived, "data/card.md"),
        VersionId=card["VersionId"],
        Retention={"Mode": "GOVERNANCE", "RetainUntilDate": shorter},
        BypassGovernanceRetention=True,
    )
    told = (
        f"data/card.md was locked until {earlier:%Y-%m-%d %H:%M} UTC and is until {shorter:%Y-%m-%d %H:%M} UTC now",
    )
    assert locked.store.drill(archived, now, never).noticed == told
    assert locked.store.audit(archived, Turn(bytes_max=1 << 30), now, never).noticed == told
    assert locked.store.audit(archived, Turn(), now, never).noticed == ()


@pytest.mark.parametrize("name", ["data/../../../card.md", f"data/{'d/' * 10_000}x"], ids=["up", "deep"])
def test_an_archive_that_lists_what_leads_elsewhere_is_not_fetched(
    seaweed: tuple[str, Path], model: Path, tmp_path: Path, name: str
) -> None:
    kept = InBucket(*seaweed, locks=False)
    archived = put(kept.store, model).archived
    key = kept.key(archived, "objects.json")
    listed = kept.client.get_object(Bucket=kept.name, Key=key)["Body"].read()
    seaweedfs.put(kept.client, kept.name, key, listed.replace(b"data/card.md", name.encode()))
    with pytest.raises(Corrupt, match="lists what leads out of it"):
        kept.store.fetch(archived, tmp_path / "a/back", now, never)
    assert list((tmp_path / "a").iterdir()) == []


def test_of_some_files_kept_longer_the_manifest_is_too(locked: InBucket, model: Path) -> None:
    archived = put(locked.store, model).archived
    locked.store.keep(archived, Keeping(until=UNTIL, held=True), paths=["card.md"])
    locked.store.keep(archived, Keeping(), paths=["card.md"])
    found = {
        path: (head.get("ObjectLockMode"), head.get("ObjectLockLegalHoldStatus", "OFF"))
        for path, head in heads(locked, archived).items()
    }
    assert found["data/weights/w.bin"] == (None, "OFF")
    assert found["data/card.md"] == ("GOVERNANCE", "OFF")
    assert found["manifest-sha256.txt"] == found["objects.json"] == ("GOVERNANCE", "ON")
    locked.store.keep(archived, Keeping(), paths=())
    held = {
        path: head.get("ObjectLockLegalHoldStatus", "OFF") for path, head in heads(locked, archived).items()
    }
    assert set(held.values()) == {"OFF"}


@pytest.mark.parametrize("locks", [True, False], ids=["locks", "plain"])
def test_a_bucket_that_cannot_lock_is_used_and_says_so_unless_a_lock_was_asked_for(
    seaweed: tuple[str, Path], model: Path, locks: bool
) -> None:
    kept = InBucket(*seaweed, locks=locks)
    archived = put(kept.store, model, wrapping=KEPT).archived
    assert archived.lock is (Lock.GOVERNANCE if locks else Lock.NONE)
    asked = S3Archive(
        Bucket(f"s3://{kept.name}/{kept.prefix}-other", endpoint_url=seaweed[0], lock=Lock.COMPLIANCE),
        **SMALL_PARTS,
    )
    if locks:
        assert put(asked, model, wrapping=KEPT).archived.lock is Lock.COMPLIANCE
        return
    with pytest.raises(Refused) as refused:
        put(asked, model, wrapping=KEPT)
    assert str(refused.value) == (
        f"Cannot archive to s3://{kept.name}/{kept.prefix}-other: EMERITUS_ARCHIVE_LOCK = compliance, "
        f"and the bucket {kept.name} has no Object Lock. Turn Object Lock on for the bucket, "
        "or set EMERITUS_ARCHIVE_LOCK to none: then whoever may write there can delete an archive"
    )


def test_a_bucket_that_is_not_there_is_waited_for(seaweed: tuple[str, Path], model: Path) -> None:
    with pytest.raises(Unavailable) as gone:
        put(S3Archive(Bucket("s3://no-such-bucket/models", endpoint_url=seaweed[0])), model)
    assert str(gone.value) == (
        "Cannot reach the archive s3://no-such-bucket/models: there is no bucket no-such-bucket. "
        "Make it or correct EMERITUS_ARCHIVE; it is tried again"
    )


def test_one_object_that_was_planted_is_put_aside_and_never_taken_for_ours(
    locked: InBucket, model: Path
) -> None:
    """Where a run that was killed left off, somebody may have written something of the same length."""
    archived = put(locked.store, model).archived
    locked.hide(archived)
    key = locked.key(archived, "data/card.md")
    seaweedfs.put(locked.client, locked.name, key, b"# CHURN")
    with pytest.raises(Unavailable, match="is not what is archived now"):
        put(locked.store, model)
    again = put(locked.store, model).archived
    assert locked.store.drill(again, now, never).noticed == ()


KILLED_IN_THE_MIDDLE = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from tests.contract.archives import SMALL_PARTS, artifacts_of
from data.archive.results import Wrapping
from workflows.adapters.s3_archive.bucket import Bucket
from workflows.adapters.s3_archive.store import S3Archive

url, endpoint, model, chunks, files = sys.argv[1:]
left = int(chunks)
bucket = Bucket(url, endpoint_url=endpoint)

def arrived():
    return bucket.client.list_objects_v2(Bucket=bucket.name, Prefix=bucket.key(""))["KeyCount"]

def killed():
    global left
    left -= 1
    if not left:
        while arrived() < int(files):
            pass  # the server is asked again until it has what was sent
        os.kill(os.getpid(), signal.SIGKILL)
    return False

store = S3Archive(bucket, **SMALL_PARTS)
store.put("churn-v3", artifacts_of(Path(model)), Wrapping(), lambda: datetime(2026, 3, 2, tzinfo=UTC), killed)
"""


@pytest.mark.parametrize(
    ("chunks", "files"), [(6, 0), (7, 1)], ids=["in the middle of a file", "before the last file"]
)
def test_a_copy_that_was_killed_goes_on_without_sending_anything_again(
    seaweed: tuple[str, Path], model: Path, chunks: int, files: int
) -> None:
    kept = InBucket(*seaweed, locks=True)
    arguments = [kept.bucket.where(), seaweed[0], str(model), str(chunks), str(files)]
    run = subprocess.run([sys.executable, "-c", KILLED_IN_THE_MIDDLE, *arguments], check=False)
    assert run.returncode == -signal.SIGKILL
    begun = kept.everything()
    uploads = kept.uploads()
    assert (len(begun), len(uploads)) == (files, 1 - files)
    archived = put(kept.store, model).archived
    assert kept.uploads() == []
    assert set(begun) <= set(kept.everything())
    assert len(kept.everything()) == 9
    assert kept.store.drill(archived, now, never).files == 2


def test_all_that_lies_in_cold_storage_is_asked_back_at_once_and_the_wait_is_told() -> None:
    """No server to be had here has cold storage: what S3 answers is scripted."""
    client = seaweedfs.a_client("http://127.0.0.1:9")
    names = ("data/a.bin", "data/b.bin")
    objects = [
        Placed(path=path, version="v1", bytes=1, sha256="aa", checksum="aa", storage=Storage.COLD)
        for path in names
    ]
    with Stubber(client) as stub:
        for _ in names:
            stub.add_client_error("get_object", "InvalidObjectState", http_status_code=403)
        address = {"Bucket": "cold", "Key": f"m/churn/1/{names[0]}", "VersionId": "v1"}
        request = {"Days": 7, "GlacierJobParameters": {"Tier": "Standard"}}
        stub.add_response("restore_object", {}, {**address, "RestoreRequest": request})
        stub.add_client_error("restore_object", "RestoreAlreadyInProgress", http_status_code=409)
        with pytest.raises(Unavailable) as waiting:
            Reader(Bucket("s3://cold/m", client=client), "churn/1").require_at_hand(objects)
        stub.assert_no_pending_responses()
    assert str(waiting.value) == (
        "2 files lie in cold storage in s3://cold/m/churn/1 and were asked back: "
        "that takes 3 to 5 hours, and 12 from Deep Archive. It is tried again"
    )


@pytest.fixture
def own_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[seaweedfs.Server]:
    """For what does harm to all that is on it."""
    for name, value in seaweedfs.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    server = seaweedfs.Server(tmp_path)
    yield server
    server.stop()


@pytest.mark.long
def test_a_key_that_is_lost_turns_the_archive_red_though_all_that_s3_says_of_it_is_fine(
    own_server: seaweedfs.Server, model: Path
) -> None:
    kept = InBucket(own_server.url, own_server.folder, locks=True, kms_key=seaweedfs.KMS_KEY)
    archived = put(kept.store, model).archived
    own_server.restart()
    assert heads(kept, archived)["data/weights/w.bin"]["ChecksumSHA256"].endswith("-2")
    assert not kept.store.exists(archived)
    for check in (
        lambda: kept.store.audit(archived, Turn(), now, never),
        lambda: kept.store.drill(archived, now, never),
    ):
        with pytest.raises(Corrupt) as red:
            check()
    assert str(red.value) == (
        f"{kept.where(archived)}/objects.json cannot be read: S3 shows it and cannot give it (InternalError); "
        f"see to its key {seaweedfs.KMS_KEY}. Bring the files back from a copy of yours: it is looked at again each day"
    )


@pytest.mark.nightly
def test_one_bit_that_flips_on_the_servers_disk_is_found_and_its_file_named(
    own_server: seaweedfs.Server, model: Path
) -> None:
    """The server sees it itself and breaks off."""
    kept = InBucket(own_server.url, own_server.folder, locks=True)
    archived = put(kept.store, model).archived
    kept.flip_on_disk()
    with pytest.raises(Corrupt) as red:
        kept.store.drill(archived, now, never)
    assert str(red.value).startswith("data/weights/w.bin cannot be read: ")
