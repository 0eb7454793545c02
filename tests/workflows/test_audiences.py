"""Who may know of a restricted retirement: who may see its model, and whoever it asks something of."""

from __future__ import annotations

from typing import Any

import pytest

from data.catalog.snapshot import Snapshot
from data.catalog.stored import Stored
from data.records.catalog import Entity, Kind
from data.records.policy import Role
from tests.builders import (
    BILL,
    PAT,
    PLATO,
    SELMA,
    a_policy,
    a_running_retirement,
    a_subject,
    an_attestation,
    standing_in,
)
from workflows.audiences import sees, told_to_all

SUBJECT = a_subject(restricted_to=(), model_id="model:churn", endpoints=())
MODEL = Entity(id="model:churn", kind=Kind.MODEL, name="churn", restricted_to=())
THERE = Snapshot.of(Stored(1, {MODEL.id: MODEL}, {}, {}, {}, {}, {})).beside({"slack:S0GLASS": ("UINGROUP",)})
TIER_3 = an_attestation(groups=(), people=("UATTESTS",))
TIER_1 = an_attestation(name="access", groups=(), people=("UATTESTS1",), tiers=(1,))
NAMED: dict[str, Any] = {
    "restricted_channel": "GSEC",
    "roles": (
        Role(name="owner"),
        Role(name="platform", people=(PLATO,)),
        Role(name="security", people=("USUCCEEDS",)),
    ),
    "break_glass_people": ("UBREAKS",),
    "break_glass_groups": ("slack:S0GLASS",),
    "attestations": (TIER_3, TIER_1),
}


@pytest.mark.parametrize(
    ("person", "may"),
    [
        (PAT, True),
        (PLATO, True),
        (SELMA, False),
        ("USUCCEEDS", True),
        (BILL, True),
        ("USTANDSIN", True),
        ("UATTESTS", True),
        ("UBREAKS", True),
        ("UINGROUP", True),
        ("UATTESTS1", False),
        ("UNOBODY", False),
    ],
    ids=[
        "proposer",
        "voter",
        "voter-who-left-since",
        "who-is-a-voter-now",
        "consumer-owner",
        "stand-in-of-a-consumer-owner",
        "attester",
        "glass-breaker",
        "glass-breaker-by-a-user-group",
        "attester-of-another-tier",
        "nobody",
    ],
)
def test_whoever_it_asks_something_of_knows_of_it_and_nobody_else(person: str, may: bool) -> None:
    state = a_running_retirement(SUBJECT, policy=a_policy(**NAMED)).state
    assert sees(person, state, THERE, lambda: standing_in("USTANDSIN", BILL)) is may


def test_whoever_reads_a_plan_knows_of_its_model_and_of_no_other_that_is_restricted():
    other = Entity(id="model:fraud", kind=Kind.MODEL, name="fraud", restricted_to=())
    plain = Entity(id="model:plain", kind=Kind.MODEL, name="plain")
    there = Snapshot.of(Stored(1, {one.id: one for one in (MODEL, other, plain)}, {}, {}, {}, {}, {}))
    known = told_to_all(there, MODEL.id)
    assert [one in known for one in (MODEL.id, other.id, plain.id)] == [True, False, True]
