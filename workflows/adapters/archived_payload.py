"""What archives share, wherever they lie: what goes into one, what it is called, and what is said of its state."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import msgspec

from data.archive.bag import changed
from data.archive.bag_paths import stays_inside
from data.archive.elsewhere import DVC, DVC_BYTES_MAX, Elsewhere, may_point, pointed, tracked
from data.archive.findings import FINDINGS_SHOWN_MAX, Finding, Fixity, report
from data.archive.fixity import PAYLOAD
from data.archive.freshness import SOURCES_FILE, Before, differences, marks, removed
from data.archive.keeping import Keeping
from data.archive.manifest import PAYLOAD_MANIFEST, TAG_MANIFEST, sha256_id
from data.archive.results import Artifact, Bag, PayloadFile, Stopped, Wrapping
from data.errors import Corrupt, EmeritusError, Invalid, Lacking, Problem, Refused, Stale, Unavailable
from data.records.artifacts import ArtifactClass

ARTIFACTS_FILE = "artifacts.json"
KEY_BYTES_MAX = 1_024
"""docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html, and no fewer in other clouds."""

BRING_BACK = "Bring the files back from a copy of yours: it is looked at again each day"
"""Of what is on record as archived, by now maybe for years: whoever moved it aside would have nothing left of it."""

DAMAGED = ".damaged-"
"""Beside an archive, its name, this and when: what was bad of it, kept for a look until its class is pruned."""

_SHELF_NAME_MAX = 100


def payload_of(
    artifacts: Sequence[Artifact], files: Callable[[str], tuple[PayloadFile, ...]]
) -> list[PayloadFile]:
    """All files of the artifacts, each with its path in the bag. What is wrong with several is told at once."""
    found: list[PayloadFile] = []
    wrong: list[EmeritusError] = []
    for artifact in artifacts:
        try:
            for file in files(artifact.source):
                path = f"{artifact.path}/{file.path}" if file.path else artifact.path
                found.append(replace(file, path=path, role=artifact.role))
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


def require_whole(payload: Sequence[PayloadFile], wrapping: Wrapping) -> None:
    """What is only named would look archived and be lost with its source: refused, unless somebody goes without it."""
    # A commit is the mark of its own bundle.
    there = {file.mark for file in payload if file.is_fixed}
    lacking = [
        (file.role, str(one))
        for file in payload
        if file.role not in wrapping.without
        for one in (*_lacks(file), *_tracked(file, payload))
        if sha256_id(one.version.encode()) not in there
    ]
    bytes_of: dict[str, int] = {}
    for file in payload:
        bytes_of[file.role] = bytes_of.get(file.role, 0) + file.size_bytes
    empty = {role for role, size in bytes_of.items() if not size and role in wrapping.required}
    lacking += [
        (file.role, f"{file.path}, which has 0 bytes")
        for file in payload
        if file.role in empty.difference(wrapping.without)
    ]
    if not lacking:
        return
    classes = tuple(dict.fromkeys(role for role, _ in lacking))
    raise Lacking(
        f"Cannot archive all of {', '.join(classes)}",
        reasons=[f"not there: {one}" for one in _shortened([one for _, one in lacking])],
        next_step="Put the content itself there (git lfs pull, dvc pull), name the commits of submodules among the "
        f"artifacts, too, or go without by name, {wrapping.waive}{classes[0]} REASON; it is tried again",
        classes=classes,
    )


def _lacks(file: PayloadFile) -> tuple[Elsewhere, ...]:
    if file.elsewhere or not may_point(file.size_bytes):
        folder = file.path.rpartition("/")[0]
        return tuple(msgspec.structs.replace(one, path=f"{folder}/{one.path}") for one in file.elsewhere)
    found = pointed(file.path, b"".join(file.chunks()))
    return (found,) if found else ()


def _tracked(file: PayloadFile, payload: Sequence[PayloadFile]) -> tuple[Elsewhere, ...]:
    """What DVC keeps and nobody pulled. In code its files belong to the source, which is whole without the data."""
    if file.role == ArtifactClass.CODE or not file.path.endswith(DVC) or file.size_bytes > DVC_BYTES_MAX:
        return ()
    found = tracked(file.path, b"".join(file.chunks()))
    if found is None or any(f"{one.path}/".startswith(f"{found.path}/") for one in payload):
        return ()
    return (found,)


def require_none_added(listed: Sequence[PayloadFile], found: Sequence[PayloadFile]) -> None:
    """Each file that was listed held still; none may have come beside them."""
    names = {file.path for file in listed}
    for file in found:
        if file.path not in names:
            raise changed(file.path, "it was added")


def described(
    wrapping: Wrapping, bag: Bag, artifacts: Sequence[Artifact], payload: Sequence[PayloadFile]
) -> dict[str, bytes]:
    """What stands beside the payload, by name."""
    return {
        **wrapping.describe(bag),
        ARTIFACTS_FILE: msgspec.json.format(msgspec.json.encode(list(artifacts))) + b"\n",
        SOURCES_FILE: marks(payload),
    }


def require_current(archived: Before, left: Sequence[PayloadFile], where: str, stopped: Stopped) -> None:
    """Compare what is left of the sources with what was archived: Stale when there is something newer.

    Refused where something is newer and something else is gone: a new archive would lack that.
    """
    found = list(differences(archived, left, stopped))
    if found and (gone := removed(archived, left)):
        raise Refused(
            "The artifacts are not those that were archived",
            reasons=[*_shortened(found), f"gone: {', '.join(_shortened(gone))}"],
            next_step=f"Put back what is gone, which is in {where}, or press Edit plan on the card for a new vote",
        )
    if found:
        raise Stale(
            f"{'; '.join(_shortened(found))}. If that goes on, let the catalog name fewer files. "
            f"What was archived before stays in {where}"
        )


def with_first(findings: Sequence[Finding], fixity: Fixity) -> Fixity:
    """What could not be read from the store is why the copy lacks it; that is told, and once."""
    lost = {finding.path for finding in findings}
    others = [finding for finding in fixity.findings if finding.path not in lost]
    return msgspec.structs.replace(fixity, findings=(*findings, *others))


def held_here(paths: Iterable[str], bad: Collection[str]) -> frozenset[str]:
    """Files below data/ that need not come from elsewhere. Where a manifest is bad, nobody knows of any."""
    if not {PAYLOAD_MANIFEST, TAG_MANIFEST}.isdisjoint(bad):
        return frozenset()
    return frozenset(
        path.removeprefix(PAYLOAD) for path in paths if path.startswith(PAYLOAD) and path not in bad
    )


def require_sound(fixity: Fixity, next_step: str, *, read_at: datetime) -> None:
    if fixity.findings:
        raise Corrupt(report(fixity, read_at=read_at, next_step=next_step))


def require_keys(paths: Iterable[str], key_of: Callable[[str], str]) -> None:
    """Refuse what no store of objects takes for a name, all of it at once."""
    problems = [
        Problem(
            field="artifact path",
            value=repr(path),
            accepted=f"its key {key_of(path)!r} must have at most {KEY_BYTES_MAX:,} bytes; rename the file",
        )
        for path in paths
        if len(key_of(path).encode()) > KEY_BYTES_MAX
    ]
    if problems:
        raise Invalid(problems)


def require_inside(location: str, what: str) -> None:
    """A location that leads out of the archive is refused, wherever it came from."""
    if not stays_inside(location):
        raise Refused(
            f"Cannot open the archive {location!r}",
            reasons=[f"it lies outside of the archive {what}"],
            next_step="Use the location recorded when it was archived",
        )


def require_prunable(
    paths: Collection[str], there: Collection[str], keeping: Keeping, now: datetime, where: str
) -> None:
    """What the record says of it counts for every archive, whatever locks it has besides."""
    reasons = []
    if keeping.held:
        reasons.append("a legal hold is on it")
    if keeping.until is not None and now < keeping.until:
        reasons.append(f"it is kept until {keeping.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
    if reasons:
        raise not_pruned(paths, where, reasons)
    if unknown := sorted(set(paths) - set(there)):
        raise Refused(
            f"Cannot prune {len(unknown)} of {len(paths)} files of {where}",
            reasons=[f"not archived there: {', '.join(_shortened(unknown))}"],
            next_step="Name files as they are listed in its manifest, without data/",
        )


def not_pruned(paths: Collection[str], where: str, reasons: Sequence[str]) -> Refused:
    return Refused(
        f"Cannot prune {len(paths)} file{'' if len(paths) == 1 else 's'} of {where}",
        reasons=_shortened(reasons),
        next_step="Nothing was removed. Prune once that has ended",
    )


def tombstone_name(name: str, tombstone: bytes) -> str:
    """Beside the bag, which says nothing of it; the same words are one tombstone."""
    return f"{name}.tombstone-{sha256_id(tombstone)[7:19]}"


def shelf_name(name: str, retirement_id: str = "") -> str:
    """A folder name people recognise, whatever the subject is called, and in it a folder for the retirement.

    The same content archived for two retirements lies there twice: what lets go of one archive, or takes the hold off
    it, must not touch the other.
    """
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:_SHELF_NAME_MAX]
    shelf = name if name and readable == name else f"{readable or 'model'}-{sha256_id(name.encode())[7:15]}"
    return f"{shelf}/{retirement_id}" if retirement_id else shelf


def _shortened(found: Sequence[str]) -> list[str]:
    more = len(found) - FINDINGS_SHOWN_MAX
    return [*found[:FINDINGS_SHOWN_MAX], *([f"and {more} more"] if more > 0 else [])]
