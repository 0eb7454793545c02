"""A second copy of every archive, in a place of its own, and either of the two put right from the other.

What replaces a bad file was read back before; all of what it is put into is read back after. Safe to repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from data.archive.auditing import Turn
from data.archive.keeping import Keeping
from data.archive.results import Mended, Stopped
from data.errors import Corrupt
from data.records.archived import Archived
from workflows.artifact_store import ArtifactStore, Whole

Now = Callable[[], datetime]


class SecondPlace:
    """`where`: of the copies, for people."""

    def __init__(self, archive: ArtifactStore, copy: ArtifactStore, where: str) -> None:
        self._archive, self._copy, self._where = archive, copy, where

    def keep_up(
        self, archived: Archived, turn: Turn, now: Now, stopped: Stopped, *, gone: Collection[str] = ()
    ) -> Mended:
        here = self._copy.copy_of(archived)
        if here is not None:
            try:
                self._copy.audit(here, turn, now, stopped, gone=gone)
            except Corrupt:
                pass
            else:
                return Mended()
        whole = _whole(self._archive, archived, now, stopped, gone)
        return self._copy.put_right(here or archived, whole, now, stopped, gone=gone)

    def mend(self, archived: Archived, now: Now, stopped: Stopped, *, gone: Collection[str] = ()) -> Mended:
        here = self._copy.copy_of(archived)
        if here is None:
            raise Corrupt(f"there is none of {archived.location} in {self._where}")
        whole = _whole(self._copy, here, now, stopped, gone)
        return self._archive.put_right(archived, whole, now, stopped, gone=gone)

    def keep(self, archived: Archived, keeping: Keeping, *, paths: Collection[str]) -> None:
        if (here := self._copy.copy_of(archived)) is not None:
            self._copy.keep(here, keeping, paths=paths)

    def prune(self, archived: Archived, paths: Collection[str], tombstone: bytes, now: datetime) -> None:
        if (here := self._copy.copy_of(archived)) is not None:
            self._copy.prune(here, paths, tombstone, Keeping(), now)


def _whole(
    store: ArtifactStore, archived: Archived, now: Now, stopped: Stopped, gone: Collection[str]
) -> Whole:
    def bring(folder: Path, besides: Collection[str]) -> None:
        store.fetch(archived, folder, now, stopped, gone={*gone, *besides})

    return bring
