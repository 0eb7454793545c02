"""Do all replicas use the same bucket and prefix? Known by an object there, as a directory is by a file in it."""

from __future__ import annotations

from bot.replicas.marks import ARCHIVE, MARK_FILE, why_other
from data.errors import Refused
from data.postgres.places import Tables, mark_of, settle_mark
from workflows.adapters.s3_archive.bucket import Bucket
from workflows.adapters.s3_archive.marking import mark_at, marked


def take_bucket(store: Tables, bucket: Bucket) -> None:
    """Make sure that this is the one, which the first replica's becomes. Raises `Refused` for another one."""
    known = mark_of(store, ARCHIVE.name) or settle_mark(store, ARCHIVE.name, marked(bucket, MARK_FILE))
    if why := why_other(known, mark_at(bucket, MARK_FILE), ARCHIVE):
        raise Refused(f"Cannot run a replica with {bucket.where()}", reasons=[why], next_step=ARCHIVE.cure)


def why_another_bucket(store: Tables, bucket: Bucket) -> str:
    known = mark_of(store, ARCHIVE.name)
    return why_other(known, mark_at(bucket, MARK_FILE), ARCHIVE) if known else ""
