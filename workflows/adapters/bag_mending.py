"""A bag in a directory put right from a whole one. Bad files are moved aside, never overwritten. Safe to repeat."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from filecmp import cmp
from pathlib import Path

from data.archive.bag import sync_folders, writing
from data.archive.fixity import held_to
from data.archive.freshness import all_digests_of
from data.archive.results import Stopped
from data.records.archived import Archived
from workflows.adapters.archived_payload import DAMAGED, held_here, require_sound
from workflows.artifact_store import EVERYTHING, Whole


def put_right(
    bag: Path,
    archived: Archived,
    whole: Whole,
    now: Callable[[], datetime],
    stopped: Stopped,
    *,
    gone: Collection[str],
) -> tuple[str, ...]:
    """The names of the files that came from the whole one. Nobody else may write there meanwhile."""
    if not bag.is_dir():
        whole(bag, ())
        return (EVERYTHING,)
    good = bag.with_name(f".{bag.name}.whole")
    aside = bag.with_name(f"{bag.name}{DAMAGED}{now():%Y%m%dT%H%M%S}")
    with writing(bag, archived.bytes):
        before = held_to(archived, bag, stopped=stopped, gone=gone)
        if not before.findings:
            return ()
        with suppress(FileNotFoundError):
            shutil.rmtree(good)
        found = sorted({finding.path for finding in before.findings})
        whole(good, held_here(all_digests_of(bag), found))
        # Where a manifest is gone, all that it lists belongs nowhere, and is as it was all the same.
        names = tuple(name for name in found if not _is_same(bag / name, good / name))
        for name in names:
            _replaced(bag / name, good / name, aside / name)
        sync_folders(bag)
        shutil.rmtree(good)
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
