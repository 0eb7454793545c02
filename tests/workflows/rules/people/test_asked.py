"""Since when owners have had what they were asked, of each consumer by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from data.policies.policy import read_windows
from data.records.delegation import Delegation
from data.records.hours import Hours
from tests.builders import ANNOUNCED_AT, BELLA, BILL, BILLING, CARL, CRM, MIGRATE_AT, a_running_retirement
from workflows.asking import ANY_HOUR
from workflows.rules.people.asked import Line, Request, busy_until
from workflows.rules.people.delegating import in_force, over
from workflows.rules.plans.plan import shifted
from workflows.rules.telling.messages import dm_key_of

EIGHT = timedelta(hours=8)
ROUND_THE_CLOCK = replace(ANY_HOUR, windows=replace(ANY_HOUR.windows, owner_hours=8))
NOON = ANNOUNCED_AT + timedelta(days=7, hours=3)
EARLIER, LATELY = NOON - timedelta(days=3), NOON - timedelta(hours=2)


def asked(person: str, told_at: datetime | None, *, reader: str = "", announced: int = 1) -> Request:
    key = dm_key_of("RET-1", announced, person)
    return Request(key, person, reader=reader or person, told_at=told_at)


def handed(person: str, consumer_id: str, told_at: datetime | None) -> Request:
    return Request(f"RET-1/handed-9/{person}", person, (consumer_id,), reader=person, told_at=told_at)


def left_out(person: str) -> Request:
    return asked(person, None)._replace(is_left_out=True)


def a_delegation(person: str, to: str, *, until: datetime) -> Delegation:
    return Delegation(person=person, to=to, since=EARLIER, until=until)


@pytest.mark.parametrize(
    ("requests", "delegations", "expected"),
    [
        pytest.param([asked(CARL, EARLIER)], [], {}, id="long ago"),
        pytest.param([asked(CARL, LATELY)], [], {CRM: {CARL: LATELY + EIGHT}}, id="lately"),
        pytest.param(
            [asked(CARL, None)], [], {CRM: {CARL: NOON + EIGHT}}, id="on its way, whatever keeps it"
        ),
        pytest.param([asked(CARL, LATELY, announced=2)], [], {}, id="of another announcement"),
        pytest.param(
            [asked(BILL, EARLIER), asked(CARL, EARLIER), handed(CARL, CRM, LATELY)],
            [],
            {CRM: {CARL: LATELY + EIGHT}},
            id="handed over lately",
        ),
        pytest.param(
            [asked(CARL, EARLIER), handed(CARL, BILLING, None)], [], {}, id="of what was handed over alone"
        ),
        pytest.param(
            [asked(CARL, EARLIER, reader=BILL)],
            [a_delegation(CARL, BILL, until=LATELY)],
            {CRM: {CARL: LATELY + EIGHT}},
            id="came back",
        ),
        pytest.param(
            [asked(CARL, EARLIER)], [a_delegation(CARL, BILL, until=LATELY)], {}, id="came back to who had it"
        ),
        pytest.param(
            [asked(BELLA, LATELY), left_out(BILL)],
            [a_delegation(BILL, BELLA, until=NOON + EIGHT)],
            {BILLING: {BELLA: LATELY + EIGHT, BILL: LATELY + EIGHT}},
            id="left out, as whoever answers is asked anyway",
        ),
        pytest.param(
            [asked(BELLA, EARLIER), left_out(BILL)],
            [a_delegation(BILL, BELLA, until=LATELY)],
            {BILLING: {BILL: LATELY + EIGHT}},
            id="left out, and came back",
        ),
    ],
)
def test_nobody_above_hears_before_an_owner_has_had_it_for_so_long(
    requests: list[Request], delegations: list[Delegation], expected: dict[str, dict[str, datetime]]
):
    state = a_running_retirement().state
    line = Line(in_force(delegations, NOON), over(delegations, NOON))
    assert busy_until(state, requests, lambda _: ROUND_THE_CLOCK, line, NOON) == expected


@pytest.mark.parametrize(
    ("days_later", "hours", "read_at"),
    [
        pytest.param(2, {"zone": "America/Los_Angeles"}, None, id="a Friday, which they had"),
        pytest.param(
            2,
            {"zone": "Pacific/Auckland"},
            datetime(2027, 2, 14, 21, tzinfo=UTC),
            id="over when they were reminded",
        ),
        pytest.param(
            3, {"zone": "America/Sao_Paulo"}, datetime(2027, 2, 15, 13, tzinfo=UTC), id="a Saturday"
        ),
        pytest.param(4, {"zone": "Europe/Lisbon"}, datetime(2027, 2, 15, 10, tzinfo=UTC), id="a Sunday"),
        pytest.param(
            4,
            {"zone": "Europe/Lisbon", "holidays": frozenset({date(2027, 2, 15)})},
            datetime(2027, 2, 16, 10, tzinfo=UTC),
            id="and Monday is a holiday",
        ),
        pytest.param(
            4,
            {"zone": "Europe/Lisbon", "away": ((date(2027, 2, 1), date(2027, 3, 1)),)},
            datetime(2027, 2, 15, 10, tzinfo=UTC),
            id="leave keeps nobody above from hearing",
        ),
    ],
)
def test_nobody_above_hears_of_a_day_before_an_owner_was_at_work_since_the_reminder_of_it(
    days_later: int, hours: dict[str, Any], read_at: datetime | None
):
    """The day to have moved by is Wednesday, February 10, as it is planned first."""
    state = a_running_retirement().state
    state = replace(state, plan=shifted(state, timedelta(days=days_later)))
    theirs = Hours(windows=replace(read_windows(), owner_hours=8), **hours)
    over_at = MIGRATE_AT + timedelta(days=days_later + 1)
    line = Line({}, {})
    expected = {BILLING: {BILL: read_at, BELLA: read_at}, CRM: {CARL: read_at}} if read_at else {}
    assert busy_until(state, [], lambda _: theirs, line, over_at) == expected
    assert busy_until(state, [], lambda _: theirs, line, over_at - timedelta(seconds=1)) == {}
