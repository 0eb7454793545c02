"""What the environment says of where archives are kept: in a directory, a bucket or another cloud, and once more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bot import places
from bot.variables import ARCHIVE
from data.records.archived import Lock
from data.records.base import Record
from workflows.adapters.fsspec_archive.schemes import why_no_scheme

# docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_URL = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*'()-]+)*/?")
# What fsspec and its drivers take apart in addresses of their own is none of a bucket's or a prefix's name here.
_CLOUD_URL = re.compile(r"[a-z][a-z0-9+.-]*://[A-Za-z0-9][A-Za-z0-9_.@-]*(/[A-Za-z0-9!_.*'()-]+)*/?")
_ENDPOINT = re.compile(r"https?://[^\s/@?#]+(/[^\s@?#]*)?")


class ArchiveBucket(Record, frozen=True, kw_only=True):
    """`lock`: None is as firm as governance, where the bucket can lock. `kms_key`: empty is the bucket's default.

    endpoint_url   another server than the one boto3 finds; empty is that one
    variable       which of ours names it
    """

    url: str
    lock: Lock | None = None
    kms_key: str = ""
    endpoint_url: str = ""
    variable: str = "EMERITUS_ARCHIVE"


class ArchiveCloud(Record, frozen=True, kw_only=True):
    """A store that fsspec has a driver for; who we are there is read as that driver reads it."""

    url: str
    variable: str = "EMERITUS_ARCHIVE"


Elsewhere = ArchiveBucket | ArchiveCloud


class Archives(NamedTuple):
    """Where archives are kept; `copy_to`: and once more."""

    archive: Path | Elsewhere
    copy_to: Path | Elsewhere | None


def shown(place: Path | Elsewhere) -> str:
    """As people write it."""
    return str(place) if isinstance(place, Path) else place.url


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


def read_archives(environ: Mapping[str, str], *, writes: bool) -> tuple[Archives, dict[str, str]]:
    """Where they are kept, and of each variable that is wrong what is accepted.

    writes   directories have to be there, or be makeable
    """
    first, wrong = _place("EMERITUS_ARCHIVE", environ, ArchiveBucket(url=""), writes=writes)
    copy_to: Path | Elsewhere | None = None
    if environ.get(name := "EMERITUS_ARCHIVE_COPY", ""):
        unsaid = first if isinstance(first, ArchiveBucket) else ArchiveBucket(url="")
        copy_to, also = _place(name, environ, unsaid, writes=writes)
        if not (wrong or also) and (why := _why_in_one_place(first, copy_to)):
            also[name] = why
        wrong |= also
    return Archives(first or Path(ARCHIVE), copy_to), wrong


def _place(
    name: str, environ: Mapping[str, str], unsaid: ArchiveBucket, *, writes: bool
) -> tuple[Path | Elsewhere | None, dict[str, str]]:
    """What one variable names, and those that go with it say. `unsaid`: as it is where they say nothing."""
    url = environ.get(name, "") or ARCHIVE
    lock, kms_key, endpoint = (environ.get(f"{name}_{one}", "") for one in ("LOCK", "KMS_KEY", "ENDPOINT"))
    wrong: dict[str, str] = {}
    if lock and lock not in tuple(Lock):
        wrong[f"{name}_LOCK"] = f"one of {', '.join(Lock)}"
    if endpoint and _ENDPOINT.fullmatch(endpoint) is None:
        wrong[f"{name}_ENDPOINT"] = "the address of a server of S3, e.g. https://s3.example.com"
    if not url.startswith("s3://"):
        only = f"only a bucket can do that; set {name} to s3://bucket/prefix, or leave this out"
        asked = {"LOCK": lock not in ("", Lock.NONE), "KMS_KEY": kms_key, "ENDPOINT": endpoint}
        wrong = {f"{name}_{one}": only for one, said in asked.items() if said} | wrong
    if "://" not in url:
        if why := places.why_no_folder(Path(url), writes=writes):
            wrong[name] = why
        return Path(url), wrong
    if not url.startswith("s3://"):
        if why := _why_no_cloud(url):
            wrong[name] = why
        return (None if wrong else ArchiveCloud(url=url.rstrip("/"), variable=name)), wrong
    if _URL.fullmatch(url) is None or ".." in url:
        wrong[name] = (
            "a directory, or s3://bucket/prefix with the name of a bucket in small letters, and in the prefix no "
            "blank and no empty part"
        )
    if wrong:
        return None, wrong
    return (
        ArchiveBucket(
            url=url.rstrip("/"),
            lock=Lock(lock) if lock else unsaid.lock,
            kms_key=kms_key or unsaid.kms_key,
            endpoint_url=endpoint or unsaid.endpoint_url,
            variable=name,
        ),
        {},
    )


def _why_no_cloud(url: str) -> str:
    if _CLOUD_URL.fullmatch(url) is None or ".." in url:
        return "a directory, s3://bucket/prefix, or an address such as gs://bucket/prefix, without blanks and secrets"
    return why_no_scheme(url)


def _why_in_one_place(first: Path | Elsewhere | None, second: Path | Elsewhere | None) -> str:
    """Why a copy there would go with what it is a copy of."""
    if isinstance(first, Path) and isinstance(second, Path):
        one, other = first.resolve(), second.resolve()
        if one.is_relative_to(other) or other.is_relative_to(one):
            return "a directory that is not in EMERITUS_ARCHIVE, nor around it; best on another disk"
    if isinstance(first, Elsewhere) and isinstance(second, Elsewhere):
        servers = {one.endpoint_url for one in (first, second) if isinstance(one, ArchiveBucket)}
        urls = sorted((f"{first.url}/", f"{second.url}/"), key=len)
        if len(servers) <= 1 and urls[1].startswith(urls[0]):
            return (
                "a prefix that is not in EMERITUS_ARCHIVE, nor around it; best of a bucket in another region"
            )
    return ""
