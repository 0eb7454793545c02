"""Keeps several bots running: starts, kills and replaces them; what people do reaches any of those that live."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import psutil

from tests.fakes.slack import SlackFake
from tests.fakes.slack.delivery import Headers, over_http
from tests.replicas.replica import Site

ROOT = Path(__file__).parents[2]
LISTENING = "Emeritus is listening at "


class Fleet:
    """`kills` counts. Members are numbered; one that was killed comes back under its number when it is started."""

    def __init__(self, site: Site, slack: SlackFake, chance: random.Random) -> None:
        self.site, self.slack, self.chance = site, slack, chance
        self.kills = 0
        self.is_up = threading.Event()
        self._log = Path(site.folder) / "replicas.log"
        self._pids: dict[int, int] = {}
        self._urls: dict[int, str] = {}
        self._gate = threading.Lock()
        self._killed = threading.Condition()
        self._pipes = 0
        with self._log.open("ab") as log:
            self._nursery = subprocess.Popen(
                [sys.executable, "-m", "tests.replicas.replica"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        slack.attach(self.deliver)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in list(self._pids):
            self._end(number, signal.SIGKILL)
        self._nursery.kill()
        self._nursery.communicate()

    def start(self, *numbers: int) -> None:
        """Returns once Slack can reach them."""
        pipes = [self._forked(number) for number in numbers]
        for number, pipe in zip(numbers, pipes, strict=True):
            with pipe.open() as out:
                said = out.readline()
            pipe.unlink()
            assert said.startswith(LISTENING), f"replica {number} said {said!r}; {self.said()}"
            with self._gate:
                self._urls[number] = said.removeprefix(LISTENING).strip()
            self.is_up.set()

    def kill(self, number: int) -> None:
        """SIGKILL, and see that it is gone."""
        self._end(number, signal.SIGKILL)
        with self._killed:
            self.kills += 1
            self._killed.notify_all()

    def await_kills(self, count: int) -> None:
        """Wait until so many were killed."""
        with self._killed:
            assert self._killed.wait_for(lambda: self.kills >= count, 120), f"{self.kills} kills in 120 s"

    def stop(self, *numbers: int) -> None:
        """SIGTERM, and see that it left in time."""
        for number in numbers or tuple(self._pids):
            self._end(number, signal.SIGTERM)

    @property
    def members(self) -> tuple[int, ...]:
        with self._gate:
            return tuple(self._urls)

    @property
    def urls(self) -> tuple[str, ...]:
        with self._gate:
            return tuple(self._urls.values())

    def deliver(self, body: bytes, headers: Headers) -> tuple[int, Headers, str]:
        """To one of them, whichever; a dead one answers nothing."""
        with self._gate:
            urls = list(self._urls.values())
        return over_http(self.chance.choice(urls))(body, headers) if urls else (0, {}, "")

    def only(self, number: int) -> None:
        """What people do from now on reaches this one."""
        with self._gate:
            url = self._urls[number]
        self.slack.attach(over_http(url))

    def said(self) -> str:
        """What the bots wrote to their log, the end of it."""
        return self._log.read_text()[-6000:]

    def _forked(self, number: int) -> Path:
        assert number not in self._pids, "it runs already"
        self._pipes += 1
        pipe = Path(self.site.folder) / f"pipe-{self._pipes}"
        os.mkfifo(pipe)
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write(f"{pipe} {msgspec.json.encode(self.site).decode()}\n")
        self._nursery.stdin.flush()
        self._pids[number] = int(self._nursery.stdout.readline())
        return pipe

    def _end(self, number: int, how: signal.Signals) -> None:
        with self._gate:
            self._urls.pop(number, None)
            if not self._urls:
                self.is_up.clear()
        process = psutil.Process(self._pids.pop(number))
        process.send_signal(how)
        try:
            process.wait(6.0)
        except psutil.TimeoutExpired:
            process.kill()
            raise
