"""A Component, Resource, API or AiResource as an entity: kind, owner, tier, artifacts, successor, switch."""

from __future__ import annotations

from data.catalog.restricted import listed
from data.importers import backstage_moving as moving
from data.importers.backstage_artifacts import Listed, parts
from data.importers.backstage_artifacts import listed as listed_artifacts
from data.importers.backstage_checks import checks
from data.importers.declaration import PREFIX, Account, Declaration
from data.importers.draft import UNOWNED
from data.importers.measuring import stated
from data.importers.refs import Found, Index, ids_meant, parse
from data.importers.regulated import regulation
from data.importers.yaml_lines import Node
from data.records.catalog import NO_OWNER, TIERS, EndpointKind, Entity, Kind, Measure, Measured

ANNOTATIONS = frozenset(
    (
        "tier",
        "aliases",
        "artifacts",
        "successor",
        "migration-guide",
        "available-from",
        "regulated",
        "endpoint-kind",
        "endpoint-ref",
        "restricted-to",
        *(measure.replace("_", "-") for measure in Measure),
        "slack-id",
        "manager",
        "zone",
        "slack-channel",
        # Written by workflows/adapters/backstage_patch.py, and read by it alone.
        "retirement",
        "sunset",
        "replaced-by",
        "lifecycle-before",
        "lifecycle-written",
        "annotations-written",
    )
)
# Backstage's own AiResource types hold instructions for coding tools, not weights (its module ai-model).
OWNERS = ("group", "user")
# Types are free text in Backstage; these say by themselves what is meant, and in whose words its owners are told.
_CONSUMERS = {
    **dict.fromkeys(("dataset", "table"), Kind.DATASET),
    **dict.fromkeys(("pipeline", "job"), Kind.PIPELINE),
    "dashboard": Kind.DASHBOARD,
}
ABOUT_MAX = 2_000
"""Characters that are kept of a description: what finds a model stands at its beginning."""
_INSTRUCTIONS = frozenset(("skill", "rule", "agent"))


def entity_of(thing: Declaration, index: Index, account: Account) -> Entity:
    kind = kind_of(thing)
    spec_type = thing.spec.get("type")
    if spec_type.is_nested:
        kept = f"Kept as {'an' if kind == Kind.ENDPOINT else 'a'} {kind}"
        account.note(thing, spec_type.line, f"spec.type {spec_type.shown}", f"name one type. {kept}")
    elif kind == Kind.CONSUMER and not spec_type.text:
        account.note(thing, thing.spec.line, "spec.type", "no type declared; kept as a consumer, not a model")
    owner_id, owner_note, owner_names = _owner(thing, index, account)
    is_model, is_endpoint = kind == Kind.MODEL, kind == Kind.ENDPOINT
    preserved = listed_artifacts(thing, account) if is_model else Listed()
    successor_id, successor_named = moving.successor(thing, index, account) if is_model else ("", None)
    return Entity(
        id=thing.id,
        kind=kind,
        name=thing.name,
        title=thing.title,
        owner_id=owner_id,
        owner_note=owner_note,
        owner_names=owner_names,
        tier=_tier(thing, account),
        lifecycle=account.text(
            thing, thing.spec.get("lifecycle"), "spec.lifecycle", "name one lifecycle. Kept without one"
        ),
        successor_id=successor_id,
        successor_named=successor_named,
        artifacts=preserved.uris,
        classes=preserved.classes,
        references=preserved.references,
        endpoint_kind=_endpoint_kind(thing, account) if is_endpoint else EndpointKind.MANUAL,
        endpoint_ref=_endpoint_ref(thing, account) if is_endpoint else "",
        declared_in=thing.where,
        aliases=_aliases(thing, account),
        measured=_measured(thing, account) if is_model or is_endpoint else (),
        restricted_to=_restricted_to(thing, account, is_model=is_model),
        guide=moving.guide(thing, account) if is_model else "",
        checks=checks(thing, account),
        serves_from=moving.serves_from(thing, account) if is_model else "",
        regulated=regulation(thing.annotation("regulated").text) if is_model else "",
        about=thing.metadata.get("description").text[:ABOUT_MAX] if is_model else "",
        domain=_domain(thing) if is_model else "",
    )


def _domain(thing: Declaration) -> str:
    """The system and domain it says it is part of, as written: "churn retention"."""
    named = (thing.spec.get(key).text for key in ("system", "domain"))
    return " ".join(filter(None, named))[:ABOUT_MAX]


def kind_of(thing: Declaration) -> Kind:
    spec_type = thing.spec.get("type").text.lower()
    if thing.annotation("endpoint-kind").is_stated:
        return Kind.ENDPOINT
    if (thing.kind, spec_type) in (("component", "model-server"), ("api", "ai-model-server")):
        return Kind.ENDPOINT
    if (thing.kind, spec_type) == ("resource", "ai-model"):
        return Kind.MODEL
    if thing.kind == "airesource" and spec_type not in _INSTRUCTIONS:
        return Kind.MODEL
    return _CONSUMERS.get(spec_type, Kind.CONSUMER)


