"""The process of a proxy: it listens, obeys its route whenever that changes, and tells on loopback what it obeys."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from sqlite3 import Error
from typing import NamedTuple

import msgspec
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, web
from aiohttp.http_exceptions import HttpProcessingError

from data.errors import Corrupt, Refused
from workflows.adapters.call_log import BEAT_SECONDS, CallLog
from workflows.adapters.endpoint_folders import EndpointFolders
from workflows.adapters.model_server import Calendar, take_lock, write_atomically
from workflows.adapters.traffic_proxy.front import Front, connections_allowed
from workflows.adapters.traffic_proxy.proxy import Proxy
from workflows.adapters.traffic_proxy.route import (
    ADDRESS_FILE,
    CALLS_FILE,
    LOCK_FILE,
    OBEYED_FILE,
    ROUTE_FILE,
    TALLY_FILE,
    Route,
    runs_already,
)
from workflows.adapters.traffic_proxy.tally import Tally

LOOK_SECONDS = 0.1
KEEP_SECONDS = 0.5
CONNECT_SECONDS, READ_SECONDS = 5.0, 60.0
IDLE_SECONDS = 4.0
"""Before servers close a connection that rests, uvicorn after five: a call on a closed one would be lost."""
END_SECONDS = 5.0
OF_OURS_MAX = 32
"""Connections of whoever asks on loopback what is obeyed."""
FIELD_BYTES_MAX = 65_536
"""Of a line of the head, both ways: tokens and cookies grow beyond the eight kB that are usual."""
LOOPBACK = "127.0.0.1"
LOGGER = logging.getLogger("emeritus.proxy")
# What is no HTTP is answered with 400; a line that repeats it would log whatever a stranger sent.
LOGGER.addFilter(lambda record: not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError)))


class Listening(NamedTuple):
    host: str
    port: int


def serve(
    folders: EndpointFolders[Route],
    ref: str,
    at: Listening,
    *,
    is_ready: Callable[[str], None],
    calendar: Calendar | None = None,
) -> None:
    """Until SIGTERM or SIGINT. `is_ready` has the address it listens at.

    Raises `Refused` where another process is this proxy already, or the address is taken.
    """
    lock = take_lock(folders.of(ref) / LOCK_FILE)
    if lock is None:
        raise runs_already(ref)
    with lock:
        asyncio.run(_serve(folders, ref, at, calendar or Calendar(), is_ready))


async def _serve(
    folders: EndpointFolders[Route],
    ref: str,
    at: Listening,
    calendar: Calendar,
    is_ready: Callable[[str], None],
) -> None:
    folder = folders.of(ref)
    try:
        log = CallLog(folder / CALLS_FILE, calendar.at(time.time()))
    except Error as error:
        raise Refused(
            f"Cannot start the proxy of {ref}",
            reasons=[f"its call log {folder / CALLS_FILE} cannot be written: {error}"],
            next_step="Move it away: who called before is unknown from then on",
        ) from error
    ended = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, ended.set)
    async with ClientSession(
        auto_decompress=False,
        connector=TCPConnector(limit=0, keepalive_timeout=IDLE_SECONDS),
        cookie_jar=DummyCookieJar(),
        max_line_size=FIELD_BYTES_MAX,
        max_field_size=FIELD_BYTES_MAX,
        timeout=ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=READ_SECONDS),
    ) as client:
        proxy = Proxy(
            folders.known(ref),
            log=log,
            tally=Tally(folder / TALLY_FILE),
            client=client,
            now=lambda: calendar.at(time.time()),
        )
        _tell_obeyed(proxy, folder)
        identity = {"ref": ref, "instance": secrets.token_hex(8), "pid": os.getpid()}

        async def tell(request: web.BaseRequest) -> web.Response:
            if request.path != "/identity":
                return web.json_response({"error": "this server knows GET /identity"}, status=404)
            await proxy.keep()  # whoever asks reads what was counted until now
            return web.json_response({**identity, "obeys": proxy.route.digest})

        front = await _listening(proxy.answer, at, ref, connections_max=connections_allowed())
        back = await _listening(tell, Listening(LOOPBACK, 0), ref)
        where = front.addresses[0]
        address = f"http://{f'[{where[0]}]' if ':' in where[0] else where[0]}:{where[1]}"
        told = {**identity, "port": back.addresses[0][1], "address": address}
        write_atomically(folder / ADDRESS_FILE, json.dumps(told).encode())
        tasks = [asyncio.create_task(_obey(proxy, folders, ref)), asyncio.create_task(_beat(log, calendar))]
        tasks.append(asyncio.create_task(_keep(proxy)))
        is_ready(address)
        try:
            await ended.wait()
        finally:
            for task in tasks:
                task.cancel()
            await front.cleanup()
            await back.cleanup()
            await proxy.end()
            with suppress(Error):
                log.live(calendar.at(time.time()))


async def _listening(
    answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
    at: Listening,
    ref: str,
    *,
    connections_max: int = OF_OURS_MAX,
) -> web.ServerRunner:
    # What is compressed goes through as it is.
    server = Front(
        answer,
        connections_max=connections_max,
        access_log=None,
        auto_decompress=False,
        logger=LOGGER,
        max_line_size=FIELD_BYTES_MAX,
        max_field_size=FIELD_BYTES_MAX,
    )
    runner = web.ServerRunner(server, shutdown_timeout=END_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, at.host, at.port).start()
    except OSError as error:
        await runner.cleanup()
        raise Refused(
            f"Cannot start the proxy of {ref}",
            reasons=[f"nobody can listen at {at.host}:{at.port}: {error.strerror or error}"],
            next_step="Give another address: --listen HOST:PORT",
        ) from error
    return runner


async def _obey(proxy: Proxy, folders: EndpointFolders[Route], ref: str) -> None:
    """What is wanted now. A route that cannot be read changes nothing; the bot sees that it is not obeyed."""
    file = folders.of(ref) / ROUTE_FILE
    seen = (0, 0)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if (mark := _mark(file)) != seen:
            with suppress(Corrupt, OSError):
                proxy.obey(folders.read(file))
                _tell_obeyed(proxy, file.parent)
                seen = mark  # what could not be read, be it for a moment, is read again


def _tell_obeyed(proxy: Proxy, folder: Path) -> None:
    """In a file, which this user alone reads: it names callers and addresses."""
    write_atomically(folder / OBEYED_FILE, msgspec.json.encode(proxy.route))


async def _keep(proxy: Proxy) -> None:
    """What was counted, so that a crash takes only the last moment of it."""
    while True:
        await asyncio.sleep(KEEP_SECONDS)
        await proxy.flush()


def _mark(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_ino, found.st_mtime_ns


async def _beat(log: CallLog, calendar: Calendar) -> None:
    """Signs of life, for whoever asks later when this ran."""
    last = time.time()
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        now = time.time()
        with suppress(Error):
            await asyncio.to_thread(log.beat, calendar.at(now), seconds_since=now - last)
            last = now
