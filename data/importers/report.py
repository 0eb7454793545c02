"""What an importer read: the facts, and an account of every document and edge, kept or skipped, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from data.printable import printable, shortened
from data.records.base import Record
from data.records.catalog import Dependency, Entity, Group, Person, Sighting

SAME_MAX = 10
"""So many lines of the same words are read by somebody; a project of dbt has hundreds of macros."""


WHAT_MAX, WHY_MAX = 300, 1_000
"""A source may name a thing with megabytes; more of it than some lines tells nobody more."""


def _cut(one: Skipped | Note, field: str, at_most: int) -> None:
    if len(text := getattr(one, field)) > at_most:
        msgspec.structs.force_setattr(one, field, shortened(text, at_most))


class Count(Record, frozen=True, kw_only=True):
    """read = kept + skipped, always."""

    read: int = 0
    kept: int = 0
    skipped: int = 0


class Skipped(Record, frozen=True, kw_only=True):
    """A document or edge that did not make it. `where` is "file:line"."""

    where: str
    what: str
    why: str

    def __post_init__(self) -> None:
        _cut(self, "what", WHAT_MAX)
        _cut(self, "why", WHY_MAX)

    def __str__(self) -> str:
        return f"{self.where} {self.what}: {self.why}"


class Note(Record, frozen=True, kw_only=True):
    """Something that was kept, but bent or doubtful."""

    where: str
    what: str
    note: str

    def __post_init__(self) -> None:
        _cut(self, "what", WHAT_MAX)
        _cut(self, "note", WHY_MAX)

    def __str__(self) -> str:
        return f"{self.where} {self.what}: {self.note}"


class End(Record, frozen=True, kw_only=True):
    """Within which text a file ends without a line break, and so may be cut off.

    thing_id   what its last document declares
    meant      what else may begin with that text, in small letters: itself, and the ids it may stand for
    """

    thing_id: str
    file: str
    line: int
    text: str
    meant: tuple[str, ...]


class Reading(Record, frozen=True, kw_only=True):
    """One source, read as a whole.

    source_digest  over the names and contents of all files; the same on every machine
    roots          absolute paths and addresses that were read: what was declared under them before and is not
                   now is unseen
    files          id -> absolute path of the file that declares it, or the address; also of what states edges
    unresolved     edges stated to what nobody declares here: no reason to forget them where they are known
    declared_by    for each dependency, in order: the id of the document that states it
    uncertain      documents that state something which cannot be told now: they withdraw nothing
    sightings      calls that were seen
    ends           of files that may be cut off
    mentions       ids of what is only named here: who describes it elsewhere describes it
    seen_by        who tells of the calls, where that is not its format
    """

    entities: tuple[Entity, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    groups: tuple[Group, ...] = ()
    people: tuple[Person, ...] = ()
    documents: Count = Count()
    edges: Count = Count()
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[Note, ...] = ()
    source_digest: str
    roots: tuple[str, ...] = ()
    files: dict[str, str]
    declared_by: tuple[str, ...] = ()
    uncertain: tuple[str, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    unresolved: tuple[Dependency, ...] = ()
    ends: tuple[End, ...] = ()
    mentions: tuple[str, ...] = ()
    seen_by: str = ""


class ImportReport(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What an import did. `changed` is False when the catalog knew all of it already.

    counts   what was read: models, endpoints, ...; and what became of it: new, changed, unseen, withdrawn
    withdrawn  edges, as "from -> to", that their documents do not state any more: who depended is not told now
    """

    format: str
    source_digest: str
    changed: bool
    catalog_version: int
    counts: dict[str, int]
    documents: Count
    edges: Count
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[Note, ...] = ()
    unseen: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join(map(printable, self._lines()))

    def _lines(self) -> Iterator[str]:
        yield f"documents: {_said(self.documents)}"
        yield f"edges: {_said(self.edges)}"
        kept = ("models", "endpoints", "consumers", "teams", "people", "dependencies")
        yield "holds: " + ", ".join(f"{self.counts.get(kind, 0)} {kind}" for kind in kept)
        if self.changed:
            moved = ("new", "changed", "unseen", "withdrawn")
            said = ", ".join(f"{self.counts.get(kind, 0)} {kind}" for kind in moved)
            yield f"catalog is now at version {self.catalog_version}: {said}"
        else:
            yield f"nothing new: the catalog stays at version {self.catalog_version}"
        yield from _few("skipped", self.skipped, [one.why for one in self.skipped])
        yield from _few("note", self.notes, [one.note for one in self.notes])
        yield from (
            f"unseen {thing_id}: declared before, not in this source now; kept" for thing_id in self.unseen
        )
        yield from (f"withdrawn {edge}: its document does not state it any more" for edge in self.withdrawn)


def _said(count: Count) -> str:
    return f"{count.read} read, {count.kept} kept, {count.skipped} skipped"


def _few(kind: str, said: Sequence[Skipped | Note], words: Sequence[str]) -> Iterator[str]:
    """Line by line; of many that say the same in the same words, the first, and how many more there are."""
    shown: Counter[str] = Counter()
    for one, same in zip(said, words, strict=True):
        shown[same] += 1
        if shown[same] <= SAME_MAX:
            yield f"{kind} {one}"
    for same, count in shown.items():
        if count > SAME_MAX:
            yield f"{kind} {count - SAME_MAX:,} more: {same}; --json lists them all"
