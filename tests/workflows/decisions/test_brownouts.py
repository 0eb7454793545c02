"""Brownouts are told the day before, begin where every gate holds, and end by themselves, a press, or what is seen."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from data import events
from data.errors import Refused
from data.events.brownouts import (
    BrownoutAborted,
    BrownoutAnnounced,
    BrownoutBegun,
    BrownoutEnded,
    BrownoutSkipped,
)
from data.plan_file import PlanFile, parsed, written
from data.records.base import Prose
from data.records.brownouts import BrownoutState, Counted
from data.records.decision import EffectKind
from data.records.progress import Progress, StepKind
from data.records.retirement import Duty, State
from tests.builders import (
    BELLA,
    BILL,
    BILLING,
    CARL,
    CRM,
    ENDY,
    LIVE,
    OWEN,
    PAT,
    PLATO,
    SELMA,
    STRANGER,
    WHY,
    Story,
    days,
    paused,
    resumed,
    revising,
)
from tests.workflows.rules.plans.test_brownouts import OFFICE, a_browned, browned, planned
from workflows import commands as cmd
from workflows.commands.brownouts import (
    AbortBrownout,
    BeginBrownout,
    CountBrownout,
    EndBrownout,
    ExemptConsumer,
    SkipBrownout,
)
from workflows.decisions.ahead import ahead
from workflows.decisions.hearings import People
from workflows.rules.plans.browned import AHEAD, is_wanted, running
from workflows.rules.plans.budget import over_budget
from workflows.rules.plans.plan import digest
from workflows.rules.plans.schedule import ScheduledStep, Standing, announced, scheduled

MINUTE = timedelta(minutes=1)


def moved(**facts: Any) -> Story:
    """Announced, archived and proven; everybody has moved, the day before the first brownout is told."""
    story = a_browned(**facts).votes(OWEN, PLATO, SELMA)
    story.does(cmd.CloseRound(by=events.EMERITUS, number=1), at=story.now + days(14))
    story.until(story.due(StepKind.ARCHIVE)).works().until(story.due(StepKind.DRILL)).works()
    for duty in story.state.obligations:
        by = duty.consumer.owners.slack_ids[0]
        story.does(cmd.ChangeDuty(by=by, consumer_ids=(duty.consumer.consumer_id,), duty=Duty.MIGRATED))
    return story.until(story.due(StepKind.MIGRATE))


def starts_at(story: Story, number: int = 1) -> datetime:
    return planned(story).windows[number - 1].starts_at


def counted(story: Story) -> tuple[Counted, ...]:
    return (Counted(endpoint_id=LIVE.id, since=story.now),)


def begun(story: Story, number: int = 1) -> Story:
    at = starts_at(story, number)
    story.until(at)
    story.does(BeginBrownout(by=events.EMERITUS, number=number, before=counted(story)))
    return story


def ended(story: Story, number: int, refused: dict[str, int] | None = None) -> Story:
    at = planned(story).windows[number - 1].ends_at
    story.does(EndBrownout(by=events.EMERITUS, number=number, refused=refused or {}), at=at)
    return story


def held(story: Story) -> tuple[str, ...]:
    return story.state.progress(StepKind.DISABLE).held_by


def test_all_of_them_are_held_one_after_the_other_and_then_it_is_switched_off():
    story = moved()
    for number in range(1, 6):
        begun(story, number)
        assert story.state.state is State.BROWNOUT
        assert story.state.progress(StepKind.BROWNOUT).progress is Progress.RUNNING
        ended(story, number)
    assert [one.number for one in story.of(BrownoutAnnounced)] == [1, 2, 3, 4, 5]
    assert [one.at for one in story.of(BrownoutAnnounced)] == [
        one.starts_at - days(1) for one in planned(story).windows
    ]
    assert {one.state for one in story.state.brownouts} == {BrownoutState.HELD}
    assert story.state.progress(StepKind.BROWNOUT).progress is Progress.DONE
    story.until(story.due(StepKind.DISABLE)).works()
    assert story.state.state is State.DISABLED


def test_one_is_prepared_shortly_before_where_every_gate_holds():
    story = moved().until(starts_at(moved()) - AHEAD - MINUTE)
    assert story.work(EffectKind.BROWNOUT) == ()
    story.until(starts_at(story) - AHEAD)
    (effect,) = story.work(EffectKind.BROWNOUT)
    assert effect.body["number"] == "1"
    assert is_wanted(story.state, 1, effect.body["plan"])


@pytest.mark.parametrize(
    ("facts", "gate"),
    [
        pytest.param({"archive_holds": "a file is gone"}, "archive holds", id="the archive does not hold"),
        pytest.param({"successor_trouble": "it retires itself"}, "successor", id="the successor goes itself"),
    ],
)
def test_what_cannot_begin_in_its_time_is_skipped_and_said(facts: dict[str, Any], gate: str):
    story = moved()
    story.until(starts_at(story) - AHEAD - MINUTE)
    story.facts = replace(story.facts, **facts)
    story.until(starts_at(story) - AHEAD)
    (skipped,) = story.of(BrownoutSkipped)
    assert (skipped.number, skipped.gates) == (1, (gate,))
    assert story.state.state is State.MIGRATING


def test_a_consumer_that_has_not_moved_has_it_skipped():
    story = moved()
    story.does(cmd.TakeBack(by=BILL, consumer_id=BILLING))
    story.until(starts_at(story))
    (skipped,) = story.of(BrownoutSkipped)
    assert "1 consumer is not migrated (billing-etl)" in skipped.reasons[0]


def test_none_begins_late_after_downtime():
    story = moved()
    story.wakes(starts_at(story) + MINUTE)
    (skipped,) = story.of(BrownoutSkipped)
    assert skipped.reasons == ("Emeritus was not there when it was to begin",)
    story.does(BeginBrownout(by=events.EMERITUS, number=1, before=counted(story)))
    assert story.of(BrownoutBegun) == []


@pytest.mark.parametrize(
    ("stop", "because"),
    [
        pytest.param(cmd.Pause(by=ENDY, why=WHY), "it is paused", id="a pause"),
        pytest.param(cmd.Waive(by=PAT, what="brownouts", reason=WHY), "brownouts are waived", id="a waiver"),
        pytest.param(
            cmd.Cancel(by=PAT, why=WHY), "people vote on calling it off", id="a vote on calling it off"
        ),
        pytest.param(cmd.Restore(by=ENDY, why=WHY), "", id="whoever asks for service back"),
        pytest.param(revising(target_on=date(2027, 6, 1)), "it is proposed", id="another plan"),
    ],
)
def test_what_holds_the_retirement_ends_the_one_that_runs_at_once(stop: cmd.Command, because: str):
    story = begun(moved())
    decision = story.does(stop)
    (aborted,) = story.of(BrownoutAborted)
    assert (aborted.number, aborted.because) == (1, because)
    assert running(story.state) is None
    assert [one.body["number"] for one in decision.effects if one.kind is EffectKind.BROWNOUT] == ["0"]


def test_a_pause_moves_those_that_are_ahead_and_keeps_the_one_that_was_ended():
    story = begun(moved())
    first, second = (one.starts_at for one in planned(story).windows[:2])
    resumed(paused(story, for_days=2))
    windows = planned(story).windows
    assert (windows[0].starts_at, windows[1].starts_at) == (first, second + days(2))
    begun(story, 2)
    assert story.state.state is State.BROWNOUT


@pytest.mark.parametrize("by", [PAT, ENDY], ids=["the coordinator", "an owner of the endpoint"])
def test_one_press_ends_it(by: str):
    story = begun(moved())
    story.does(AbortBrownout(by=by, number=1, why=Prose(prose="the shop is down")))
    assert story.state.brownouts[0].state is BrownoutState.ABORTED
    assert story.state.state is State.MIGRATING
    assert story.does(AbortBrownout(by=by, number=1)).events == ()


def test_nobody_else_ends_it():
    story = begun(moved())
    with pytest.raises(Refused, match="You may not abort brownout RET-1"):
        story.does(AbortBrownout(by=CARL, number=1))


def test_who_is_exempt_is_told_to_what_holds_it_at_once():
    story = begun(moved())
    decision = story.does(ExemptConsumer(by=CARL, consumer_id=CRM))
    assert story.state.exempt == (CRM,)
    assert [one.body["number"] for one in decision.effects if one.kind is EffectKind.BROWNOUT] == ["0"]
    assert story.does(ExemptConsumer(by=PAT, consumer_id=CRM)).events == ()


@pytest.mark.parametrize("by", [CARL, STRANGER], ids=["an owner of another one", "a stranger"])
def test_nobody_exempts_what_is_not_theirs(by: str):
    story = begun(moved())
    with pytest.raises(Refused):
        story.does(ExemptConsumer(by=by, consumer_id=BILLING))


def test_who_called_is_asked_about_and_who_said_to_have_moved_has_to_after_all():
    story = ended(begun(moved()), 1, {BILLING: 3, "caller::night-job": 2})
    (seen,) = story.of(events.CallersSeen)
    assert [one.consumer.name for one in seen.callers] == ["night-job"]
    assert story.state.obligation(BILLING).duty is Duty.OPEN
    story.until(starts_at(story, 2))
    assert [one.number for one in story.of(BrownoutSkipped)] == [2], "somebody has not moved"


def test_the_switch_off_waits_until_all_were_held_or_somebody_goes_on_without():
    story = ended(begun(moved()), 1)
    story.does(SkipBrownout(by=events.EMERITUS, number=2, reason="no proxy runs"))
    for number in (3, 4, 5):
        ended(begun(story, number), number)
    story.until(story.due(StepKind.DISABLE))
    assert held(story) == (
        (
            "1 brownout was not held to the end (2, skipped: no proxy runs): press Edit plan on the card for others, "
            "or /retire waive RET-1 brownouts REASON goes on without"
        ),
    )
    story.does(cmd.Waive(by=PAT, what="brownouts", reason=WHY))
    story.until(story.now + days(1)).works()
    assert story.state.state is State.DISABLED


def test_an_unknown_caller_of_a_brownout_holds_the_switch_off():
    story = moved()
    for number in range(1, 6):
        ended(begun(story, number), number, {"caller::night-job": 1} if number == 5 else None)
    story.until(story.due(StepKind.DISABLE))
    (why,) = held(story)
    assert why.startswith("1 caller nobody declares called in a brownout (night-job): say whose")
    assert story.of(BrownoutEnded)[-1].refused == {"caller::night-job": 1}


def test_who_called_in_one_that_was_ended_early_is_told_afterwards():
    story = begun(moved())
    story.does(AbortBrownout(by=PAT, number=1))
    story.does(CountBrownout(by=events.EMERITUS, number=1, refused={"caller::night-job": 2}))
    assert story.state.brownouts[0].refused == {"caller::night-job": 2}
    assert [one.consumer.name for one in story.of(events.CallersSeen)[0].callers] == ["night-job"]
    again = CountBrownout(by=events.EMERITUS, number=1, refused={"caller::night-job": 2})
    assert story.does(again).events == ()


def test_what_would_move_to_a_weekend_begins_after_it():
    story = moved()
    before = planned(story).windows
    resumed(paused(story, for_days=1.5))
    after = planned(story).windows
    assert [f"{one.starts_at:%a %H:%M}" for one in before] == [
        "Thu 10:00",
        "Mon 10:00",
        "Wed 10:00",
        "Thu 10:00",
        "Mon 10:00",
    ]
    assert [f"{one.starts_at:%a %H:%M}" for one in after] == [
        "Mon 10:00",
        "Wed 10:00",
        "Fri 10:00",
        "Mon 10:00",
        "Wed 10:00",
    ]
    written_down = parsed(written(PlanFile(why="w", plan=planned(story))), source="plan.toml")
    assert digest(written_down.plan) == planned(story).digest


def test_what_would_begin_when_nobody_works_is_skipped():
    story = moved()
    story.facts = replace(
        story.facts, hours={"": replace(OFFICE, holidays=frozenset([starts_at(story).date()]))}
    )
    story.until(starts_at(story))
    (skipped,) = story.of(BrownoutSkipped)
    assert skipped.gates == ("hours",)


@pytest.mark.parametrize(
    ("moved_calls", "served", "because"),
    [
        pytest.param(20, (0, 0), "", id="as many as the policy allows"),
        pytest.param(
            21,
            (0, 0),
            "21 calls of consumers that said to have moved were refused, and the policy allows 20",
            id="more than it allows",
        ),
        pytest.param(0, (100, 5), "", id="as many errors as it allows"),
        pytest.param(
            0,
            (100, 6),
            "6 of 100 calls that were let through failed, and the policy allows 5 %",
            id="more errors",
        ),
        pytest.param(0, (19, 19), "", id="too few calls to say anything"),
    ],
)
def test_it_costs_no_more_than_the_policy_allows(moved_calls: int, served: tuple[int, int], because: str):
    assert over_budget(browned(), moved_calls, served) == because


def test_who_hears_of_them_is_told_ahead_with_the_plan():
    story = a_browned()
    people = People(
        facts=lambda _, __, at: replace(story.facts, observed_at=at),
        hours=None,
        requests=(),
        delegations=lambda _: {},
        over=lambda _: {},
        told=(),
    )
    heard = [one for one in ahead(story.state, people, story.now) if one.notice == "brownout told"]
    assert [(one.at, one.place) for one in heard if one.body["number"] == "1"] == [
        (starts_at(story) - days(1), person) for person in (BELLA, BILL, CARL)
    ]


def test_the_public_schedule_has_them_and_says_that_they_have_begun():
    story = moved()

    def on_schedule() -> ScheduledStep:
        found = announced("RET-1", story.happened, browned())
        assert found is not None
        return scheduled(found, browned(), story.now).step(StepKind.BROWNOUT)

    before = on_schedule()
    assert (before.on, before.standing, before.windows) == (
        starts_at(story).date(),
        Standing.PLANNED,
        planned(story).windows,
    )
    ended(begun(story), 1)
    ended(begun(story, 2), 2)
    assert (on_schedule().on, on_schedule().standing) == (starts_at(story).date(), Standing.DONE)
