"""A second copy of every archive, in a directory of its own, and either of the two put right from the other.

What replaces a bad file was read back in full before; all of it is read back again after. Bad files are moved aside,
never overwritten. Safe to repeat.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from filecmp import cmp
from pathlib import Path

from data.archive.auditing import Turn
from data.archive.bag import sync_folders, writing
from data.archive.fixity import held_to
from data.archive.keeping import Keeping
from data.archive.results import Stopped
from data.errors import Corrupt, Refused
from data.records.archived import Archived
from workflows.adapters.archived_payload import require_sound
from workflows.adapters.local_directory import LocalDirectory, alone
from workflows.artifact_store import EVERYTHING, ArtifactStore

Now = Callable[[], datetime]


class SecondPlace:
    def __init__(self, archive: ArtifactStore, root: Path) -> None:
        self._archive, self._copy = archive, LocalDirectory(root)

    def keep_up(
        self, archived: Archived, turn: Turn, now: Now, stopped: Stopped, *, gone: Collection[str] = ()
    ) -> tuple[str, ...]:
        bag = self._copy.path(archived.location)
        if not bag.exists():
            self._archive.fetch(archived, bag, now, stopped, gone=gone)
            return (EVERYTHING,)
        try:
            self._copy.audit(archived, turn, now, stopped, gone=gone)
        except Corrupt:
            return _put_right(bag, archived, self._archive, now, stopped=stopped, gone=gone)
        return ()

    def mend(
        self, archived: Archived, now: Now, stopped: Stopped, *, gone: Collection[str] = ()
    ) -> tuple[str, ...]:
        if not isinstance(self._archive, LocalDirectory):
            where = self._copy.path(archived.location)
            raise Refused(
                "What a bucket locked cannot be put right in its place",
                reasons=[f"a second copy is at {where}"],
                next_step="Check that copy with bagit.py --validate, and keep it in place of the bucket's",
            )
        bag = self._archive.path(archived.location)
        return _put_right(bag, archived, self._copy, now, stopped=stopped, gone=gone)

    def prune(self, archived: Archived, paths: Collection[str], tombstone: bytes, now: datetime) -> None:
        if self._copy.path(archived.location).is_dir():
            self._copy.prune(archived, paths, tombstone, Keeping(), now)


def _put_right(
    bag: Path, archived: Archived, source: ArtifactStore, now: Now, *, stopped: Stopped, gone: Collection[str]
) -> tuple[str, ...]:
    """The names of the files that `source` gave. Raises `Corrupt` where it does not hold either."""
    if not bag.is_dir():
        source.fetch(archived, bag, now, stopped, gone=gone)
        return (EVERYTHING,)
    whole = bag.with_name(f".{bag.name}.whole")
    aside = bag.with_name(f"{bag.name}.damaged-{now():%Y%m%dT%H%M%S}")
    with writing(bag, archived.bytes), alone(bag.parent):
        before = held_to(archived, bag, stopped=stopped, gone=gone)
        if not before.findings:
            return ()
        with suppress(FileNotFoundError):
            shutil.rmtree(whole)
        source.fetch(archived, whole, now, stopped, gone=gone)
        found = sorted({finding.path for finding in before.findings})
        # Where a manifest is gone, all that it lists belongs nowhere, and is as it was all the same.
        names = tuple(name for name in found if not _is_same(bag / name, whole / name))
        for name in names:
            _replaced(bag / name, whole / name, aside / name)
        sync_folders(bag)
        shutil.rmtree(whole)
        after = held_to(archived, bag, stopped=stopped, gone=gone)
    require_sound(after, f"Bring {bag} back from another copy", read_at=now())
    return names


def _is_same(file: Path, good: Path) -> bool:
    """One that cannot be read is not."""
    try:
        return not file.is_symlink() and cmp(file, good, shallow=False)
    except OSError:
        return False


def _replaced(bad: Path, good: Path, aside: Path) -> None:
    """What belongs to no archive has nothing in its place then."""
    if bad.is_symlink() or bad.exists():
        aside.parent.mkdir(parents=True, exist_ok=True)
        bad.rename(aside)
    if good.is_file():
        bad.parent.mkdir(parents=True, exist_ok=True)
        good.rename(bad)
