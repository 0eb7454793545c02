"""Backstage catalog-info.yaml: which models, endpoints, consumers, teams and people does it declare?

Models are Resources of type ai-model, and AiResources unless they instruct coding tools; endpoints are
Components of type model-server, APIs of type ai-model-server, and whatever carries emeritus.dev/endpoint-
kind; every other one is a possible consumer. What an endpoint serves is read off its edges
(data/catalog/serving.py), as either end may declare them. Nothing is half-imported: it raises or reads all.
Source: backstage.io/docs/features/software-catalog/descriptor-format
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from data.errors import Invalid, Problem
from data.importers.backstage_checks import CHECK
from data.importers.backstage_ends import may_be_cut, open_ends
from data.importers.backstage_entities import ANNOTATIONS, entity_of
from data.importers.backstage_people import groups_of, people_of
from data.importers.backstage_relations import edges_of
from data.importers.bounds import why_too_long
from data.importers.concealed import told
from data.importers.declaration import PREFIX, Account, Declaration
from data.importers.known import Known
from data.importers.refs import DEFAULT_NAMESPACE, Index, id_of
from data.importers.report import Count, Reading, Skipped
from data.importers.sources import File, Format, digest_of, files_of
from data.importers.yaml_lines import Node, documents
from data.records.catalog import Entity, Group, Person

NODE_KINDS = frozenset(("component", "resource", "api", "airesource"))
PEOPLE_KINDS = frozenset(("group", "user"))
_NOT_READ = {
    "location": "a Location's targets are not followed; name their files or directory instead",
    "template": "a Template makes new things; it is none itself",
    "system": "a System groups things; it neither serves nor depends",
    "domain": "a Domain groups things; it neither serves nor depends",
}


Documents = tuple[Node, ...]


def read_backstage(
    paths: Sequence[Path],
    *,
    known: Iterable[Entity | Group | Person] = (),
    taken: Mapping[str, str] | None = None,
    as_told: Iterable[Entity] = (),
) -> Reading:
    """Read files, and directories for *.yaml and *.yml, as one source.

    known    what other imports declared already: references may point there
    as_told  the same as each source tells of it, and so what was kept by name before
    taken    Slack id -> who has it by other imports; nobody else is given it
    Raises `Invalid` naming file and line; then nothing counts as read.
    """
    files, broken = files_of(paths, FORMAT)
    account = Account()
    declared, cut_off = _declarations(files, account)
    if broken or cut_off:
        raise Invalid(sorted((*broken, *cut_off), key=_place))
    if not declared:
        shown = ", ".join(str(path) for path in paths)
        skipped = "".join(f"; skipped {line}" for line in account.skipped[:3])
        accepted = f"declares no Component, Resource, API, AiResource, Group or User{skipped}"
        raise Invalid([Problem(field=shown, value="", accepted=accepted)])
    known = tuple(known)
    index = Index()
    for thing in declared:
        index.add(thing.id, thing.name)
    for other in known:
        # A person's name is what they are called, not how their id was spelt.
        index.add(other.id, other.id.rpartition("/")[2] if isinstance(other, Person) else other.name)
    nodes = [thing for thing in declared if thing.kind in NODE_KINDS]
    entities = tuple(entity_of(thing, index, account) for thing in nodes)
    here = {thing.id for thing in declared}
    elsewhere = (one for one in known if isinstance(one, Entity) and one.id not in here)
    things = Known((*entities, *elsewhere))
    kinds = {one.id: one.kind for one in known if isinstance(one, Entity)}
    ids = {one.id for one in known}
    ends = open_ends(files, declared)
    if cut := [end.problem() for end in ends if may_be_cut(end, index, things, kinds, ids)]:
        raise Invalid(cut)
    edges = edges_of(nodes, index, things, account, {one.id for one in as_told})
    groups = groups_of([thing for thing in declared if thing.kind in PEOPLE_KINDS], index, account)
    people = people_of([thing for thing in declared if thing.kind == "user"], index, account, taken or {})
    return Reading(
        entities=(*entities, *edges.named.entities.values()),
        dependencies=edges.dependencies,
        groups=groups,
        people=people,
        documents=Count(
            read=account.documents, kept=len(declared), skipped=account.documents - len(declared)
        ),
        edges=Count(read=edges.read, kept=edges.kept, skipped=edges.read - edges.kept),
        skipped=tuple(account.skipped),
        notes=(*(note for file in files for note in told(file.shown, file.credentials)), *account.notes),
        source_digest=digest_of(files),
        roots=tuple(dict.fromkeys(str(path.resolve()) for path in paths)),
        files={**edges.named.files, **{thing.id: str(thing.path) for thing in declared}},
        declared_by=edges.declared_by,
        unresolved=edges.unresolved,
        uncertain=edges.uncertain,
        ends=tuple(end.end() for end in ends),
    )


def _wrong(content: Documents, shown: str, is_named: bool) -> list[Problem]:
    """A directory may hold files of other things; what was named is to be one of ours."""
    if is_named and all(document.value is None for document in content):
        accepted = "is empty; expected Backstage entities"
        return [Problem(field=f"{shown}:1", value="", accepted=accepted)]
    return [_stray(document, shown) for document in content if isinstance(document.value, str | list)]


def _stray(document: Node, shown: str) -> Problem:
    found = "a list" if isinstance(document.value, list) else f'"{document.text[:40]}"'
    accepted = "a document must be a mapping with apiVersion, kind, metadata and spec"
    return Problem(field=f"{shown}:{document.line}", value=found, accepted=accepted)


FORMAT = Format(holds="catalog-info YAML", suffixes=(".yaml", ".yml"), parsed=documents, wrong=_wrong)


def _declarations(
    files: Sequence[File[Documents]], account: Account
) -> tuple[list[Declaration], list[Problem]]:
    """Every document we read, each id once; every other document is accounted for with the reason.

    The problems are those of files that end in the middle: nothing of such a source may count.
    """
    declared: dict[str, Declaration] = {}
    cut_off: list[Problem] = []
    for file in files:
        for number, document in enumerate(file.content, start=1):
            account.documents += 1
            where = f"{file.shown}:{document.line}"
            lacking = _lacking(document)
            if lacking and number == len(file.content):
                # A file cut off in the middle still parses; an unfinished last document gives it away.
                accepted = f"the last document has no {lacking}: is the file complete?"
                cut_off.append(Problem(field=where, value="", accepted=accepted))
                continue
            thing = _declaration(document, file)
            why = f"has no {lacking}" if lacking else _why_not_read(document) or _why_not_named(thing)
            if not why and (first := declared.get(thing.id)):
                why = f"{first.where} declares {thing.id} already, whatever the case; the first counts"
            if why:
                account.skipped.append(Skipped(where=where, what=thing.shown, why=why))
            else:
                declared[thing.id] = thing
                _check_texts(thing, document, account)
                _check_annotations(thing, account)
    return list(declared.values()), cut_off


def _place(problem: Problem) -> tuple[str, int]:
    """By file and line, so that people go through their files once."""
    file, _, line = problem.field.rpartition(":")
    return (file, int(line)) if line.isdigit() else (problem.field, 0)


def _declaration(document: Node, file: File[Documents]) -> Declaration:
    metadata = document.get("metadata")
    kind, name = document.get("kind").text, metadata.get("name").text
    namespace = metadata.get("namespace").text or DEFAULT_NAMESPACE
    return Declaration(
        id=id_of(kind, namespace, name),
        kind=kind.lower(),
        namespace=namespace,
        name=name,
        shown=f"{kind or 'document'} {name}".strip()[:120],
        line=document.line,
        shown_path=file.shown,
        path=file.path,
        metadata=metadata,
        spec=document.get("spec"),
    )


def _is_backstage(document: Node) -> bool:
    version, kind = document.get("apiVersion").text, document.get("kind").text.lower()
    if version and not version.startswith(("backstage.io/", "scaffolder.backstage.io/")):
        return kind == "airesource"
    return bool(version or kind)


def _lacking(document: Node) -> str:
    """Which part a Backstage document cannot be without is not there."""
    if not _is_backstage(document):
        return ""
    if not document.get("kind").is_stated:
        return "kind"
    if not document.get("metadata").get("name").is_stated:
        return "metadata.name"
    is_read = document.get("kind").text.lower() in NODE_KINDS | PEOPLE_KINDS
    return "spec" if is_read and not document.get("spec").is_nested else ""


def _why_not_read(document: Node) -> str:
    if document.value is None:
        return "an empty document"
    if not _is_backstage(document):
        found = document.get("apiVersion").text
        return (
            f"not a Backstage entity: apiVersion is {found}"
            if found
            else "not a Backstage entity: no apiVersion and kind"
        )
    for what, node in (
        ("kind", document.get("kind")),
        ("metadata.name", document.get("metadata").get("name")),
    ):
        if node.is_nested:
            return f"{what} is {node.shown}; write one word"
    kind = document.get("kind").text
    if kind.lower() in NODE_KINDS | PEOPLE_KINDS:
        return "spec is a list; write a mapping" if isinstance(document.get("spec").value, list) else ""
    return _NOT_READ.get(kind.lower(), f"kind {kind} is not one we read")


def _why_not_named(thing: Declaration) -> str:
    if "{{" in thing.name:
        return "the name is a placeholder of a template"
    for what, text in (("name", thing.name), ("namespace", thing.namespace)):
        if any(sign in text for sign in "/#") or not text.isprintable():
            return f'a {what} has no "/", "#" or control characters, or references to it would be ambiguous'
        if why := why_too_long(text):
            return why
    return ""


def _check_texts(thing: Declaration, document: Node, account: Account) -> None:
    """Tell of what stands where one text or a mapping should: it is read as if nothing stood there."""
    spec = thing.spec
    for what, node, accepted in (
        ("apiVersion", document.get("apiVersion"), "name one version. Read as one of Backstage's"),
        (
            "metadata.namespace",
            thing.metadata.get("namespace"),
            f"name one namespace. Kept in {DEFAULT_NAMESPACE}",
        ),
        ("metadata.title", thing.metadata.get("title"), "write one title. Ignored"),
        ("spec.profile.displayName", spec.get("profile").get("displayName"), "write one name. Ignored"),
    ):
        account.text(thing, node, what, accepted)
    for what, node in (
        ("metadata.annotations", thing.metadata.get("annotations")),
        ("spec.profile", spec.get("profile")),
    ):
        if node.is_stated and not isinstance(node.value, dict):
            account.note(thing, node.line, f"{what} {node.shown}", "write a mapping, KEY: VALUE. Ignored")


def _check_annotations(thing: Declaration, account: Account) -> None:
    annotations = thing.metadata.get("annotations")
    for key in annotations.keys():  # noqa: SIM118 - a Node is no dict
        name = key.removeprefix(PREFIX)
        if key.startswith(PREFIX) and name not in ANNOTATIONS and not name.startswith(CHECK):
            known = ", ".join(PREFIX + name for name in sorted((*ANNOTATIONS, f"{CHECK}NAME")))
            account.note(thing, annotations.get(key).line, key, f"unknown and ignored; we read {known}")
