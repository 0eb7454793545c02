"""Is this TOML a policy, and what does it say? All that is wrong with it is reported at once.

A file of one's own is laid over the shipped default, so it need only say what differs. Roles are never mixed:
a [roles] table of its own replaces all shipped ones, since a role left over would block every vote. So does a table
of [attestations].
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from data.errors import Invalid, Problem
from data.policies.attestations import attestations_of
from data.policies.checks import TIERS, WEEKDAYS
from data.policies.escalation import tree_of
from data.policies.fields import FIELDS
from data.policies.keys import Key
from data.policies.notice_texts import read_texts
from data.policies.retention import retention_of
from data.policies.sense import check_sense
from data.policies.tables import AUDIENCE, ROLE, ROLE_NAME, TIER
from data.records.anchors import AnchorRules
from data.records.artifacts import ArtifactClass
from data.records.hours import Windows
from data.records.notices import Addressed, Audience, NoticeText
from data.records.policy import Criteria, Criterion, OnExpiry, Policy, Review, Role, Tier
from data.records.retention import Prices
from data.toml_tables import Tables, tables_of, text_of

DEFAULT = Path(__file__).with_name("default.toml")
OF_TABLES = ("roles", "tiers", "attestations", "audiences", "retention")
"""Sections that are a table for each of something, and are read by rules of their own."""

Beside = TypeVar("Beside", Criteria, Prices, AnchorRules)


class Rules(NamedTuple):
    """What one file says."""

    policy: Policy
    criteria: Criteria
    windows: Windows
    review: Review
    prices: Prices
    anchors: AnchorRules


def parsed(toml: str, *, source: str) -> Policy:
    """The policy this text describes, laid over the shipped one. Raises `Invalid` with all problems."""
    return _rules(toml, source=source, beside=Path()).policy


def read_rules(path: Path | None = None) -> Rules:
    """All that the file says, or the shipped one. Raises `Invalid`."""
    if path is None:
        return _shipped_rules()
    toml = text_of(path, otherwise="name a TOML file, or none for the shipped policy")
    return _rules(toml, source=path.name, beside=path.parent)


def read_policy(path: Path | None = None) -> Policy:
    """What retirements run by."""
    return read_rules(path).policy


def read_criteria(path: Path | None = None) -> Criteria:
    """What candidates are ranked by."""
    return read_rules(path).criteria


def read_windows(path: Path | None = None) -> Windows:
    """When people are written to."""
    return read_rules(path).windows


def read_review(path: Path | None = None) -> Review:
    """When the policy itself is to be looked through again."""
    return read_rules(path).review


def read_prices(path: Path | None = None) -> Prices:
    """What keeping an archive is expected to cost."""
    return read_rules(path).prices


@cache
def _shipped() -> Mapping[str, Any]:
    """What every policy is laid over: a part of this package, which changes with it only."""
    return tables_of(DEFAULT.read_text(encoding="utf-8"), DEFAULT.name)


@cache
def _shipped_rules() -> Rules:
    return read_rules(DEFAULT)


@cache
def _shipped_texts() -> tuple[tuple[NoticeText, ...], list[Problem]]:
    folder = DEFAULT.parent / _shipped()["notices"]["folder"]
    return read_texts(folder, folder.name, folder)


def digest_of(policy: Policy) -> str:
    """Names this version: `sha256:` over everything else it says, as canonical JSON."""
    covered = msgspec.to_builtins(msgspec.structs.replace(policy, digest=""))
    canonical = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def _rules(toml: str, *, source: str, beside: Path) -> Rules:
    """`beside`: the folder of its file, from which it names others."""
    given = tables_of(toml, source)
    under = _shipped()
    reading = Tables(source)
    for unknown in given.keys() - {"name", *OF_TABLES, *FIELDS}:
        accepted = f"unknown; known here: name, {', '.join((*FIELDS, *OF_TABLES))}"
        reading.refuse("", f"[{unknown}]" if isinstance(given[unknown], dict) else unknown, None, accepted)
    name = given.get("name", source.removesuffix(".toml"))
    if not isinstance(name, str) or not 1 <= len(name) <= 80:
        reading.refuse("", "name", name, "a text of 1 to 80 characters")
    values: dict[str, Any] = {}
    for section, keys in FIELDS.items():
        said = {**under[section], **reading.table(section, given.get(section, {}), keys)}
        values |= {known.field: said[key] for key, known in keys.items()}
    values["tiers"] = _tiers(reading, given.get("tiers", {}), under["tiers"])
    values["retention"] = retention_of(reading, given.get("retention", {}), under["retention"])
    values["audiences"] = _audiences(reading, given.get("audiences", {}))
    values["roles"] = _roles(reading, given.get("roles", under["roles"]))
    own = "folder" in given["notices"] if isinstance(given.get("notices"), dict) else False
    values["texts"] = _texts(reading, values["texts"], beside if own else DEFAULT.parent)
    values["attestations"] = attestations_of(
        reading, given.get("attestations", under["attestations"]), values["roles"]
    )
    values["escalation"] = tree_of(
        reading, values["escalation"], values.pop("on_exhausted"), again_days=values["escalate_again_days"]
    )
    check_sense(reading, values)
    if reading.problems:
        raise Invalid(reading.problems)
    values["digest_weekday"] = WEEKDAYS.index(values["digest_weekday"])
    values["reminder_days"] = tuple(values["reminder_days"])
    values["brownout_minutes"] = tuple(values["brownout_minutes"])
    values["on_expiry"] = OnExpiry(values["on_expiry"])
    for field in ("archive_classes", "archive_described"):
        values[field] = tuple(map(ArtifactClass, values[field]))
    for field in (
        *("break_glass_groups", "break_glass_people", "holds_groups", "holds_people"),
        *("grants_groups", "grants_people"),
    ):
        values[field] = tuple(values[field])
    values["looks_at"] = tuple(map(Criterion, values["looks_at"]))
    criteria, prices = _taken(values, Criteria), _taken(values, Prices)
    anchors = _taken(values, AnchorRules)
    values["weekdays"] = tuple(sorted(map(WEEKDAYS.index, values["weekdays"])))
    hours = {field: values.pop(field) for field in Windows.__struct_fields__ if field in values}
    windows = Windows(default_zone=values["zone"], **hours)
    review = Review(
        review_by=values.pop("review_by"),
        review_last=values.pop("review_last"),
        review_groups=tuple(values.pop("review_groups")),
        review_people=tuple(values.pop("review_people")),
    )
    policy = Policy(name=name, **values)
    policy = msgspec.structs.replace(policy, digest=digest_of(policy))
    return Rules(policy, criteria, windows, review, prices, anchors)


def _taken(values: dict[str, Any], beside: type[Beside]) -> Beside:
    """What is kept beside the policy, out of what becomes the policy."""
    return beside(**{field: values.pop(field) for field in beside.__struct_fields__})


def _texts(reading: Tables, folder: str, beside: Path) -> tuple[NoticeText, ...]:
    shipped = DEFAULT.parent / _shipped()["notices"]["folder"]
    is_shipped = beside / folder == shipped
    texts, problems = _shipped_texts() if is_shipped else read_texts(beside / folder, folder, shipped)
    reading.problems += problems
    return texts


def _audiences(reading: Tables, given: Any) -> tuple[Addressed, ...]:
    known = {str(audience): Key(says="", check=lambda _value: "") for audience in Audience}
    said = {
        name: reading.table(f"audiences.{name}", table, AUDIENCE)
        for name, table in reading.table("audiences", given, known).items()
    }
    return tuple(
        Addressed(audience=audience, **{key: tuple(found) for key, found in said[audience].items()})
        for audience in Audience
        if audience in said
    )


def _tiers(reading: Tables, given: Any, under: Mapping[str, Any]) -> tuple[Tier, ...]:
    known = {tier: Key(says="", check=lambda _value: "") for tier in TIERS}
    said = {tier: dict(under[tier]) for tier in TIERS}
    for tier, table in reading.table("tiers", given, known).items():
        said[tier] |= reading.table(f"tiers.{tier}", table, TIER)
    return tuple(
        Tier(
            tier=int(tier),
            notice_days=said[tier]["notice_days"],
            migration_guide="yes" if said[tier]["migration_guide"] else "no",
            checks_required="yes" if said[tier]["checks_required"] else "no",
            closed_by_two="yes" if said[tier]["closed_by_two"] else "no",
            brownouts="yes" if said[tier]["brownouts"] else "no",
            archive_classes=tuple(map(ArtifactClass, said[tier]["archive_classes"])),
        )
        for tier in TIERS
    )


def _roles(reading: Tables, given: Any) -> tuple[Role, ...]:
    if not isinstance(given, dict) or not given:
        reading.refuse(
            "", "[roles]", None, 'at least one role, e.g. [roles.owner] with groups = ["model.owner"]'
        )
        return ()
    roles = []
    for name, table in given.items():
        if not ROLE_NAME.fullmatch(name):
            reading.refuse(
                "roles", name, None, "a role's name has 1 to 40 small letters, digits, spaces, _ or -"
            )
        fine = reading.table(f"roles.{name}", table, ROLE)
        if isinstance(table, dict) and not table.get("groups") and not table.get("people"):
            reading.refuse(f"roles.{name}", "", None, "nobody could vote; give it groups or people")
        roles.append(
            Role(
                name=name,
                approvals=fine.get("approvals", 1),
                groups=tuple(fine.get("groups", ())),
                people=tuple(fine.get("people", ())),
                veto="yes" if fine.get("veto", False) else "no",
                tiers=tuple(fine.get("tiers", ())),
                regulated="yes" if fine.get("regulated", False) else "no",
            )
        )
    return tuple(roles)
