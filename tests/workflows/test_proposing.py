"""What a proposal is told of other models and retirements: of none that its readers may not know of."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from data.catalog.snapshot import Snapshot
from data.catalog.stored import Stored
from data.errors import NotFound
from data.records.catalog import Entity, Kind
from tests.builders import ANNOUNCED_AT, PAT, a_dark, a_policy, a_subject, proposing
from workflows.proposing import facts

CHURN, NEXT, FRAUD = "model:churn", "model:churn-v2", "model:fraud"


def there(*restricted: str) -> Snapshot:
    models = {
        one: Entity(
            id=one,
            kind=Kind.MODEL,
            name=one.removeprefix("model:"),
            restricted_to=(PAT,) if one in restricted else None,
        )
        for one in (CHURN, NEXT, FRAUD)
    }
    return Snapshot.of(Stored(1, models, {}, {}, {}, {}, {}))


def test_lessons_of_a_restricted_model_are_shown_in_no_other_thread():
    policy = a_policy(restricted_channel="GSEC")
    ended = a_dark(a_subject(model_id=FRAUD, model_name="fraud")).state
    reviewed = replace(ended, id="RET-3", reviewed={"switch-off": (PAT,)})
    command = proposing(model_id=CHURN, successor_id=NEXT)
    open_one = facts(command, CHURN, policy, there(), every=(reviewed,), now=ANNOUNCED_AT)
    hidden = facts(command, CHURN, policy, there(FRAUD), every=(reviewed,), now=ANNOUNCED_AT)
    assert (open_one.alike, hidden.alike) == (("RET-3",), ())


def test_whoever_may_not_know_of_a_model_proposes_none():
    command = proposing(model_id=FRAUD, by="U-OTHER")
    assert (
        facts(command, FRAUD, a_policy(), there(), every=(), now=ANNOUNCED_AT).subject.model_name == "fraud"
    )
    with pytest.raises(NotFound, match='No model is called "model:fraud"'):
        facts(command, FRAUD, a_policy(restricted_channel="GSEC"), there(FRAUD), every=(), now=ANNOUNCED_AT)


def test_a_successor_few_may_know_of_is_not_named_in_a_plan_that_everybody_reads():
    command = proposing(model_id=CHURN, successor_id=NEXT)
    found = facts(
        command, CHURN, a_policy(restricted_channel="GSEC"), there(NEXT), every=(), now=ANNOUNCED_AT
    )
    assert found.successor_trouble == (
        "churn-v2 is restricted and churn is not, and everybody reads its plan: choose another one"
    )
    both = facts(
        command, CHURN, a_policy(restricted_channel="GSEC"), there(CHURN, NEXT), every=(), now=ANNOUNCED_AT
    )
    assert both.successor_trouble == ""
