"""The server that callers reach, which no single caller can fill: each gets a part of the connections there may be."""

from __future__ import annotations

import asyncio
import resource
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

IDLE_SECONDS = 75.0
"""As nginx keeps a connection on which nothing is asked; aiohttp would for an hour."""
CONNECTIONS_MAX = 100_000
DESCRIPTORS_EACH = 2
"""Of a call: its caller's connection and the model's."""
DESCRIPTORS_APART = 64
"""Of the log, the route, what is asked on loopback, and what waits to be refused."""


def connections_allowed() -> int:
    """As many as this user may have: what rests on some of them keeps no call from the others, nor a closing."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard == resource.RLIM_INFINITY:
        return CONNECTIONS_MAX
    return min(CONNECTIONS_MAX, max(1, (hard - DESCRIPTORS_APART) // DESCRIPTORS_EACH))


class Front(web.Server):
    """A client is an address; one on this machine may be whatever ends TLS for all the others, and has no share."""

    def __init__(
        self,
        answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        *,
        connections_max: int,
        **options: Any,
    ) -> None:
        super().__init__(answer, keepalive_timeout=IDLE_SECONDS, **options)
        self._max = connections_max
        self._open: dict[RequestHandler, str] = {}
        self._by_client: Counter[str] = Counter()

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        client = _client_of(transport)
        self._open[handler] = client
        self._by_client[client] += 1
        share = self._max if client == "" else self._max // 2
        if len(self._open) > self._max or self._by_client[client] > share:
            transport.abort()

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        if (client := self._open.pop(handler, None)) is not None:
            self._by_client[client] -= 1
            if not self._by_client[client]:
                del self._by_client[client]


def _client_of(transport: asyncio.Transport) -> str:
    """Its address; empty on this machine."""
    peer = transport.get_extra_info("peername")
    host = str(peer[0]) if isinstance(peer, tuple) else ""
    return "" if host in ("127.0.0.1", "::1") else host
