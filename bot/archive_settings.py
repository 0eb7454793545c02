"""What the environment says of a bucket that archives are kept in."""

from __future__ import annotations

import re
from collections.abc import Mapping

from data.records.archived import Lock
from data.records.base import Record

# docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_URL = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*'()-]+)*/?")


class ArchiveBucket(Record, frozen=True, kw_only=True):
    """`lock`: None is as firm as governance, where the bucket can lock. `kms_key`: empty is the bucket's default."""

    url: str
    lock: Lock | None = None
    kms_key: str = ""


GIB_PER_DAY, EVERY_DAYS = 100, 90
"""An hour of reading at 30 MB/s, and each file four times a year: archives are to be checked at fixed intervals (NDSA
Levels of Digital Preservation, level 3, ndsa.org/publications/levels-of-digital-preservation); how long is ours.
"""
GIB_PER_DAY_MAX = 1_000_000


def read_fixity(environ: Mapping[str, str]) -> tuple[int, dict[str, str]]:
    """How much of archives is read again a day, and what is accepted where that is wrong."""
    said = environ.get(name := "EMERITUS_FIXITY_GIB_PER_DAY", "")
    if said and not (said.isdecimal() and int(said) <= GIB_PER_DAY_MAX):
        return GIB_PER_DAY, {name: f"a whole number from 0 to {GIB_PER_DAY_MAX:,}"}
    return int(said or GIB_PER_DAY), {}


def read_bucket(environ: Mapping[str, str]) -> tuple[ArchiveBucket | None, dict[str, str]]:
    """None where it is none, and of each variable that is wrong what is accepted."""
    url = environ.get("EMERITUS_ARCHIVE", "")
    lock, kms_key = environ.get("EMERITUS_ARCHIVE_LOCK", ""), environ.get("EMERITUS_ARCHIVE_KMS_KEY", "")
    wrong: dict[str, str] = {}
    if lock and lock not in tuple(Lock):
        wrong["EMERITUS_ARCHIVE_LOCK"] = f"one of {', '.join(Lock)}"
    if "://" not in url:
        only = "only a bucket can do that; set EMERITUS_ARCHIVE to s3://bucket/prefix, or leave this out"
        if lock not in ("", Lock.NONE):
            wrong.setdefault("EMERITUS_ARCHIVE_LOCK", only)
        if kms_key:
            wrong["EMERITUS_ARCHIVE_KMS_KEY"] = only
        return None, wrong
    if _URL.fullmatch(url) is None or ".." in url:
        wrong["EMERITUS_ARCHIVE"] = (
            "a directory, or s3://bucket/prefix with the name of a bucket in small letters, and in the prefix no "
            "blank and no empty part"
        )
    if wrong:
        return None, wrong
    return ArchiveBucket(url=url.rstrip("/"), lock=Lock(lock) if lock else None, kms_key=kms_key), {}
