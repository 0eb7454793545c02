"""What is meant by a reference of OpenMetadata, and who depends on whom where data flows from one to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from data.importers.draft import Draft, why_not_named
from data.importers.fields import Fields
from data.importers.openmetadata_documents import Document, Ref, ref_of
from data.importers.refs import Found, Missing
from data.records.catalog import Entity, Kind

PREFIX = "openmetadata:"
_DATASETS = "table topic container searchindex dashboarddatamodel file directory spreadsheet worksheet metric"
KINDS = {
    "mlmodel": Kind.MODEL,
    **dict.fromkeys(_DATASETS.split(), Kind.DATASET),
    **dict.fromkeys(("pipeline", "storedprocedure"), Kind.PIPELINE),
    **dict.fromkeys(("dashboard", "chart"), Kind.DASHBOARD),
    "apiendpoint": Kind.CONSUMER,
}


class Missed(NamedTuple):
    """Why a reference names nothing. `is_no_end` where it is certain that no edge leads there."""

    why: str
    is_no_end: bool = False


class Refs:
    """Settled are the ids of what is described, and of what was found or kept by its full name since."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self._ids: dict[str, str] = {}
        self._by_uuid: dict[str, Ref] = {}
        self._gone: set[str] = set()
        self._around: set[tuple[str, str]] = set()

    def is_new(self, from_id: str, to_id: str) -> bool:
        """True once for each pair of which neither is the other."""
        is_new = from_id != to_id and (from_id, to_id) not in self._around
        self._around.add((from_id, to_id))
        return is_new

    def register(self, ref: Ref) -> None:
        """It may be named by its id alone from now on."""
        if ref.id and ref.uuid:
            self._by_uuid.setdefault(ref.uuid, ref)
        if ref.id and ref.is_deleted:
            self._gone.add(ref.id)

    def settle(self, ref: Ref, thing_id: str) -> None:
        self._ids[ref.id] = thing_id

    def settled(self, ref: Ref) -> str:
        return self._ids[ref.id]

    def id_of(self, named: Ref, document: Document, where: str) -> str | Missed:
        """The id of what is named, or why there is none; what nobody describes is kept by its full name."""
        ref = named if named.id else self._by_uuid.get(named.uuid, named)
        if ref.id in self._ids:
            return self._ids[ref.id]
        found = self._found(ref)
        if isinstance(found, Found):
            is_kept = ref.kind in KINDS and not self._why_not_kept(ref)
            if not is_kept or found.id == ref.id or self.draft.declares(found.id):
                return found.id
            # For as long as both are called so they are one (data/catalog/joins.py).
            self._keep(ref, document, where, f"{found.note or f'joined to {found.id}'}; described as there")
            return ref.id
        if found is None and ref.kind and ref.kind not in KINDS:
            return Missed(nothing_of_ours(ref.kind), is_no_end=True)
        if why := found.why if found else self._why_not_kept(ref):
            return Missed(why)
        self._keep(ref, document, where, "described nowhere; kept by its full name, without an owner")
        return ref.id

    def tell_missed(self, missed: Sequence[Missed], *, by: str, where: str, what: str) -> None:
        """An edge that `by` states is not kept; unless it is none for certain, nothing of that is withdrawn."""
        why = "; ".join(dict.fromkeys(one.why for one in missed))
        if any(one.is_no_end for one in missed):
            self.draft.skip_edge(where, what, why)
        else:
            self.draft.misses(by, [], where=where, what=what, why=why)

    def _found(self, ref: Ref) -> Found | Missing | None:
        """What is known by its id or full name, or why it is not one of those things."""
        if ref.is_deleted or ref.id in self._gone:
            return Missing(why=f"{ref} is deleted")
        # A name without a dot may be anybody's, and one full name may be of two types.
        for text in filter(None, (ref.id, ref.fqn if "." in ref.fqn else "", ref.uuid)):
            found = self.draft.known.find(text)
            if isinstance(found, Missing):
                return Missing(why=f"{text} {found.why}")
            if found and not (text == ref.fqn and ref.id and found.id.startswith(PREFIX)):
                return found
        return None

    def _why_not_kept(self, ref: Ref) -> str:
        return why_not_named(ref.id) if ref.id else f"{ref} is described nowhere by type and full name"

    def _keep(self, ref: Ref, document: Document, where: str, note: str) -> None:
        entity = Entity(
            id=ref.id,
            kind=KINDS[ref.kind],
            name=ref.called,
            title="" if ref.title == ref.called else ref.title,
            declared_in=where,
            aliases=tuple(one for one in (ref.fqn, ref.uuid) if one and not why_not_named(one)),
        )
        self.draft.mention(entity, document.path)
        self.draft.note(where, str(ref), note)
        self._ids[ref.id] = ref.id


def add_flow(refs: Refs, document: Document, edge: object, by: str) -> None:
    """Data flows from one to the other, through a pipeline if one is named: each depends on where it comes from."""
    where = document.place_of(edge)
    fields = Fields(edge, document.tell_to(refs.draft, by))
    source, target = (_end(fields, names) for names in (("fromEntity", "from"), ("toEntity", "to")))
    what = f"{target} -> {source}"
    source_id, target_id = (refs.id_of(one, document, where) for one in (source, target))
    if isinstance(source_id, Missed) or isinstance(target_id, Missed):
        missed = [one for one in (source_id, target_id) if isinstance(one, Missed)]
        refs.tell_missed(missed, by=by, where=where, what=what)
        return
    refs.draft.depends(target_id, source_id, where=where, what=what, by=by)
    pipeline = _pipeline(fields)
    if pipeline is None:
        return
    pipeline_id = refs.id_of(pipeline, document, where)
    if isinstance(pipeline_id, Missed):
        what = f"{pipeline} between {source} and {target}"
        refs.tell_missed([pipeline_id], by=by, where=where, what=what)
        return
    for from_id, to_id in ((target_id, pipeline_id), (pipeline_id, source_id)):
        if refs.is_new(from_id, to_id):  # a pipeline stands between many
            refs.draft.depends(from_id, to_id, where=where, what=f"through {pipeline}", by=by)


def _end(fields: Fields, names: tuple[str, ...]) -> Ref:
    value = next((found for name in names if (found := fields.value(name)) is not None), None)
    return ref_of(value, fields.tell)


def _pipeline(fields: Fields) -> Ref | None:
    details = fields.fields("lineageDetails")
    places = (details.value("pipeline"), fields.value("pipeline"), fields.value("edge_meta"))
    stated = (ref_of(one, fields.tell, "pipeline") for one in places if one is not None)
    return next((ref for ref in stated if ref.fqn or ref.uuid), None)


def nothing_of_ours(kind: str) -> str:
    return f"a {kind[:40]} neither serves nor depends" if kind else "nothing says of what type it is"
