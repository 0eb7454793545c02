"""Lessons are found by their words, and which retirements are alike is said in words a person would use."""

from __future__ import annotations

from msgspec.structs import replace

from data import events
from data.records.base import Prose
from data.records.plan import Reason
from data.records.retirement import Retirement
from data.records.reviews import Stage
from tests.bot.views.examples import a_plan, a_retirement, an_impact, consumer_id, days
from workflows.rules.hindsight.lessons import Lesson, Likeness, alike, likeness, matching


def a_lesson(change: str, *, at_day: float = 0, model: str = "churn-v1") -> Lesson:
    review = events.Reviewed(at=days(at_day), by="UPAT", stage=Stage.MIGRATION, change=Prose(prose=change))
    return Lesson(retirement=a_retirement(name=model), review=review)


def another(number: int, **changes: object) -> Retirement:
    """Another retirement which has nothing in common with the first: owners, reason, consumers, endpoints, model."""
    plan = a_plan()
    subject = replace(
        plan.subject, model_id=f"m{number}", model_name=f"m-{number}", owners=("UX",), endpoints=()
    )
    known = {"subject": subject, "reason": Reason.COST, "consumer_ids": ()}
    apart = replace(plan, **{**known, **changes})
    return replace(a_retirement(), id=f"RET-{number}", plan=apart, reviewed={"migration": ("UX",)})


def test_all_words_have_to_be_there_however_they_are_written_and_the_newest_is_first():
    old, new = a_lesson("Ask the BILLING team earlier"), a_lesson("billing needs more notice", at_day=3)
    other = a_lesson("nothing", at_day=1, model="fraud")
    assert matching((old, other, new), "billing") == (new, old)
    assert matching((old, other, new), "billing EARLIER") == (old,)
    assert matching((old, other, new), "fraud") == (other,)
    assert matching((old, other, new), "") == (new, other, old)
    assert matching((old, other, new), "nobody said so") == ()


def test_each_likeness_is_said_the_heaviest_first():
    here = a_retirement(consumers=2)
    assert likeness(here, replace(here, id="RET-2")) == Likeness(
        because=(
            "retire churn-v1",
            "have consumer-000, consumer-001 to move",
            "are of the same owners",
            "retire for the reason replaced",
            "have manual endpoints",
        ),
        weight=12,
    )


def test_many_consumers_of_both_are_counted():
    here, ids = a_retirement(consumers=9), tuple(consumer_id(number) for number in range(5))
    other = replace(another(2, consumer_ids=ids), impact=tuple(an_impact(number) for number in range(5)))
    found = likeness(here, other)
    assert found is not None
    assert found.because == ("have consumer-000, consumer-001, consumer-002 and 2 more to move",)


def test_nothing_in_common_and_only_a_kind_of_endpoint_are_no_likeness():
    here = a_retirement()
    assert here.plan is not None
    assert likeness(here, another(2)) is None
    same_kind = another(3)
    assert same_kind.plan is not None
    subject = replace(same_kind.plan.subject, endpoints=here.plan.subject.endpoints)
    assert likeness(here, another(3, subject=subject)) is None
    assert likeness(here, Retirement(id="RET-9")) is None


def test_the_most_alike_come_first_and_of_equals_the_newest():
    here = a_retirement()
    assert here.plan is not None
    same_reason = {"reason": Reason.REPLACED}
    every = (
        another(1, **same_reason),
        another(2, **same_reason),
        another(10, **same_reason),
        another(3, consumer_ids=(consumer_id(0),)),
        another(4),
        replace(another(5, **same_reason), reviewed={}),
    )
    assert alike(here.plan.subject, here.plan.reason, here.impact, every) == ("RET-3", "RET-10", "RET-2")
