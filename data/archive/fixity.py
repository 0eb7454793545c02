"""Is a stored bag still what was archived? Reads every byte back and lists everything that is wrong with it.

All findings come as data, because the first one alone would hide whether one file rotted or a whole disk.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from data.archive.bag_paths import PATH_BYTES_MAX, SHOWN_MAX, could_be_ours, stays_inside
from data.archive.findings import Fault, Finding, Fixity
from data.archive.hashing import Digest
from data.archive.manifest import PAYLOAD_MANIFEST, TAG_MANIFEST, manifest_of, parse_manifest, sha256_id
from data.archive.results import Stopped
from data.errors import Corrupt, Unavailable
from data.records.archived import Archived

CHUNK_BYTES = 1 << 20
PAYLOAD = "data/"
"""Below it lies what was archived; beside it, what describes that."""

_OXUM = re.compile(r"^Payload-Oxum: (\d+)\.(\d+)$", re.MULTILINE)


class Read(NamedTuple):
    digest: str
    bytes: int


def check(
    bag: Path,
    *,
    manifest_digest: str,
    stopped: Stopped,
    tags_digest: str = "",
    gone: Collection[str] = (),
) -> Fixity:
    """Compare each file with the manifests, and these with the digests kept outside of the bag.

    manifest_digest   as recorded when we archived it; empty for a bag that is not ours or has no record
    tags_digest       the same of the tag manifest; empty also for a bag of a time when it was not recorded
    gone              what was pruned since, as the record has it: neither missed nor read
    """
    present, findings = _inventory(bag)
    read: dict[str, Read] = {}
    for path in present:
        if path.removeprefix(PAYLOAD) in gone:
            continue
        try:
            read[path] = digested(read_back(bag / path), bag / path, stopped)
        except Corrupt as error:
            findings.append(Finding(fault=Fault.UNREADABLE, path=path, found=str(error)))
    manifests = {name: (bag / name).read_bytes() for name in (PAYLOAD_MANIFEST, TAG_MANIFEST) if name in read}
    return judged(
        read, manifests, findings, manifest_digest=manifest_digest, tags_digest=tags_digest, gone=gone
    )


def held_to(archived: Archived, bag: Path, *, stopped: Stopped, gone: Collection[str] = ()) -> Fixity:
    """`check` with what is on record of it."""
    return check(
        bag,
        manifest_digest=archived.manifest_digest,
        tags_digest=archived.tags_digest,
        stopped=stopped,
        gone=gone,
    )


def judged(
    read: Mapping[str, Read],
    manifests: Mapping[str, bytes],
    findings: Iterable[Finding],
    *,
    manifest_digest: str,
    tags_digest: str = "",
    gone: Collection[str] = (),
) -> Fixity:
    """What follows from what was read, wherever it lies. `findings` are those of reading itself."""
    found = list(findings)
    unreadable = {finding.path for finding in found}
    pruned = {f"{PAYLOAD}{path}" for path in gone}
    listed = {TAG_MANIFEST}
    tags_hold = TAG_MANIFEST in read
    for manifest in (PAYLOAD_MANIFEST, TAG_MANIFEST):
        entries, rejected = _entries(manifest, manifests.get(manifest))
        found += rejected
        if manifest_digest and manifest in read and not rejected:
            # Where nothing vouches for the tag manifest: we write digests in one way only, so a flipped bit that
            # makes a letter a capital means the same and is damage all the same.
            own = manifest_digest if manifest == PAYLOAD_MANIFEST else tags_digest
            own = own or sha256_id(manifest_of(entries.items()))
            found += _differences({manifest: own.removeprefix("sha256:")}, read, unreadable)
        if manifest == TAG_MANIFEST and tags_digest and tags_hold:
            tags_hold = tags_digest == f"sha256:{read[manifest].digest}"
            if not tags_hold:
                break  # what it says of others is no reason to doubt them
        if manifest == PAYLOAD_MANIFEST and (ours := _as_recorded(read, entries, pruned, manifest_digest)):
            # Whatever became of the manifest, what it was made of is there as it was.
            listed |= ours
            continue
        left = {path: digest for path, digest in entries.items() if path not in pruned}
        found += _differences(left, read, unreadable)
        listed |= entries.keys()
    found += [
        Finding(fault=Fault.EXTRA, path=path, found=one.digest, bytes=one.bytes)
        for path, one in read.items()
        # Without the tag manifest nothing says which files beside the payload belong there.
        if path not in listed and (path.startswith(PAYLOAD) or tags_hold)
    ]
    payload = [one.bytes for path, one in read.items() if path.startswith(PAYLOAD)]
    own_digests = [
        f"sha256:{read[one].digest}" if one in read else "" for one in (PAYLOAD_MANIFEST, TAG_MANIFEST)
    ]
    return Fixity(
        files=len(payload),
        bytes=sum(payload),
        manifest_digest=own_digests[0],
        tags_digest=own_digests[1],
        findings=_one_each(found),
    )


def _as_recorded(
    read: Mapping[str, Read], entries: Mapping[str, str], pruned: Collection[str], manifest_digest: str
) -> set[str]:
    """The payload, where what was read of it, and is listed of what went, makes the manifest on record; else none."""
    digests = {path: one.digest for path, one in read.items() if path.startswith(PAYLOAD)}
    digests |= {path: entries[path] for path in pruned if path in entries}
    return set(digests) if sha256_id(manifest_of(digests.items())) == manifest_digest else set()


def differing(
    expected: Mapping[str, str], read: Callable[[str], Read | Finding], *, manifest_digest: str
) -> Fixity:
    """Some files by themselves, each against the digest it is to have. What `Corrupt` says of one is a finding."""
    done: dict[str, Read] = {}
    findings = []
    for path in expected:
        try:
            found = read(path)
        except Corrupt as error:
            found = Finding(fault=Fault.UNREADABLE, path=path, found=str(error))
        if isinstance(found, Finding):
            findings.append(found)
        else:
            done[path] = found
    wrong = _differences(expected, done, {one.path for one in findings})
    return Fixity(
        files=len(done),
        bytes=sum(one.bytes for one in done.values()),
        manifest_digest=manifest_digest,
        tags_digest="",
        findings=(*findings, *wrong),
    )


def looks_complete(
    bag: Path, *, manifest_digest: str, tags_digest: str = "", gone: Collection[str] = ()
) -> bool:
    """A cheap look, payload unread: the manifests are the recorded ones, and count and size fit.

    Once something was pruned, it is only looked whether all the rest is there.
    """
    try:
        manifest, info = (bag / PAYLOAD_MANIFEST).read_bytes(), (bag / "bag-info.txt").read_text("utf-8")
        tags = sha256_id((bag / TAG_MANIFEST).read_bytes()) if tags_digest else ""
        sizes = {path: (bag / path).stat().st_size for path in _inventory(bag)[0] if path.startswith(PAYLOAD)}
    except (OSError, UnicodeDecodeError):
        return False
    if (sha256_id(manifest), tags) != (manifest_digest, tags_digest):
        return False
    if gone:
        kept = {path for path, _ in parse_manifest(manifest.decode())[0]}
        return kept - sizes.keys() <= {f"{PAYLOAD}{path}" for path in gone}
    oxum = _OXUM.search(info)
    return oxum is not None and oxum.groups() == (str(sum(sizes.values())), str(len(sizes)))


def read_back(path: Path) -> Iterator[bytes]:
    """Read a stored file from the disk, not from memory: the page cache would hide what the disk lost."""
    try:
        with path.open("rb", buffering=0) as file:
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
    except PermissionError as error:
        raise Unavailable(
            f"Cannot read {path}: {error.strerror}. Let the bot read it; it is tried again"
        ) from error
    except OSError as error:
        raise Corrupt(error.strerror or str(error)) from error


def _inventory(bag: Path) -> tuple[list[str], list[Finding]]:
    """Paths of all regular files, and a finding for whatever is no file: a link could lead anywhere."""
    present: list[str] = []
    findings: list[Finding] = []
    for entry in entries_of(bag, findings.append):
        path = entry.relative_to(bag).as_posix()
        if entry.is_symlink() or not entry.is_file():
            findings.append(Finding(fault=Fault.UNREADABLE, path=path, found="not a regular file"))
        else:
            present.append(path)
    return sorted(present), findings


def entries_of(bag: Path, unlisted: Callable[[Finding], object]) -> Iterator[Path]:
    """Whatever is in it and no folder, links included. Raises `Unavailable` where a folder may not be listed;

    `unlisted` is told of one that cannot be, or lies deeper than any of ours.
    """

    def fail(error: OSError) -> None:
        if isinstance(error, PermissionError):
            raise Unavailable(
                f"Cannot list {error.filename}: {error.strerror}. Let the bot read it; it is tried again"
            ) from error
        path = Path(error.filename).relative_to(bag).as_posix()
        unlisted(Finding(fault=Fault.UNREADABLE, path=path, found=error.strerror or str(error)))

    for folder, subfolders, names in os.walk(bag, onerror=fail):
        path = Path(folder).relative_to(bag).as_posix()
        if len(os.fsencode(path)) > len(PAYLOAD) + PATH_BYTES_MAX:
            # We write none, and walks over folders in each other come to an end of their own: Python's at a thousand.
            why = f"it lies in folders whose path is longer than {PATH_BYTES_MAX:,} bytes"
            unlisted(Finding(fault=Fault.UNREADABLE, path=f"{path[:SHOWN_MAX]}...", found=why))
            subfolders.clear()
            continue
        for name in sorted([*names, *subfolders]):
            entry = Path(folder, name)
            if entry.is_symlink() or not entry.is_dir():
                yield entry


def digested(chunks: Iterable[bytes], what: object, stopped: Stopped) -> Read:
    """All of it read and hashed. Raises `Unavailable` where that is to stop; `what` names it then."""
    digest, bytes_read = Digest(), 0
    try:
        for chunk in chunks:
            if stopped():
                raise Unavailable(f"Stopped while reading {what}; the check starts over")
            digest.update(chunk)
            bytes_read += len(chunk)
        return Read(digest.hexdigest(), bytes_read)
    finally:
        digest.close()


def _entries(manifest: str, content: bytes | None) -> tuple[dict[str, str], list[Finding]]:
    """What a manifest lists, without the lines that cannot be followed; those are findings."""
    if content is None:
        return {}, [Finding(fault=Fault.MISSING, path=manifest)]
    try:
        pairs, rejected = parse_manifest(content.decode())
    except UnicodeDecodeError:
        return {}, [Finding(fault=Fault.UNREADABLE, path=manifest, found="not UTF-8")]
    count = Counter(path for path, _ in pairs)
    faults = [
        *(f"no manifest line: {line[:80]!r}" for line in rejected),
        *(f"listed twice: {path[:80]!r}" for path in count if count[path] > 1),
        *(f"leads out of the bag: {path[:80]!r}" for path in count if not stays_inside(path)),
        *(
            f"no name of a file: {path[:80]!r}"
            for path in count
            if stays_inside(path) and not could_be_ours(path)
        ),
    ]
    entries = {path: digest for path, digest in pairs if could_be_ours(path)}
    return entries, [Finding(fault=Fault.UNREADABLE, path=manifest, found=fault) for fault in faults]


def _differences(
    entries: Mapping[str, str], read: Mapping[str, Read], unreadable: set[str]
) -> Iterator[Finding]:
    for path, expected in sorted(entries.items()):
        found = read.get(path)
        if found is None and path not in unreadable:
            yield Finding(fault=Fault.MISSING, path=path, expected=expected)
        elif found is not None and found.digest != expected:
            yield Finding(
                fault=Fault.CHANGED, path=path, expected=expected, found=found.digest, bytes=found.bytes
            )


def _one_each(findings: list[Finding]) -> tuple[Finding, ...]:
    """A manifest can differ from the record and from the tag manifest for one reason; it is told once."""
    return tuple({(one.fault, one.path, one.found): one for one in reversed(findings)}.values())[::-1]
