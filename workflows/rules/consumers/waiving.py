"""What does a waiver hold for? Whoever vouched for a consumer that only a file shared in Slack told of, which may be

made up, did not for what a catalog tells: it is asked as before then, and people hear who had waived it, and why.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from data import events
from data.records.facts import Facts
from data.records.retirement import Duty, Retirement
from data.records.waivers import Waiver
from workflows.rules.consumers import obligations
from workflows.rules.consumers.vouching import waivers
from workflows.rules.lifecycle import is_going_dark

SHARED = "shared"


def given(event: events.Waived) -> Waiver:
    return Waiver(what=event.what, by=event.by, at=event.at, reason=event.reason, told_by=event.told_by)


def outdated(state: Retirement, facts: Facts, now: datetime) -> tuple[events.WaiverOutdated, ...]:
    """While there is time to move."""
    if not state.is_migrating or is_going_dark(state):
        return ()
    said, there = waivers(state), {one.consumer_id: one for one in facts.impact}
    return tuple(
        events.WaiverOutdated(
            at=now,
            by=events.EMERITUS,
            consumer_id=one,
            was_by=waiver.by,
            reason=waiver.reason,
            owners=there[one].owners,
            answer_by=obligations.answer_by(state, now),
        )
        for duty in state.obligations
        if duty.duty is Duty.WAIVED and (one := duty.consumer.consumer_id) in there
        if (waiver := said.get(one)) and waiver.told_by == SHARED and one not in facts.of_shared
    )


def asked_after_all(state: Retirement, event: events.WaiverOutdated) -> Retirement:
    """It stands as it did before it was waived, with the owners and days it has now."""
    owed = tuple(
        obligations.owned_by(
            replace(obligations.contested(duty, state, event.by), acknowledge_by=event.answer_by),
            event.owners,
            event.answer_by,
            "people",
        )
        if duty.consumer.consumer_id == event.consumer_id
        else duty
        for duty in state.obligations
    )
    kept = tuple(one for one in state.waivers if state.id_of(one.what) != event.consumer_id)
    return obligations.handed_on(replace(state, waivers=kept), owed)
