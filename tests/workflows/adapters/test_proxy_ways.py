"""What becomes of one call, by what is wanted and by the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from data.records.traffic import Brownout, Desired, Lane
from workflows.adapters.traffic_proxy.ways import Became, Call, is_among, is_copied, way_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOW = Brownout(begins_at=NOON, ends_at=NOON + HOUR)


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


@pytest.mark.parametrize(
    ("desired", "became"),
    [
        pytest.param(Desired(), ["old", "old", "old"], id="no successor"),
        pytest.param(Desired(new_percent=100), ["old"] * 3, id="none there to lead to"),
        pytest.param(Desired(new="n", new_percent=100), ["new"] * 3, id="all of them"),
        pytest.param(
            Desired(new="n", pins={"a": Lane.NEW, "b": Lane.BLOCKED}), ["new", "blocked", "old"], id="lanes"
        ),
        pytest.param(
            Desired(new="n", new_percent=100, pins={"a": Lane.OLD}), ["old", "new", "new"], id="held back"
        ),
        pytest.param(
            Desired(pins={"b": Lane.BLOCKED, "c": Lane.OLD}, brownout=WINDOW),
            ["brownout", "blocked", "brownout"],
            id="a lane is no exemption",
        ),
    ],
)
def test_lanes_come_before_shares(desired, became):
    assert [way_of(Call(caller, "1"), desired, NOON, key="churn") for caller in "abc"] == became


def test_a_request_that_went_to_the_successor_goes_there_again_when_the_share_grows():
    """Its caller names it in `X-Request-Id`, and tries again."""

    def led(percent):
        desired = Desired(new="n", new_percent=percent)
        return {n for n in range(1_000) if way_of(Call("job", str(n)), desired, NOON, key="churn") == "new"}

    shares = [led(percent) for percent in (1, 5, 25, 50, 100)]
    assert all(less < more for less, more in pairwise(shares))
    assert led(25) != {n for n in range(1_000) if is_among(Call("crm", str(n)), 25, key="churn")}, "by caller"


@pytest.mark.parametrize(
    ("desired", "is_so"),
    [
        (Desired(mirror_percent=100), False),
        (Desired(new="n"), False),
        (Desired(new="n", mirror_percent=100), True),
        (Desired(new="n", mirror_percent=100, mirror_methods=("POST",), mirror_paths=("/v1", "/v2")), True),
        (Desired(new="n", mirror_percent=100, mirror_methods=("PUT",)), False),
        (Desired(new="n", mirror_percent=100, mirror_paths=("/v1/predict",)), False),
    ],
)
def test_what_is_copied(desired, is_so):
    assert is_copied(Call("job", "1"), desired, "POST", "/v2/predict", key="churn") is is_so
