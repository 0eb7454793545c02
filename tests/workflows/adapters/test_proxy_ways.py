"""What becomes of one call, by what is wanted and by the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from data.records.traffic import Brownout, Desired
from workflows.adapters.traffic_proxy.ways import Became, Call, way_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("begins_at", "ends_at", "became"),
    [
        pytest.param(NOON, NOON + HOUR, Became.BROWNOUT, id="from its first instant"),
        pytest.param(NOON - HOUR, NOON, Became.OLD, id="until its last one"),
        pytest.param(NOON + HOUR, NOON + 2 * HOUR, Became.OLD, id="ahead"),
        pytest.param(NOON + HOUR, NOON - HOUR, Became.OLD, id="upside down serves"),
        pytest.param(NOON.replace(tzinfo=None), NOON + HOUR, Became.OLD, id="at whose noon serves"),
    ],
)
def test_a_window_is_enforced_while_it_is_one(begins_at, ends_at, became):
    desired = Desired(brownout=Brownout(begins_at=begins_at, ends_at=ends_at, exempt=("payroll",)))
    assert way_of(Call("job", "1"), desired, NOON, key="churn") is became
    assert way_of(Call("payroll", "1"), desired, NOON, key="churn") is Became.OLD, "exempt"


def test_a_partial_brownout_takes_its_share_of_the_calls():
    brownout = Brownout(begins_at=NOON, ends_at=NOON + HOUR, percent=30)
    became = [way_of(Call("job", str(n)), Desired(brownout=brownout), NOON, key="c") for n in range(2_000)]
    assert 520 < became.count(Became.BROWNOUT) < 680
