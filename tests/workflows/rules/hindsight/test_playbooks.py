"""A playbook is found by its words, and what follows it takes as many days as it took, and never too few."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from data.records.base import Prose
from data.records.plan import Reason
from tests.builders import PROPOSED_AT, WHY, a_policy, a_running_retirement, a_subject, days
from workflows.rules.hindsight.playbooks import Draft, draft, for_reason, matching

STATE = replace(a_running_retirement().state, playbook="careful-move")


def test_all_words_have_to_be_there_and_what_is_no_playbook_is_not_found():
    other = replace(STATE, id="RET-2", playbook="quick", why=Prose(prose="it costs too much"))
    every = (STATE, other, replace(STATE, id="RET-3", playbook=""))
    assert matching(every, "") == (other, STATE)
    assert matching(every, "COSTS churn") == (other,)
    assert matching(every, "careful replaced") == (STATE,)
    assert matching(every, "ret-3") == ()


@pytest.mark.parametrize(
    ("tier", "target_on"),
    [(None, date(2027, 8, 16)), (3, date(2027, 8, 16)), (1, date(2028, 1, 13)), (0, date(2028, 1, 13))],
    ids=["no model yet", "enough notice", "too little notice", "unknown tier"],
)
def test_what_follows_it_begins_with_its_reason_its_words_and_its_days(tier: int | None, target_on: date):
    now = PROPOSED_AT + days(180)
    subject = None if tier is None else a_subject(tier=tier)
    assert draft(STATE, subject=subject, policy=a_policy(), now=now) == Draft(
        reason=Reason.REPLACED, why=str(WHY), target_on=target_on
    )


def test_the_newest_few_that_retired_for_a_reason_are_named_for_it():
    every = [replace(STATE, id=f"RET-{number}") for number in range(1, 6)]
    assert [one.id for one in for_reason([*every, replace(STATE, playbook="")], Reason.REPLACED)] == [
        "RET-5",
        "RET-4",
        "RET-3",
    ]
    assert for_reason(every, Reason.COST) == for_reason(every, None) == ()
