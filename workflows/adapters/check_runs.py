"""Checks of consumers, run: an address is asked once, a command ends by itself. Calling twice runs it twice.

What catalogs declare is asked only where the operator allows its host, at an address that was looked up once, without
following anybody elsewhere. Commands are the operator's own; they get arguments, no shell, and nothing of our secrets.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from data.archive.results import Stopped
from data.records.checks import Check, CheckEnd, OwnChecks
from workflows.adapters.check_addresses import asked
from workflows.adapters.check_logs import Log
from workflows.checks import Ran

SKIPPED = (
    77  # the exit code of a test that was skipped: gnu.org/software/automake, "Scripts-based Testsuites"
)
LOOK_SECONDS = 0.1
READ_BYTES = 65_536
PATH = "/usr/local/bin:/usr/bin:/bin"
"""Where commands are looked for that are named without a folder."""


@dataclass(frozen=True, kw_only=True)
class CheckRuns:
    """Implements `Runner`. `own` says which hosts may be asked, and where commands are run."""

    own: OwnChecks

    def run(self, check: Check, about: Mapping[str, str], stopped: Stopped) -> Ran | None:
        if check.command:
            folder = Path(self.own.file).parent if self.own.file else None
            return commanded(check, about, stopped, folder=folder)
        return asked(check, self.own.hosts, stopped)


def commanded(
    check: Check, about: Mapping[str, str], stopped: Stopped, *, folder: Path | None = None
) -> Ran | None:
    """Run it with a clean environment. What it leaves running behind ends with it."""
    ends = monotonic() + check.timeout_seconds
    try:
        process = subprocess.Popen(
            check.command,
            cwd=folder,
            env={"PATH": PATH, "LANG": "C.UTF-8", **about},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        return Ran(end=CheckEnd.NOT_RUN, why=f"its command cannot be started: {said or 'no reason is told'}")
    log = Log()
    try:
        is_over = _read(process, log, ends, stopped)
    finally:
        _end(process)
    if is_over:
        return _ended(process.returncode, log)
    if stopped():
        return None
    why = f"it did not end within {check.timeout_seconds:,} s"
    return Ran(end=CheckEnd.FAILED, why=why, log=log.text())


def _read(process: subprocess.Popen[bytes], log: Log, ends: float, stopped: Stopped) -> bool:
    """What it says, until it ended; False where it was not let end. All it says beyond what is kept is let go."""
    assert process.stdout is not None
    with process.stdout, selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        while monotonic() < ends and not stopped():
            is_over = process.poll() is not None
            for _ in waiting.select(0 if is_over else LOOK_SECONDS):
                if said := os.read(process.stdout.fileno(), READ_BYTES):
                    log.add(said)
                    is_over = False
                else:
                    waiting.unregister(process.stdout)
            if is_over:
                return True
            if not waiting.get_map():
                # It closed its output, and may go on for a while.
                with suppress(subprocess.TimeoutExpired):
                    process.wait(LOOK_SECONDS)
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """With all it started: a leader of a session that is gone leaves its group behind."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _ended(code: int, log: Log) -> Ran:
    if code == 0:
        return Ran(end=CheckEnd.PASSED, log=log.text())
    if code == SKIPPED:
        return Ran(end=CheckEnd.SKIPPED, why=f"exit code {SKIPPED} says so", log=log.text())
    why = f"exit code {code}" if code > 0 else f"ended by signal {-code}"
    return Ran(end=CheckEnd.FAILED, why=why, log=log.text())
