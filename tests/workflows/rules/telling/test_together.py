"""What waits for one morning and tells one person of the same step goes in one message, and nothing else does."""

from __future__ import annotations

import pytest

from data.records.decision import Effect
from workflows.rules.telling.messages import direct
from workflows.rules.telling.together import beside, stem_of, with_those

MILESTONE = "migrate@2027-05-23"


def escalation(number: int = 1, *consumer_ids: str, to: str = "UBOSS", **about: str) -> Effect:
    body = {"milestone": MILESTONE, "level": "1", "as": "manager", **about}
    key = f"RET-1/escalate/{body['milestone']}/{body['level']}/{to}/{number}"
    return direct(key, "escalation", to, consumer_ids="\n".join(consumer_ids), **body)


FIRST = escalation(1, "a", "b")


@pytest.mark.parametrize(
    ("other", "goes"),
    [
        (escalation(2, "c"), True),
        (FIRST, False),
        (escalation(2, "c", to="ULEAD"), False),
        (escalation(2, "c", level="2"), False),
        (escalation(2, "c", milestone="acknowledge@2027-03-29"), False),
        (escalation(2, "c", **{"as": "lead"}), False),
        (direct(f"RET-1/remind/{MILESTONE}/UBOSS", "reminder", "UBOSS", milestone=MILESTONE), False),
    ],
    ids=[
        "of others",
        "itself",
        "another person",
        "another step",
        "another day",
        "as somebody else",
        "a reminder",
    ],
)
def test_only_what_tells_the_same_person_of_the_same_step_goes_with_it(other: Effect, goes: bool):
    assert beside(FIRST, (other,)) == ([other] if goes else [])


def test_what_goes_together_names_each_consumer_once_in_the_order_it_was_wanted():
    told = with_those(FIRST.body, (escalation(2, "c", "b"), escalation(3, "d")))
    assert told == {**FIRST.body, "consumer_ids": "a\nb\nc\nd"}
    assert with_those(FIRST.body, ()) == FIRST.body


def test_those_that_may_go_together_begin_alike():
    assert stem_of(FIRST) == f"RET-1/escalate/{MILESTONE}/1/"
    assert not stem_of(direct("RET-1/announcement-1/dm/UBOSS", "dm", "UBOSS"))
