"""What happens to one call: it is on the call log, then answered by the model behind, or told that service has ended.

A call that cannot be logged is refused, as our model server does: the meter may say "no calls" only because the proxy
saw them all. Calls of one moment share a commit.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
import socket
import sqlite3
import struct
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
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
from workflows.adapters.traffic_proxy.tally import Row, Tally
from workflows.adapters.traffic_proxy.ways import Became, Call, way_of

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
BECAME_MAX = 10_000
"""Calls whose outcome waits for a log that cannot be written; beyond, it stays unknown."""
REQUEST_ID = "X-Request-Id"


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


class Proxy:
    """`obey` replaces the route as a whole when another one is wanted; calls that are under way end as they began."""

    def __init__(
        self,
        route: Route,
        *,
        log: CallLog,
        tally: Tally,
        client: ClientSession,
        now: Callable[[], datetime],
    ) -> None:
        self._log, self._tally, self._client, self._now = Logged(log), tally, client, now
        self._name = f"{NAME}-{secrets.token_hex(4)}"  # its own, by which it knows a call that comes round
        self._numbers = itertools.count(secrets.randbits(32))
        self.obey(route)

    def obey(self, route: Route) -> None:
        self._tally.lead(route.to, route.traffic.new, self._now())
        self.route = route

    async def flush(self) -> None:
        """What became of each call is in the log then, and what was counted in its file."""
        await self._log.flush()
        await self.keep()

    async def keep(self) -> None:
        """What was counted, without waiting for the log; where it cannot be written, the next time."""
        if (kept := self._tally.kept()) is not None:
            with suppress(OSError):
                await asyncio.to_thread(self._tally.write, kept)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        caller = caller_of(request.headers.get(HEADER, "")) or ANONYMOUS
        try:
            number = await self._log.record(caller, self._now())
        except sqlite3.Error as error:
            why = f"the call log cannot be written, so nothing is served: {error}"
            return _said(HTTPStatus.SERVICE_UNAVAILABLE, {"error": why}, self.route)
        # Only now: it may have been closed while the call waited for the log.
        route, now = self.route, self._now()
        call = Call(caller, request.headers.get(REQUEST_ID) or str(next(self._numbers)))
        refused = self._ended_or_invalid(request, route)
        became = refused[0] if refused else way_of(call, route.traffic, now, key=route.ref)
        self._log.became(number, became)
        row = self._tally.given(caller, became)
        if refused is not None:
            return refused[1]
        if became is Became.BROWNOUT:
            return _browned_out(route, now)
        if request.headers.get("Expect", "").lower() == "100-continue" and request.version >= HttpVersion11:
            await request.writer.write(GO_ON)
            request.writer.output_size = 0  # the answer itself has not begun
        return await self._passed_on(request, route, row)

    def _ended_or_invalid(
        self, request: web.BaseRequest, route: Route
    ) -> tuple[Became, web.StreamResponse] | None:
        if route.wanted is Status.DISABLED:
            return Became.ENDED, _said(HTTPStatus.GONE, said.gone(route), route)
        if request.method == "CONNECT" or not request.rel_url.raw_path.startswith("/"):
            why = "a path of the model begins with /"
            return Became.INVALID, _said(HTTPStatus.BAD_REQUEST, {"error": why}, route)
        if self._name in request.headers.get("Via", ""):
            why = f"calls of {route.ref} come back to this proxy: its --to has to lead to the model"
            return Became.INVALID, _said(HTTPStatus.LOOP_DETECTED, {"error": why}, route)
        return None

    async def _passed_on(self, request: web.BaseRequest, route: Route, row: Row) -> web.StreamResponse:
        answer: web.StreamResponse | None = None
        begun = time.monotonic()
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
            has_gone = request.transport is None or request.transport.is_closing()
            row.ended(
                time.monotonic() - begun,
                is_error=not has_gone,  # whoever did not wait for the answer says nothing of the model
                is_timeout=not has_gone and isinstance(error, TimeoutError),
            )
            if answer is not None and answer.prepared:
                # Cut off as the model's own answer was: an end would make half an answer look whole.
                _reset(request)
                return answer
            status, why = _what_failed(error)
            return _said(status, {"error": f"the model behind {route.ref} {why}"}, route)
        row.ended(time.monotonic() - begun, is_error=behind.status >= HTTPStatus.INTERNAL_SERVER_ERROR)
        return answer


def _browned_out(route: Route, now: datetime) -> web.Response:
    assert route.traffic.brownout is not None
    ends_at = route.traffic.brownout.ends_at
    answer = _said(HTTPStatus.SERVICE_UNAVAILABLE, said.brownout(route, ends_at), route)
    answer.headers.update(said.retry_after(ends_at, now))
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
