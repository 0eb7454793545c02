"""What a resource of dbt becomes: its kind, its names, who owns it, and what people say of it in `meta`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.importers.days import day_in
from data.importers.dbt_manifest import Resource
from data.importers.draft import Draft, why_not_named
from data.importers.fields import Fields
from data.importers.refs import Found, Missing
from data.records.catalog import Entity, Kind

TYPES = {
    "model": Kind.DATASET,
    "seed": Kind.DATASET,
    "snapshot": Kind.DATASET,
    "source": Kind.DATASET,
    "metric": Kind.DATASET,
    "semantic_model": Kind.DATASET,
    "saved_query": Kind.DATASET,
    "function": Kind.PIPELINE,
    "exposure": Kind.CONSUMER,
}
NOT_KEPT = {
    "test": "a test is no consumer of what it checks",
    "unit_test": "a test is no consumer of what it checks",
    "analysis": "an analysis is never run by dbt, and nobody depends on it",
    "macro": "a macro is code of others, neither data nor a consumer",
    "operation": "a hook is run beside the data, and nobody depends on it",
}
STATED_KINDS = {str(kind): kind for kind in Kind if kind not in (Kind.VERSION, Kind.ENDPOINT)}


@dataclass(slots=True, frozen=True)
class Thing:
    """What a resource becomes.

    owner   the text that names one, of all `owners` that are stated
    table   database.schema.table, empty where nothing is stored
    uses    unique ids; `named` is names that people wrote in meta, with what other sources know by them
    """

    resource: Resource
    entity: Entity
    owner: str
    owners: tuple[str, ...]
    table: str
    uses: tuple[str, ...]
    named: tuple[tuple[str, Found | Missing | None], ...]

    @property
    def where(self) -> str:
        return self.resource.where


def id_of(unique_id: str) -> str:
    return f"dbt:{unique_id}".lower()


def why_not_kept(resource: Resource) -> str:
    if why := why_not_named(resource.unique_id):
        return why
    if resource.is_disabled:
        return "disabled in its project"
    if resource.type not in TYPES:
        return NOT_KEPT.get(resource.type, f'resource type "{resource.type[:40]}" is none that we know')
    return "" if isinstance(resource.value, dict) else "no object"


def thing_of(resource: Resource, groups: Fields, draft: Draft) -> Thing:
    by = id_of(resource.unique_id)
    fields = resource.fields(lambda what, said: draft.doubts(by, where=resource.where, what=what, note=said))
    metas = [fields.fields("config").fields("meta"), fields.fields("meta")]
    ours = next((meta for meta in metas if "emeritus" in meta), metas[0]).fields("emeritus")
    stored = [
        fields.text("database"),
        fields.text("schema"),
        fields.text("identifier") or fields.text("alias"),
    ]
    table = ".".join(filter(None, stored)) if fields.text("relation_name") and stored[2] else ""
    name = fields.text("name") or resource.unique_id.rpartition(".")[2]
    if version := fields.word("version"):
        name = f"{name}.v{version}"
    if source := fields.text("source_name"):
        name = f"{source}.{name}"
    entity = Entity(
        id=id_of(resource.unique_id),
        kind=_kind(resource, fields, ours, draft),
        name=_named(name, "name", resource, draft) or resource.unique_id,
        title=_named(fields.text("label"), "label", resource, draft),
        lifecycle=_lifecycle(fields, resource, draft),
        declared_in=resource.where,
        aliases=tuple(
            dict.fromkeys(
                alias
                for text in (resource.unique_id, *ours.texts("aliases"))
                if (alias := _named(text, "alias", resource, draft))
            )
        ),
    )
    # An owner's text, in the order in which people would believe it.
    owners = [
        *ours.texts("owner"),
        *fields.fields("owner").texts("email"),
        *fields.fields("owner").texts("name"),
        *(text for meta in metas for text in meta.texts("owner")),
        *_group_owners(fields, groups, resource, draft),
    ]
    return Thing(
        resource=resource,
        entity=entity,
        owner=_owner(named := _owners(owners, resource, draft), resource, draft),
        owners=named,
        table=_named(table, "table", resource, draft),
        uses=fields.fields("depends_on").texts("nodes"),
        named=tuple((text, draft.known.find(text)) for text in ours.texts("depends_on")),
    )


def _named(text: str, what: str, resource: Resource, draft: Draft) -> str:
    """The text, or nothing where nothing may be called so."""
    if why := why_not_named(text):
        draft.note(resource.where, f"{resource.unique_id} {what}", f"{why}; ignored")
        return ""
    return text


def _kind(resource: Resource, fields: Fields, ours: Fields, draft: Draft) -> Kind:
    stated = ours.text("kind").lower()
    if stated in STATED_KINDS:
        return STATED_KINDS[stated]
    if stated:
        note = f'kind "{stated[:40]}" is not one of {", ".join(STATED_KINDS)}; ignored'
        draft.note(resource.where, resource.unique_id, note)
    is_dashboard = resource.type == "exposure" and fields.text("type").lower() == "dashboard"
    return Kind.DASHBOARD if is_dashboard else TYPES[resource.type]


def _lifecycle(fields: Fields, resource: Resource, draft: Draft) -> str:
    text = fields.text("deprecation_date")
    if not text:
        return ""
    try:
        note = f"deprecated as of {day_in(text)}"
    except ValueError:
        note = f'deprecation_date "{text[:40]}" is no day; kept as deprecated'
    draft.note(resource.where, resource.unique_id, note)
    return "deprecated"


def _group_owners(fields: Fields, groups: Fields, resource: Resource, draft: Draft) -> Sequence[str]:
    name = fields.text("group")
    if not name:
        return ()
    group_id = f"group.{fields.text('package_name')}.{name}"
    if group_id not in groups:
        draft.note(resource.where, resource.unique_id, f'group "{name[:80]}" is not in the manifest')
        return ()
    owner = groups.fields(group_id).fields("owner")
    return (*owner.texts("email"), *owner.texts("name"))


def _owners(texts: Sequence[str], resource: Resource, draft: Draft) -> tuple[str, ...]:
    return tuple(text for text in dict.fromkeys(texts) if _named(text, "owner", resource, draft))


def _owner(named: Sequence[str], resource: Resource, draft: Draft) -> str:
    """Of those who are stated, the first that somebody declares; failing that, the first."""
    for text in named:
        if draft.known.owner(text)[0]:
            if text != named[0]:
                why = f'{draft.known.owner(named[0])[1]}. Owned by "{text}", as it says besides'
                draft.note(resource.where, resource.unique_id, why)
            return text
    return named[0] if named else ""
