"""A copy of all that is in a stored bag, beside it or elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from data.archive.bag import sync_folders, write_synced, writing
from data.archive.findings import Fault, Finding
from data.archive.fixity import PAYLOAD, entries_of, read_back
from data.archive.results import Stopped
from data.errors import Corrupt, Unavailable


def restored(bag: Path, target: Path, stopped: Stopped, gone: Collection[str]) -> list[Finding]:
    """Copy all that is in the bag but for what was pruned. What the disk no longer gives is a finding; links are
    copied as links, so that the check of the copy sees them for what they are."""
    findings: list[Finding] = []
    pruned = {bag / PAYLOAD / path for path in gone}
    entries = sorted(entry for entry in entries_of(bag, findings.append) if entry not in pruned)
    bytes_needed = sum(entry.lstat().st_size for entry in entries)
    with writing(target, bytes_needed):
        target.mkdir()
        for entry in entries:
            copy = target / entry.relative_to(bag)
            try:
                if entry.is_symlink():
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    copy.symlink_to(entry.readlink())
                elif entry.is_file():
                    write_synced(copy, _until(stopped, entry))
                else:
                    findings.append(_unreadable(entry, bag, "not a regular file"))
            except Corrupt as error:
                findings.append(_unreadable(entry, bag, str(error)))
        sync_folders(target)
    return findings


def _unreadable(entry: Path, bag: Path, why: str) -> Finding:
    return Finding(fault=Fault.UNREADABLE, path=entry.relative_to(bag).as_posix(), found=why)


def _until(stopped: Stopped, path: Path) -> Iterator[bytes]:
    for chunk in read_back(path):
        if stopped():
            raise Unavailable(f"Stopped while restoring {path}; the drill starts over")
        yield chunk
