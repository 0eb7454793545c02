"""Who is told of as calling what is dark: not whom somebody took responsibility for, whatever it is called since."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from data.records.callers import Calls
from data.records.retirement import Duty
from tests.builders import BILLING, a_dark, an_impacted, days
from workflows.rules.consumers.missing import missing

OTHERWISE = "component:default/billing-etl-renamed"


def calling(consumer_id: str, on: str) -> Calls:
    return Calls(
        consumer_id=consumer_id,
        to_id="resource:default/churn-live",
        seen_in="",
        sources=("calls",),
        first_seen=on,
        last_seen=on,
        calls_per_day="2",
    )


@pytest.mark.parametrize("called", [BILLING, OTHERWISE])
@pytest.mark.parametrize("duty", [Duty.MIGRATED, Duty.WAIVED])
def test_whoever_is_borne_by_name_is_not_missed_under_whichever_name_the_catalog_has_it(called, duty):
    story = a_dark()
    owed = tuple(
        replace(one, duty=duty) if one.consumer.consumer_id == BILLING else one
        for one in story.state.obligations
    )
    state = replace(story.state, obligations=owed, reads_as={OTHERWISE: BILLING})
    day = f"{story.now + days(2):%Y-%m-%d}"
    impact = (replace(an_impacted("billing-etl"), consumer_id=called),)
    facts = replace(story.facts, impact=impact, calls=(calling(called, day),))
    missed = [one.consumer.consumer_id for one in missing(state, facts)]
    assert missed == ([] if duty is Duty.WAIVED else [called])
