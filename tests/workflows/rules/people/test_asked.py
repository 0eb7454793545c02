"""Since when owners have had what they were asked, of each consumer by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from data.records.delegation import Delegation
from tests.builders import ANNOUNCED_AT, BELLA, BILL, BILLING, CARL, CRM, a_running_retirement
from workflows.asking import ANY_HOUR
from workflows.rules.people.asked import Line, Request, busy_until
from workflows.rules.people.delegating import in_force, over
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
