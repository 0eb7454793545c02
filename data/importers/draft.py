"""What a source tells, gathered item by item, each kept or skipped with the reason; in the end a `Reading`.

For sources other than Backstage, whose documents name their relations from both ends (backstage.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from data.errors import Invalid, Problem
from data.importers.bounds import NAME_MAX, why_too_long
from data.importers.concealed import told
from data.importers.known import Known
from data.importers.refs import Found, Missing
from data.importers.report import Count, Note, Reading, Skipped
from data.importers.sources import Digested, Source, digest_of, root_of
from data.printable import SECRET, shortened
from data.records.catalog import TIERS, Dependency, Entity, Group, Person, Sighting, SuccessorName

SHOWN_MAX = 3
KEPT_BY_NAME = "Kept by name: nobody can move to it yet"
UNOWNED = "Unowned until there is one"


def why_not_named(name: str) -> str:
    """Why nothing can be called this; empty where it can."""
    if name == SECRET:
        return "a credential is no name, and is not kept; give it one"
    if not name.isprintable() or any(sign in name for sign in "#|"):
        return 'a name has no "#", "|" or control characters, or references to it would be ambiguous'
    return why_too_long(name)


def successor_name(text: str, *, ids: Iterable[str] = (), is_by_name: bool = True) -> SuccessorName:
    """A successor that a source names and does not declare."""
    return SuccessorName(text=shortened(text.strip(), NAME_MAX), ids=tuple(ids), is_by_name=is_by_name)


class Draft:
    """`known` is what other sources declared; what this one declares is added, so that later items may name it."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self._entities: dict[str, Entity] = {}
        self._owners: dict[str, Group | Person] = {}
        self._files: dict[str, str] = {}
        self._edges: dict[tuple[str, str], tuple[Dependency, str]] = {}
        self._sightings: dict[tuple[str, str], Sighting] = {}
        self._successors: dict[str, SuccessorName] = {}
        self._restated: dict[tuple[str, str, str], Dependency] = {}
        self._unresolved: list[Dependency] = []
        self._uncertain: dict[str, None] = {}
        self._mentions: dict[str, None] = {}
        self._skipped: list[Skipped] = []
        self._notes: list[Note] = []
        self._documents_read = self._documents_skipped = 0
        self._edges_read = self._edges_skipped = 0

    def read(self, documents: int = 1) -> None:
        """So many documents were looked at."""
        self._documents_read += documents

    def skip(self, where: str, what: str, why: str, *, by: Iterable[str] = ()) -> None:
        """A document that was read is not kept. `by` may have stated edges in it: what they stated before stays."""
        self._documents_skipped += 1
        self.keeps(*by)
        self._skipped.append(Skipped(where=where, what=what, why=why))

    def skip_edge(self, where: str, what: str, why: str) -> None:
        self._edges_read += 1
        self._edges_skipped += 1
        self._skipped.append(Skipped(where=where, what=what, why=why))

    def misses(self, by: str, ends: Sequence[tuple[str, str]], *, where: str, what: str, why: str) -> None:
        """A document states an edge that cannot be told now: one it may mean stays, if it is known.

        ends   what it may mean; where that is nothing we know, whatever the document stated before stays
        """
        self.skip_edge(where, what, why)
        self._unresolved += [Dependency(from_id=from_id, to_id=to_id) for from_id, to_id in ends]
        if not ends:
            self.keeps(by)

    def note(self, where: str, what: str, note: str) -> None:
        self._notes.append(Note(where=where, what=what, note=note))

    def doubts(self, *by: str, where: str, what: str, note: str) -> None:
        """Something odd stands where documents may have stated edges: whatever they stated before stays."""
        self.note(where, what, f"{note}. What it stated before stays")
        self.keeps(*by)

    def keeps(self, *by: str) -> None:
        """Whatever these documents stated before stays."""
        self._uncertain.update(dict.fromkeys(by))

    def joined(self, found: Found, *, where: str, what: str) -> str:
        """The id of what a name means; how it was found is told."""
        if found.note:
            self.note(where, what, found.note)
        return found.id

    def named(self, name: str, *, scheme: str, where: str, what: str) -> str:
        """The id of a consumer that is only named: what has the name as its id, or one that stands for it.

        What is meant by that is told, and asked of the catalog whenever somebody looks (data/catalog/joins.py).
        """
        own = f"{scheme}{name.casefold()}"
        found = None if self.declares(own) else self.known.find(name)
        if isinstance(found, Found) and (not found.note or found.id == own or self.declares(found.id)):
            return self.joined(found, where=where, what=what)
        if isinstance(found, Missing):
            self.note(where, what, f"{found.why}; kept as one of its own")
        elif found is not None:
            self.joined(found, where=where, what=what)
        elif not self.declares(own):
            self.note(where, name, "no other source declares it; taken as a consumer")
        return own

    def successor(
        self,
        found: Found | Missing | None,
        *,
        of: str,
        where: str,
        name: str,
        what: str,
        as_named: SuccessorName | None = None,
    ) -> str:
        """The id of the model that follows the one with the id `of`; empty, and told, where nobody does now.

        as_named  what the source writes, where it does not declare that itself: it stays with the model
        """
        if isinstance(found, Found) and found.id == of:
            self.note(where, name, f"{what}: a model cannot succeed itself. Kept without a successor")
            return ""
        if as_named is not None:
            self._successors[of] = as_named
        if isinstance(found, Found):
            if found.note:
                self.note(where, name, f"{what}: {found.note}")
            return found.id
        kept = KEPT_BY_NAME if as_named else "Kept without a successor"
        self.note(where, name, f"{what}: {found.why if found else 'nobody declares it'}. {kept}")
        return ""

    def tier(self, text: str, *, where: str, name: str, what: str) -> int:
        """1 to 3; 0 where nothing is said, or, which is told, nothing that is one."""
        if text and text not in TIERS:
            note = f'{what} "{text[:40]}": a tier is 1, 2 or 3; kept as unknown, the strictest'
            self.note(where, name, note)
        return TIERS.get(text, 0)

    def declares(self, thing_id: str) -> bool:
        return thing_id in self._entities

    def declare(
        self,
        entity: Entity,
        source: Source,
        *,
        owner: str = "",
        owners: Sequence[str] = (),
        unowned: str = "",
    ) -> None:
        """Add a thing; told of again, it may get an owner it had none of.

        owner    the text that names one
        owners   all that are named, who is preferred first, where `owner` is but the first of them who is there now
        unowned  why it has none, as told before; where nobody can tell now
        """
        owner_id, owner_note = self.known.owner(owner)
        owner_note = owner_note if owner else unowned or owner_note
        before = self._entities.get(entity.id)
        if before is not None and (before.owner_id or not owner):
            return
        if owner and owner_note and owner_note != unowned:
            self.note(entity.declared_in, entity.name, f"{owner_note}. {UNOWNED}")
        names = tuple(
            dict.fromkeys(shortened(one.strip(), NAME_MAX) for one in owners or (owner,) if one.strip())
        )
        names = (*(before.owner_names if before else ()), *(names if names[:1] != (owner_id,) else ()))
        self._entities[entity.id] = msgspec.structs.replace(
            before or entity,
            owner_id=owner_id,
            owner_note=owner_note,
            owner_names=names,
            successor_named=self._successors.get(entity.id, (before or entity).successor_named),
        )
        self._files.setdefault(entity.id, str(source))
        if before is None:
            self.known.add(entity)

    def mention(self, entity: Entity, source: Source) -> None:
        """Add what is only named: it is described by whoever does, in whatever file."""
        if not self.declares(entity.id):
            self._mentions[entity.id] = None
        self.declare(entity, source)

    def document(self, document_id: str, source: Source) -> None:
        """Edges may be stated `by` it; what it does not state any more, read again, is withdrawn."""
        self._files.setdefault(document_id, str(source))

    def introduce(self, owner: Group | Person, source: Source) -> None:
        """Add a group or person, whom owners may name from now on."""
        self._owners[owner.id] = owner
        self._files.setdefault(owner.id, str(source))
        self.known.add(owner)

    def depends(
        self, from_id: str, to_id: str, *, where: str, what: str, by: str, calls: Sighting | None = None
    ) -> None:
        """An edge that is stated, and the calls that were seen along it, if the same item tells them.

        by   id of the document; what is no document of this source never takes the edge back
        """
        first = self._edges.get((from_id, to_id))
        if from_id == to_id:
            self.skip_edge(where, what, "depends on itself")
        elif first is not None:
            self.skip_edge(where, what, f"the same edge as {first[0].declared_in}")
            if by != first[1]:
                # Another document states it as well: it counts for as long as one of them does.
                self._restated[from_id, to_id, by] = Dependency(
                    from_id=from_id, to_id=to_id, declared_in=where
                )
        else:
            self._edges_read += 1
            edge = Dependency(from_id=from_id, to_id=to_id, declared_in=where)
            self._edges[from_id, to_id] = (edge, by)
            if calls is not None:
                self._see(calls)

    def seen(self, sighting: Sighting, *, what: str) -> None:
        """Calls that were seen. Told again, the latest count, and the first day is the earliest."""
        if sighting.from_id == sighting.to_id:
            self.skip_edge(sighting.seen_in, what, "calls itself")
            return
        self._edges_read += 1
        self._see(sighting)

    def _see(self, sighting: Sighting) -> None:
        ends = (sighting.from_id, sighting.to_id)
        before = self._sightings.get(ends, sighting)
        latest = sighting if sighting.last_seen >= before.last_seen else before
        days = [one.first_seen for one in (before, sighting) if one.first_seen]
        self._sightings[ends] = msgspec.structs.replace(latest, first_seen=min(days, default=""))

    def reading(self, files: Sequence[Digested], sources: Sequence[Source]) -> Reading:
        """Raises `Invalid` where nothing was kept: such a source would seem to have dropped all it declared before."""
        if not (self._entities or self._owners or self._files or self._edges or self._sightings):
            skipped = "".join(f"; skipped {one}" for one in self._skipped[:SHOWN_MAX])
            more = f" and {left:,} more" if (left := len(self._skipped) - SHOWN_MAX) > 0 else ""
            accepted = f"names nothing that can be kept{skipped}{more}"
            raise Invalid([Problem(field=", ".join(map(str, sources)), value="", accepted=accepted)])
        kept = self._documents_read - self._documents_skipped
        edges = self._edges_read - self._edges_skipped
        return Reading(
            entities=tuple(self._entities.values()),
            dependencies=(*(edge for edge, _ in self._edges.values()), *self._restated.values()),
            declared_by=(*(by for _, by in self._edges.values()), *(by for *_, by in self._restated)),
            unresolved=tuple(self._unresolved),
            uncertain=tuple(self._uncertain),
            sightings=tuple(self._sightings.values()),
            groups=tuple(one for one in self._owners.values() if isinstance(one, Group)),
            people=tuple(one for one in self._owners.values() if isinstance(one, Person)),
            documents=Count(read=self._documents_read, kept=kept, skipped=self._documents_skipped),
            edges=Count(read=self._edges_read, kept=edges, skipped=self._edges_skipped),
            skipped=tuple(self._skipped),
            notes=(*(note for file in files for note in told(file.shown, file.credentials)), *self._notes),
            source_digest=digest_of(files),
            roots=tuple(dict.fromkeys(map(root_of, sources))),
            files=self._files,
            mentions=tuple(self._mentions),
        )
