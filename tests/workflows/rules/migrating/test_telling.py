"""What is wanted of calls, as people read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from data.records.traffic import Brownout, Desired, Lane
from workflows.rules.migrating.telling import in_words

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEW = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("desired", "said"),
    [
        (Desired(), ""),
        (Desired(new=NEW), f"0 % of calls go to {NEW}"),
        (
            Desired(
                new=NEW,
                new_name="churn-v2",
                new_percent=2.5,
                mirror_percent=10,
                pins={"a": Lane.BLOCKED, "b": Lane.NEW, "c": Lane.NEW},
            ),
            (
                "2.5 % of calls go to churn-v2, it gets copies of 10 % of the others, "
                "2 consumers always to the successor, 1 consumer blocked"
            ),
        ),
        (
            Desired(brownout=Brownout(begins_at=NOON, ends_at=NOON + HOUR, exempt=("payroll",))),
            "brownout until 2026-03-02 13:00 UTC, 1 consumer exempt",
        ),
        (
            Desired(brownout=Brownout(begins_at=NOON + HOUR, ends_at=NOON + 2 * HOUR, percent=50)),
            "brownout of 50 % of calls from 2026-03-02 13:00 UTC to 2026-03-02 14:00 UTC",
        ),
        (Desired(brownout=Brownout(begins_at=NOON - HOUR, ends_at=NOON)), ""),
    ],
    ids=["nothing", "a successor", "everything", "a window that runs", "one that comes", "one that is over"],
)
def test_what_is_wanted_is_told_in_words(desired: Desired, said: str) -> None:
    assert in_words(desired, NOON) == said
