"""Can archives be kept where the settings say, and how safe are they there? In a bucket that is tried."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.archive_settings import ArchiveBucket
from bot.archives import bucket_of
from bot.doctor.finding import Finding
from bot.keeping import open_store
from bot.replicas.buckets import why_another_bucket
from bot.replicas.marks import ARCHIVE
from bot.replicas.places import why_another
from bot.settings import Settings
from data.errors import EmeritusError
from data.records.archived import Lock
from workflows.adapters.s3_archive.bucket import Bucket
from workflows.adapters.s3_archive.canary import canary

NOT_PROOF = "not tamper-proof: whoever may write there can delete an archive"


def examine_archive(settings: Settings, now: datetime) -> Iterator[Finding]:
    yield from _first(settings, now)
    match settings.copy_to:
        case Path() as folder:
            yield Finding(what="second copy", ok=True, found=f"{folder} can be written")
        case ArchiveBucket() as wanted:
            yield from _tried(bucket_of(wanted), now, "second copy")


def _first(settings: Settings, now: datetime) -> Iterator[Finding]:
    if why := _why_not_shared(settings):
        yield Finding(what="archive", ok=False, found=f"{settings.archives_at}: {why}", fix=ARCHIVE.cure)
    elif settings.bucket is None:
        yield Finding(what="archive", ok=True, found=f"{settings.archive} can be written")
    else:
        yield from _tried(bucket_of(settings.bucket), now, ARCHIVE.name)


def _tried(bucket: Bucket, now: datetime, what: str) -> Iterator[Finding]:
    try:
        yield from _bucket(bucket, now, what)
    except EmeritusError as error:
        yield Finding(what=what, ok=False, found=str(error))


def _bucket(bucket: Bucket, now: datetime, what: str) -> Iterator[Finding]:
    traits = bucket.traits()
    mode = bucket.mode(traits)
    if mode is not Lock.NONE:
        who = "nobody" if mode is Lock.COMPLIANCE else "only who may bypass governance"
        found = (
            f"{bucket.where()} keeps versions and locks them ({mode}): {who} can delete one before its date"
        )
    elif traits.lockable:
        found = f"{bucket.where()} could lock, and {bucket.variable}_LOCK is none: {NOT_PROOF}"
    elif traits.versioned:
        found = f"{bucket.where()} keeps versions and has no Object Lock: {NOT_PROOF}"
    else:
        found = f"{bucket.where()} keeps no versions and has no Object Lock: {NOT_PROOF}"
    yield Finding(what=what, ok=True, found=found)
    for sign in canary(bucket, now):
        yield Finding(what=f"{what}, tried to {sign.tried}", ok=sign.ok, found=sign.found, fix=sign.fix)


def _why_not_shared(settings: Settings) -> str:
    """Why this is not the one the other replicas use. A store that cannot be read has said so."""
    if not settings.database:
        return ""
    try:
        store = open_store(settings, read_only=True)
        try:
            if settings.bucket is None:
                return why_another(store, ARCHIVE, settings.archive)
            return why_another_bucket(store, bucket_of(settings.bucket))
        finally:
            store.close()
    except EmeritusError:
        return ""
