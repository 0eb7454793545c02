"""Starts the bot, kills it, starts it again. The next process waits ready: a story is not spent on imports."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from tests.fakes.slack import SlackFake
from tests.kill.bot_process import Town

ROOT = Path(__file__).parents[2]
LISTENING = "Emeritus is listening at "


class Keeper:
    """One bot at most at a time. `kills` counts; `is_up` is set while Slack can reach a bot."""

    def __init__(self, town: Town, slack: SlackFake) -> None:
        self.town, self.slack = town, slack
        self.kills = 0
        self.is_up = threading.Event()
        self._killed = threading.Condition()
        self._log = Path(town.folder) / "bot.log"
        self._running: subprocess.Popen[str] | None = None
        self._spare = self._made_ready()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in (self._running, self._spare):
            if process is not None:
                process.kill()
                self._buried(process)

    def start(self) -> None:
        """Returns once Slack can reach the bot."""
        assert self._running is None, "it runs already"
        self._running, self._spare = self._spare, self._made_ready()
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        self._running.stdin.write("go\n")
        self._running.stdin.flush()
        said = self._running.stdout.readline()
        if not said.startswith(LISTENING):
            code = self._running.wait(5)
            raise AssertionError(f"start {self.kills + 1} ended with {code}, saying {said!r}; {self.said()}")
        self.slack.attach(said.removeprefix(LISTENING).strip())
        self.is_up.set()

    def kill(self) -> None:
        """SIGKILL, and see that it is gone."""
        process = self._taken_down()
        process.kill()
        self._buried(process)
        with self._killed:
            self.kills += 1
            self._killed.notify_all()

    def stop(self) -> int:
        """SIGTERM; the exit code of a bot that left in time."""
        process = self._taken_down()
        process.terminate()
        try:
            return process.wait(5.0)
        finally:
            process.kill()
            self._buried(process)

    def await_kills(self, count: int) -> None:
        """Wait until the bot was killed so often."""
        with self._killed:
            assert self._killed.wait_for(lambda: self.kills >= count, 90), f"{self.kills} kills in 90 s"

    def said(self) -> str:
        """What the bots wrote to their log, the end of it."""
        return self._log.read_text()[-4000:]

    def _taken_down(self) -> subprocess.Popen[str]:
        assert self._running is not None, "it does not run"
        assert self._running.poll() is None, f"it ended by itself; {self.said()}"
        process, self._running = self._running, None
        self.is_up.clear()
        return process

    def _made_ready(self) -> subprocess.Popen[str]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.kill.bot_process", msgspec.json.encode(self.town).decode()],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    @staticmethod
    def _buried(process: subprocess.Popen[str]) -> None:
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
