"""Copies of calls, for the successor to answer into nothing. No caller waits for one: what is too much is shed."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from aiohttp import ClientError, ClientSession, ClientTimeout
from multidict import CIMultiDict
from yarl import URL

from workflows.adapters.caller_names import MIRRORED
from workflows.adapters.traffic_proxy.passing import AUTOMATIC
from workflows.adapters.traffic_proxy.tally import Tally

COPIES_MAX, AT_ONCE = 256, 16
BODY_BYTES_MAX, WAITING_BYTES_MAX = 1024 * 1024, 16 * 1024 * 1024
COPY_SECONDS = 30.0


class Copy:
    """One call again. Its body is noted while it is passed on to the model that answers."""

    def __init__(self, method: str, url: URL, headers: CIMultiDict[str], *, is_read: bool) -> None:
        self.method, self.url, self.headers = method, url, headers
        self.body = bytearray()
        self.is_read, self.is_small = is_read, True
        headers[MIRRORED] = "1"

    def note(self, part: bytes) -> None:
        if len(self.body) + len(part) > BODY_BYTES_MAX:
            self.is_small = False
            self.body.clear()
        if self.is_small:
            self.body += part


class Mirror:
    def __init__(self, client: ClientSession, tally: Tally) -> None:
        self._client, self._tally = client, tally
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._bytes = 0

    def offer(self, copy: Copy) -> None:
        """Send it some time, or not at all, as what is large, or was answered before its end was read."""
        is_too_much = len(self._tasks) >= COPIES_MAX or self._bytes + len(copy.body) > WAITING_BYTES_MAX
        if is_too_much or not (copy.is_small and copy.is_read):
            self._tally.shed += 1
            return
        self._bytes += len(copy.body)
        task = asyncio.create_task(self._send(copy))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        """What is not sent by now is not sent any more."""
        for task in self._tasks:
            task.cancel()
        for task in tuple(self._tasks):
            with suppress(asyncio.CancelledError):
                await task

    async def _send(self, copy: Copy) -> None:
        try:
            async with (
                self._turn,
                self._client.request(
                    copy.method,
                    copy.url,
                    headers=copy.headers,
                    data=bytes(copy.body) or None,
                    allow_redirects=False,
                    skip_auto_headers=AUTOMATIC,
                    timeout=ClientTimeout(total=COPY_SECONDS),
                ) as answer,
            ):
                async for _ in answer.content.iter_any():
                    pass
        except (ClientError, TimeoutError, OSError):
            self._tally.unanswered += 1
        except asyncio.CancelledError:
            self._tally.shed += 1
            raise
        else:
            self._tally.mirrored += 1
        finally:
            self._bytes -= len(copy.body)
