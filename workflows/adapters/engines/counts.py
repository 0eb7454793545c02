"""What an engine counted, kept where it outlives a restart of the engine. One SQLite file for each endpoint.

An engine forgets its counters, or its log is taken away, so each look moves what is new over here, in one commit with
how far the look got: nothing is counted twice, whenever the bot dies. Unknown is never zero: only time from a start of
the engine up to a look is time in which it surely counted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from data.errors import Unavailable
from data.records.traffic import OTHERS, SLOWER_THAN, Arm, Count, Observed
from workflows.adapters.call_log import BUSY_SECONDS, EPOCH, Daily
from workflows.adapters.traffic_proxy.tally import CALLERS_MAX

MINUTE = timedelta(minutes=1)
REFUSED = "refused"
"""In the place of an arm: nobody answered these."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (id INTEGER PRIMARY KEY, since_us INTEGER NOT NULL, until_us INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS spans (
    from_us INTEGER NOT NULL, until_us INTEGER NOT NULL, caller TEXT NOT NULL, calls INTEGER NOT NULL,
    PRIMARY KEY (from_us, until_us, caller)
);
CREATE TABLE IF NOT EXISTS totals (
    arm TEXT NOT NULL, caller TEXT NOT NULL, tally BLOB NOT NULL, PRIMARY KEY (arm, caller)
);
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, said BLOB NOT NULL);
"""


class Tally(msgspec.Struct):
    """Calls of one caller that one arm was given."""

    calls: int = 0
    errors: int = 0
    timeouts: int = 0
    slower: dict[str, int] = {}

    def add(self, other: Tally) -> None:
        self.calls += other.calls
        self.errors += other.errors
        self.timeouts += other.timeouts
        both = self.slower, other.slower
        self.slower = {bound: n for bound in SLOWER_THAN if (n := sum(one.get(bound, 0) for one in both))}


class Span(NamedTuple):
    """When some calls were: at any moment of it."""

    begins: datetime
    ends: datetime


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """How far the last look got. `at`: when that was, None before the first; `more`: whatever the engine's adapter
    has to know to go on from there."""

    at: datetime | None = None
    more: dict[str, Any] = {}


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What a look found since the last one.

    started   when the engine began to run
    calls     by span and caller, whoever answered
    tallies   by arm, or REFUSED, and caller
    copies    mirrored, unanswered, shed
    under_way  calls that a model was given and has not answered yet
    is_whole  whether everything since the last look can be known
    """

    started: datetime
    more: dict[str, Any] = {}
    calls: Mapping[tuple[Span, str], int] = {}
    tallies: Mapping[tuple[str, str], Tally] = {}
    copies: tuple[int, int, int] = (0, 0, 0)
    under_way: int = 0
    is_whole: bool = True


# Built in one thread: two that are the first to read a type at the same time can crash msgspec 0.22.
_TALLY, _NOTE = msgspec.json.Decoder(Tally), msgspec.json.Decoder(Note)
_COPIES = msgspec.json.Decoder(tuple[int, int, int])
_BEGUN, _REACHED, _COPIED, _UNDER_WAY = "begun", "reached", "copies", "under way"


