"""A patch for catalog-info files: Backstage's catalog is in git, where people review changes. Safe to call twice.

It marks model and endpoints as deprecated: `spec.lifecycle`, and annotations for the last day, the successor and the
retirement. What the life cycle was before is an annotation, too, by which a later patch brings it back; and where that
alone would not bring the file back byte for byte, so is how it was written. One patch a repository; none where its
files say all of it already.
Source: git-scm.com/docs/git-apply, backstage.io/docs/features/software-catalog/descriptor-format
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from data.errors import Refused
from data.importers.declaration import PREFIX
from data.printable import printable
from data.records.deprecation import Deprecation, Lifecycle, Listing, Part
from workflows.adapters import change_files
from workflows.adapters.catalog_yaml import (
    Entity,
    Marks,
    Written,
    by_hand,
    entity_in,
    lifecycle_of,
    marked,
    written_in,
)
from workflows.adapters.unified_diff import changes, diff

RETIREMENT, SUNSET, FOLLOWS, BEFORE = (
    f"{PREFIX}{name}" for name in ("retirement", "sunset", "replaced-by", "lifecycle-before")
)
LIFECYCLE_WRITTEN, ANNOTATIONS_WRITTEN = (
    f"{PREFIX}{name}" for name in ("lifecycle-written", "annotations-written")
)
OURS = (RETIREMENT, SUNSET, FOLLOWS, BEFORE, LIFECYCLE_WRITTEN, ANNOTATIONS_WRITTEN)
NONE_BEFORE = "none"


class BackstagePatch:
    """Implements `CatalogWriter`. The files must be readable here, where they were imported."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, deprecation: Deprecation) -> tuple[str, ...]:
        return change_files.put(self._folder, _beginning(deprecation), self._patches(deprecation))

    def differs(self, deprecation: Deprecation) -> tuple[str, ...]:
        """Nothing while the patch waits to be taken; its context may have moved since it was written."""
        found = []
        for name, patch in self._patches(deprecation).items():
            there = change_files.read(self._folder / name)
            if not there:
                found.append(f"the catalog does not say it, and {self._folder / name} is not there")
            elif changes(there) != changes(patch):
                found.append(f"{self._folder / name} says something else")
        return tuple(found)

    def _patches(self, deprecation: Deprecation) -> dict[str, str]:
        """File name -> patch, for each repository in which something has to change."""
        files: dict[Path, list[Listing]] = {}
        for listing in deprecation.listings:
            files.setdefault(Path(listing.source), []).append(listing)
        diffs: dict[Path, list[str]] = {}
        for file, listings in sorted(files.items()):
            old = _text(file)
            new = old
            for listing in listings:
                new = as_marked(new, listing, deprecation, str(file))
            root = _root(file)
            if changed := diff(PurePosixPath(*file.relative_to(root).parts).as_posix(), old, new):
                diffs.setdefault(root, []).append(changed)
        return {
            f"{_beginning(deprecation)}{middle}patch": "".join((*_head(deprecation, root), *diffs[root]))
            for middle, root in _named(list(diffs))
        }


def _beginning(deprecation: Deprecation) -> str:
    return f"{deprecation.retirement_id}.backstage."


def _named(roots: list[Path]) -> Iterator[tuple[str, Path]]:
    """What tells the patches of several repositories apart."""
    for number, root in enumerate(roots, start=1):
        yield "" if len(roots) == 1 else f"{number}-{_word(root.name)}.", root


def _word(text: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in text)


def _head(deprecation: Deprecation, root: Path) -> Iterator[str]:
    """What `git apply` skips, and people read."""
    name = printable(deprecation.model_name)
    if deprecation.lifecycle is Lifecycle.IN_SERVICE:
        says = f"{name} is not deprecated any more"
    else:
        follows = f", successor {printable(deprecation.successor)}" if deprecation.successor else ""
        says = f"{name} is {deprecation.lifecycle}; last day of service {deprecation.last_day}{follows}"
    yield f"# {deprecation.retirement_id} of Emeritus: {says}\n"
    yield f"# git apply takes it in {printable(str(root))}\n\n"


