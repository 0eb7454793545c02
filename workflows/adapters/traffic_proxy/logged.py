"""The call log as an event loop writes it: calls of one moment share a commit."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import datetime

from workflows.adapters.call_log import CallLog

BECAME_MAX = 10_000
"""Calls whose outcome waits for a log that cannot be written; beyond, it stays unknown."""


class Logged:
    """The call log as the event loop uses it: whoever waits while one commit runs is in the next."""

    def __init__(self, log: CallLog) -> None:
        self._log = log
        self._waiting: list[tuple[str, datetime, asyncio.Future[int]]] = []
        self._became: list[tuple[int, str]] = []
        self._writing: asyncio.Task[None] | None = None

    async def record(self, caller: str, at: datetime) -> int:
        """On disk when this returns, by this number; raises `sqlite3.Error` when it could not be."""
        written: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append((caller, at, written))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await written

    def became(self, number: int, what: str) -> None:
        """Written with the next call, or by the next `flush`."""
        self._became.append((number, what))

    async def flush(self) -> None:
        """What became of the last calls; where it cannot be written now, it is with the next."""
        if self._writing is None and self._became:
            self._writing = asyncio.create_task(self._write())
        if self._writing is not None:
            await self._writing

    async def _write(self) -> None:
        while self._waiting or self._became:
            batch, self._waiting = self._waiting, []
            became, self._became = self._became, []
            calls = [(caller, at) for caller, at, _ in batch]
            try:
                numbers = await asyncio.to_thread(self._log.record_all, calls, became)
            except sqlite3.Error as error:
                self._became = [*became, *self._became][-BECAME_MAX:]
                for *_, written in batch:
                    if not written.done():
                        written.set_exception(error)
                if not batch:
                    break
            else:
                for number, (*_, written) in zip(numbers, batch, strict=True):
                    if not written.done():  # a caller that went away waits for nothing
                        written.set_result(number)
        self._writing = None
