"""What happens to one call: it is on the call log, then answered by the model behind, or told that service has ended.

A call that cannot be logged is refused, as our model server does: the meter may say "no calls" only because the proxy
saw them all. Calls of one moment share a commit.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import sqlite3
import struct
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus

from aiohttp import (
    ClientConnectorCertificateError,
    ClientError,
    ClientResponse,
    ClientResponseError,
    ClientSession,
    HttpVersion11,
    web,
)
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from workflows.adapters.call_log import CallLog
from workflows.adapters.caller_names import ANONYMOUS, HEADER, caller_of
from workflows.adapters.endpoint_folders import Status
from workflows.adapters.traffic_proxy import said
from workflows.adapters.traffic_proxy.route import Route

HOP_BY_HOP = frozenset(
    (
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
"""Of one connection, and never passed on: RFC 9110, section 7.6.1."""
OURS = frozenset(("host", "expect"))
"""Of a request, and settled by whoever sends it: 100 Continue is answered here."""
AUTOMATIC = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
"""What the client would add by itself; the model is to see what its caller sent, and nothing else."""
NAME = "1.1 emeritus"
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"


class Logged:
    """The call log as the event loop uses it: whoever waits while one commit runs is in the next."""

    def __init__(self, log: CallLog) -> None:
        self._log = log
        self._waiting: list[tuple[str, datetime, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def record(self, caller: str, at: datetime) -> None:
        """On disk when this returns; raises `sqlite3.Error` when it could not be."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((caller, at, written))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        await written

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await asyncio.to_thread(self._log.record_all, [(caller, at) for caller, at, _ in batch])
            except sqlite3.Error as error:
                for *_, written in batch:
                    if not written.done():
                        written.set_exception(error)
            else:
                for *_, written in batch:
                    if not written.done():  # a caller that went away waits for nothing
                        written.set_result(None)
        self._writing = None


class Proxy:
    """`route` is replaced as a whole when another one is wanted; calls that are under way end as they began."""

    def __init__(
        self, route: Route, *, log: CallLog, client: ClientSession, now: Callable[[], datetime]
    ) -> None:
        self.route = route
        self._log, self._client, self._now = Logged(log), client, now
        self._name = f"{NAME}-{secrets.token_hex(4)}"  # its own, by which it knows a call that comes round

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            await self._log.record(caller_of(request.headers.get(HEADER, "")) or ANONYMOUS, self._now())
        except sqlite3.Error as error:
            why = f"the call log cannot be written, so nothing is served: {error}"
            return _said(HTTPStatus.SERVICE_UNAVAILABLE, {"error": why}, self.route)
        # Only now: it may have been closed while the call waited for the log.
        route = self.route
        if route.wanted is Status.DISABLED:
            return _said(HTTPStatus.GONE, said.gone(route), route)
        if request.method == "CONNECT" or not request.rel_url.raw_path.startswith("/"):
            return _said(HTTPStatus.BAD_REQUEST, {"error": "a path of the model begins with /"}, route)
        if self._name in request.headers.get("Via", ""):
            why = f"calls of {route.ref} come back to this proxy: its --to has to lead to the model"
            return _said(HTTPStatus.LOOP_DETECTED, {"error": why}, route)
        if request.headers.get("Expect", "").lower() == "100-continue" and request.version >= HttpVersion11:
            await request.writer.write(GO_ON)
            request.writer.output_size = 0  # the answer itself has not begun
        return await self._passed_on(request, route)

    async def _passed_on(self, request: web.BaseRequest, route: Route) -> web.StreamResponse:
        answer: web.StreamResponse | None = None
        try:
            async with self._client.request(
                request.method,
                URL(f"{route.to}{request.rel_url.raw_path_qs}", encoded=True),
                headers=_passed(request.headers, but=OURS, via=self._name),
                data=request.content if request.body_exists else None,
                allow_redirects=False,
                skip_auto_headers=AUTOMATIC,
            ) as behind:
                answer = _begun(behind, route)
                await answer.prepare(request)
                async for part in behind.content.iter_any():
                    await answer.write(part)
                await answer.write_eof()
        except (ClientError, TimeoutError, OSError) as error:
            if answer is not None and answer.prepared:
                # Cut off as the model's own answer was: an end would make half an answer look whole.
                _reset(request)
                return answer
            status, why = _what_failed(error)
            return _said(status, {"error": f"the model behind {route.ref} {why}"}, route)
        return answer


def _what_failed(error: Exception) -> tuple[int, str]:
    match error:
        case TimeoutError():
            return HTTPStatus.GATEWAY_TIMEOUT, "took too long"
        case ClientConnectorCertificateError():
            return HTTPStatus.BAD_GATEWAY, "has a certificate that is not trusted here"
        case ClientResponseError():
            return HTTPStatus.BAD_GATEWAY, "answers what this proxy cannot read as HTTP"
        case _:
            return HTTPStatus.BAD_GATEWAY, "does not answer"


def _reset(request: web.BaseRequest) -> None:
    """A plain end of the connection is how HTTP/1.0 ends a whole answer."""
    if request.transport is None:
        return
    line = request.transport.get_extra_info("socket")
    if line is not None:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()


def _begun(behind: ClientResponse, route: Route) -> web.StreamResponse:
    headers = _passed(behind.headers, but=frozenset(), via=NAME)
    answer = web.StreamResponse(status=behind.status, reason=behind.reason, headers=headers)
    told = said.headers(route.announced)
    for name in told.keys() & said.ONE_EACH:  # the plan's dates count, whatever the model says of its own
        answer.headers.popall(name, None)
    answer.headers.extend(told)
    return answer


def _said(status: int, body: Mapping[str, object], route: Route) -> web.Response:
    return web.Response(
        status=status,
        body=said.body(body),
        content_type="application/json",
        headers=said.headers(route.announced),
    )


def _passed(headers: CIMultiDictProxy[str], *, but: frozenset[str], via: str) -> CIMultiDict[str]:
    """All of them, each as often as it was said, but for what is of this connection only."""
    named = {one.strip().lower() for line in headers.getall("Connection", ()) for one in line.split(",")}
    gone = HOP_BY_HOP | named | but
    passed = CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in gone)
    passed.add("Via", via)
    return passed
