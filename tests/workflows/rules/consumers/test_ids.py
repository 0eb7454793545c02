"""Obligations follow the ids under which the catalog has their consumers, and none is lost on the way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from data import events
from data.records.callers import Caller
from data.records.retirement import Duty, Retirement
from tests.builders import (
    BILL,
    BILLING,
    CRM,
    IMPACT,
    LIVE,
    MIGRATE_AT,
    PAT,
    WHY,
    a_running_retirement,
    an_impacted,
    an_unknown,
    days,
)
from workflows import commands as cmd
from workflows.rules.consumers import ids
from workflows.rules.consumers.callers import voted_on
from workflows.rules.consumers.obligations import named
from workflows.rules.consumers.vouching import vouched
from workflows.rules.folding import evolve

RUNNING = a_running_retirement().state
ETL, OTHER = "component:default/etl", "component:default/other"
NOW = MIGRATE_AT - days(9)


def told(state: Retirement, known_as: dict[str, str]) -> Retirement:
    """The catalog has these under other ids by now, all of them being asked to move."""
    there = {one.consumer_id: one for one in IMPACT}
    consumers = tuple(there.get(one, an_impacted(one.rpartition("/")[2])) for one in set(known_as.values()))
    merged, apart = ids.follows(state, known_as)
    event = events.IdsChanged(
        at=NOW,
        by="emeritus",
        ids=known_as,
        consumers=consumers,
        merged_ids=merged,
        apart_ids=apart,
        answer_by=NOW + days(7),
    )
    return evolve(state, event)


def duties(state: Retirement) -> dict[str, Duty]:
    return {one.consumer.consumer_id: one.duty for one in state.obligations}


def answered(duty: Duty, consumer_id: str = BILLING, **more: Any) -> Retirement:
    return evolve(RUNNING, events.DutyChanged(at=NOW, by=BILL, consumer_id=consumer_id, duty=duty, **more))


def test_an_obligation_keeps_owners_answer_and_days_under_its_new_id():
    before = answered(Duty.ACKNOWLEDGED)
    after = told(before, {BILLING: ETL})
    was, now = before.obligation(BILLING), after.obligation(ETL)
    assert replace(was, consumer=now.consumer) == now
    assert (now.consumer.name, now.consumer.owners) == ("etl", was.consumer.owners)
    assert after.plan == before.plan
    assert after.obligation(BILLING) is None


@pytest.mark.parametrize("duty", ids.FINISHED)
def test_of_two_what_is_less_finished_counts_whichever_comes_first(duty: Duty):
    first, second = told(answered(duty), {BILLING: CRM}), told(answered(duty), {CRM: BILLING})
    assert (duties(first), duties(second)) == ({CRM: Duty.OPEN}, {BILLING: Duty.OPEN})


def test_nobody_who_answered_for_what_is_another_s_now_is_asked_any_more():
    after = told(answered(Duty.MIGRATED), {BILLING: CRM})
    assert after.left == ("UBILL", "UBELLA")


def test_what_moves_on_twice_comes_back_to_where_it_was_voted_on():
    moved = told(told(answered(Duty.ACKNOWLEDGED), {BILLING: ETL}), {BILLING: OTHER})
    assert duties(moved) == {OTHER: Duty.ACKNOWLEDGED, CRM: Duty.OPEN}
    back = told(moved, {BILLING: BILLING})
    assert (duties(back), back.reads_as) == ({BILLING: Duty.ACKNOWLEDGED, CRM: Duty.OPEN}, {})


def test_an_obligation_is_found_by_every_id_it_stood_under_as_long_as_nothing_else_is_called_so():
    state = told(told(told(answered(Duty.ACKNOWLEDGED), {BILLING: "x:1"}), {BILLING: "x:2"}), {})
    state = told(state, {BILLING: BILLING})
    assert {named(state, one).consumer.consumer_id for one in ("x:1", "x:2", BILLING)} == {BILLING}
    state = told(state, {CRM: "x:2"})
    assert named(state, "x:2").consumer.name == "crm-sync"


def test_of_three_that_part_again_each_is_asked_with_days_of_its_own():
    one = told(answered(Duty.ACKNOWLEDGED), {BILLING: ETL, CRM: ETL})
    assert duties(one) == {ETL: Duty.OPEN}
    apart = told(one, {BILLING: BILLING, CRM: CRM})
    assert set(duties(apart)) == {BILLING, CRM}
    assert max(duty.acknowledge_by for duty in apart.obligations) == NOW + days(7)


def test_whom_somebody_told_of_over_the_heads_of_owners_is_told_of_by_the_new_id():
    state = replace(RUNNING, escalated=(f"migrate@2027-02-10/1/{BILLING}", "acknowledge@2027-01-25/1"))
    assert told(state, {BILLING: ETL}).escalated == (
        f"migrate@2027-02-10/1/{ETL}",
        "acknowledge@2027-01-25/1",
    )


def test_whoever_was_missing_what_is_dark_is_known_by_the_new_id():
    state = replace(RUNNING, missed_by=(BILLING, OTHER))
    assert told(state, {BILLING: ETL}).missed_by == (ETL, OTHER)
    assert told(told(state, {BILLING: ETL}), {BILLING: BILLING}).missed_by == (BILLING, OTHER)


def test_what_was_vouched_for_is_by_its_new_id_unless_that_is_a_consumer_with_a_duty_of_its_own():
    story = a_running_retirement()
    story.does(cmd.Waive(by=PAT, what=BILLING, reason=WHY))
    assert ETL in vouched(told(story.state, {BILLING: ETL}))
    assert CRM not in vouched(told(story.state, {BILLING: CRM}))


def test_so_it_is_where_that_was_said_by_the_new_id_and_it_is_apart_again():
    state = evolve(told(RUNNING, {BILLING: ETL}), events.Waived(at=NOW, by=PAT, what=ETL, reason=WHY))
    assert duties(told(state, {BILLING: BILLING})) == {BILLING: Duty.WAIVED, CRM: Duty.OPEN}


def test_a_caller_was_voted_on_by_whatever_it_is_now():
    caller = Caller(consumer=an_unknown(), declared_as=ETL)
    state = replace(RUNNING, callers=(caller,), known_callers=(caller.consumer.consumer_id,))
    assert OTHER in voted_on(told(state, {ETL: OTHER}))


def test_no_endpoint_is_looked_for_among_consumers():
    state = evolve(RUNNING, events.Waived(at=NOW, by=PAT, what=LIVE.id, reason=WHY))
    assert ids.known(state) == {BILLING, CRM}


IDS = (BILLING, CRM, ETL, OTHER)
PARTITIONS = st.lists(st.tuples(*(st.sampled_from(IDS) for _ in IDS)), min_size=1, max_size=5)
"""For each id one that it is the same as: whatever sources tell, one after the other."""


def standing(same: tuple[str, ...]) -> dict[str, str]:
    """Id -> the one under which it stands: the last of those that are one."""
    one_of = {one: {one} for one in IDS}
    for one, other in zip(IDS, same, strict=True):
        both = one_of[one] | one_of[other]
        one_of.update(dict.fromkeys(both, both))
    return {one: max(both) for one, both in one_of.items()}


@settings(max_examples=200, deadline=None)
@given(PARTITIONS, st.sampled_from(ids.FINISHED))
def test_whatever_is_one_or_two_again_everything_voted_on_has_its_one_obligation(partitions, duty):
    state = answered(duty)
    for same in partitions:
        now = standing(same)
        moved = {one: now[one] for one in ids.known(state) if now[one] != state.id_of(one)}
        state = told(state, moved) if moved else state
        there = [one.consumer.consumer_id for one in state.obligations]
        assert len(there) == len(set(there))
        assert all(now[one] == one for one in there)
        assert {now[one] for one in (BILLING, CRM)} == set(there)
        assert all(state.id_of(one) == now[one] for one in ids.known(state))
