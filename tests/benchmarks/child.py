"""A process of its own that does what it is told, a line at a time: nothing measured is shared with who measures."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[2]
LOG_SHOWN = 2_000


class Child:
    """`python -m MODULE ARGUMENTS`. Ends with its input."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed by __exit__
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._log.close()

    def ask(self, *words: str) -> Any:
        """Say a line, and wait for the answer."""
        self.say(*words)
        return self.heard()

    def say(self, *words: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(" ".join(words) + "\n")
        self._process.stdin.flush()

    def heard(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            self._log.seek(0)
            raise ChildProcessError(f"ended with {self._process.wait()}: {self._log.read()[-LOG_SHOWN:]}")
        return json.loads(line)


def tell(answer: Any) -> None:
    """Inside the child."""
    print(json.dumps(answer), flush=True)


def resident_bytes() -> int:
    """What this process has in memory now, whoever asked for it: Python, SQLite or the kernel's maps.

    What it has got and does not use is given back first, or growth into that would not be seen (malloc_trim(3)).
    """
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
