"""Brownouts of a plan: on working days, growing, one after the other, after the day to migrate and before the end."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from data.policies.policy import read_windows
from data.public_holidays import public_holidays
from data.records.brownouts import RUNS_OVER_MINUTES, BrownoutSeen, BrownoutState
from data.records.hours import Hours
from data.records.plan import Plan, Window
from data.records.policy import Policy, Tier
from data.records.progress import StepKind
from tests.builders import (
    BATCH,
    BILL,
    BILLING,
    LIVE,
    OWEN,
    PLATO,
    PROPOSED_AT,
    SELMA,
    Story,
    a_policy,
    a_subject,
    days,
    facts_for,
    paused,
    proposing,
    resumed,
)
from workflows import commands as cmd
from workflows.rules.hours import instant_on
from workflows.rules.plans import plan as plans
from workflows.rules.plans.brownouts import Outages

MINUTES = (5, 15, 60, 240, 1440)
OFFICE = Hours(windows=replace(read_windows(), country=""), zone="UTC")
REACHED = {LIVE.id: ""}
ZONES = [
    "UTC",
    "Europe/Lisbon",
    "Pacific/Auckland",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
]


def browned(**changes: object) -> Policy:
    tiers = (Tier(tier=3, notice_days=30, brownouts="yes"),)
    return replace(a_policy(tiers=tiers, brownout_minutes=MINUTES), **changes)


def a_browned(target_on: date = date(2027, 3, 17), **facts: object) -> Story:
    known = {"policy": browned(), "brownouts_at": REACHED, "hours": {"": OFFICE}, **facts}
    story = Story(facts_for(known.pop("subject", None), **known))
    story.does(proposing(target_on=target_on))
    return story


def planned(story: Story) -> Plan:
    assert story.state.plan is not None
    return story.state.plan


def shown(windows: tuple[Window, ...]) -> list[str]:
    return [f"{one.starts_at:%a %m-%d %H:%M} to {one.ends_at:%a %m-%d %H:%M}" for one in windows]


def test_a_plan_has_them_between_the_day_to_migrate_and_the_end():
    plan = planned(a_browned())
    kinds = [step.kind for step in plan.steps]
    assert kinds.index(StepKind.MIGRATE) < kinds.index(StepKind.BROWNOUT) < kinds.index(StepKind.DISABLE)
    assert plan.step(StepKind.MIGRATE).due_at.date() == date(2027, 3, 3), "two weeks before the end"
    assert shown(plan.windows) == [
        "Thu 03-04 10:00 to Thu 03-04 10:05",
        "Mon 03-08 10:00 to Mon 03-08 10:15",
        "Wed 03-10 10:00 to Wed 03-10 11:00",
        "Thu 03-11 10:00 to Thu 03-11 14:00",
        "Mon 03-15 10:00 to Tue 03-16 10:00",
    ]
    assert plan.brownouts_lack == ""


@pytest.mark.parametrize(
    ("facts", "lack"),
    [
        pytest.param({"brownouts_at": None}, "", id="nobody looked"),
        pytest.param({"policy": a_policy()}, "", id="no policy wants them"),
        pytest.param(
            {"brownouts_at": {LIVE.id: "no proxy of calls"}},
            "no brownout, as nothing that could hold one stands in front of it (churn-live: no proxy of calls)",
            id="no proxy",
        ),
        pytest.param(
            {"policy": browned(migrate_lead_days=1, brownout_lead_days=2, archive_lead_days=2)},
            "no brownout, as no more fit on working days between the day to migrate and the switch-off",
            id="no days",
        ),
    ],
)
def test_a_plan_that_has_none_says_why(facts: dict[str, object], lack: str):
    plan = planned(a_browned(**facts))
    assert (plan.has(StepKind.BROWNOUT), plan.windows, plan.brownouts_lack) == (False, (), lack)


def test_a_plan_that_lacks_some_has_the_shortest_and_says_so():
    reached = {LIVE.id: "", BATCH.id: "no proxy of calls"}
    policy = browned(brownout_lead_days=5)
    plan = planned(a_browned(subject=a_subject(endpoints=(LIVE, BATCH)), brownouts_at=reached, policy=policy))
    assert [one.ends_at - one.starts_at for one in plan.windows] == [
        timedelta(minutes=one) for one in MINUTES[:4]
    ]
    assert plan.brownouts_lack == (
        "4 of 5 brownouts, as no more fit on working days between the day to migrate and the switch-off; "
        "none at churn-batch: no proxy of calls"
    )


def test_a_pause_moves_those_that_are_ahead_by_its_days():
    story = a_browned()
    before = planned(story).windows
    story.votes(OWEN, PLATO, SELMA)
    story.does(cmd.CloseRound(by="emeritus", number=1), at=story.now + days(14))
    story.until(story.now)
    resumed(paused(story, for_days=7))
    after = planned(story).windows
    assert [b.starts_at - a.starts_at for a, b in zip(before, after, strict=True)] == [days(7)] * 5
    assert BILL in story.state.obligation(BILLING).asked


@settings(deadline=None, max_examples=150)
@given(
    zone=st.sampled_from(ZONES),
    country=st.sampled_from(["", "PT", "JP", "DE-BY"]),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    opens=st.integers(0, 22),
    length=st.integers(1, 12),
    minutes=st.sets(st.integers(1, 1440), min_size=1, max_size=8),
    lead=st.integers(2, 40),
    announce_on=st.dates(date(2027, 1, 1), date(2028, 12, 31)),
    notice=st.integers(1, 90),
)
def test_they_are_in_working_hours_grow_and_never_meet_whatever_the_calendar_does(  # noqa: PLR0917
    zone, country, weekdays, opens, length, minutes, lead, announce_on, notice
):
    office = replace(
        OFFICE.windows, weekdays=tuple(sorted(weekdays)), from_hour=opens, until_hour=min(24, opens + length)
    )
    policy = browned(zone=zone, brownout_lead_days=lead, brownout_minutes=tuple(sorted(minutes)))
    hours = Hours(windows=office, zone=zone, holidays=public_holidays(country, range(2027, 2030)))
    steps = plans.steps_between(
        instant_on(announce_on, policy),
        instant_on(announce_on + days(notice), policy),
        policy,
        Outages(policy.brownout_minutes, hours),
    )
    at = {step.kind: step.due_at for step in steps}
    windows = next((step.windows for step in steps if step.kind is StepKind.BROWNOUT), ())
    assert [step.due_at for step in steps] == sorted(step.due_at for step in steps)
    last = at[StepKind.MIGRATE]
    assert at[StepKind.ANNOUNCE] < last
    for number, one in enumerate(windows):
        lasts = one.ends_at - one.starts_at
        local, until = (moment.astimezone(ZoneInfo(zone)) for moment in (one.starts_at, one.ends_at))
        assert lasts == timedelta(minutes=sorted(minutes)[number])
        assert last <= one.starts_at < one.ends_at <= at[StepKind.DISABLE]
        assert local.weekday() in weekdays
        assert local.date() not in hours.holidays
        assert opens <= local.hour < office.until_hour
        if lasts < timedelta(minutes=RUNS_OVER_MINUTES):
            closes = datetime(until.year, until.month, until.day, tzinfo=until.tzinfo)
            assert local.date() == (until - timedelta(microseconds=1)).date()
            assert until.replace(tzinfo=None) <= closes.replace(tzinfo=None) + timedelta(
                hours=office.until_hour
            ) or (until.hour == 0)
        last = one.ends_at
    assert not windows or windows[0].starts_at == at[StepKind.BROWNOUT]


@settings(deadline=None, max_examples=60)
@given(zone=st.sampled_from(ZONES), later=st.integers(0, 400), over=st.integers(0, 5))
def test_wherever_dates_move_to_they_stay_in_order_as_long_and_before_the_end(zone, later, over):
    hours = {"": replace(OFFICE, zone=zone)}
    state = a_browned(policy=browned(zone=zone), hours=hours).state
    seen = (BrownoutSeen(number=one, state=BrownoutState.HELD, at=PROPOSED_AT) for one in range(1, over + 1))
    before, plan = state.plan.windows, plans.shifted(replace(state, brownouts=tuple(seen)), days(later))
    assert [one.ends_at - one.starts_at for one in plan.windows] == [
        one.ends_at - one.starts_at for one in before
    ]
    ends = [plan.step(StepKind.MIGRATE).due_at if not over else before[0].starts_at]
    for number, one in enumerate(plan.windows, start=1):
        assert ends[-1] <= one.starts_at
        assert number > over or one == before[number - 1]
        assert number <= over or one.starts_at - before[number - 1].starts_at >= days(later) - days(1 / 12)
        ends.append(one.ends_at)
    assert ends[-1] <= plan.step(StepKind.DISABLE).due_at
    assert plan.step(StepKind.BROWNOUT).due_at == plan.windows[0].starts_at
