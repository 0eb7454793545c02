"""How much would the archive of a plan hold, and what would keeping it cost? Sources are listed; nothing is read."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Protocol

from msgspec.structs import replace

from data.archive.pieces import GIT
from data.archive.results import PayloadFile
from data.errors import EmeritusError, Unavailable
from data.records.retention import Prices
from data.records.retirement import Retirement
from workflows.preserving import planned
from workflows.rules.keeping.costs import Estimate, Sized, estimate
from workflows.rules.lifecycle import is_living


class Sources(Protocol):
    def files(self, uri: str) -> Sequence[PayloadFile]:
        """All files a URI names. Raises one of our errors."""
        ...


def estimated(
    state: Retirement, sources: Sources | None, prices: Prices, *, in_bucket: bool
) -> Estimate | None:
    """By the archive, where there is one; else by what lies at its sources now. None where nothing will be kept."""
    if state.archived is not None:
        return estimate(state, (), prices, in_bucket=in_bucket)
    if sources is None or state.plan is None or not is_living(state):
        return None
    return estimate(state, sizes(state, sources), prices, in_bucket=in_bucket)


class Estimates:
    """The same for whoever asks, where sources are listed by one at a time.

    A source of a million files is listed for minutes, and whoever else asks meanwhile is told that its size is not
    known: as many of them as there are listeners would keep everybody waiting who votes.
    """

    def __init__(self, sources: Sources | None, prices: Prices, *, in_bucket: bool) -> None:
        self._sources, self._prices, self._in_bucket = sources, prices, in_bucket
        self._listing = Lock()

    def of(self, state: Retirement) -> Estimate | None:
        if self._sources is None or not self._listing.acquire(blocking=False):
            busy = None if self._sources is None else _Busy()
            return estimated(state, busy, self._prices, in_bucket=self._in_bucket)
        try:
            return estimated(state, self._sources, self._prices, in_bucket=self._in_bucket)
        finally:
            self._listing.release()


class _Busy:
    def files(self, uri: str) -> Sequence[PayloadFile]:
        raise Unavailable(f"Cannot list {uri} now: somebody else has sources listed. Ask again")


def sizes(state: Retirement, sources: Sources) -> tuple[Sized, ...]:
    """Class by class, in the order of the plan. What cannot be listed is unknown, and so is a commit before it is had.

    Whoever asks waits for it: what did not answer once, as a cloud, is not asked for the next source.
    """
    found: dict[str, Sized] = {}
    silent: set[str] = set()
    for artifact in planned(state):
        before = found.get(artifact.role) or Sized(of=artifact.role)
        files = _files(artifact.source, sources, silent)
        if files is None:
            found[artifact.role] = replace(before, unknown=(*before.unknown, artifact.source))
        else:
            size = sum(one.size_bytes for one in files)
            found[artifact.role] = replace(before, files=before.files + len(files), bytes=before.bytes + size)
    return tuple(found.values())


def _files(source: str, sources: Sources, silent: set[str]) -> Sequence[PayloadFile] | None:
    scheme = source.partition(":")[0]
    if source.startswith(GIT) or scheme in silent:
        return None
    try:
        return sources.files(source)
    except Unavailable:
        silent.add(scheme)
    except EmeritusError:
        pass
    return None
