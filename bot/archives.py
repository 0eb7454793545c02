"""The archive that the settings name: a directory, a bucket, or a store of another cloud.

What speaks to AWS is loaded only where somebody wants an archive: most commands do not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.archive_settings import EVERY_DAYS, ArchiveBucket, ArchiveCloud, Elsewhere, shown
from bot.keeping import own_files
from bot.settings import Settings
from data.archive.manifest import sha256_id
from data.records.anchors import AnchorPlan
from data.records.fixity import FixityPlan

if TYPE_CHECKING:
    from workflows.adapters.artifact_sources import ArtifactSources
    from workflows.adapters.fsspec_archive.objects import Objects
    from workflows.adapters.s3_archive.bucket import Bucket
    from workflows.adapters.second_place import SecondPlace
    from workflows.anchor_store import Anchors, Stamper
    from workflows.artifact_store import ArtifactStore, Links


Canary = Callable[[datetime], tuple[str, ...]]


def open_archive(settings: Settings, sources: ArtifactSources | None = None) -> ArtifactStore:
    """`sources`: where artifacts come from, for whoever puts some."""
    return _store_at(settings.archive, sources)


def open_second(settings: Settings, archive: ArtifactStore) -> SecondPlace | None:
    """Where each archive has a second copy; None where nowhere."""
    if settings.copy_to is None:
        return None
    from workflows.adapters.second_place import SecondPlace  # noqa: PLC0415

    return SecondPlace(archive, _store_at(settings.copy_to), shown(settings.copy_to))


def _store_at(place: Path | Elsewhere, sources: ArtifactSources | None = None) -> ArtifactStore:
    match place:
        case Path():
            from workflows.adapters.local_directory import LocalDirectory  # noqa: PLC0415

            return LocalDirectory(place, sources)
        case ArchiveBucket():
            from workflows.adapters.s3_archive.store import S3Archive  # noqa: PLC0415

            return S3Archive(bucket_of(place), sources)
        case ArchiveCloud():
            from workflows.adapters.fsspec_archive.store import FsspecArchive  # noqa: PLC0415

            return FsspecArchive(objects_of(place), sources)


def open_anchors(settings: Settings) -> Anchors:
    """Where checkpoints of the log are kept beside the archives."""
    from workflows.adapters.fsspec_archive.beside import FsspecAnchors  # noqa: PLC0415
    from workflows.adapters.log_anchors import BucketAnchors, DirectoryAnchors  # noqa: PLC0415

    match settings.archive:
        case Path() as folder:
            return DirectoryAnchors(folder)
        case ArchiveBucket() as wanted:
            return BucketAnchors(bucket_of(wanted), settings.in_force().anchors.anchor_lock_days)
        case ArchiveCloud() as wanted:
            return FsspecAnchors(objects_of(wanted))


def open_stamper(settings: Settings) -> Stamper | None:
    """The time-stamping service that the operator named; None without one."""
    if settings.stamping is None:
        return None
    from workflows.adapters.time_stamps import TimeStamps  # noqa: PLC0415

    return TimeStamps(settings.stamping.address, settings.stamping.authorities)


def anchoring_of(settings: Settings) -> AnchorPlan:
    rules = settings.in_force().anchors
    return AnchorPlan(
        store=fixity_of(settings).store,
        lock_days=rules.anchor_lock_days,
        service=settings.stamping.address if settings.stamping else "",
        authorities=settings.stamping.authorities if settings.stamping else "",
        channel=rules.anchor_channel,
    )


def open_sources(settings: Settings) -> ArtifactSources:
    """Where artifacts come from, on this machine and in its clouds."""
    from workflows.adapters.artifact_sources import ArtifactSources  # noqa: PLC0415

    return ArtifactSources(private=own_files(settings), hosts=settings.checks.hosts)


def canary_of(settings: Settings) -> Canary | None:
    """Tries whether buckets still refuse what they have to; None for directories, which refuse nothing."""
    copy_to = settings.copy_to if isinstance(settings.copy_to, ArchiveBucket) else None
    wanted = {"": settings.bucket, "second copy, ": copy_to}
    buckets = {which: bucket_of(one) for which, one in wanted.items() if one is not None}
    if not buckets:
        return None
    from workflows.adapters.s3_archive.canary import canary  # noqa: PLC0415

    return lambda now: tuple(
        f"{which}{sign.tried}: {sign.found}. {sign.fix}"
        for which, bucket in buckets.items()
        for sign in canary(bucket, now)
        if not sign.ok
    )


def open_links(settings: Settings) -> Links | None:
    """What makes links to files of the archive; None for any but a bucket, to which there are none."""
    if settings.bucket is None:
        return None
    from workflows.adapters.s3_archive.links import links_of  # noqa: PLC0415

    return links_of(bucket_of(settings.bucket))


def fixity_of(settings: Settings) -> FixityPlan:
    """Where archives are is only on the record as a digest: it may tell of this machine."""
    bucket = settings.bucket
    where: tuple[str, ...] = (
        (settings.archives_at, str(bucket.lock), bucket.kms_key) if bucket else (settings.archives_at,)
    )
    if settings.copy_to is not None:
        where += (shown(settings.copy_to),)
    return FixityPlan(
        store=sha256_id("\n".join(where).encode()),
        gib_per_day=settings.fixity_gib_per_day,
        every_days=EVERY_DAYS,
    )


def objects_of(wanted: ArchiveCloud) -> Objects:
    from workflows.adapters.fsspec_archive.objects import Objects  # noqa: PLC0415

    return Objects(wanted.url, wanted.variable)


def bucket_of(wanted: ArchiveBucket) -> Bucket:
    """Its region, its credentials and any other server than AWS (AWS_ENDPOINT_URL_S3) are read as boto3 reads them."""
    from workflows.adapters.s3_archive.bucket import Bucket  # noqa: PLC0415

    return Bucket(
        wanted.url,
        lock=wanted.lock,
        kms_key=wanted.kms_key,
        endpoint_url=wanted.endpoint_url or None,
        variable=wanted.variable,
    )
