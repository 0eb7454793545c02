"""What may be wanted of a plane, and what it is told where it may not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from data.errors import Refused
from data.records.traffic import Ability, Brownout, Desired, Lane
from workflows.rules.migrating.wanting import check_wanted

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEW = "http://127.0.0.1:9"


def a_window(begins_at: datetime = NOON, ends_at: datetime = NOON + HOUR, percent: float = 100) -> Brownout:
    return Brownout(begins_at=begins_at, ends_at=ends_at, percent=percent)


@pytest.mark.parametrize(
    ("desired", "abilities", "reasons"),
    [
        pytest.param(Desired(), (), (), id="nothing needs no ability"),
        pytest.param(Desired(new=NEW, new_percent=5), Ability, (), id="a share"),
        pytest.param(Desired(brownout=a_window()), [Ability.BROWNOUT], (), id="a window that others end"),
        pytest.param(
            Desired(
                new=NEW, new_percent=5, mirror_percent=1, mirror_methods=("POST",), pins={"a": Lane.BLOCKED}
            ),
            [Ability.SPLIT],
            (
                "it cannot do this: mirror",
                "it cannot do this: mirror by method and path",
                "it cannot do this: pin",
            ),
            id="what is lacking, all of it",
        ),
        pytest.param(
            Desired(new_percent=5, mirror_percent=101, pins={"b": Lane.NEW, "a": Lane.NEW, "c": Lane.OLD}),
            Ability,
            (
                "new_percent is 5 and there is no successor",
                "mirror_percent is 101: 0 to 100",
                "a, b would be led to a successor that is not there",
            ),
            id="no successor",
        ),
        pytest.param(
            Desired(new=NEW, new_percent=float("nan")),
            Ability,
            ("new_percent is nan: 0 to 100",),
            id="no number",
        ),
        pytest.param(
            Desired(brownout=a_window(ends_at=NOON, percent=-1)),
            Ability,
            (
                "percent of the brownout is -1: 0 to 100",
                "the brownout ends at 2026-03-02T12:00:00+00:00, before it begins at 2026-03-02T12:00:00+00:00",
            ),
            id="a window that never is",
        ),
        pytest.param(
            Desired(brownout=a_window(begins_at=NOON.replace(tzinfo=None))),
            Ability,
            ("the brownout has no time zone",),
            id="at whose noon",
        ),
    ],
)
def test_what_may_be_wanted(desired, abilities, reasons):
    if not reasons:
        check_wanted("churn", desired, abilities)
        return
    with pytest.raises(Refused) as refused:
        check_wanted("churn", desired, abilities)
    assert str(refused.value) == (
        f"Cannot lead calls of churn so: {'; '.join(reasons)}. "
        "Nothing has changed: plan it without that, or put a plane that can do it in front"
    )
