"""Which tables the record has, and how instants are written in them.

Written as SQLite understands it; `postgres_schema.py` spells it for PostgreSQL.
Instants are whole microseconds since 1970 in UTC: they sort, and no spelling of a zone can make two of one.
A row is waited for exactly while its `ready_at` is set: due, leased until, or to be retried at. The partial
indexes hold these rows only, so neither history nor what lies far ahead is ever scanned.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

from data.errors import Corrupt, Refused, Unavailable

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

# `set_at` is the version of the stream at which a timer was set: one set again is another timer.
_SETTINGS = "ALTER TABLE timers ADD COLUMN set_at INTEGER NOT NULL DEFAULT 0;\n"

# A command waits for earlier ones of the same `sender` only. Most rows of `inbox` are history.
_SENDERS = """
ALTER TABLE inbox ADD COLUMN sender TEXT NOT NULL DEFAULT '';
CREATE INDEX inbox_held ON inbox (sender, arrival) WHERE leased = 1;
"""

# The first import used to make these.
_CATALOG = """
CREATE TABLE IF NOT EXISTS entity (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, record TEXT NOT NULL,
    declared_in TEXT NOT NULL, file TEXT NOT NULL, unseen_since TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dependency (
    from_id TEXT NOT NULL, to_id TEXT NOT NULL, declared_in TEXT NOT NULL, declared_by TEXT NOT NULL,
    withdrawn_at TEXT, PRIMARY KEY (from_id, to_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS team (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, record TEXT NOT NULL, file TEXT NOT NULL, unseen_since TEXT
    ) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS member (
    team_id TEXT NOT NULL, position INTEGER NOT NULL, person_id TEXT NOT NULL, PRIMARY KEY (team_id, position)
    ) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS person (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, slack_id TEXT NOT NULL, record TEXT NOT NULL, file TEXT NOT NULL,
    unseen_since TEXT) WITHOUT ROWID;
"""

# Streams are listed by their first entries, which are few among all.
_OPENINGS = "CREATE INDEX events_opening ON events (position) WHERE version = 1;\n"

# The machine's `fold_version` that every state was folded with.
_FOLDS = """
CREATE TABLE fold_version (version INTEGER NOT NULL);
INSERT INTO fold_version VALUES (0);
"""

# What waits for an effect, whatever it waits with, and all that stopped: looked for often, and most rows are history.
_FOUND_AT_ONCE = """
CREATE INDEX effects_after ON effects (after_key) WHERE status = 'pending';
DROP INDEX effects_held;
CREATE INDEX inbox_trouble ON inbox (arrival) WHERE outcome = 'dead';
CREATE INDEX timers_trouble ON timers (due_at) WHERE ready_at IS NULL;
"""

# A timer is ready when it is due, or later: in a hundred thousand of them, a second index costs as much as all else.
_ONE_ORDER_OF_TIMERS = "DROP INDEX timers_due;\n"
# When an effect may last have happened, while nobody knows whether it did: any process may be the next to look.
_TRIES = "ALTER TABLE effects ADD COLUMN tried_at INTEGER;\n"

# Whose turn is first (`turn_at`, then `seq`), and which limits it counts to.
_TURNS = """
ALTER TABLE effects ADD COLUMN gate TEXT NOT NULL DEFAULT 'work';
ALTER TABLE effects ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE effects ADD COLUMN turn_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX effects_turn ON effects (gate, turn_at, seq) WHERE ready_at IS NOT NULL;
"""

# What a person has to mend something for, and is then tried again.
_HELD_UP = """
ALTER TABLE effects ADD COLUMN held_up INTEGER NOT NULL DEFAULT 0;
CREATE INDEX effects_held_up ON effects (seq) WHERE held_up = 1;
"""

# What waits for a person's working hours: until when, and how often it did. Such a try is none.
_KEPT = """
ALTER TABLE effects ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
ALTER TABLE effects ADD COLUMN kept_until INTEGER;
CREATE INDEX effects_kept ON effects (kept_until) WHERE kept_until IS NOT NULL;
"""

# A backup says when it was taken, and once it is in use again, when it was brought back.
_BACKUPS = "CREATE TABLE backups (taken_at INTEGER NOT NULL, restored_at INTEGER);\n"

# Who states an edge keeps it, whoever else states the same; calls that were seen are kept apart from what is stated.
_EDGES = """
CREATE TABLE edge (
    from_id TEXT NOT NULL, to_id TEXT NOT NULL, declared_by TEXT NOT NULL, source TEXT NOT NULL,
    declared_in TEXT NOT NULL, withdrawn_at TEXT, PRIMARY KEY (from_id, to_id, declared_by)) WITHOUT ROWID;
INSERT INTO edge SELECT from_id, to_id, declared_by, 'backstage', declared_in, withdrawn_at FROM dependency;
DROP TABLE dependency;
CREATE TABLE sighting (
    from_id TEXT NOT NULL, to_id TEXT NOT NULL, source TEXT NOT NULL, seen_in TEXT NOT NULL,
    first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, calls_per_day DOUBLE PRECISION,
    PRIMARY KEY (from_id, to_id, source)) WITHOUT ROWID;
"""

# Who imports finds what its sources stated before; who knows the catalog as it was, what changed since.
_CHANGES = """
CREATE INDEX entity_file ON entity (file) WHERE unseen_since IS NULL;
CREATE INDEX team_file ON team (file) WHERE unseen_since IS NULL;
CREATE INDEX person_file ON person (file) WHERE unseen_since IS NULL;
CREATE INDEX edge_declared_by ON edge (declared_by) WHERE withdrawn_at IS NULL;
CREATE TABLE catalog_change (version INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (version, id)) WITHOUT ROWID;
"""

# Ids that stand for a name are made with it: the same after a restart, in a copy and on every replica.
_SECRETS = """
CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL);
INSERT INTO secrets VALUES ('veil', randomblob(32));
"""

# The Merkle log over all entries: its leaves in the order in which they were sealed, what they hash to, every head.
_LOG = """
CREATE TABLE leaves (
    number INTEGER PRIMARY KEY, position INTEGER NOT NULL, stream TEXT NOT NULL, version INTEGER NOT NULL,
    digest BLOB NOT NULL);
CREATE UNIQUE INDEX leaves_entry ON leaves (stream, version);
CREATE TABLE tiles (level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (level, number));
CREATE TABLE heads (
    size INTEGER NOT NULL, root BLOB NOT NULL, checkpoint TEXT NOT NULL, sealed_at INTEGER NOT NULL,
    PRIMARY KEY (size, checkpoint));
CREATE TABLE sealed_until (xid INTEGER NOT NULL, position INTEGER NOT NULL);
INSERT INTO sealed_until VALUES (0, 0);
"""

STEPS_SET = "emeritus"
"""What sqlite-utils calls all of them together, in the table of those that were applied."""

# Each is applied once, and its name kept, in the commit that makes it. A step that was published never changes.
STEPS = {
    "first_tables": _RECORD + _QUEUES + _OUTBOX,
    "timers_know_their_setting": _SETTINGS,
    "commands_wait_for_their_sender": _SENDERS,
    "catalog_tables": _CATALOG,
    "streams_are_listed_by_their_opening": _OPENINGS,
    "states_know_their_fold": _FOLDS,
    "what_waits_or_stopped_is_found_at_once": _FOUND_AT_ONCE,
    "timers_have_one_order": _ONE_ORDER_OF_TIMERS,
    "effects_know_their_last_try": _TRIES,
    "effects_take_turns": _TURNS,
    "effects_say_that_they_are_held_up": _HELD_UP,
    "backups_say_when_they_were_taken": _BACKUPS,
    "edges_know_their_sources": _EDGES,
    "the_catalog_knows_what_changed": _CHANGES,
    "messages_wait_for_working_hours": _KEPT,
    "ids_without_a_name_have_a_secret": _SECRETS,
    "entries_are_sealed_in_a_log": _LOG,
}

_MADE = re.compile(r"CREATE (?:(?:UNLOGGED )?TABLE|(?:UNIQUE )?INDEX|SEQUENCE) (?:IF NOT EXISTS )?(\w+)")


def check_known(applied: Iterable[object], ours: Collection[str], where: object) -> None:
    """Refuse a record that a later version has changed already: nobody here knows its rules."""
    names = list(applied)
    if strange := [name for name in names if not isinstance(name, str) or not name.isidentifier()]:
        raise unsaid(where, f"{strange[0]!a} is no name of a step")
    if unknown := sorted(set(map(str, names)).difference(ours)):
        raise newer(where, ", ".join(unknown))


def unsaid(where: object, why: str) -> Corrupt:
    """Why nobody can tell which tables a record of ours has."""
    return Corrupt(
        f"{where} does not say which tables it has: {why}. Keep a copy of it, then restore the last backup"
    )


def newer(where: object, what: str) -> Unavailable:
    return Unavailable(f"{where} was written by a newer Emeritus ({what}). Install that version")


def incomplete(where: object) -> Unavailable:
    """Why a record that lacks tables cannot be read: only whoever writes may add them."""
    return Unavailable(
        f"{where} lacks tables of this version. Run emeritus serve on it once, which adds them"
    )


def foreign(where: object, found: str, *, next_step: str) -> Refused:
    """Why a database that somebody else filled stays as it is."""
    return Refused(
        f"{where} is no record of Emeritus",
        reasons=[f"{found}, and what others keep is never written to"],
        next_step=next_step,
    )


def relations(steps: Iterable[str]) -> tuple[str, ...]:
    """Every table, index and sequence that these steps make."""
    return tuple(dict.fromkeys(name for step in steps for name in _MADE.findall(step)))


def statements(step: str) -> tuple[str, ...]:
    return tuple(statement.strip() for statement in step.split(";\n") if statement.strip())
