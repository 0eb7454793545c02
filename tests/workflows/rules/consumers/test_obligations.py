"""What an announcement asks of each consumer, and who may answer for it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from data.errors import NotFound, Refused
from data.records.retirement import Duty
from tests.builders import (
    ANNOUNCED_AT,
    BELLA,
    BILL,
    BILLING,
    CARL,
    CRM,
    IMPACT,
    MIGRATE_AT,
    a_migrated,
    a_policy,
    a_running_retirement,
    an_impacted,
    days,
)
from workflows.rules.consumers import answering, obligations

STATE = a_running_retirement().state


def test_every_impacted_consumer_gets_one_obligation_with_both_dates():
    opened = obligations.opened(STATE, IMPACT, ANNOUNCED_AT)
    assert [(duty.consumer.consumer_id, duty.duty) for duty in opened] == [
        (BILLING, Duty.OPEN),
        (CRM, Duty.OPEN),
    ]
    assert {(duty.acknowledge_by, duty.migrate_by) for duty in opened} == {
        (ANNOUNCED_AT + days(7), MIGRATE_AT)
    }


def test_nobody_has_to_acknowledge_after_they_had_to_move():
    state = replace(STATE, policy=a_policy(acknowledge_days=60))
    assert obligations.opened(state, IMPACT, ANNOUNCED_AT)[0].acknowledge_by == MIGRATE_AT


def test_who_is_asked_when_the_day_to_move_is_past_has_days_to_answer_all_the_same():
    assert obligations.answer_by(STATE, MIGRATE_AT - days(1)) == MIGRATE_AT
    assert obligations.answer_by(STATE, MIGRATE_AT) == MIGRATE_AT + days(7)


def test_what_was_settled_under_an_earlier_plan_stays_settled_and_what_was_not_starts_over():
    settled, other = a_migrated().state.obligations
    before = replace(STATE, obligations=(settled, replace(other, duty=Duty.ACKNOWLEDGED)))
    opened = obligations.opened(before, (*IMPACT, an_impacted("new")), ANNOUNCED_AT)
    assert [duty.duty for duty in opened] == [Duty.MIGRATED, Duty.OPEN, Duty.OPEN]
    assert opened[0].changed_by == BILL


def test_a_person_answers_for_all_their_consumers_nearest_first():
    far, near = an_impacted("z-far", distance=3), an_impacted("a-near")
    owed = obligations.opened(STATE, (far, near, IMPACT[1]), ANNOUNCED_AT)
    mine = obligations.of_person(replace(STATE, obligations=owed), BELLA)
    assert [duty.consumer.name for duty in mine] == ["a-near", "z-far"]


@pytest.mark.parametrize("what", [BILLING, "billing-etl"], ids=["id", "name"])
def test_a_consumer_is_named_by_its_exact_id_or_name(what):
    assert obligations.named(STATE, what).consumer.consumer_id == BILLING


def test_a_part_of_a_name_is_no_name_and_the_open_ones_are_listed():
    with pytest.raises(NotFound) as unknown:
        obligations.named(STATE, "billing")
    assert str(unknown.value) == (
        f'No consumer of RET-1 is called "billing"; closest: {BILLING}, {CRM}. '
        "Run /retire show RET-1 for those that have not moved"
    )


def test_a_name_several_consumers_have_is_refused_with_their_ids():
    twin = replace(IMPACT[1], name="billing-etl")
    state = replace(STATE, obligations=obligations.opened(STATE, (IMPACT[0], twin), ANNOUNCED_AT))
    with pytest.raises(Refused) as ambiguous:
        obligations.named(state, "billing-etl")
    assert str(ambiguous.value) == (
        f'2 consumers of RET-1 are called "billing-etl". Say which by its id: {BILLING} or {CRM}'
    )


def test_only_the_owning_team_answers_for_a_consumer():
    duty = STATE.obligations[0]
    answering.whose_answer(duty, BILL, STATE, {})
    with pytest.raises(Refused) as refused:
        answering.whose_answer(duty, CARL, STATE, {})
    assert str(refused.value) == (
        "You may not answer for billing-etl: it belongs to billing. "
        "Ask them, or have the coordinator waive it: /retire waive RET-1 billing-etl REASON"
    )


def test_a_consumer_nobody_owns_says_so():
    (duty,) = obligations.opened(STATE, (an_impacted(team="", people=()),), ANNOUNCED_AT)
    with pytest.raises(Refused, match=r"it belongs to nobody \(its owner is unresolved\)"):
        answering.whose_answer(duty, CARL, STATE, {})


def test_of_very_many_of_one_name_some_are_said_and_the_rest_counted():
    crowd = tuple(
        replace(IMPACT[0], consumer_id=f"component:{number}/billing-etl", path=()) for number in range(9)
    )
    state = replace(STATE, obligations=obligations.opened(STATE, crowd, ANNOUNCED_AT))
    with pytest.raises(Refused) as ambiguous:
        obligations.named(state, "billing-etl")
    assert ambiguous.value.next_step.endswith("component:3/billing-etl, component:4/billing-etl or 4 more")
