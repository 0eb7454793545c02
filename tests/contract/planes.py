"""The planes under contract, each in front of two real models that count their own calls.

Another one joins by one more entry in `PLANES`: a builder that is given a folder and two models, and yields its Site.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest
from aiohttp import ClientSession, ClientTimeout, TCPConnector, web

from data.records.traffic import Ability
from tests.workflows.adapters.engined import an_envoy, an_haproxy
from tests.workflows.adapters.proxied import REF, a_proxy, settled
from workflows.adapters.envoy.endpoints import EnvoyEndpoints
from workflows.adapters.haproxy.endpoints import HAProxyEndpoints
from workflows.adapters.traffic_proxy.plane import ProxyPlane
from workflows.traffic_plane import TrafficPlane

SLOW_SECONDS = 0.06
PATIENCE_SECONDS = 10.0


class Model:
    """Answers with its name, and counts. A copy says so: by `X-Mirrored`, or as Envoy does, by the host's name."""

    def __init__(self, name: str, loop: asyncio.AbstractEventLoop) -> None:
        self.name, self.loop = name, loop
        self.address = ""
        self.status = 200
        self.fails_each = 0  # of so many calls one is answered with 500
        self.by_caller: Counter[str] = Counter()
        self.copied = self.copied_bytes = 0
        self._runner: web.ServerRunner | None = None

    @property
    def calls(self) -> int:
        return self.by_caller.total()

    def forget(self) -> None:
        self.by_caller.clear()
        self.copied = self.copied_bytes = 0

    def start(self) -> None:
        asyncio.run_coroutine_threadsafe(self._start(), self.loop).result(10)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self.loop).result(10)

    async def _start(self) -> None:
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=0.1)
        await self._runner.setup()
        port = int(self.address.rpartition(":")[2]) if self.address else 0
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        read = 0
        async for part in request.content.iter_any():
            read += len(part)
        if "X-Mirrored" in request.headers or "-shadow" in request.host:
            self.copied += 1
            self.copied_bytes += read
        elif request.path.startswith("/predict"):
            self.by_caller[request.headers.get("X-Caller", "")] += 1
        if request.path.endswith("/slow"):
            await asyncio.sleep(SLOW_SECONDS)
        is_bad = self.fails_each and self.calls % self.fails_each == 0
        return web.Response(text=self.name, status=500 if is_bad else self.status)


class Site(Protocol):
    """A plane that runs. `address`: where callers reach it, the same after a restart."""

    plane: TrafficPlane
    ref: str
    address: str
    old: Model
    new: Model

    def now(self) -> datetime:
        """By the clock that ends brownouts."""
        ...

    def kill(self) -> None:
        """As kill -9 does."""
        ...

    def start(self) -> None:
        """Again, until it takes calls."""
        ...


Builder = Callable[[Path, Model, Model], AbstractContextManager[Site]]


@contextmanager
def two_models() -> Iterator[tuple[Model, Model]]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    old, new = Model("old", loop), Model("new", loop)
    try:
        old.start()
        new.start()
        yield old, new
    finally:
        old.stop()
        new.stop()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class Answer(NamedTuple):
    """`status` is 0 where nobody answered."""

    status: int
    by: str


def load(
    site: Site,
    calls: int,
    *,
    caller: str = "job",
    path: str = "/predict",
    at_once: int = 8,
    meanwhile: Callable[[], None] | None = None,
) -> list[Answer]:
    """So many calls, some at once, and more as long as `meanwhile` is done in another thread."""
    return asyncio.run(_load(site.address + path, calls, caller, at_once, meanwhile))


async def _load(
    url: str, calls: int, caller: str, at_once: int, meanwhile: Callable[[], None] | None
) -> list[Answer]:
    left = iter(range(calls))
    acting = asyncio.create_task(asyncio.to_thread(meanwhile)) if meanwhile is not None else None
    found: list[Answer] = []
    async with ClientSession(connector=TCPConnector(limit=0), timeout=ClientTimeout(total=20)) as session:

        async def one_after_the_other() -> None:
            while next(left, None) is not None or (acting is not None and not acting.done()):
                try:
                    async with session.post(url, data=b"{}", headers={"X-Caller": caller}) as answer:
                        found.append(Answer(answer.status, await answer.text()))
                except (OSError, TimeoutError):
                    found.append(Answer(0, ""))

        await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))
    if acting is not None:
        await acting
    return found


def until(is_so: Callable[[], bool]) -> None:
    """What other processes do in their own time. Each look asks one of them, which takes its time, too."""
    patience_until = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < patience_until


class Proxied:
    """Our own proxy, as the process that an operator starts."""

    def __init__(self, top: Path, old: Model, new: Model) -> None:
        self.old, self.new, self.ref, self._top = old, new, REF, top
        self.plane: TrafficPlane = ProxyPlane(settled(top, old.address))
        self.address = ""
        self.start()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def start(self) -> None:
        port = int(self.address.rpartition(":")[2]) if self.address else 0
        self._running = a_proxy(self._top, port=port, begun=self.now())
        self._process, self.address = self._running.__enter__()

    def kill(self) -> None:
        self._process.kill()
        self._running.__exit__(None, None, None)


@contextmanager
def proxied(folder: Path, old: Model, new: Model) -> Iterator[Site]:
    site = Proxied(folder / "proxies", old, new)
    try:
        yield site
    finally:
        site.kill()


class Kind(NamedTuple):
    """`abilities`: as it tells them, so that tests of what it lacks are not made for it."""

    build: Builder
    abilities: frozenset[Ability]


PLANES: dict[str, Kind] = {
    "proxy": Kind(proxied, frozenset(Ability)),
    "envoy": Kind(an_envoy, EnvoyEndpoints.can),
    "haproxy": Kind(an_haproxy, HAProxyEndpoints.can),
}


def able_to(*abilities: Ability) -> pytest.MarkDecorator:
    """Of the planes that can do all this. What another lacks is refused, which is a test of its own."""
    able = [name for name, kind in PLANES.items() if kind.abilities >= set(abilities)]
    return pytest.mark.parametrize("site", able, indirect=True)
