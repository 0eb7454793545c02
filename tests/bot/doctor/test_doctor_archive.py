"""What the doctor says of the place where archives are kept."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import fsspec
import pytest

from bot.archive_settings import ArchiveCloud
from bot.archives import canary_of
from bot.doctor.archive import examine_archive
from bot.settings import Settings, read
from tests.contract.archives import InBucket
from workflows.adapters.fsspec_archive.schemes import scheme_of

TRIED = "archive, tried to"

Told = Callable[..., list[str]]


@pytest.fixture
def told(seaweed: tuple[str, Path], monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", seaweed[0])

    def lines(url: str, **more: str) -> list[str]:
        settings = read({"EMERITUS_ARCHIVE": url, **more})
        return [str(finding) for finding in examine_archive(settings, datetime.now(UTC))]

    return lines


def test_a_bucket_that_locks_is_tried_and_every_try_is_a_line(seaweed: tuple[str, Path], told) -> None:  # type: ignore[no-untyped-def]
    bucket = InBucket(*seaweed, locks=True).bucket
    how = "keeps versions and locks them (compliance): nobody can delete one before its date"
    assert told(bucket.where(), EMERITUS_ARCHIVE_LOCK="compliance") == [
        f"ok  archive: {bucket.where()} {how}",
        f"ok  {TRIED} send other content than its digest says: refused (BadDigest)",
        f"ok  {TRIED} read it back: it came back as it was",
        f"ok  {TRIED} delete it: refused (AccessDenied)",
        f"ok  {TRIED} shorten its lock: refused (AccessDenied)",
        f"ok  {TRIED} change the mode of its lock: refused (AccessDenied)",
        f"ok  {TRIED} bypass its lock: refused (AccessDenied)",
        f"ok  {TRIED} lock what comes in parts: it is locked",
    ]


def test_a_bucket_that_cannot_lock_is_said_to_be_no_proof(seaweed: tuple[str, Path], told) -> None:  # type: ignore[no-untyped-def]
    bucket = InBucket(*seaweed, locks=False).bucket
    assert told(bucket.where())[0] == (
        f"ok  archive: {bucket.where()} keeps no versions and has no Object Lock: "
        "not tamper-proof: whoever may write there can delete an archive"
    )


def test_a_bucket_or_key_that_is_not_there_is_told_with_what_to_do(seaweed: tuple[str, Path], told) -> None:  # type: ignore[no-untyped-def]
    (gone,) = told("s3://no-such-bucket/models")
    assert gone == (
        "BAD archive: Cannot reach the archive s3://no-such-bucket/models: there is no bucket no-such-bucket. "
        "Make it or correct EMERITUS_ARCHIVE; it is tried again"
    )
    bucket = InBucket(*seaweed, locks=False).bucket
    (*_, keyless) = told(bucket.where(), EMERITUS_ARCHIVE_KMS_KEY="no")
    assert keyless.startswith(f"BAD archive: Cannot write {bucket.where()}/.canary/")


def test_a_second_copy_in_a_bucket_is_tried_as_well_and_told_apart(
    seaweed: tuple[str, Path], told: Told, tmp_path: Path
) -> None:
    copy = InBucket(*seaweed, locks=True).bucket.where()
    how = {"EMERITUS_ARCHIVE_COPY": copy, "EMERITUS_ARCHIVE_COPY_LOCK": "governance"}
    first, second, *tried = told(str(tmp_path), **how)
    assert first == f"ok  archive: {tmp_path} can be written"
    assert second.startswith(f"ok  second copy: {copy} keeps versions and locks them (governance)")
    assert len(tried) == 6
    (bad,) = (line for line in tried if not line.startswith("ok  second copy, tried to "))
    assert bad.startswith("BAD second copy, tried to bypass its lock: it was done")
    tries = canary_of(read({"EMERITUS_ARCHIVE": str(tmp_path), **how}))
    assert tries is not None
    (bypassed,) = tries(datetime.now(UTC))
    assert bypassed.startswith("second copy, bypass its lock: it was done")
    gone = told(str(tmp_path), EMERITUS_ARCHIVE_COPY="s3://no-such-bucket")[-1]
    assert "correct EMERITUS_ARCHIVE_COPY; it is tried again" in gone


def test_what_another_cloud_lacks_is_said_and_what_it_promises_is_tried(tmp_path: Path) -> None:
    fsspec.filesystem("memory").makedirs("/archives", exist_ok=True)
    settings = Settings(store=tmp_path / "emeritus.db", archive=ArchiveCloud(url="memory://archives/doctor"))
    first, read = (str(finding) for finding in examine_archive(settings, datetime.now(UTC)))
    lacks = ", no ".join(scheme_of("memory://archives").lacks)
    assert first == (
        f"ok  archive: memory://archives/doctor, in a store that fsspec knows, has no {lacks}: "
        "not tamper-proof: whoever may write there can delete an archive"
    )
    assert read == f"ok  {TRIED} read it back: it came back as it was"


def test_a_running_bot_tries_the_same_and_hears_only_of_what_was_not_refused(
    seaweed: tuple[str, Path], told: Told
) -> None:
    where = InBucket(*seaweed, locks=True).bucket.where()

    def unrefused(**more: str) -> tuple[str, ...]:
        tries = canary_of(read({"EMERITUS_ARCHIVE": where, **more}))
        assert tries is not None
        return tries(datetime.now(UTC))

    assert unrefused(EMERITUS_ARCHIVE_LOCK="compliance") == ()
    (bypassed,) = unrefused()
    assert bypassed.startswith("bypass its lock: it was done")
    assert canary_of(read({})) is None
