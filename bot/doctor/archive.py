"""Can archives be kept where the settings say, and how safe are they there? In a bucket that is tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from bot.archive_settings import ArchiveBucket, ArchiveCloud, Elsewhere
from bot.archives import bucket_of, objects_of
from bot.doctor.finding import Finding
from bot.keeping import open_store
from bot.replicas.buckets import why_another_bucket
from bot.replicas.marks import ARCHIVE
from bot.replicas.places import why_another
from bot.settings import Settings
from data.errors import EmeritusError
from data.records.archived import Lock
from workflows.adapters.fsspec_archive.beside import tried
from workflows.adapters.fsspec_archive.objects import Objects
from workflows.adapters.s3_archive.bucket import Bucket
from workflows.adapters.s3_archive.canary import Sign, canary

NOT_PROOF = "not tamper-proof: whoever may write there can delete an archive"


def examine_archive(settings: Settings, now: datetime) -> Iterator[Finding]:
    yield from _first(settings, now)
    match settings.copy_to:
        case Path() as folder:
            yield Finding(what="second copy", ok=True, found=f"{folder} can be written")
        case ArchiveBucket() | ArchiveCloud() as wanted:
            yield from _elsewhere(wanted, now, "second copy")


def _first(settings: Settings, now: datetime) -> Iterator[Finding]:
    if why := _why_not_shared(settings):
        yield Finding(what="archive", ok=False, found=f"{settings.archives_at}: {why}", fix=ARCHIVE.cure)
    elif isinstance(settings.archive, Path):
        yield Finding(what="archive", ok=True, found=f"{settings.archive} can be written")
    else:
        yield from _elsewhere(settings.archive, now, ARCHIVE.name)


def _elsewhere(place: Elsewhere, now: datetime, what: str) -> Iterator[Finding]:
    try:
        if isinstance(place, ArchiveBucket):
            yield from _bucket(bucket_of(place), now, what)
        else:
            yield from _cloud(objects_of(place), now, what)
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
    yield from _signs(canary(bucket, now), what)


def _cloud(objects: Objects, now: datetime, what: str) -> Iterator[Finding]:
    """What it lacks is no mistake of anybody's, and is said."""
    signs = list(tried(objects, now))
    scheme = objects.scheme
    lacks = ", no ".join(scheme.lacks)
    yield Finding(
        what=what, ok=True, found=f"{objects.where()}, in {scheme.store}, has no {lacks}: {NOT_PROOF}"
    )
    yield from _signs(signs, what)


def _signs(signs: Iterable[Sign], what: str) -> Iterator[Finding]:
    for sign in signs:
        yield Finding(what=f"{what}, tried to {sign.tried}", ok=sign.ok, found=sign.found, fix=sign.fix)


def _why_not_shared(settings: Settings) -> str:
    """Why this is not the one the other replicas use. A store that cannot be read has said so."""
    if not settings.database:
        return ""
    try:
        store = open_store(settings, read_only=True)
        try:
            if isinstance(settings.archive, Path):
                return why_another(store, ARCHIVE, settings.archive)
            return why_another_bucket(store, settings.archive)
        finally:
            store.close()
    except EmeritusError:
        return ""