def as_marked(text: str, listing: Listing, deprecation: Deprecation, shown: str) -> str:
    there = entity_in(text, listing.called, shown)
    if listing.is_kept and there.annotations.get(RETIREMENT) != deprecation.retirement_id:
        return text
    if listing.lifecycle is Lifecycle.IN_SERVICE:
        marks = _lifted(there, deprecation)
    else:
        marks = _wanted(there, listing, deprecation)
    if marks is None or there == _after(there, marks):
        return text
    new = marked(text, listing.called, marks, shown)
    if there.annotations.keys().isdisjoint(OURS) and not _comes_back(text, new, listing, deprecation, shown):
        new = marked(text, listing.called, _as_written(text, marks, listing, shown), shown)
        if not _comes_back(text, new, listing, deprecation, shown):
            raise by_hand(
                shown, listing.called, "what it says now could not be brought back by a later patch"
            )
    return new


def _comes_back(text: str, new: str, listing: Listing, deprecation: Deprecation, shown: str) -> bool:
    """Does lifting what was just marked give back the file, byte for byte?"""
    lifted = _lifted(entity_in(new, listing.called, shown), deprecation)
    assert lifted is not None
    try:
        return marked(new, listing.called, lifted, shown) == text
    except Refused:
        return False


def _as_written(text: str, marks: Marks, listing: Listing, shown: str) -> Marks:
    """With how it stands there now, for whoever lifts it."""
    before = written_in(text, listing.called, shown)
    told = {LIFECYCLE_WRITTEN: before.lifecycle, ANNOTATIONS_WRITTEN: before.annotations}
    return Marks(
        marks.lifecycle, {**marks.annotations, **{key: value for key, value in told.items() if value}}
    )


def _wanted(there: Entity, listing: Listing, deprecation: Deprecation) -> Marks:
    follows = deprecation.successor if listing.part is Part.MODEL else ""
    before = there.annotations.get(BEFORE, "") or there.lifecycle or NONE_BEFORE
    return Marks(
        str(listing.lifecycle),
        {
            RETIREMENT: deprecation.retirement_id,
            SUNSET: f"{deprecation.last_day}",
            FOLLOWS: follows or None,
            BEFORE: before,
        },
    )


def _lifted(there: Entity, deprecation: Deprecation) -> Marks | None:
    """Only what this retirement has marked is taken back."""
    if there.annotations.get(RETIREMENT) != deprecation.retirement_id:
        return None
    before = there.annotations.get(BEFORE, NONE_BEFORE)
    written = Written(there.annotations.get(LIFECYCLE_WRITTEN), there.annotations.get(ANNOTATIONS_WRITTEN))
    lifecycle = "" if before == NONE_BEFORE else before
    if written.lifecycle is not None:
        lifecycle = lifecycle_of(written.lifecycle)
    return Marks(lifecycle, dict.fromkeys(OURS), written)


def _after(there: Entity, marks: Marks) -> Entity:
    annotations = {**there.annotations, **marks.annotations}
    return Entity(marks.lifecycle, {key: value for key, value in annotations.items() if value is not None})


def _text(file: Path) -> str:
    """As it stands, its byte order mark included."""
    try:
        content = file.read_bytes()
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else type(error).__name__
        raise Refused(
            f"Cannot write a patch for {file}",
            reasons=[f"it cannot be read here ({why})"],
            next_step="Import the catalog from where Emeritus runs",
        ) from error
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise Refused(
            f"Cannot write a patch for {file}", reasons=["it is not UTF-8"], next_step="Save it as UTF-8"
        ) from error


def _root(file: Path) -> Path:
    """The repository a file is in; failing that, its directory."""
    return next((folder for folder in file.parents if (folder / ".git").exists()), file.parent)