class Counts:
    """A connection each time: several processes look."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def look(self, read: Callable[[Note], Seen], now: datetime) -> None:
        """Have what is new read, and keep it. No other process looks meanwhile."""
        with self._writing() as db:
            note = _said(db, _REACHED)
            last = _NOTE.decode(note) if note else Note()
            seen = read(last)
            _lived(db, seen, last, now)
            if _said(db, _BEGUN) is None:
                # A log may be older than the engine that runs now.
                older = (span.begins for span, _ in seen.calls if span.ends <= seen.started)
                _say(db, _BEGUN, _us(min([seen.started, *older])))
            known = {caller for (caller,) in db.execute("SELECT DISTINCT caller FROM spans")}
            for (span, caller), calls in seen.calls.items():
                db.execute(
                    "INSERT INTO spans VALUES (?, ?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET calls = calls + excluded.calls",
                    [_us(span.begins), _us(span.ends), _known(caller, known), calls],
                )
            for (arm, caller), tally in seen.tallies.items():
                _add(db, arm, _known(caller, known), tally)
            copied = _COPIES.decode(_said(db, _COPIED) or b"[0,0,0]")
            _say(db, _COPIED, [one + new for one, new in zip(copied, seen.copies, strict=True)])
            _say(db, _UNDER_WAY, seen.under_way)
            _say(db, _REACHED, Note(at=now, more=seen.more))

    def begin(self, now: datetime) -> None:
        """Other models answer from now on: a sum of two says nothing of one. Who called when is kept."""
        if self._path.exists():
            with self._writing() as db:
                db.execute("DELETE FROM totals")
                db.execute("DELETE FROM notes WHERE name = ?", [_COPIED])
                _say(db, _BEGUN, _us(now))

    def observed(self) -> Observed:
        """Raises `Unavailable` before the first look."""
        notes = dict(self._rows("SELECT name, said FROM notes"))
        counts, refused = [], {}
        for arm, caller, raw in self._rows("SELECT arm, caller, tally FROM totals ORDER BY caller, arm"):
            tally = _TALLY.decode(raw)
            if arm == REFUSED:
                refused[caller] = tally.calls
            else:
                counts.append(Count(arm=Arm(arm), consumer=caller, **msgspec.structs.asdict(tally)))
        mirrored, unanswered, shed = _COPIES.decode(notes.get(_COPIED, b"[0,0,0]"))
        return Observed(
            since=_instant(int(notes[_BEGUN])),
            counts=tuple(counts),
            refused=refused,
            under_way=int(notes.get(_UNDER_WAY, 0)),
            mirrored=mirrored,
            unanswered=unanswered,
            shed=shed,
        )

    def calls(self, *, since: datetime, until: datetime) -> int | None:
        """Rather too many than too few, by what is at the ends. None where it was not counted so long ago."""
        begun = self._rows("SELECT min(since_us) FROM runs")[0][0]
        if begun is None or _us(since) < begun:
            return None
        found = self._rows(
            "SELECT coalesce(sum(calls), 0) FROM spans WHERE until_us > ? AND from_us < ?",
            _us(since),
            _us(until),
        )
        return int(found[0][0])

    def callers(self, since: datetime) -> dict[str, int]:
        """Caller -> calls from then on, most often first."""
        grouped = "SELECT caller, sum(calls) AS n FROM spans WHERE until_us > ? GROUP BY caller ORDER BY n DESC, caller"
        return dict(self._rows(grouped, _us(since)))

    def daily(self) -> tuple[Daily, ...]:
        """Who called on which days, oldest first."""
        grouped = """SELECT date(from_us / 1000000, 'unixepoch') AS day, caller, sum(calls) FROM spans
            GROUP BY day, caller ORDER BY day, caller"""
        return tuple(Daily(*row) for row in self._rows(grouped))

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            db = sqlite3.connect(self._path, isolation_level=None, timeout=BUSY_SECONDS)
            try:
                db.execute("PRAGMA journal_mode = WAL")
                db.executescript(_SCHEMA)
                db.execute("BEGIN IMMEDIATE")
                yield db
                db.execute("COMMIT")
            finally:
                db.close()  # what was not committed is rolled back
        except sqlite3.Error as error:
            raise Unavailable(
                f"{self._path} cannot be written ({error}), so calls cannot be counted"
            ) from error

    def _rows(self, sql: str, *values: int) -> list[Any]:
        try:
            db = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
            try:
                return db.execute(sql, values).fetchall()
            finally:
                db.close()
        except sqlite3.Error as error:
            raise Unavailable(f"{self._path} cannot be read ({error}), so its callers are unknown") from error


def minute_of(at: datetime) -> Span:
    begins = at.replace(second=0, microsecond=0)
    return Span(begins, begins + MINUTE)


def _lived(db: sqlite3.Connection, seen: Seen, last: Note, now: datetime) -> None:
    """Whether the run of the last look goes on, or another one began."""
    goes_on = last.at is not None and seen.is_whole and seen.started <= last.at
    if goes_on:
        db.execute("UPDATE runs SET until_us = ? WHERE id = (SELECT max(id) FROM runs)", [_us(now)])
    else:
        is_late = last.at is not None and seen.started <= last.at
        db.execute(
            "INSERT INTO runs (since_us, until_us) VALUES (?, ?)",
            [_us(now if is_late else seen.started), _us(now)],
        )


def _known(caller: str, known: set[str]) -> str:
    if caller not in known and len(known) >= CALLERS_MAX:
        return OTHERS
    known.add(caller)
    return caller


def _add(db: sqlite3.Connection, arm: str, caller: str, tally: Tally) -> None:
    found = db.execute("SELECT tally FROM totals WHERE arm = ? AND caller = ?", [arm, caller]).fetchone()
    whole = _TALLY.decode(found[0]) if found else Tally()
    whole.add(tally)
    db.execute("INSERT OR REPLACE INTO totals VALUES (?, ?, ?)", [arm, caller, msgspec.json.encode(whole)])


def _said(db: sqlite3.Connection, name: str) -> bytes | None:
    found = db.execute("SELECT said FROM notes WHERE name = ?", [name]).fetchone()
    return found[0] if found else None


def _say(db: sqlite3.Connection, name: str, said: object) -> None:
    db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", [name, msgspec.json.encode(said)])


def _us(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def _instant(us: int) -> datetime:
    return EPOCH + timedelta(microseconds=us)
