"""What an Envoy wrote on its call log since the last look: who called, who answered, and how. Reading twice is safe.

A log that was renamed is read to its end first, one that was emptied from its beginning; half a line waits for the
other half.
"""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

import msgspec

from data.errors import Unavailable
from data.records.traffic import SLOWER_THAN, Arm
from workflows.adapters.caller_names import ANONYMOUS, caller_of
from workflows.adapters.engines.counts import REFUSED, Note, Seen, Span, Tally, minute_of
from workflows.adapters.envoy.routes import BLOCKED, NEW, OLD, PINNED_NEW, PINNED_OLD

LOG_FILE, OLDER = "calls.log", ".1"
ARMS = {OLD: Arm.OLD, PINNED_OLD: Arm.OLD, NEW: Arm.NEW, PINNED_NEW: Arm.NEW}
BY_LUA = "lua_response"
"""What Envoy calls an answer of the code in piece.py: a brownout."""
BOUNDS = tuple((1000 * float(bound), bound) for bound in SLOWER_THAN)
LINES_TIMEOUT_SECONDS, LOOK_SECONDS = 0.25, 0.005
"""Envoy's thread that writes is told to, and needs a moment."""
LOG_BYTES_MAX = 64 * 1024 * 1024
"""Above, a log that was read is put aside, and the one before it goes."""


class Line(msgspec.Struct, frozen=True):
    """As piece.py has Envoy write it; what it does not know is null."""

    at: str
    caller: str | None = None
    route: str | None = None
    status: int | None = None
    flags: str | None = None
    details: str | None = None
    ms: int | None = None


# Built in one thread: two that are the first to read a type at the same time can crash msgspec 0.22.
_LINE = msgspec.json.Decoder(Line)


class Found:
    """What lines say so far. `lines`: of calls since `started`, those of earlier looks included."""

    def __init__(self, started: datetime, lines: int) -> None:
        self.started, self.lines = started, lines
        self.calls: Counter[tuple[Span, str]] = Counter()
        self.tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)


def seen_in(folder: Path, last: Note, started: datetime, *, ended: int = 0) -> Seen:
    """Raises `Unavailable` where there is no log, or it cannot be read.

    ended   calls that have ended since then, by Envoy's own count: their lines are waited for
    """
    run = started.isoformat()
    found = Found(started, last.more["lines"] if last.more.get("run") == run else 0)
    log = folder / LOG_FILE
    patience_until = time.monotonic() + LINES_TIMEOUT_SECONDS
    try:
        with log.open("rb") as file:
            inode, reached = _inode(file), 0
            if (before := last.more.get("inode")) == inode:
                reached = last.more["reached"]
                reached = reached if reached <= log.stat().st_size else 0
            elif before is not None:
                _read_rest(folder, before, last.more["reached"], found)
            reached = _read(file, reached, found)
            while found.lines < ended and time.monotonic() < patience_until:
                time.sleep(LOOK_SECONDS)
                reached = _read(file, reached, found)
    except OSError as error:
        raise Unavailable(
            f"{log} cannot be read ({error.strerror or error}): has what emeritus endpoint envoy prints been merged?"
        ) from error
    # What does not come in that time, as of a log that was taken away, is not waited for again.
    more = {"inode": inode, "reached": reached, "run": run, "lines": max(found.lines, ended)}
    return Seen(started=started, more=more, calls=found.calls, tallies=found.tallies)


def put_aside(folder: Path) -> bool:
    """Whether the log was so large that it has another name now; Envoy has to open a new one."""
    log = folder / LOG_FILE
    if not log.exists() or log.stat().st_size < LOG_BYTES_MAX:
        return False
    log.replace(folder / f"{LOG_FILE}{OLDER}")
    return True


def _read_rest(folder: Path, inode: int, reached: int, found: Found) -> None:
    older = folder / f"{LOG_FILE}{OLDER}"
    if older.exists():
        with older.open("rb") as file:
            if _inode(file) == inode:
                _read(file, reached, found)


def _read(file: BinaryIO, reached: int, found: Found) -> int:
    """Returns how far whole lines go."""
    file.seek(reached)
    for raw in file:
        if not raw.endswith(b"\n"):
            break
        reached += len(raw)
        _count(raw, found)
    return reached


def _count(raw: bytes, found: Found) -> None:
    try:
        line = _LINE.decode(raw)
        at = datetime.fromtimestamp(float(line.at), UTC)
    except (msgspec.MsgspecError, ValueError, OverflowError):
        return  # no line of ours: a disk that was full cut one
    found.lines += at >= found.started
    tallies = found.tallies
    caller = caller_of(line.caller or "") or ANONYMOUS
    found.calls[minute_of(at), caller] += 1
    status = line.status or 0
    if line.details == BY_LUA or line.route == BLOCKED:
        tallies[REFUSED, caller].calls += 1
    elif (arm := ARMS.get(line.route or "")) is not None:
        is_late = status == HTTPStatus.GATEWAY_TIMEOUT or "UT" in (line.flags or "").split(",")
        tally = tallies[arm, caller]
        tally.add(
            Tally(
                calls=1,
                errors=int(status >= HTTPStatus.INTERNAL_SERVER_ERROR),
                timeouts=int(is_late),
                slower=dict(_slower(line.ms or 0)) if status else {},
            )
        )


def _slower(ms: int) -> Iterator[tuple[str, int]]:
    for limit, bound in BOUNDS:
        if ms > limit:
            yield bound, 1


def _inode(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_ino
