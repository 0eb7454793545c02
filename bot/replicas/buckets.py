"""Do all replicas use the same bucket and prefix? Known by an object there, as a directory is by a file in it."""

from __future__ import annotations

from bot.archive_settings import ArchiveBucket, Elsewhere
from bot.archives import bucket_of, objects_of
from bot.replicas.marks import ARCHIVE, MARK_FILE, why_other
from data.errors import Refused
from data.postgres.places import Tables, mark_of, settle_mark
from workflows.adapters.fsspec_archive import beside
from workflows.adapters.s3_archive import marking


def take_bucket(store: Tables, place: Elsewhere) -> None:
    """Make sure that this is the one, which the first replica's becomes. Raises `Refused` for another one."""
    known = mark_of(store, ARCHIVE.name) or settle_mark(store, ARCHIVE.name, _marked(place))
    if why := why_other(known, _mark_at(place), ARCHIVE):
        raise Refused(f"Cannot run a replica with {place.url}", reasons=[why], next_step=ARCHIVE.cure)


def why_another_bucket(store: Tables, place: Elsewhere) -> str:
    known = mark_of(store, ARCHIVE.name)
    return why_other(known, _mark_at(place), ARCHIVE) if known else ""


def _marked(place: Elsewhere) -> str:
    if isinstance(place, ArchiveBucket):
        return marking.marked(bucket_of(place), MARK_FILE)
    return beside.marked(objects_of(place), MARK_FILE)


def _mark_at(place: Elsewhere) -> str:
    if isinstance(place, ArchiveBucket):
        return marking.mark_at(bucket_of(place), MARK_FILE)
    return beside.mark_at(objects_of(place), MARK_FILE)
