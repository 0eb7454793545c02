"""What is different in another policy? Key by key as its file has them, for whoever is to agree to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from data.policies.attestations import ATTESTATION
from data.policies.checks import WEEKDAYS
from data.policies.escalation import said
from data.policies.fields import FIELDS
from data.policies.keys import Key
from data.policies.notice_texts import BETWEEN
from data.policies.retention import RETENTION
from data.policies.tables import AUDIENCE, ROLE, TIER
from data.records.anchors import AnchorRules
from data.records.attestations import Attestation
from data.records.base import Record
from data.records.hours import Windows
from data.records.policy import Criteria, Policy, Review, Role, Tier
from data.records.retention import Prices

Beside = Criteria | Windows | Review | Prices | AnchorRules
"""What no retirement keeps."""


class Difference(Record, frozen=True, kw_only=True):
    """`key` as a TOML file says it, "tiers.1.notice_days"; None for what one of them does not have."""

    key: str
    before: Any
    after: Any


def differences(before: Policy, after: Policy) -> tuple[Difference, ...]:
    """By section, then tiers, roles and attestations. The digests differ where anything does."""
    found = _between(dict(_flat(before)), dict(_flat(after)))
    if not found and before.digest != after.digest:
        return tuple(_in_order(before, after))
    return found


def _in_order(before: Policy, after: Policy) -> Iterator[Difference]:
    """What is said in another order: whoever has several roles fills the first of them that is short."""
    for key, old, new in (
        ("roles", [one.name for one in before.roles], [one.name for one in after.roles]),
        ("attestations", [one.name for one in before.attestations], [one.name for one in after.attestations]),
        ("audiences", [one.audience for one in before.audiences], [one.audience for one in after.audiences]),
    ):
        if old != new:
            yield Difference(key=key, before=old, after=new)


def differences_beside(before: Beside, after: Beside) -> tuple[Difference, ...]:
    """Of what the same files say of candidates, hours and their own review: in no digest, as no retirement keeps it."""
    return _between(dict(_keys(before)), dict(_keys(after)))


def _between(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Difference, ...]:
    keys = dict.fromkeys((*old, *new))
    return tuple(
        Difference(key=key, before=old.get(key), after=new.get(key))
        for key in keys
        if old.get(key) != new.get(key)
    )


def _flat(policy: Policy) -> Iterator[tuple[str, Any]]:
    yield "name", policy.name
    yield from _keys(policy)
    for key, value in said(policy.tree).items():
        yield f"escalation.{key}", value
    for text in policy.texts:
        yield f"notices.{text.audience}", f"{text.under_way}\n\n{BETWEEN}\n\n{text.closed}"
    for one in policy.audiences:
        for key in AUDIENCE:
            yield f"audiences.{one.audience}.{key}", _plain(getattr(one, key)) or None
    for tier in policy.tiers:
        flags = {
            key: getattr(tier, key) == "yes"
            for key in ("migration_guide", "checks_required", "closed_by_two", "brownouts")
        }
        for key, value in {
            **_said(tier, TIER),
            **flags,
            "archive_classes": _plain(tier.archive_classes),
        }.items():
            yield f"tiers.{tier.tier}.{key}", value
    for role in policy.roles:
        flags = {"veto": role.veto == "yes", "regulated": role.regulated == "yes"}
        for key, value in {**_said(role, ROLE), **flags}.items():
            yield f"roles.{role.name}.{key}", value
    for rule in policy.retention:
        for key in RETENTION:
            yield f"{rule.id}.{key}", _plain(getattr(rule, "starts_from" if key == "from" else key))
    for attestation in policy.attestations:
        for key, value in _said(attestation, ATTESTATION).items():
            yield f"attestations.{attestation.name}.{key}", value


def _keys(record: Policy | Beside) -> Iterator[tuple[str, Any]]:
    """Those of the sections whose values this record holds."""
    for section, keys in FIELDS.items():
        for key, known in keys.items():
            if known.field in record.__struct_fields__ and known.field not in ("escalation", "texts"):
                value = getattr(record, known.field)
                if known.field == "digest_weekday":
                    value = WEEKDAYS[value]
                elif known.field == "weekdays":
                    value = [WEEKDAYS[day] for day in value]
                yield f"{section}.{key}", _plain(value)


def _said(row: Role | Attestation | Tier, keys: Mapping[str, Key]) -> Mapping[str, Any]:
    """What its table would say; no groups or no people need not be said."""
    said = {key: _plain(getattr(row, key)) for key in keys}
    return {key: value for key, value in said.items() if value != []}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
