"""One life of the record: the store opens what the last cut left, works and closes, on a disk that keeps a journal.

`Life` knows what an image of any of its moments has to hold.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, cast

from sqlite_utils import Database

from data.records.base import Record
from data.sqlite.steps import migrations
from data.sqlite.store import SqliteStore
from tests.contract.scripted import Scripted
from tests.power_loss.connection import Connection, settings_of
from tests.power_loss.disk import Change, Disk, Lie, Synced
from tests.power_loss.vfs import mounted
from tests.power_loss.work import Ack, Readable, WatchedWriter, Work

RECORD = "emeritus.db"
"""On the simulated disk, and as an image on a real one."""
_DRIVEN = "driven.db"
"""The driven store locks this name on a real disk, and never reads or writes it."""


class Settings(Record, frozen=True, kw_only=True):
    """Of the product's connections, as it opened them itself."""

    writing: dict[str, str | int]
    reading: dict[str, str | int]


@dataclass(kw_only=True)
class Life:
    """What happened, by the disk's clock.

    files     what the disk held before
    commits   when each commit came back, and the fingerprint of the record then; the first is the opening's
    acks      when each command came back, and what it led to
    """

    files: Mapping[str, bytes]
    journal: list[Change] = field(default_factory=list)
    commits: list[tuple[int, str]] = field(default_factory=list)
    acks: list[tuple[int, Ack]] = field(default_factory=list)
    checkpoints: int = 0

    @property
    def shared(self) -> int:
        """Commands that came back from a commit with others in it."""
        times = Counter(at for at, _ in self.acks)
        return sum(together for together in times.values() if together > 1)

    def moments(self, rng: Random, count: int) -> Iterator[int]:
        """When to cut, in order: just after a commit came back, around a sync, or anywhere."""
        syncs = [at for at, change in enumerate(self.journal) if isinstance(change, Synced)]
        backs = [at for at, _ in self.commits]
        anywhere = range(len(self.journal))
        drawn = [rng.choice(rng.choice([backs, syncs or backs, anywhere])) for _ in range(count)]
        yield from sorted(min(at + rng.choice([0, 0, 1, 2]), len(self.journal)) for at in drawn)


def fingerprint(record: Readable) -> str:
    """Of every row of every table of the product's; equal exactly when the contents are.

    Of a secret only that it is there: a record whose making was cut off draws another one when it is opened again.
    """
    digest = sha256()
    tables = [
        name
        for (name,) in record.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        if name != migrations.migrations_table
    ]
    for table in tables:
        digest.update(table.encode())
        columns = "name" if table == "secrets" else "*"
        rows = record.execute(f'SELECT {columns} FROM "{table}"')  # noqa: S608 - its own names
        for row in sorted(map(repr, rows)):
            digest.update(row.encode())
    return digest.hexdigest()


def product_settings(folder: Path) -> Settings:
    """Asked of the connections that the product opens on a real file."""
    writing: dict[str, str | int] = {}

    def writer(connect: Any, path: Path) -> WatchedWriter:
        with closing(connect()) as opened:
            writing.update(settings_of(opened))
        return WatchedWriter(connect, path)

    with closing(SqliteStore(folder / "settings.db", Scripted(), writer=writer)) as store:
        return Settings(writing=writing, reading=settings_of(store.read()))


class DrivenStore(SqliteStore):
    """The product's store; the connections it opens to read are on the simulated disk, too."""

    def __init__(self, *args: Any, reads: Callable[[], Connection], **named: Any) -> None:
        self._reads = reads
        super().__init__(*args, **named)

    def _open_to_read(self) -> sqlite3.Connection:
        return cast("sqlite3.Connection", self._reads())


def lived(
    files: Mapping[str, bytes],
    *,
    settings: Settings,
    folder: Path,
    rng: Random,
    began_at: datetime,
    lie: Lie = Lie.NONE,
) -> Life:
    """Open, work, close; sometimes twice. Checkpoints come as the product's do, after fewer pages."""
    disk, life = Disk(files, lie=lie), Life(files=files)
    pages = rng.choice([4, 16, 64, 1000])

    def committed(conn: Connection) -> None:
        life.commits.append((disk.clock, fingerprint(conn)))

    def acknowledged(ack: Ack) -> None:
        life.acks.append((disk.clock, ack))

    with mounted(disk, rng, folder) as vfs:

        def connect() -> sqlite3.Connection:
            conn = Connection(RECORD, vfs, {**settings.writing, "wal_autocheckpoint": pages})
            # It has all of one that is used here.
            as_product = cast("sqlite3.Connection", conn)
            migrations.apply(Database(as_product))
            committed(conn)
            conn.tell(committed)
            return as_product

        for _ in range(rng.choice([1, 1, 2])):
            writers: list[WatchedWriter] = []

            def writer(_: object, path: Path, writers: list[WatchedWriter] = writers) -> WatchedWriter:
                writers.append(WatchedWriter(connect, path))
                return writers[0]

            def reads() -> Connection:
                return Connection(RECORD, vfs, settings.reading)

            driven = DrivenStore(folder / _DRIVEN, Scripted(), rand=rng.randbytes, writer=writer, reads=reads)
            # The reader is closed before the writer, as the store does with its own.
            with closing(driven) as store, closing(reads()) as reader:
                work = Work(store, writers[0], reader, rng=rng, began_at=began_at, acknowledged=acknowledged)
                work.go_on(rng.randrange(4, 20))
        life.journal = disk.journal
        synced = [disk.file(RECORD) == change.file for change in disk.journal if isinstance(change, Synced)]
        life.checkpoints = synced.count(True)
    return life
