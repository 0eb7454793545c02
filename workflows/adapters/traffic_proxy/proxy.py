"""What happens to one call: it is on the call log, then answered by a model behind, or told why nobody answers it.

A call that cannot be logged is refused, as our model server does: the meter may say "no calls" only because the proxy
saw them all. A model that does not answer is never stood in for by the other one: whoever judges it would not see that.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import secrets
import sqlite3
import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus

from aiohttp import ClientError, ClientResponse, ClientSession, HttpVersion11, web
from multidict import CIMultiDict
from yarl import URL

from workflows.adapters.call_log import CallLog
from workflows.adapters.caller_names import ANONYMOUS, HEADER, caller_of, via_of
from workflows.adapters.endpoint_folders import Status
from workflows.adapters.traffic_proxy import said
from workflows.adapters.traffic_proxy.logged import Logged
from workflows.adapters.traffic_proxy.mirror import Copy, Mirror
from workflows.adapters.traffic_proxy.passing import (
    AUTOMATIC,
    NAME,
    OURS,
    Unpassable,
    passed,
    reset,
    unpassable,
    what_failed,
)
from workflows.adapters.traffic_proxy.route import Route
from workflows.adapters.traffic_proxy.tally import Row, Tally
from workflows.adapters.traffic_proxy.ways import Became, Call, is_copied, way_of

GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
REQUEST_ID = "X-Request-Id"
SMALL_BYTES = 65_536
TELL_SECONDS = 60.0
LOGGER = logging.getLogger("emeritus.proxy")


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
        self._mirror, self._keeping = Mirror(client, tally), asyncio.Lock()
        # Its own, by which it knows a call that comes round.
        self._name = f"1.1 {via_of(route.ref)}.{secrets.token_hex(4)}"
        self._told: dict[str, float] = {}
        self._numbers = itertools.count(secrets.randbits(32))
        self.obey(route)

    def obey(self, route: Route) -> None:
        self._tally.lead(route.to, route.traffic.new, self._now())
        self.route = route

    async def end(self) -> None:
        await self._mirror.end()
        await self.flush()

    async def flush(self) -> None:
        """What became of each call is in the log then, and what was counted in its file."""
        await self._log.flush()
        await self.keep()

    async def keep(self) -> None:
        """What was counted, without waiting for the log; where it cannot be written, the next time."""
        async with self._keeping:  # or an older count would be written over a newer one
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
        match became:
            case Became.BROWNOUT:
                return _browned_out(route, now)
            case Became.BLOCKED:
                return _said(HTTPStatus.FORBIDDEN, said.blocked(route, caller), route)
        if request.headers.get("Expect", "").lower() == "100-continue" and request.version >= HttpVersion11:
            await request.writer.write(GO_ON)
            request.writer.output_size = 0  # the answer itself has not begun
        copy = self._copy_of(request, route, call) if became is Became.OLD else None
        self._tally.under_way += 1
        try:
            answer = await self._passed_on(request, route, became, row, copy)
        finally:
            self._tally.under_way -= 1
        if copy is not None:
            self._mirror.offer(copy)
        return answer

    def _tell(self, what: str, error: Exception) -> None:
        """Whoever runs the proxy, of each kind once a minute, by the kind alone: an error may quote what was sent."""
        kind = f"{what} ({type(error).__name__})"
        if time.monotonic() >= self._told.get(kind, 0) + TELL_SECONDS:
            self._told[kind] = time.monotonic()
            LOGGER.warning(kind)

    def _ended_or_invalid(
        self, request: web.BaseRequest, route: Route
    ) -> tuple[Became, web.StreamResponse] | None:
        if route.wanted is Status.DISABLED:
            return Became.ENDED, _said(HTTPStatus.GONE, said.gone(route), route)
        if request.method == "CONNECT" or not request.rel_url.raw_path.startswith("/"):
            why = "a path of the model begins with /"
            return Became.INVALID, _said(HTTPStatus.BAD_REQUEST, {"error": why}, route)
        if name := unpassable(request.headers):
            why = f"the header {name} is no UTF-8, and would not reach the model whole"
            return Became.INVALID, _said(HTTPStatus.BAD_REQUEST, {"error": why}, route)
        if self._name in request.headers.get("Via", ""):
            why = f"calls of {route.ref} come back to this proxy: its --to has to lead to the model"
            return Became.INVALID, _said(HTTPStatus.LOOP_DETECTED, {"error": why}, route)
        return None

    def _copy_of(self, request: web.BaseRequest, route: Route, call: Call) -> Copy | None:
        if not is_copied(call, route.traffic, request.method, request.rel_url.raw_path, key=route.ref):
            return None
        return Copy(
            request.method,
            URL(f"{route.traffic.new}{request.rel_url.raw_path_qs}", encoded=True),
            passed(request.headers, but=OURS, via=self._name),
            is_read=not request.body_exists,
        )

    async def _passed_on(
        self, request: web.BaseRequest, route: Route, became: Became, row: Row, copy: Copy | None
    ) -> web.StreamResponse:
        answer: web.StreamResponse | None = None
        begun = time.monotonic()
        to = route.traffic.new if became is Became.NEW else route.to
        try:
            body = await _body(request, copy)
            begun = time.monotonic()
            async with self._client.request(
                request.method,
                URL(f"{to}{request.rel_url.raw_path_qs}", encoded=True),
                headers=passed(request.headers, but=OURS, via=self._name),
                data=body,
                allow_redirects=False,
                skip_auto_headers=AUTOMATIC,
            ) as behind:
                headers = _headers_of(behind, route, became)
                if _is_small(behind.content_length) and request.method != "HEAD":
                    answer = web.Response(
                        status=behind.status, reason=behind.reason, headers=headers, body=await behind.read()
                    )
                    await answer.prepare(request)
                else:
                    answer = web.StreamResponse(status=behind.status, reason=behind.reason, headers=headers)
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
                reset(request)
                return answer
            status, why = what_failed(error)
            told = f"the {'successor of' if became is Became.NEW else 'model behind'} {route.ref} {why}"
            self._tell(told, error)
            return _said(status, {"error": told}, route, became)
        row.ended(time.monotonic() - begun, is_error=behind.status >= HTTPStatus.INTERNAL_SERVER_ERROR)
        return answer


def _is_small(length: int | None) -> bool:
    return length is not None and length <= SMALL_BYTES


async def _body(request: web.BaseRequest, copy: Copy | None) -> bytes | AsyncIterable[bytes] | None:
    """What is small is had whole first: it goes out with the head, and half of it never reaches a model."""
    if not request.body_exists:
        return None
    if not _is_small(request.content_length):
        return _noted(request, copy) if copy is not None else request.content
    body = await request.read()
    if copy is not None:
        copy.note(body)
        copy.is_read = True
    return body


async def _noted(request: web.BaseRequest, copy: Copy) -> AsyncIterator[bytes]:
    """What is passed on, with a note of it for the copy."""
    async for part in request.content.iter_any():
        copy.note(part)
        yield part
    copy.is_read = True


def _headers_of(behind: ClientResponse, route: Route, became: Became) -> CIMultiDict[str]:
    if name := unpassable(behind.headers):
        raise Unpassable(name)
    headers = passed(behind.headers, but=frozenset(), via=NAME)
    told = said.headers(route.announced) | said.answered_by(route, became)
    for name in told.keys() & said.ONE_EACH:  # what the plan says counts, whatever the model says of its own
        headers.popall(name, None)
    headers.extend(told)
    return headers


def _browned_out(route: Route, now: datetime) -> web.Response:
    assert route.traffic.brownout is not None
    ends_at = route.traffic.brownout.ends_at
    answer = _said(HTTPStatus.SERVICE_UNAVAILABLE, said.brownout(route, ends_at), route)
    answer.headers.update(said.retry_after(ends_at, now))
    return answer


def _said(
    status: int, body: Mapping[str, object], route: Route, became: Became | None = None
) -> web.Response:
    return web.Response(
        status=status,
        body=said.body(body),
        content_type="application/json",
        headers=said.headers(route.announced) | said.answered_by(route, became),
    )
