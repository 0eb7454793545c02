"""What a reminder says on the day it goes: how near the day is, and only buttons that it has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from bot.views.consumers import reminding
from data.records.retirement import Duty, Retirement
from tests.bot.views.examples import announced, texts
from tests.payloads import check_message

MIGRATE_BY = datetime(2026, 4, 27, 9, tzinfo=UTC)
ACKNOWLEDGE_BY = datetime(2026, 3, 23, 9, tzinfo=UTC)
MILESTONE = "migrate-7d@2026-04-27"


def owing(*owed: tuple[Duty, dict[str, datetime]]) -> Retirement:
    state = announced(consumers=len(owed), teams=1)
    dated = {"acknowledge_by": ACKNOWLEDGE_BY, "migrate_by": MIGRATE_BY}
    return replace(
        state,
        obligations=tuple(
            replace(one, duty=duty, **{**dated, **changes})
            for one, (duty, changes) in zip(state.obligations, owed, strict=True)
        ),
    )


READ: tuple[Duty, dict[str, datetime]] = (Duty.ACKNOWLEDGED, {})


@pytest.mark.parametrize(
    ("now", "zone", "said"),
    [
        pytest.param(
            datetime(2026, 3, 28, 9, tzinfo=UTC),
            "",
            "*30 days left* to move 2 consumers of yours off churn-v1, by Mon 2026-04-27",
            id="weeks before",
        ),
        pytest.param(
            datetime(2026, 4, 26, 9, tzinfo=UTC),
            "",
            "*1 day left* to move 2 consumers of yours off churn-v1, by Mon 2026-04-27",
            id="the day before",
        ),
        pytest.param(
            datetime(2026, 4, 27, 9, tzinfo=UTC),
            "America/Sao_Paulo",
            "*Today is the last day* to move 2 consumers of yours off churn-v1, Mon 2026-04-27",
            id="on the day",
        ),
        pytest.param(
            datetime(2026, 4, 27, 21, tzinfo=UTC),
            "Pacific/Auckland",
            "*1 day overdue*: move 2 consumers of yours off churn-v1, which was due on Mon 2026-04-27",
            id="held until the next day of whoever reads it",
        ),
        pytest.param(
            datetime(2026, 4, 28, 2, tzinfo=UTC),
            "America/Los_Angeles",
            "*Today is the last day* to move 2 consumers of yours off churn-v1, Mon 2026-04-27",
            id="still that day where it is read",
        ),
        pytest.param(
            datetime(2026, 4, 30, 9, tzinfo=UTC),
            "",
            "*3 days overdue*: move 2 consumers of yours off churn-v1, which was due on Mon 2026-04-27",
            id="days after",
        ),
    ],
)
def test_it_begins_with_how_near_the_day_is_for_whoever_reads_it(now: datetime, zone: str, said: str):
    told = reminding.reminder(owing(READ, READ), "UT0", MILESTONE, zone=zone, now=now)
    check_message(told)
    assert told["text"] == f":alarm_clock: *RET-1* {said}"
    assert texts(told["blocks"])[0] == told["text"]


@pytest.mark.parametrize(
    ("owed", "said"),
    [
        pytest.param(
            (READ, (Duty.MIGRATING, {"moves_on": datetime(2026, 3, 20, 9, tzinfo=UTC)})),
            "*1 day left* to move 1 of 2 consumers of yours off churn-v1, by Fri 2026-03-20",
            id="the nearest of several days",
        ),
        pytest.param(
            (READ, (Duty.OPEN, {})),
            "*39 days left* to move 2 consumers of yours off churn-v1, by Mon 2026-04-27. *4 days left* to "
            "acknowledge that you have read this for 1 of them, by Mon 2026-03-23",
            id="not answered yet",
        ),
        pytest.param(
            ((Duty.OPEN, {"acknowledge_by": datetime(2026, 3, 17, 9, tzinfo=UTC)}),),
            "*39 days left* to move 1 consumer of yours off churn-v1, by Mon 2026-04-27. *2 days overdue*: "
            "acknowledge that you have read this, which was due on Tue 2026-03-17",
            id="not answered in time",
        ),
        pytest.param(
            ((Duty.ACKNOWLEDGED, {"migrate_by": ACKNOWLEDGE_BY - timedelta(days=7)}),),
            "1 consumer of yours still depends on churn-v1",
            id="asked when the day was past",
        ),
    ],
)
def test_of_several_it_names_the_nearest_day(owed: tuple[tuple[Duty, dict[str, datetime]], ...], said: str):
    told = reminding.reminder(owing(*owed), "UT0", MILESTONE, now=datetime(2026, 3, 19, 9, tzinfo=UTC))
    assert told["text"] == f":alarm_clock: *RET-1* {said}"


@pytest.mark.parametrize(
    ("duty", "action", "labels"),
    [
        (
            Duty.OPEN,
            "*Action* Acknowledge that you have read this. Move to churn-v2, then press Show all and Migrated.",
            ["Acknowledge all", "Show all", "Snooze"],
        ),
        (
            Duty.ACKNOWLEDGED,
            "*Action* Move to churn-v2, then press Show all and Migrated.",
            ["Show all", "Snooze"],
        ),
    ],
)
def test_it_asks_for_what_is_not_answered_by_the_buttons_it_has(duty: Duty, action: str, labels: list[str]):
    told = reminding.reminder(owing((duty, {})), "UT0", MILESTONE, now=datetime(2026, 3, 19, 9, tzinfo=UTC))
    assert action in texts(told["blocks"])[1]
    assert [one["text"]["text"] for one in told["blocks"][-1]["elements"]] == labels
