"""What a CycloneDX BOM lists, nested or not, and which of it refers to which.

Source: cyclonedx.org/docs/1.6/json, also ECMA-424
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from data.errors import Problem
from data.importers.fields import Fields, shown, word_of
from data.importers.json_lines import Placed, Text
from data.importers.sources import Format

SERVICE = "service"
MODEL, DATA = LISTED = ("machine-learning-model", "data")
_VERSIONS = re.compile(r"1\.\d+")  # all of them say components and dependencies in the same way
_LISTS = ("components", "services", "dependencies")


@dataclass(slots=True, frozen=True, eq=False)
class Part:
    """A component or service. `kind` is its type; `within` is what it is nested in, or an ancestor of."""

    fields: Fields
    kind: str
    within: Part | None = None

    @property
    def ref(self) -> str:
        return self.fields.word("bom-ref")

    @property
    def version(self) -> str:
        return self.fields.word("version")

    @property
    def purl(self) -> str:
        return self.fields.text("purl")

    @property
    def named(self) -> str:
        """As people name it: "group/churn@1.0"."""
        group, version = self.fields.text("group"), self.version
        name = self.fields.text("name")
        return f"{f'{group}/' if group else ''}{name}{f'@{version}' if version else ''}"


@dataclass(slots=True, frozen=True)
class Link:
    """One part depends on another: on `to`, a reference, or on `to_part` itself. Implied ones nobody wrote down."""

    part: Part
    line: int
    to: str = ""
    to_part: Part | None = None
    is_implied: bool = False

    def __str__(self) -> str:
        return f"{self.part.named} -> {self.to_part.named if self.to_part else self.to}"


@dataclass(slots=True)
class Bom:
    """`line` is where its one value begins; `parts` come in order, the one that the BOM is about first.

    serial    of the BOM, whichever issue of it; `issue` is this one, as another BOM refers to it
    strange   what stands among parts or dependencies and is none: line, what, why
    odd       what stands in a part where something else should: line, where in it, what is odd
    links     as stated in dependencies, or implied by nesting, ancestors and datasets
    """

    line: int = 0
    format: str = ""
    version: str = ""
    serial: str = ""
    issue: str = ""
    bad: list[tuple[int, str]] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    by_ref: dict[str, Part] = field(default_factory=dict)
    strange: list[tuple[int, str, str]] = field(default_factory=list)
    strange_links: list[tuple[int, str, str]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    odd: dict[tuple[int, str, str], None] = field(default_factory=dict)

    def fields(self, it: Placed) -> Fields:
        """What is odd in it is told when all of it has been read, each once."""
        named = word_of(it.get("name"))
        return Fields(it, lambda path, said: self.odd.setdefault((it.line, f"{named} {path}".strip(), said)))

    @property
    def is_one(self) -> bool:
        return self.format == '"CycloneDX"'


def _parsed(content: bytes, name: str) -> Bom:
    values = Text(content, name).placed()
    whole = values[0].value if len(values) == 1 else None
    if not isinstance(whole, Placed):
        return Bom(line=values[0].line if len(values) == 1 else 0)
    bom = Bom(whole.line, shown(whole.get("bomFormat")), shown(whole.get("specVersion")))
    bom.bad = [
        (whole.line, f"{key} {shown(whole[key])}")
        for key in _LISTS
        if whole.get(key) is not None and not isinstance(whole[key], list)
    ]
    if bom.bad or not bom.is_one:
        return bom
    fields = bom.fields(whole)
    bom.serial = fields.text("serialNumber").removeprefix("urn:uuid:")
    bom.issue = f"urn:cdx:{bom.serial}/{fields.word('version') or '1'}" if bom.serial else ""
    about = fields.fields("metadata").value("component")
    _add_parts(bom, about, fields)
    for part in bom.parts:
        if part.ref and bom.by_ref.setdefault(part.ref, part).named != part.named:
            bom.strange_links.append(
                (part.fields.line, part.named, f"bom-ref {part.ref} is another one's already")
            )
    _add_links(bom, fields, bom.parts[0] if isinstance(about, Placed) else None)
    return bom


def _add_parts(bom: Bom, about: Any, whole: Fields) -> None:
    """Level by level, so that depth costs nothing."""
    level: list[tuple[Any, Part | None, str, int]] = []
    if about is not None:
        level.append((about, None, "", whole.line))
    for key, kind in (("components", ""), ("services", SERVICE)):
        level += [(one, None, kind, whole.line) for one in whole.values(key)]
    while level:
        below: list[tuple[Any, Part | None, str, int]] = []
        for one, within, kind, line in level:
            if not isinstance(one, Placed):
                bom.strange.append((line, shown(one), f"a {kind or 'component'} is an object"))
                continue
            fields = bom.fields(one)
            part = Part(fields, kind or fields.text("type").lower(), within)
            bom.parts.append(part)
            ancestors = fields.fields("pedigree").values("ancestors")
            below += [(it, part, "", it.line) for it in ancestors if _is_model(it)]
            for key in ("components", "services"):
                inside = SERVICE if key == "services" else ""
                below += [(it, part, inside, one.line) for it in fields.values(key)]
        level = below


def _is_model(it: Any) -> bool:
    return isinstance(it, Placed) and word_of(it.get("type")).lower() == MODEL


def _add_links(bom: Bom, whole: Fields, about: Part | None) -> None:
    stated: set[tuple[str, str]] = set()
    told: set[str] = set()
    for entry in whole.values("dependencies"):
        ref = word_of(entry.get("ref")) if isinstance(entry, Placed) else ""
        if not isinstance(entry, Placed) or not ref:
            line = entry.line if isinstance(entry, Placed) else whole.line
            bom.strange_links.append((line, shown(entry), "a dependency is an object with a ref"))
            continue
        told.add(ref)
        part = bom.by_ref.get(ref)
        depends_on = [] if entry.get("dependsOn") is None else entry["dependsOn"]
        if not isinstance(depends_on, list):
            what = f"{ref} -> {shown(depends_on)}"
            bom.strange_links.append((entry.line, what, "dependsOn is a list"))
            continue
        for to in depends_on:
            what = f"{ref} -> {word_of(to) or shown(to)}"
            if part is None:
                bom.strange_links.append((entry.line, what, f"nothing has the bom-ref {ref}"))
            elif not word_of(to):
                bom.strange_links.append((entry.line, what, "a reference is a text"))
            else:
                stated.add((ref, word_of(to)))
                bom.links.append(Link(part, entry.line, word_of(to)))
    for link in _implied(bom, about if about and about.ref not in told else None):
        to_ref = link.to or (link.to_part.ref if link.to_part else "")
        if (link.part.ref, to_ref) not in stated:
            bom.links.append(link)


def _implied(bom: Bom, about: Part | None) -> Iterator[Link]:
    """A part is built from what is nested in it and from its ancestors, a model from its datasets.

    about   what the BOM is about, where it does not say what that depends on: then on all models and datasets
    """
    for part in bom.parts:
        line = part.fields.line
        if part.within is not None:
            yield Link(part.within, line, to_part=part, is_implied=True)
        is_ancestor = part.within is not None and part.within.kind == MODEL
        if about and about not in (part, part.within) and part.kind in LISTED and not is_ancestor:
            yield Link(about, line, to_part=part, is_implied=True)
        for dataset in part.fields.fields("modelCard").fields("modelParameters").items("datasets"):
            if dataset.text("ref"):
                yield Link(part, dataset.line, dataset.text("ref"))


def _wrong(bom: Bom, name: str, is_named: bool) -> list[Problem]:
    """A directory may hold other files; one that is named, or says that it is a BOM, is to be one we can read."""
    where = f"{name}:{bom.line or 1}"
    if not bom.is_one:
        accepted = 'a CycloneDX BOM, which says bomFormat "CycloneDX"'
        found = f"bomFormat {bom.format or 'null'}"
        return [Problem(field=where, value=found, accepted=accepted)] if is_named else []
    problems = [Problem(field=f"{name}:{line}", value=found, accepted="a list") for line, found in bom.bad]
    if not _VERSIONS.fullmatch(bom.version.strip('"')):
        accepted = "a version from 1.2 on, below 2"
        problems.append(Problem(field=where, value=f"specVersion {bom.version}", accepted=accepted))
    return problems


FORMAT = Format(holds="CycloneDX JSON", suffixes=(".json",), parsed=_parsed, wrong=_wrong)
