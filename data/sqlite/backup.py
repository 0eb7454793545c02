"""A copy of the record beside a running bot, and the way back. Both verify every entry first; neither overwrites.

A backup is one plain file that says when it was taken, so that nobody goes on with it as if no time had passed.
It is made with SQLite's own backup, in one step: one moment of the record, for which no writer has to wait.
What a record that was brought back cannot know is in sql/doubts.py.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from data.errors import Corrupt, Refused
from data.records.base import Record
from data.schema import instant, micros
from data.sql.doubts import Doubted, doubt_everything
from data.sql.record import SqlStore
from data.sqlite.schema import bring_up_to_date, check_known, check_ours
from data.sqlite.store import SqliteStore
from data.sqlite.writer import FileLock, as_ours
from data.store import Machine, Verified

T = TypeVar("T")

_BESIDE = ("-wal", "-shm")


class BackedUp(Record, frozen=True, kw_only=True, omit_defaults=False):
    """`bytes`: how large the file is."""

    path: str
    taken_at: datetime
    entries: int
    streams: int
    bytes: int


class Restored(Record, frozen=True, kw_only=True, omit_defaults=False):
    """`kept`: where what was there before is now; empty where nothing was."""

    path: str
    taken_at: datetime
    entries: int
    streams: int
    doubted: Doubted
    kept: str


def back_up(source: Path, destination: Path, machine: Machine, now: datetime) -> BackedUp:
    """Copy the record to a new file, while others may write.

    Raises `Refused` where there is a file already, `Corrupt` when the record does not hold; nothing is left then.
    """
    _check_free(destination)
    with _beside(destination) as partial:
        with closing(SqliteStore(source, machine, read_only=True)) as store, store.reading() as conn:
            _copied(conn, partial, lambda copy: _taken(copy, now), source)
        checked = _verified(
            partial, machine, "No backup was made; keep the older ones, and restore the last that holds"
        )
        _check_free(destination)
        size = _put(partial, destination)
    return BackedUp(
        path=str(destination), taken_at=now, entries=checked.entries, streams=checked.streams, bytes=size
    )


def restore(
    source: Path,
    destination: Path,
    machine: Machine,
    now: datetime,
    *,
    replace: bool,
    redraw: Callable[[SqlStore], None],
) -> Restored:
    """Put the record of a backup in place; `redraw` wants what Slack shows of it drawn anew.

    replace   what is there may be moved aside; it is kept under another name

    Raises `Unavailable` while an Emeritus has the place, `Refused` when it is taken, `Corrupt` for a backup that
    does not hold; then everything is as it was.
    """
    if not source.is_file():
        raise Refused(f"{source} does not exist", next_step="Give the file of a backup")
    if destination.exists() and destination.samefile(source):
        raise Refused(
            f"{source} is the place to restore to", next_step="Set EMERITUS_STORE to the file to run on"
        )
    lock = FileLock(destination)
    try:
        if _is_taken(destination) and not replace:
            raise Refused(
                f"{destination} holds a record already",
                next_step="Say --replace to move it aside; it is kept under another name",
            )
        with _beside(destination) as partial:
            taken_at, doubts = _brought_here(source, partial, now)
            with closing(SqliteStore(partial, machine)) as store:
                redraw(store)
            checked = _verified(partial, machine, "Nothing was changed. Restore an older backup")
            kept = _moved_aside(destination, now)
            _put(partial, destination)
    finally:
        lock.release()
    return Restored(
        path=str(destination),
        taken_at=taken_at,
        entries=checked.entries,
        streams=checked.streams,
        doubted=doubts,
        kept=str(kept or ""),
    )


def _brought_here(source: Path, partial: Path, now: datetime) -> tuple[datetime, Doubted]:
    """A copy with the tables of this version, and all of it doubted that may have been done since."""

    def job(copy: sqlite3.Connection) -> tuple[datetime, Doubted]:
        bring_up_to_date(copy)
        copy.execute("BEGIN IMMEDIATE")
        taken_at = _moment(copy, now)
        doubts = doubt_everything(copy, taken_at, now)
        copy.execute("COMMIT")
        return taken_at, doubts

    with _reported(source), closing(_opened(source)) as conn:
        check_ours(conn, source)
        check_known(conn, source)
        return _copied(conn, partial, job, source)


def _copied(
    conn: sqlite3.Connection, partial: Path, then: Callable[[sqlite3.Connection], T], source: Path
) -> T:
    """The whole record in one step, and `then` on the copy; one plain file is left."""
    with _reported(source, partial.parent), closing(sqlite3.connect(partial, isolation_level=None)) as copy:
        conn.backup(copy)
        copy.execute("PRAGMA synchronous = FULL")
        copy.execute("PRAGMA secure_delete = ON")
        copy.execute("PRAGMA journal_mode = DELETE")
        return then(copy)


def _taken(copy: sqlite3.Connection, now: datetime) -> None:
    copy.execute("INSERT INTO backups VALUES (?, NULL)", (micros(now),))


def _moment(copy: sqlite3.Connection, now: datetime) -> datetime:
    """When a record stood like this. A plain copy of a file does not say; its last entry was before."""
    said = copy.execute("SELECT taken_at FROM backups WHERE restored_at IS NULL").fetchone()
    if said:
        return instant(said[0])
    last = copy.execute("SELECT stored FROM events ORDER BY position DESC LIMIT 1").fetchone()
    return _DATED.decode(last[0]).event.at if last else now


class _At(msgspec.Struct, frozen=True):
    at: datetime


class _Dated(msgspec.Struct, frozen=True):
    event: _At


_DATED = msgspec.json.Decoder(_Dated)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _verified(path: Path, machine: Machine, next_step: str) -> Verified:
    with closing(SqliteStore(path, machine, read_only=True)) as store:
        checked = store.verify()
    if checked.bad:
        raise Corrupt(f"The record does not hold ({checked.bad}). {next_step}")
    return checked


@contextmanager
def _beside(destination: Path) -> Iterator[Path]:
    """A file for this user alone that becomes the destination once it is whole; gone when it does not."""
    try:
        number, name = tempfile.mkstemp(
            dir=destination.parent, prefix=f".{destination.name}.", suffix=".partial"
        )
    except OSError as error:
        raise Refused(
            f"{destination} cannot be written ({os.strerror(error.errno or 0)})",
            next_step="Give a path in a directory that is there and can be written",
        ) from error
    os.close(number)
    partial = Path(name)
    try:
        yield partial
    finally:
        for ending in ("", ".lock", "-journal", *_BESIDE):
            partial.with_name(partial.name + ending).unlink(missing_ok=True)


def _put(partial: Path, destination: Path) -> int:
    """On disk, then under its name, so that a power cut leaves all of it or nothing. Returns its size."""
    with partial.open("rb") as file:
        os.fsync(file.fileno())
        size = os.fstat(file.fileno()).st_size
    partial.replace(destination)
    folder = os.open(destination.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return size


def _check_free(destination: Path) -> None:
    if os.path.lexists(destination):
        raise Refused(f"{destination} exists already", next_step="Give a new name, e.g. one with the date")


def _is_taken(destination: Path) -> bool:
    return any(os.path.lexists(f"{destination}{ending}") for ending in ("", *_BESIDE))


def _moved_aside(destination: Path, now: datetime) -> Path | None:
    """Keep what is there, its log with it: next to another file that log would be read into it."""
    if not _is_taken(destination):
        return None
    # What is whole becomes one file, so that no instant of the move shows half of it.
    if destination.exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(destination)) as conn:
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = destination.with_name(f"{destination.name}.before-{now:%Y%m%dT%H%M%SZ}")
    _check_free(kept)
    for ending in _BESIDE:
        if os.path.lexists(f"{destination}{ending}"):
            Path(f"{destination}{ending}").rename(f"{kept}{ending}")
    if os.path.lexists(destination):
        # A second name rather than a move: at every instant there is a record in this place.
        try:
            os.link(destination, kept)
        except OSError:  # a file system that has no such thing
            destination.rename(kept)
    return kept


@contextmanager
def _reported(source: Path, folder: Path | None = None) -> Iterator[None]:
    """What SQLite could not do, as a sentence: of the source, unless it is about room for the copy."""
    try:
        yield
    except sqlite3.Error as error:
        is_full = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
        raise as_ours(error, folder if is_full and folder else source) from error
