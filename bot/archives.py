"""The archive that the settings name: a directory, or a bucket.

What speaks to AWS is loaded only where somebody wants an archive: most commands do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.archive_settings import ArchiveBucket
from bot.keeping import own_files
from bot.settings import Settings

if TYPE_CHECKING:
    from workflows.adapters.artifact_sources import ArtifactSources
    from workflows.adapters.s3_archive.bucket import Bucket
    from workflows.artifact_store import ArtifactStore


def open_archive(settings: Settings, sources: ArtifactSources | None = None) -> ArtifactStore:
    """`sources`: where artifacts come from, for whoever puts some."""
    if settings.bucket is None:
        from workflows.adapters.local_directory import LocalDirectory  # noqa: PLC0415

        return LocalDirectory(settings.archive, sources)
    from workflows.adapters.s3_archive.store import S3Archive  # noqa: PLC0415

    return S3Archive(bucket_of(settings.bucket), sources)


def open_sources(settings: Settings) -> ArtifactSources:
    """Where artifacts come from, on this machine and in its clouds."""
    from workflows.adapters.artifact_sources import ArtifactSources  # noqa: PLC0415

    return ArtifactSources(private=own_files(settings), hosts=settings.checks.hosts)


def bucket_of(wanted: ArchiveBucket) -> Bucket:
    """Its region, its credentials and any other server than AWS (AWS_ENDPOINT_URL_S3) are read as boto3 reads them."""
    from workflows.adapters.s3_archive.bucket import Bucket  # noqa: PLC0415

    return Bucket(wanted.url, lock=wanted.lock, kms_key=wanted.kms_key)
