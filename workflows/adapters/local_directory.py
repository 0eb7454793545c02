"""An archive in a local directory: a folder per subject, in it a BagIt bag per content. Safe to call twice.

Tamper-evident, not tamper-proof: files are read-only and each digest is checked against one recorded outside,
but whoever owns the disk can delete a bag. Promises that nobody can delete need a store with object lock.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec

from data.archive.bag import changed, publish, sync_folders, write_bag, write_synced, writing
from data.archive.bag_paths import stays_inside
from data.archive.fixity import (
    FINDINGS_SHOWN_MAX,
    Fault,
    Finding,
    Fixity,
    check,
    looks_complete,
    read_back,
    report,
)
from data.archive.freshness import SOURCES_FILE, differences, marks, removed
from data.archive.manifest import sha256_id
from data.archive.results import Artifact, Drilled, PayloadFile, Stopped, Stored, Wrapping
from data.errors import Corrupt, EmeritusError, Refused, Stale, Unavailable
from data.records.archived import Archived
from workflows.adapters.artifact_sources import ArtifactSources

ARTIFACTS_FILE = "artifacts.json"

_PARTIAL, _RESTORED = ".partial", ".restored"
_SHELF_NAME_MAX = 100


class LocalDirectory:
    """`root` is made when the first archive is put; locations are relative to it, so it can be moved."""

    def __init__(self, root: Path, sources: ArtifactSources | None = None) -> None:
        self.root = root
        self._sources = sources or ArtifactSources()

    def put(
        self,
        name: str,
        artifacts: Sequence[Artifact],
        wrapping: Wrapping,
        now: Callable[[], datetime],
        stopped: Stopped,
    ) -> Stored:
        """Archive the artifacts of a subject. The same content put twice is one bag with one id.

        A bag already there is read back before the new copy of it is thrown away: Corrupt when it has rotted.
        """
        payload = _payload(artifacts, self._sources.files)
        shelf = self.root / _shelf_name(name)
        with writing(shelf, 0):
            # Weights and data may have been readable to few; their copies are to this user alone, unless the
            # directory is there already with other rights.
            if not self.root.exists():
                self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            shelf.mkdir(parents=True, exist_ok=True)
        with _alone(shelf):
            partial = shelf / _PARTIAL
            bag = write_bag(
                partial,
                payload,
                info=wrapping.info,
                describe=lambda bag: {
                    **wrapping.describe(bag),
                    ARTIFACTS_FILE: msgspec.json.format(msgspec.json.encode(list(artifacts))) + b"\n",
                    SOURCES_FILE: marks(payload),
                },
                bagged_on=now().date(),
                stopped=stopped,
            )
            _require_none_added(payload, _payload(artifacts, self._sources.files))
            final = shelf / bag.preservation_id.removeprefix("sha256:")
            if final.exists():
                fixity = check(final, manifest_digest=bag.manifest_digest, stopped=stopped)
                _require_sound(
                    fixity, f"Move {final} aside and keep it for a look, then archive again", read_at=now()
                )
            else:
                publish(partial, final)
        archived = Archived(
            location=final.relative_to(self.root).as_posix(),
            preservation_id=bag.preservation_id,
            manifest_digest=bag.manifest_digest,
            files=len(bag.files),
            bytes=bag.bytes,
        )
        return Stored(archived=archived, artifacts=bag.files)

    def drill(
        self, location: str, manifest_digest: str, now: Callable[[], datetime], stopped: Stopped
    ) -> Drilled:
        """Restore the whole bag beside itself, check that copy and remove it. Changes nothing stored.

        manifest_digest   as recorded when it was archived: the manifest in the bag may have been rewritten
        """
        bag = self.path(location)
        if not self.root.is_dir():
            raise Unavailable(
                f"Cannot reach the archive {self.root}: no such directory. "
                "Mount it or correct EMERITUS_ARCHIVE; it is tried again"
            )
        next_step = "Bring it back from a second copy, or move it aside: then it is archived again"
        if not bag.is_dir():
            raise Corrupt(f"The archive {bag} is missing. {next_step}")
        with _alone(bag.parent):
            restored = bag.parent / _RESTORED
            findings = _restore(bag, restored, stopped)
            fixity = check(restored, manifest_digest=manifest_digest, stopped=stopped)
        lost = {finding.path for finding in findings}
        findings += [finding for finding in fixity.findings if finding.path not in lost]
        fixity = msgspec.structs.replace(fixity, findings=tuple(findings))
        read_at = now()
        _require_sound(fixity, next_step, read_at=read_at)
        return Drilled(
            files=fixity.files, bytes=fixity.bytes, read_at=read_at, manifest_digest=fixity.manifest_digest
        )

    def require_current(self, location: str, artifacts: Sequence[Artifact], stopped: Stopped) -> None:
        """Compare what is left of the sources with what was archived: Stale when there is something newer.

        Refused where something is newer and something else is gone: a new archive would lack that.
        """
        bag = self.path(location)
        left = _payload(artifacts, self._sources.left)
        found = list(differences(bag, left, stopped))
        if found and (gone := removed(bag, left)):
            raise Refused(
                "The artifacts are not those that were archived",
                reasons=[*_shortened(found), f"gone: {', '.join(_shortened(gone))}"],
                next_step=f"Put back what is gone, which is in {bag}, or press Edit plan on the card for a new vote",
            )
        if found:
            raise Stale(
                f"{'; '.join(_shortened(found))}. If that goes on, let the catalog name fewer files. "
                f"What was archived before stays in {bag}"
            )

    def exists(self, location: str, manifest_digest: str) -> bool:
        """A cheap look: the recorded manifest is there, with as many files and bytes as it had. No proof."""
        return looks_complete(self.path(location), manifest_digest=manifest_digest)

    def path(self, location: str) -> Path:
        """Where a bag lies. A location that leads out of the archive is refused, wherever it came from."""
        if not stays_inside(location):
            raise Refused(
                f"Cannot open the archive {location!r}",
                reasons=["it lies outside of the archive directory"],
                next_step="Use the location recorded when it was archived",
            )
        return self.root / location


def _payload(
    artifacts: Sequence[Artifact], files: Callable[[str], tuple[PayloadFile, ...]]
) -> list[PayloadFile]:
    """All files of the artifacts, each with its path in the bag. What is wrong with several is told at once."""
    found: list[PayloadFile] = []
    wrong: list[EmeritusError] = []
    for artifact in artifacts:
        try:
            for file in files(artifact.source):
                path = f"{artifact.path}/{file.path}" if file.path else artifact.path
                found.append(replace(file, path=path))
        except EmeritusError as error:
            wrong.append(error)
    if len(wrong) > 1 and not all(isinstance(error, Unavailable) for error in wrong):
        raise Refused(
            f"Cannot archive {len(wrong)} of {len(artifacts)} artifacts",
            reasons=_shortened([str(error) for error in wrong]),
            next_step="Put each right where it lies; or correct the catalog, import it, "
            "then press Edit plan on the card for a new vote",
        )
    if wrong:
        raise wrong[0]
    return found


def _require_none_added(listed: Sequence[PayloadFile], found: Sequence[PayloadFile]) -> None:
    """Each file that was listed held still; none may have come beside them."""
    names = {file.path for file in listed}
    for file in found:
        if file.path not in names:
            raise changed(file.path, "it was added")


def _shortened(found: Sequence[str]) -> list[str]:
    more = len(found) - FINDINGS_SHOWN_MAX
    return [*found[:FINDINGS_SHOWN_MAX], *([f"and {more} more"] if more > 0 else [])]


def _shelf_name(name: str) -> str:
    """A folder name people recognise, whatever the subject is called. Two subjects may share one harmlessly:
    what lies in it is named by content."""
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:_SHELF_NAME_MAX]
    return name if name and readable == name else f"{readable or 'model'}-{sha256_id(name.encode())[7:15]}"


@contextmanager
def _alone(shelf: Path) -> Iterator[None]:
    """Hold the shelf against other processes, and leave no half-finished copy on it, even a killed one's."""
    with writing(shelf, 0):
        descriptor = os.open(shelf, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Unavailable(
                f"Another copy or drill is under way in {shelf}; it is tried again when that has ended"
            ) from error
        try:
            _sweep(shelf)
            yield
        finally:
            _sweep(shelf)
    finally:
        os.close(descriptor)


def _sweep(shelf: Path) -> None:
    with writing(shelf, 0):
        for name in (_PARTIAL, _RESTORED):
            if (shelf / name).exists():
                shutil.rmtree(shelf / name)


def _restore(bag: Path, target: Path, stopped: Stopped) -> list[Finding]:
    """Copy all that is in the bag. What the disk no longer gives is a finding; links are copied as links, so
    that the check of the copy sees them for what they are."""
    findings = []
    entries = sorted(entry for entry in bag.rglob("*") if entry.is_symlink() or not entry.is_dir())
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
            except Corrupt as error:
                path = entry.relative_to(bag).as_posix()
                findings.append(Finding(fault=Fault.UNREADABLE, path=path, found=str(error)))
        sync_folders(target)
    return findings


def _until(stopped: Stopped, path: Path) -> Iterator[bytes]:
    for chunk in read_back(path):
        if stopped():
            raise Unavailable(f"Stopped while restoring {path}; the drill starts over")
        yield chunk


def _require_sound(fixity: Fixity, next_step: str, *, read_at: datetime) -> None:
    if fixity.findings:
        raise Corrupt(report(fixity, read_at=read_at, next_step=next_step))
