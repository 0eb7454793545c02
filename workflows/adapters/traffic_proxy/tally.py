"""How many calls of whom went where, and how they went: counted while the proxy runs, kept when it does not.

A count begins anew, and says since when, once another model answers on either side: a sum of two models says nothing
of one. So it does where the file was lost. Within that no number ever goes down, but for what a crash takes: calls of
the last moment before it.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from data.records.traffic import OTHERS, SLOWER_THAN, Arm, Count, Observed
from workflows.adapters.call_log import EPOCH
from workflows.adapters.model_server import write_atomically
from workflows.adapters.traffic_proxy.ways import Became

CALLERS_MAX = 1_000
"""Of so many it is told who they are: a name is whatever a caller says."""
ARMS = {Became.OLD: Arm.OLD, Became.NEW: Arm.NEW}
REFUSED = (Became.BROWNOUT, Became.BLOCKED)
BOUNDS = tuple((float(bound), bound) for bound in SLOWER_THAN)


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """As it lies in the file. `old`, `new`: which addresses were counted."""

    old: str
    new: str
    observed: Observed


# Built in one thread: two that are the first to read a type at the same time can crash msgspec 0.22.
_KEPT = msgspec.json.Decoder(Kept)


class Row(msgspec.Struct):
    """Calls of one caller that went one way."""

    calls: int = 0
    errors: int = 0
    timeouts: int = 0
    slower: dict[str, int] = msgspec.field(default_factory=dict)

    def ended(self, seconds: float, *, is_error: bool, is_timeout: bool = False) -> None:
        self.errors += is_error
        self.timeouts += is_timeout
        for limit, bound in BOUNDS:
            if seconds <= limit:
                break
            self.slower[bound] = self.slower.get(bound, 0) + 1


class Tally:
    """Counts in one thread, the event loop's; `write` may be called in another with what `kept` returned."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._led: tuple[str, str] | None = None
        self._written: Kept | None = None
        self.under_way = 0
        self._begin(EPOCH)
        if (kept := kept_at(path)) is not None:
            self._led, self._written = (kept.old, kept.new), kept
            self._take_up(kept.observed)

    def lead(self, old: str, new: str, now: datetime) -> None:
        """Where calls go from now on. Where that is the same as before it goes on counting."""
        if self._led != (old, new):
            self._led = old, new
            self._begin(now)

    def given(self, caller: str, became: Became) -> Row:
        """One call more, counted as soon as it is decided what becomes of it."""
        if caller not in self._callers:
            if len(self._callers) >= CALLERS_MAX:
                caller = OTHERS
            self._callers.add(caller)
        row = self._rows.setdefault((caller, became), Row())
        row.calls += 1
        return row

    def kept(self) -> Kept | None:
        """What is to be written; None where nothing has changed."""
        assert self._led is not None
        now = Kept(old=self._led[0], new=self._led[1], observed=self._observed())
        return None if now == self._written else now

    def write(self, kept: Kept) -> None:
        """Raises OSError."""
        write_atomically(self._path, msgspec.json.encode(kept))
        self._written = kept

    def _begin(self, now: datetime) -> None:
        self._since = now
        self._callers: set[str] = set()
        self._rows: dict[tuple[str, Became], Row] = {}
        self.mirrored = self.unanswered = self.shed = 0

    def _take_up(self, found: Observed) -> None:
        self._begin(found.since)
        for one in found.counts:
            became = Became(one.arm)
            self._rows[one.consumer, became] = Row(one.calls, one.errors, one.timeouts, dict(one.slower))
        for consumer, calls in found.refused.items():
            self._rows[consumer, Became.BROWNOUT] = Row(calls)
        self._callers = {caller for caller, _ in self._rows}
        self.mirrored, self.unanswered, self.shed = found.mirrored, found.unanswered, found.shed

    def _observed(self) -> Observed:
        refused: dict[str, int] = {}
        for (caller, became), row in self._rows.items():
            if became in REFUSED:
                refused[caller] = refused.get(caller, 0) + row.calls
        return Observed(
            since=self._since,
            counts=tuple(
                Count(
                    arm=ARMS[became],
                    consumer=caller,
                    calls=row.calls,
                    errors=row.errors,
                    timeouts=row.timeouts,
                    slower=dict(row.slower),
                )
                for (caller, became), row in self._rows.items()
                if became in ARMS
            ),
            refused=refused,
            under_way=self.under_way,
            mirrored=self.mirrored,
            unanswered=self.unanswered,
            shed=self.shed,
        )


def kept_at(path: Path) -> Kept | None:
    """None where nothing was counted yet, or what was cannot be read."""
    try:
        return _KEPT.decode(path.read_bytes())
    except (OSError, ValueError):
        return None
