"""The weekly digest: set going once, sent once a week, once after downtime."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from data.errors import Refused
from data.events import EMERITUS, DigestSent
from tests.builders import PAT, facts_for
from workflows import commands as cmd
from workflows.decisions import digests
from workflows.decisions.digests import DigestState

MONDAY = datetime(2027, 1, 4, 9, tzinfo=UTC)
SENDING = cmd.SendDigest(by=EMERITUS)


def sent(state: DigestState, at: datetime):
    return digests.send(state, SENDING, facts_for(), at)


def test_the_first_time_only_sets_the_date():
    decision = sent(DigestState(), MONDAY + timedelta(hours=3))
    assert decision.effects == ()
    assert [(timer.name, timer.due_at) for timer in decision.timers] == [
        ("weekly", MONDAY + timedelta(days=7))
    ]


def test_it_is_sent_when_due_about_what_happened_since_the_last_one():
    decision = sent(DigestState(version=1, sent_at=MONDAY), MONDAY + timedelta(days=7))
    (effect,) = decision.effects
    assert effect.key == "digest/2027-01-11"
    assert effect.body == {
        "notice": "digest",
        "channel": "CGOV",
        "since": "2027-01-04T09:00:00+00:00",
        "until": "2027-01-11T09:00:00+00:00",
    }
    assert decision.events == (DigestSent(at=MONDAY + timedelta(days=7), by=EMERITUS, since=MONDAY),)
    assert decision.timers[0].due_at == MONDAY + timedelta(days=14)


def test_after_weeks_of_downtime_it_is_sent_once():
    late = MONDAY + timedelta(days=24)
    decision = sent(DigestState(version=1, sent_at=MONDAY), late)
    assert len(decision.effects) == 1
    assert decision.timers[0].due_at == MONDAY + timedelta(days=28)
    assert digests.evolve(DigestState(version=1, sent_at=MONDAY), decision.events[0]) == DigestState(
        version=2, sent_at=late
    )


def test_only_time_sends_it():
    with pytest.raises(Refused, match="You may not send digest: only time does this"):
        digests.send(DigestState(), cmd.SendDigest(by=PAT), facts_for(), MONDAY)