def _owner(thing: Declaration, index: Index, account: Account) -> tuple[str, str, tuple[str, ...]]:
    """The owner's id, what is odd about it, and which ids are meant. An owner nobody declares stays empty: never
    guessed."""
    owner = thing.spec.get("owner")
    if owner.is_nested:
        account.note(
            thing, owner.line, f"spec.owner {owner.shown}", "name one group or user. Kept as unowned"
        )
        return "", f"owner is {owner.shown}, not one group or user", ()
    if not owner.text:
        account.note(thing, owner.line, "spec.owner", "no owner declared; kept as unowned")
        return "", NO_OWNER, ()
    found = index.find(owner.text, kinds=OWNERS, namespace=thing.namespace, first=True)
    if isinstance(found, Found) and found.id.startswith(("group:", "user:")):
        if found.note:
            account.note(thing, owner.line, f'spec.owner "{owner.text}"', found.note)
        # A nearer one that somebody declares later is the one that is meant.
        meant = _owner_ids(owner.text, thing)
        return found.id, found.note, meant if meant[:1] != (found.id,) else ()
    note = _no_such_owner(owner.text, index)
    meant = _owner_ids(owner.text, thing)
    account.note(
        thing, owner.line, f'spec.owner "{owner.text}"', f"{note}. {UNOWNED if meant else 'Kept as unowned'}"
    )
    return "", f'owner "{owner.text}": {note}', meant


def _owner_ids(text: str, thing: Declaration) -> tuple[str, ...]:
    found = ids_meant(text, kinds=OWNERS, namespace=thing.namespace)
    return tuple(one for one in found if one.partition(":")[0] in OWNERS)


def _no_such_owner(text: str, index: Index) -> str:
    ref = parse(text)
    if ref is None:
        return "not a reference; write [kind:][namespace/]name"
    kind = ref.kind.lower() or "group"
    if kind not in OWNERS:
        return f"a {kind} cannot own; name a group or a user"
    alike = index.alike(kind, ref.name)
    return (
        f'no such {kind}; closest is "{alike}"'
        if alike
        else f"no such {kind}, and nothing has a similar name"
    )


def _tier(thing: Declaration, account: Account) -> int:
    tier = thing.annotation("tier")
    if tier.is_stated and tier.text not in TIERS:
        account.note(
            thing,
            tier.line,
            f"{PREFIX}tier {tier.shown}",
            "a tier is 1, 2 or 3; kept as unknown, the strictest",
        )
    return TIERS.get(tier.text, 0)


def _aliases(thing: Declaration, account: Account) -> tuple[str, ...]:
    """What other catalogs call it."""
    found = []
    for part in parts(thing.annotation("aliases")):
        if part.is_nested:
            account.note(thing, part.line, f"{PREFIX}aliases {part.shown}", "write one name each. Ignored")
        elif part.text:
            found.append(part.text)
    return tuple(dict.fromkeys(found))


def _measured(thing: Declaration, account: Account) -> tuple[Measured, ...]:
    found: list[Measured] = []
    for measure in Measure:
        name = measure.replace("_", "-")
        node = thing.annotation(name)

        def tell(_: Measure, why: str, node: Node = node, name: str = name) -> None:
            account.note(thing, node.line, f"{PREFIX}{name}", f"{why}. Left out")

        if node.is_stated:
            found += stated(
                [(measure, node.shown if node.is_nested else node.text)], thing.at(node.line), tell
            )
    return tuple(found)


def _restricted_to(thing: Declaration, account: Account, *, is_model: bool) -> tuple[str, ...] | None:
    """Who may see it besides its owners; of what is written otherwise than as names, nobody."""
    if f"{PREFIX}restricted-to" not in thing.metadata.get("annotations").keys():  # noqa: SIM118 - a Node is no dict
        return None
    node = thing.annotation("restricted-to")
    if not is_model:
        rule = "only a model is restricted, with all that serves it. Left out"
        account.note(thing, node.line, f"{PREFIX}restricted-to", rule)
        return None
    return tuple(dict.fromkeys(name for part in parts(node) for name in listed(part.text)))


def _endpoint_kind(thing: Declaration, account: Account) -> EndpointKind:
    stated = thing.annotation("endpoint-kind")
    if not stated.is_stated:
        return EndpointKind.MANUAL
    try:
        return EndpointKind(stated.text.lower())
    except ValueError:
        known = ", ".join(EndpointKind)
        account.note(
            thing,
            stated.line,
            f"{PREFIX}endpoint-kind {stated.shown}",
            f"not one of {known}; kept as manual",
        )
        return EndpointKind.MANUAL


def _endpoint_ref(thing: Declaration, account: Account) -> str:
    stated = thing.annotation("endpoint-ref")
    accepted = f"write the one name its platform knows it by. Kept as {thing.name}"
    return account.text(thing, stated, f"{PREFIX}endpoint-ref", accepted) or thing.name
