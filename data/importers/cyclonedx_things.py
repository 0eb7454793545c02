"""Which parts of which BOMs are the same thing, and what are they called?

A bom-ref is unique within its BOM and says nothing outside of it: "model", or "1", is somebody else in the next one.
So the id comes from the purl; else from type, group, name and version; else, as a name alone is anybody's, from the
serial number of the BOM and the bom-ref; else from the file and the bom-ref. Who is only called alike is told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data.importers.cyclonedx_boms import DATA, MODEL, Bom, Part
from data.importers.draft import Draft, why_not_named
from data.importers.known import Known
from data.importers.refs import Found
from data.importers.sources import File
from data.records.catalog import Kind

PREFIX = "cyclonedx:"
ALIKE_MAX = 3
"""So many are named of those who are called alike."""
KINDS = {MODEL: Kind.MODEL, DATA: Kind.DATASET}
_OF_MODELS = ("pkg:huggingface/", "pkg:mlflow/")
"""How the purl of a model begins, whatever a BOM says of its type. Source: github.com/package-url/purl-spec"""


@dataclass(slots=True)
class Thing:
    """A part as all BOMs tell of it, each with its place.

    issues   how other BOMs refer to it: BOM-Links
    is_told  another catalog calls something so, on purpose
    """

    id: str
    kind: Kind
    told: list[tuple[Part, str, Path]] = field(default_factory=list)
    issues: list[str] = field(default_factory=list)
    is_told: bool = False

    @property
    def parts(self) -> list[Part]:
        return [part for part, _, _ in self.told]

    @property
    def where(self) -> str:
        return self.told[0][1]

    @property
    def named(self) -> str:
        return self.told[0][0].named

    @property
    def name(self) -> str:
        return self.told[0][0].fields.text("name")

    @property
    def called(self) -> tuple[str, str]:
        part = self.told[0][0]
        return part.kind, self.name.casefold()

    @property
    def is_weak(self) -> bool:
        """Nothing but its BOM tells it from another one of its name."""
        part = self.told[0][0]
        return not part.purl and not part.version

    @property
    def aliases(self) -> tuple[str, ...]:
        stated = []
        for part in self.parts:
            name, version = part.fields.text("name"), part.version
            stated += [part.purl, f"{name}@{version}" if version else ""]
        stated += [part.named for part in self.parts if part.version]
        return tuple(dict.fromkeys(filter(None, (*stated, *self.issues))))


Things = Mapping[str, Thing]
Ids = Mapping[Part, str]


def document_of(path: Path) -> str:
    return f"{PREFIX}{path}"


def id_of_purl(purl: str) -> str:
    return f"{PREFIX}{purl}".lower()


def package_of(ref: str) -> str:
    """A purl may lead to a place inside a package, behind a "#": to retire it means the package."""
    return ref.partition("#")[0] if ref.startswith("pkg:") else ref


def things_in(files: Sequence[File[Bom]], draft: Draft) -> tuple[dict[str, Thing], dict[Part, str]]:
    """By id, in order, and the id of every part. One that several BOMs list is a model if one of them says so."""
    things: dict[str, Thing] = {}
    ids: dict[Part, str] = {}
    for file in files:
        bom, document = file.content, document_of(file.path)
        if not bom.is_one:
            draft.read()
            what = f"bomFormat {bom.format or 'null'}"
            draft.skip(f"{file.shown}:{bom.line or 1}", what, "no CycloneDX BOM")
            continue
        draft.document(document, file.path)
        for line, what, why in bom.strange:
            draft.read()
            draft.skip(f"{file.shown}:{line}", what, why, by=(document,))
        for part in bom.parts:
            draft.read()
            where, thing_id = f"{file.shown}:{part.fields.line}", _id(part, file)
            if why := _why_not(part, thing_id):
                draft.skip(where, f"{part.kind or 'component'} {part.named}".rstrip(), why, by=(document,))
                continue
            ids[part] = thing_id
            thing = things.setdefault(thing_id, Thing(thing_id, Kind.CONSUMER))
            thing.told.append((part, where, file.path))
            thing.issues += [f"{bom.issue}#{part.ref}"] if bom.issue and part.ref else []
            if thing.kind is not Kind.MODEL:
                thing.kind = _kind(part) or thing.kind
    return things, ids


def _id(part: Part, file: File[Bom]) -> str:
    if part.purl:
        return id_of_purl(part.purl.partition("#")[0])
    if part.version:
        return f"{PREFIX}{part.kind}/{part.named}".lower()
    first = file.content.by_ref.get(part.ref)
    is_own = first is not None and first.named == part.named  # a bom-ref given twice is the first one's
    inside = (part.ref if is_own else f"{part.kind}/{part.named}").lower()
    return f"{PREFIX}{file.content.serial.lower() or file.path}/{inside}"


def _kind(part: Part) -> Kind | None:
    stated = KINDS.get(part.kind)
    return Kind.MODEL if stated is None and part.purl.lower().startswith(_OF_MODELS) else stated


def _why_not(part: Part, thing_id: str) -> str:
    return why_not_named(part.named) or why_not_named(thing_id) if part.fields.text("name") else "has no name"


def known_elsewhere(things: Iterable[Thing], known: Known) -> set[str]:
    """Who another catalog has something for that is called so: whoever depends on that is kept."""
    found = set()
    for thing in things:
        if any(known.find(alias, is_by_name=False) for alias in thing.aliases):
            thing.is_told = (
                True  # what is one with what is told of all imports (data/catalog/joined_notes.py)
            )
            found.add(thing.id)
    return found


def tell_doubts(things: Sequence[Thing], draft: Draft) -> None:
    """Who is called like somebody else may be the same, and who is known by a BOM alone may be known by another."""
    called: dict[tuple[str, str], list[Thing]] = defaultdict(list)
    weak: dict[tuple[str, str], list[Thing]] = defaultdict(list)
    in_bom: Counter[str] = Counter()
    for thing in things:
        called[thing.called].append(thing)
        if thing.is_weak:
            weak[thing.called].append(thing)
            in_bom[thing.where.rpartition(":")[0]] += 1
    for thing in (one for one in things if not one.is_told):
        by_name = draft.known.find(thing.name)
        ids = [by_name.id] if isinstance(by_name, Found) else list(by_name.tried) if by_name else []
        # Two versions are two things; a name alone may be any of them.
        others = (called if thing.is_weak else weak)[thing.called][: ALIKE_MAX + 1]
        alike = [one for one in dict.fromkeys((*ids, *(one.id for one in others))) if one != thing.id]
        if alike:
            shown = " and ".join(alike[:ALIKE_MAX])
            note = f"called like {shown}; not joined: if it is the same, give both one purl"
            draft.note(thing.where, thing.named, note)
    for shown_path, count in in_bom.items():
        said = "no purl and no version, so known by this BOM alone: anew under another serial number, or else file"
        draft.note(f"{shown_path}:1", f"{count:,} {'part' if count == 1 else 'parts'}", said)
