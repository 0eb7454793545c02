"""What does a policy want attested before a model is switched off? All that is wrong with it is reported at once.

Attestations are never mixed with shipped ones, as roles are not: one left over would hold every switch-off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from data.policies.checks import GROUPS, PEOPLE, TIERS, tiers
from data.policies.keys import Key
from data.records.attestations import Attestation
from data.records.policy import Role
from data.toml_checks import text, whole, words
from data.toml_tables import Tables

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
TEXT_MAX = 1_000  # as a message shows it in full beside who is asked (bot/views/voting/attestations.py)
VALID_DAYS = 90


ATTESTATION: Mapping[str, Key] = {
    "text": Key(
        says="the words that somebody puts their name to",
        check=text(rf"(?s)\S.{{0,{TEXT_MAX - 1}}}", f"a text of 1 to {TEXT_MAX:,} characters"),
    ),
    "roles": Key(
        says="who may attest it: whoever is in these voting roles",
        check=words(r"\S.*", 'a list of roles of this policy, e.g. ["owner"]'),
    ),
    "groups": Key(says="and members of these teams; `model.owner` is the model's own", check=GROUPS),
    "people": Key(says="and these, by their Slack user ids", check=PEOPLE),
    "tiers": Key(
        says="models of which tiers need it, all where it is left out; an unknown tier needs every one",
        check=tiers,
    ),
    "valid_days": Key(
        says=f"for how long it counts before it is asked for again; {VALID_DAYS} where it is left out",
        check=whole(1, 3650, "days"),
    ),
}


def attestations_of(reading: Tables, given: Any, roles: Iterable[Role]) -> tuple[Attestation, ...]:
    """In the order of the file; none where the table is there and empty."""
    if not isinstance(given, dict):
        reading.refuse("", "attestations", given, "a table for each, e.g. [attestations.retention]")
        return ()
    return tuple(_attestation(reading, name, table, roles) for name, table in given.items())


def _attestation(reading: Tables, name: str, table: Any, roles: Iterable[Role]) -> Attestation:
    where = f"attestations.{name}"
    if not NAME.fullmatch(name):
        accepted = "its name, which people type, has 1 to 40 small letters, digits, _ or -"
        reading.refuse("attestations", name, None, accepted)
    fine = reading.table(where, table, ATTESTATION)
    if isinstance(table, dict):
        if "text" not in table:
            reading.refuse(where, "text", None, "missing; the words that somebody puts their name to")
        if not any(table.get(key) for key in ("roles", "groups", "people")):
            reading.refuse(where, "", None, "nobody could attest it; give it roles, groups or people")
    known = [role.name for role in roles]
    for role in fine.get("roles", ()):
        if role not in known:
            reading.refuse(where, "roles", role, f"a role of this policy: {', '.join(known)}")
    return Attestation(
        name=name,
        text=fine.get("text", ""),
        roles=tuple(fine.get("roles", ())),
        groups=tuple(fine.get("groups", ())),
        people=tuple(fine.get("people", ())),
        tiers=tuple(fine.get("tiers", map(int, TIERS))),
        valid_days=fine.get("valid_days", VALID_DAYS),
    )
