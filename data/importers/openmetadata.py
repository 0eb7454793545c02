"""OpenMetadata: which models does it describe, on which data do they depend, and what comes of them?

An mlmodel is a model that depends on the sources of its features; its server is an endpoint, which a person
switches off, and its dashboard depends on it. Of lineage, where data flows from one to the other, the other
depends on the one, and so does the pipeline between them on the first and the second on the pipeline. Tables,
topics and the like are datasets, pipelines and stored procedures pipelines, charts and dashboards dashboards, and
what only answers (an apiEndpoint) a consumer. Ids are "openmetadata:TYPE:FQN"; what is only named is kept by it.
Source: docs.open-metadata.org/latest/main-concepts/metadata-standard/schemas; openmetadata_documents.py has the files
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from data.errors import Invalid, Problem
from data.importers.draft import Draft, why_not_named
from data.importers.fields import Fields
from data.importers.known import Known
from data.importers.openmetadata_documents import (
    FORMAT,
    Document,
    Ref,
    documents_in,
    kind_of_entity,
    members,
    ref_of,
)
from data.importers.openmetadata_edges import KINDS, PREFIX, Missed, Refs, add_flow, nothing_of_ours
from data.importers.preserved import named_values, valued
from data.importers.refs import Found, Missing
from data.importers.report import Reading
from data.importers.sources import whole_files
from data.records.artifacts import ArtifactClass, Reference
from data.records.catalog import Entity, Group, Kind, Person

PEOPLE: dict[str, type[Group | Person]] = {"team": Group, "user": Person}
_TIERS = {"tier.tier1": 1, "tier.tier2": 2, "tier.tier3": 3}


def read_openmetadata(paths: Sequence[Path], *, known: Iterable[Entity | Group | Person] = ()) -> Reading:
    """Read files, and directories for *.json and its lines, as one source. `known` is what others declared.

    Raises `Invalid` naming file and line; then nothing counts as read.
    """
    files = whole_files(paths, FORMAT)
    draft = Draft(Known(known))
    documents: list[Document] = []
    for found in documents_in(files):
        draft.read()
        if isinstance(found, Document):
            documents.append(found)
        else:
            draft.skip(found, "document", "neither an entity, nor lineage, nor an edge of OpenMetadata")
    if not documents:
        accepted = "holds no entity, lineage or edge of OpenMetadata"
        raise Invalid([Problem(field=", ".join(map(str, paths)), value="", accepted=accepted)])
    _Reader(draft).read(documents)
    return draft.reading(files, paths)


class _Reader:
    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._refs = Refs(draft)
        self._described_in: dict[str, str] = {}
        self._addresses: dict[str, str] = {}

    def read(self, documents: Sequence[Document]) -> None:
        lineages = [(one, self._about(one)) for one in documents if one.is_lineage]
        edges = [(one, edge) for one in documents if not one.is_lineage and (edge := one.edge) is not None]
        entities = [one for one in documents if not one.is_lineage and one.edge is None]
        described = [(one, ref) for one in entities if (ref := self._described(one)) is not None]
        for _, ref in described:
            self._refs.settle(ref, ref.id)
        for document, ref in described:
            if ref.kind == "dashboard":
                address = Fields(document.fields, lambda *_: None).text("sourceUrl")
                self._addresses[ref.id] = address if address.startswith(("https://", "http://")) else ""
        for document, ref in described:
            self._declare(document, ref)
            self._draft.document(ref.id, document.path)
        for document, ref in described:
            self._add_uses(document, ref)
        for document, ref in lineages:
            by = f"{ref.id}:lineage" if ref.id else f"{PREFIX}edges:{document.path}"
            if ref.id:
                self._draft.document(by, document.path)
            fields = Fields(document.fields, document.tell_to(self._draft, by))
            for name in ("upstreamEdges", "downstreamEdges"):
                for edge in members(fields, name):
                    add_flow(self._refs, document, edge, by)
        for document, edge in edges:  # a list of edges may be partial, so none of them is ever withdrawn
            add_flow(self._refs, document, edge, f"{PREFIX}edges:{document.path}")

    def _about(self, document: Document) -> Ref:
        """The entity whose lineage it is; it and all nodes can be named by their ids from now on."""
        tell = document.tell_to(self._draft)
        about = ref_of(document.fields.get("entity"), tell)
        for node in members(Fields(document.fields, tell), "nodes"):
            self._refs.register(ref_of(node.get("entity", node) if isinstance(node, dict) else {}, tell))
        self._refs.register(about)
        return about

    def _described(self, document: Document) -> Ref | None:
        ref = ref_of(document.fields, document.tell_to(self._draft), kind_of_entity(document))
        if not ref.fqn and ref.name:  # as one is asked to be made
            service = document.fields.get("service")
            fqn = f"{service}.{ref.name}" if isinstance(service, str) and service else ref.name
            ref = Ref(kind=ref.kind, fqn=fqn, uuid=ref.uuid, name=ref.name, title=ref.title)
        if why := self._why_not_described(ref):
            self._draft.skip(document.where, str(ref)[:120], why)
            return None
        self._refs.register(ref)
        self._described_in[ref.id] = document.where
        return ref

    def _why_not_described(self, ref: Ref) -> str:
        if ref.kind not in KINDS:
            return nothing_of_ours(ref.kind)
        if ref.is_deleted:
            self._refs.register(ref)
            return "is deleted"
        if why := why_not_named(ref.id) if ref.fqn else "has no name":
            return why
        before = self._described_in.get(ref.id)
        return f"described in {before} already; the first counts" if before else ""

    def _declare(self, document: Document, ref: Ref) -> None:
        fields = Fields(document.fields, document.tell_to(self._draft, ref.id))
        entity = Entity(
            id=ref.id,
            kind=KINDS[ref.kind],
            name=ref.called,
            title="" if ref.title == ref.called else ref.title,
            tier=self._tier(document, fields),
            artifacts=self._artifacts(document, fields) if ref.kind == "mlmodel" else (),
            references=tuple(self._references(document, fields)) if ref.kind == "mlmodel" else (),
            declared_in=document.where,
            aliases=_aliases(document, ref),
        )
        self._draft.declare(
            entity, document.path, owner=self._owner(document, ref, fields), owners=_owners(fields)
        )

    def _owner(self, document: Document, ref: Ref, fields: Fields) -> str:
        """Of several the first who is known; whoever has no such name among teams, or people, is told."""
        named = [name for owner in _stated(fields) if (name := self._called(owner))]
        known = [name for name in named if self._draft.known.owner(name)[0]]
        chosen = next(iter((*known, *named)), "")
        if others := [name for name in dict.fromkeys(named) if name != chosen]:
            self._draft.note(document.where, ref.fqn, f"owned by {', '.join(others)}, too; one counts")
        return chosen

    def _called(self, owner: Fields) -> str:
        kind, name = owner.text("type").lower(), owner.text("name") or owner.text("fullyQualifiedName")
        if kind not in PEOPLE:
            return name
        for text in filter(None, (name, owner.text("displayName"))):
            fits = self._draft.known.called(text, PEOPLE[kind])
            if len(fits) == 1:
                return fits[0]
        return f"{kind}:{name}" if name else ""

    def _tier(self, document: Document, fields: Fields) -> int:
        tags = [tag.text("tagFQN").lower() for tag in fields.items("tags")]
        tiers = [tag for tag in tags if tag.startswith("tier.")]
        if strange := [tier for tier in tiers if tier not in _TIERS]:
            note = f"tag {strange[0][:80]}: a tier is 1, 2 or 3; kept as unknown, the strictest"
            self._draft.note(document.where, "tags", note)
        return min((_TIERS[tier] for tier in tiers if tier in _TIERS), default=0)

    def _artifacts(self, document: Document, fields: Fields) -> tuple[str, ...]:
        storage = fields.fields("mlStore").text("storage")
        if storage and not storage.startswith(("s3://", "file://", "/")):
            note = "only absolute paths, file:// and s3:// can be archived; its archive step will stop at it"
            self._draft.note(document.where, f"mlStore.storage {storage[:80]}", note)
        return (storage,) if storage else ()

    def _references(self, document: Document, fields: Fields) -> Iterator[Reference]:
        """What is described in its archive: its image, its dashboard, and what it was trained with."""
        if image := fields.fields("mlStore").text("imageRepository"):
            name, _, digest = image.partition("@")
            yield Reference(of=ArtifactClass.CODE, what="container image", where=name, digest=digest)
        if (dashboard := fields.value("dashboard")) is not None:
            there = ref_of(dashboard, lambda *_: None, "dashboard")
            yield Reference(
                of=ArtifactClass.DASHBOARD,
                what="dashboard",
                where=self._addresses.get(there.id, ""),
                name=there.fqn or there.name,
            )
        yield from valued(
            ArtifactClass.HYPERPARAMETERS,
            "parameters",
            named_values(fields, "mlHyperParameters"),
            lambda note: self._draft.note(document.where, "mlHyperParameters", note),
        )

    def _add_uses(self, document: Document, ref: Ref) -> None:
        """What a model says of its data, its server and its dashboard."""
        if ref.kind != "mlmodel":
            return
        tell, model_id = document.tell_to(self._draft, ref.id), self._refs.settled(ref)
        fields = Fields(document.fields, tell)
        features = (source for one in fields.items("mlFeatures") for source in one.items("featureSources"))
        stated = (source.value("dataSource") for source in features)
        for source in dict.fromkeys(ref_of(one, tell, "table") for one in stated if one is not None):
            self._add_use(document, ref, model_id, source)
        if (dashboard := fields.value("dashboard")) is not None:
            self._add_use(document, ref, model_id, ref_of(dashboard, tell, "dashboard"), is_inverse=True)
        if server := fields.text("server"):
            self._add_server(document, ref, model_id, server)

    def _add_use(
        self, document: Document, ref: Ref, model_id: str, other: Ref, *, is_inverse: bool = False
    ) -> None:
        what = f"{other} -> {ref}" if is_inverse else f"{ref} -> {other}"
        other_id = self._refs.id_of(other, document, document.where)
        if isinstance(other_id, Missed):
            self._refs.tell_missed([other_id], by=ref.id, where=document.where, what=what)
            return
        from_id, to_id = (other_id, model_id) if is_inverse else (model_id, other_id)
        self._draft.depends(from_id, to_id, where=document.where, what=what, by=ref.id)

    def _add_server(self, document: Document, ref: Ref, model_id: str, server: str) -> None:
        what = f"{server[:120]} -> {ref}"
        found = self._draft.known.find(server)
        if why := found.why if isinstance(found, Missing) else why_not_named(server):
            self._draft.misses(ref.id, [], where=document.where, what=what, why=why)
            return
        endpoint_id = found.id if isinstance(found, Found) else f"{PREFIX}server:{server}".lower()
        if found is None:
            entity = Entity(
                id=endpoint_id,
                kind=Kind.ENDPOINT,
                name=server,
                endpoint_ref=server,
                declared_in=document.where,
                aliases=(server,),
            )
            self._draft.declare(entity, document.path)
        self._draft.depends(endpoint_id, model_id, where=document.where, what=what, by=ref.id)


def _stated(fields: Fields) -> list[Fields]:
    return [*fields.items("owners"), *([fields.fields("owner")] if "owner" in fields else [])]


def _owners(fields: Fields) -> tuple[str, ...]:
    """Names by which they may be found, as teams or people."""
    return tuple(
        f"{kind}:{name}" if kind in PEOPLE else name
        for owner in _stated(fields)
        for kind in (owner.text("type").lower(),)
        for key in ("name", "displayName" if kind in PEOPLE else "fullyQualifiedName")
        if (name := owner.text(key))
    )


def _aliases(document: Document, ref: Ref) -> tuple[str, ...]:
    """The full name and the id as written, and what MLflow calls a model of its own."""
    is_mlflow = ref.kind == "mlmodel" and str(document.fields.get("serviceType")).lower() == "mlflow"
    aliases = (ref.fqn, ref.uuid, f"models:/{ref.called}" if is_mlflow else "")
    return tuple(alias for alias in aliases if alias and not why_not_named(alias))
