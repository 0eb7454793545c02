"""The primary dies, its synchronous standby takes over: what was acknowledged is there, and the same URL finds it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
import pytest

from data.errors import Unavailable
from data.postgres.store import PostgresStore
from tests.contract.scripted import NOW, Scripted, a_command
from tests.replicas.database import Database

PATIENCE_SECONDS = 60


class Standby:
    """A copy that the primary waits for with every commit; it listens in a directory of its own."""

    def __init__(self, primary: Database, folder: Path) -> None:
        self.folder = folder
        self._primary = primary
        primary.run("pg_basebackup", "-h", primary.socket, "-U", "postgres", "-D", str(folder), "-R")
        # The primary's socket is in its directory, and so was copied along.
        for lock in folder.glob(".s.PGSQL.*"):
            lock.unlink()
        primary.run(
            "pg_ctl", "-w", "-D", str(folder), "-l", str(folder / "log"), "-o", f'-h "" -k {folder}', "start"
        )
        with psycopg.connect(primary.admin_url, autocommit=True) as conn:
            conn.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            conn.execute("SELECT pg_reload_conf()")
            # Returns once the standby has it, too.
            conn.execute("CREATE SCHEMA record")

    def promote(self) -> None:
        self._primary.run("pg_ctl", "-w", "-D", str(self.folder), "promote")

    def stop(self) -> None:
        self._primary.run("pg_ctl", "-w", "-m", "immediate", "-D", str(self.folder), "stop")
        shutil.rmtree(self.folder)


@pytest.fixture
def standby() -> Iterator[Standby]:
    with Database() as primary:
        copy = Standby(primary, primary.new_folder())
        yield copy
        copy.stop()


@pytest.mark.long
def test_what_was_acknowledged_before_the_primary_died_is_on_the_standby_that_took_over(
    standby: Standby,
) -> None:
    primary = standby._primary
    hosts = quote(f"{primary.socket},{standby.folder}", safe=",")
    url = (
        f"postgresql:///postgres?host={hosts}&user=postgres&target_session_attrs=read-write"
        "&options=-csearch_path%3Drecord"
    )
    store = PostgresStore(url, Scripted())
    acknowledged: list[str] = []
    enough, over = threading.Event(), threading.Event()

    def press(person: int) -> None:
        number = 0
        while not over.is_set():
            key = f"{person}/{number}"
            try:
                store.transact(key, f"RET-{person}", a_command(counts=1), b"", NOW)
            except Unavailable:
                continue
            acknowledged.append(key)
            number += 1
            if len(acknowledged) >= 200:
                enough.set()

    with ThreadPoolExecutor(8) as people:
        pressing = [people.submit(press, person) for person in range(8)]
        assert enough.wait(PATIENCE_SECONDS)
        for process in primary.processes():
            process.send_signal(psutil.signal.SIGKILL)
        before = tuple(acknowledged)
        enough.clear()
        standby.promote()
        del acknowledged[:]
        assert enough.wait(PATIENCE_SECONDS), "the same URL finds the new primary"
        over.set()
        for one in pressing:
            one.result(PATIENCE_SECONDS)

    assert [key for key in (*before, *acknowledged) if store.receipt(key) is None] == []
    checked = store.verify()
    assert (checked.bad, checked.streams) == ("", 8)
    assert checked.entries >= len(before) + len(acknowledged)
    store.close()
