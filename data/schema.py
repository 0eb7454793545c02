"""Which tables the embedded record has, and how instants are written in them.

Instants are whole microseconds since 1970 in UTC: they sort, and no spelling of a zone can make two of one.
A row is waited for exactly while its `ready_at` is set: due, leased until, or to be retried at. The partial
indexes hold these rows only, so neither history nor what lies far ahead is ever scanned.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlite_utils import Database, Migrations

from data.errors import Unavailable

migrations = Migrations("emeritus")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def instant(stored: int) -> datetime:
    return _EPOCH + stored * _MICROSECOND


_RECORD = """
CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL, version INTEGER NOT NULL, stored BLOB NOT NULL, digest BLOB NOT NULL,
    UNIQUE (stream, version));
CREATE TABLE states (
    stream TEXT PRIMARY KEY, version INTEGER NOT NULL, digest BLOB NOT NULL, state BLOB NOT NULL);
CREATE TABLE prose (
    commitment TEXT PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL,
    salt BLOB NOT NULL, text TEXT NOT NULL, stored_at INTEGER NOT NULL);
CREATE INDEX prose_entry ON prose (stream, version);
CREATE TABLE receipts (
    key TEXT PRIMARY KEY, stream TEXT NOT NULL, outcome TEXT NOT NULL, version INTEGER NOT NULL,
    reply TEXT NOT NULL);
CREATE TABLE numbers (prefix TEXT PRIMARY KEY, last INTEGER NOT NULL);
CREATE TABLE reservations (id TEXT PRIMARY KEY, stream TEXT NOT NULL);
CREATE INDEX reservations_stream ON reservations (stream);
CREATE TABLE catalog_version (version INTEGER NOT NULL);
INSERT INTO catalog_version VALUES (0);
"""

# `leased` says whether somebody holds the row; `ready_at` is then the end of the lease.
_QUEUES = """
CREATE TABLE inbox (
    arrival INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, command TEXT, reply_to TEXT,
    attempt INTEGER NOT NULL DEFAULT 0, first_tried INTEGER,
    leased INTEGER NOT NULL DEFAULT 0, ready_at INTEGER,
    outcome TEXT NOT NULL DEFAULT '', found TEXT NOT NULL DEFAULT '{}', why TEXT NOT NULL DEFAULT '');
CREATE INDEX inbox_ready ON inbox (ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX inbox_arrival ON inbox (arrival) WHERE ready_at IS NOT NULL;
CREATE TABLE timers (
    stream TEXT NOT NULL, name TEXT NOT NULL, due_at INTEGER NOT NULL, command TEXT NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0, first_tried INTEGER,
    leased INTEGER NOT NULL DEFAULT 0, ready_at INTEGER,
    why TEXT NOT NULL DEFAULT '', PRIMARY KEY (stream, name));
CREATE INDEX timers_due ON timers (due_at) WHERE ready_at IS NOT NULL;
CREATE INDEX timers_ready ON timers (ready_at) WHERE ready_at IS NOT NULL;
"""

# `seq` is the place in the lane; `wanted` counts wishes, `claimed_wanted` those the last first try answered.
_OUTBOX = """
CREATE TABLE effects (
    key TEXT PRIMARY KEY, seq INTEGER NOT NULL UNIQUE, stream TEXT NOT NULL, effect BLOB NOT NULL,
    lane TEXT NOT NULL, after_key TEXT NOT NULL, batch TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending', ready_at INTEGER,
    attempt INTEGER NOT NULL DEFAULT 0, first_tried INTEGER,
    wanted INTEGER NOT NULL DEFAULT 1, claimed_wanted INTEGER NOT NULL DEFAULT 0,
    lead TEXT, merged BLOB, found TEXT NOT NULL DEFAULT '{}', why TEXT NOT NULL DEFAULT '');
CREATE INDEX effects_ready ON effects (ready_at, seq) WHERE ready_at IS NOT NULL;
CREATE INDEX effects_lane ON effects (lane, seq) WHERE ready_at IS NOT NULL;
CREATE INDEX effects_batch ON effects (batch) WHERE ready_at IS NOT NULL;
CREATE INDEX effects_held ON effects (after_key) WHERE status = 'pending' AND ready_at IS NULL;
CREATE INDEX effects_lead ON effects (lead) WHERE lead IS NOT NULL;
CREATE INDEX effects_trouble ON effects (status) WHERE status IN ('parked', 'dead');
"""


@migrations()
def first_tables(db: Database) -> None:
    for statement in (_RECORD + _QUEUES + _OUTBOX).split(";\n"):
        if statement.strip():
            db.execute(statement)


@migrations()
def timers_know_their_setting(db: Database) -> None:
    """`set_at` is the version of the stream at which a timer was set: one set again is another timer."""
    db.execute("ALTER TABLE timers ADD COLUMN set_at INTEGER NOT NULL DEFAULT 0")


def check_known(db: Database, path: object) -> None:
    """Refuse a record that a later version has changed already: nobody here knows its rules."""
    ours = {step.name for step in migrations.pending(Database(memory=True))}
    newer = sorted({step.name for step in migrations.applied(db)} - ours)
    if newer:
        raise Unavailable(
            f"{path} was written by a newer Emeritus ({', '.join(newer)}). Install that version"
        )


def check_complete(db: Database, path: object) -> None:
    """Refuse to read a record that lacks tables; only whoever writes may add them."""
    if migrations.pending(db):
        raise Unavailable(
            f"{path} lacks tables of this version. Run emeritus serve on it once, which adds them"
        )
