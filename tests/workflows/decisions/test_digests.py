"""The weekly digest: set going once, told once a week, once after downtime, and a quiet week only once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from data.errors import Refused
from data.events import EMERITUS, DigestSent, QuietTold, ReaderMoved
from data.records.decision import Decision, EffectKind
from data.records.digests import DigestState
from data.records.policy import Review
from tests.builders import PAT, facts_for
from workflows import commands as cmd
from workflows.decisions import digests, policy_review

MONDAY = datetime(2027, 1, 4, 9, tzinfo=UTC)
NEXT = MONDAY + timedelta(days=7)
SENDING = cmd.SendDigest(by=EMERITUS)
GOVERNANCE = DigestState(version=1, sent_at=MONDAY)
PATS = DigestState(version=1, place=PAT, by=PAT, zone="Europe/Lisbon", sent_at=MONDAY)


def due(state: DigestState, at: datetime) -> Decision[Any]:
    return digests.send(state, SENDING, facts_for(), at)


def told(state: DigestState, at: datetime = NEXT, **changes: Any) -> Decision[Any]:
    assert state.sent_at is not None
    command = cmd.TellDigest(by=EMERITUS, since=state.sent_at, tells=True, draws=True)
    return digests.tell(state, replace(command, **changes), facts_for(), at)


def folded(state: DigestState, decision: Decision[Any]) -> DigestState:
    for event in decision.events:
        state = digests.evolve(state, event)
    return state


def test_the_first_time_only_sets_the_date() -> None:
    decision = due(DigestState(), MONDAY + timedelta(hours=3))
    assert decision.effects == ()
    assert [(timer.name, timer.due_at) for timer in decision.timers] == [("weekly", NEXT)]


REVIEW = Review(review_by="2027-01-09", review_groups=("ml-platform",))
LATE = facts_for(review=REVIEW, reviewers=(PAT,))


def test_the_day_after_the_policy_was_to_be_looked_through_is_set_with_the_week() -> None:
    timers = digests.send(GOVERNANCE, SENDING, LATE, NEXT - timedelta(days=7)).timers
    assert [(timer.name, timer.due_at) for timer in timers] == [
        ("weekly", NEXT),
        ("policy review", datetime(2027, 1, 10, 9, tzinfo=UTC)),
    ]
    assert [timer.name for timer in digests.send(PATS, SENDING, LATE, NEXT).timers] == ["weekly"]


def test_a_policy_nobody_looked_through_is_told_once_for_its_day() -> None:
    reminding = cmd.RemindPolicyReview(by=EMERITUS)
    in_time = policy_review.remind(GOVERNANCE, reminding, LATE, datetime(2027, 1, 9, 20, tzinfo=UTC))
    assert in_time.effects == ()
    (told_once,) = policy_review.remind(
        GOVERNANCE, reminding, LATE, datetime(2027, 1, 10, 9, tzinfo=UTC)
    ).effects
    assert told_once.key == "policy/review/2027-01-09"
    assert told_once.body == {
        "notice": "policy review",
        "channel": "CGOV",
        "said": "test was to be looked through by 2027-01-09, 1 day ago",
        "who": "ml-platform",
        "people": PAT,
    }


def test_the_digest_of_the_governance_channel_says_so_each_week_even_a_quiet_one() -> None:
    command = cmd.TellDigest(by=EMERITUS, since=MONDAY, tells=False, draws=False)
    quiet = replace(GOVERNANCE, is_quiet=True)
    (posted,) = digests.tell(quiet, command, LATE, NEXT).effects
    assert posted.body["review"] == "test was to be looked through by 2027-01-09, 2 days ago"
    (pats, _) = digests.tell(PATS, replace(command, tells=True, draws=True), LATE, NEXT).effects
    assert "review" not in pats.body, "it is the governance channel's"


def test_when_due_it_is_put_together_and_the_next_week_is_set() -> None:
    decision = due(GOVERNANCE, NEXT)
    (effect,) = decision.effects
    assert (effect.kind, effect.lane) == (EffectKind.COMPOSE, "digest/composed")
    assert effect.key == "digest/composed/2027-01-11T09:00:00+00:00"
    assert effect.body == {"since": "2027-01-04T09:00:00+00:00"}
    assert decision.events == ()
    assert decision.timers[0].due_at == MONDAY + timedelta(days=14)


def test_it_is_told_about_what_happened_since_the_last_one_with_its_chart_in_its_thread() -> None:
    decision = told(GOVERNANCE)
    digest, chart = decision.effects
    assert digest.key == "digest/2027-01-11"
    assert digest.body == {
        "notice": "digest",
        "channel": "CGOV",
        "since": "2027-01-04T09:00:00+00:00",
        "until": "2027-01-11T09:00:00+00:00",
        "zone": "UTC",
    }
    assert (chart.key, chart.after) == ("digest/2027-01-11/chart", digest.key)
    assert chart.body == {**digest.body, "notice": "digest chart"}
    assert chart.lane != digest.lane
    assert decision.events == (DigestSent(at=NEXT, by=EMERITUS, since=MONDAY),)


def test_where_nothing_is_under_way_there_is_nothing_to_draw() -> None:
    (digest,) = told(GOVERNANCE, draws=False).effects
    assert digest.body["notice"] == "digest"


def test_after_weeks_of_downtime_it_is_put_together_once() -> None:
    late = MONDAY + timedelta(days=24)
    decision = due(GOVERNANCE, late)
    assert len(decision.effects) == 1
    assert decision.timers[0].due_at == MONDAY + timedelta(days=28)
    assert folded(GOVERNANCE, told(GOVERNANCE, late)) == DigestState(version=2, sent_at=late)


def test_what_was_told_meanwhile_is_not_told_again() -> None:
    """Two that were to be put together while the bot was away a long time are about the same weeks."""
    after = folded(GOVERNANCE, told(GOVERNANCE))
    assert told(after, NEXT + timedelta(seconds=9), since=MONDAY) == Decision()


def test_one_told_late_is_not_followed_by_that_of_the_monday_that_was_missed_meanwhile() -> None:
    """What was put together before the bot went away is told when it is back, and only then is it overdue."""
    thursday = NEXT + timedelta(days=10, hours=6)
    told_late = folded(GOVERNANCE, told(GOVERNANCE, thursday))
    overdue = due(told_late, thursday + timedelta(hours=8))
    assert overdue.timers[0].due_at == MONDAY + timedelta(days=21)
    decision = told(told_late, thursday + timedelta(hours=9))
    assert (decision.events, decision.effects) == ((), ())
    assert decision.timers == overdue.timers
    regular = told(told_late, MONDAY + timedelta(days=21))
    assert regular.events == (DigestSent(at=MONDAY + timedelta(days=21), by=EMERITUS, since=thursday),)


def test_one_that_is_late_by_almost_a_week_is_told_with_the_next_one() -> None:
    night = NEXT - timedelta(hours=7)
    before = replace(GOVERNANCE, sent_at=MONDAY - timedelta(days=7))
    decision = told(before, night)
    assert (decision.events, decision.effects) == ((), ())
    assert [timer.due_at for timer in decision.timers] == [NEXT]
    assert [effect.body["since"] for effect in told(before).effects] == [
        (MONDAY - timedelta(days=7)).isoformat()
    ] * 2


def test_one_put_together_just_before_the_clock_was_set_back_is_told_when_it_is_due_again() -> None:
    decision = told(GOVERNANCE, NEXT - timedelta(seconds=2))
    assert (decision.events, decision.effects) == ((), ())
    assert [timer.due_at for timer in decision.timers] == [NEXT], "and not a week later"


def test_that_there_is_nothing_to_tell_is_told_once_and_then_no_more_until_there_is() -> None:
    quiet = told(GOVERNANCE, tells=False)
    assert quiet.events == (QuietTold(at=NEXT, by=EMERITUS, since=MONDAY),)
    assert [effect.body["notice"] for effect in quiet.effects] == ["digest"], "and nothing is drawn"
    state = folded(GOVERNANCE, quiet)
    assert state.is_quiet
    for weeks in (1, 2, 3):
        assert told(state, NEXT + timedelta(days=7 * weeks), tells=False) == Decision()
    news = told(state, NEXT + timedelta(days=28))
    assert news.events == (DigestSent(at=NEXT + timedelta(days=28), by=EMERITUS, since=NEXT),)
    assert not folded(state, news).is_quiet


def test_only_time_sends_or_tells_it() -> None:
    with pytest.raises(Refused, match="You may not send digest: only time does this"):
        digests.send(DigestState(), cmd.SendDigest(by=PAT), facts_for(), MONDAY)
    with pytest.raises(Refused, match="You may not tell digest: only time does this"):
        told(GOVERNANCE, by=PAT)


def test_a_person_has_it_in_their_direct_messages_on_their_own_day() -> None:
    decision = told(replace(PATS, zone="Pacific/Auckland"), datetime(2027, 1, 10, 20, tzinfo=UTC))
    digest, chart = decision.effects
    assert digest.key == "digest/UPAT/2027-01-11", "it is Monday there"
    assert digest.body["channel"] == digest.place == chart.place == PAT
    assert digest.body["zone"] == "Pacific/Auckland"


def test_a_channel_has_it_besides_the_governance_channel() -> None:
    digest, _ = told(replace(PATS, place="CTEAM")).effects
    assert (digest.key, digest.place) == ("digest/CTEAM/2027-01-11", "CTEAM")


@pytest.mark.parametrize(
    ("zone", "sent", "next_one"),
    [
        pytest.param("Europe/Lisbon", True, None, id="where they were"),
        pytest.param("", True, None, id="where nobody can say"),
        pytest.param("America/New_York", False, datetime(2027, 1, 11, 14, tzinfo=UTC), id="earlier"),
        pytest.param("Asia/Tokyo", True, datetime(2027, 1, 18, tzinfo=UTC), id="later"),
    ],
)
def test_who_has_moved_gets_it_on_their_new_morning(zone: str, sent: bool, next_one: datetime | None) -> None:
    decision = told(PATS, zone=zone)
    assert bool(decision.effects) is sent
    assert [timer.due_at for timer in decision.timers] == ([next_one] if next_one else [])
    assert any(isinstance(event, ReaderMoved) for event in decision.events) is (next_one is not None)
    assert folded(PATS, decision).zone == (zone or "Europe/Lisbon")
    if not sent:
        again = told(folded(PATS, decision), datetime(2027, 1, 11, 14, tzinfo=UTC), zone=zone)
        assert [effect.body["since"] for effect in again.effects] == [MONDAY.isoformat()] * 2


def test_a_reader_who_is_none_any_more_is_told_nothing() -> None:
    gone = replace(PATS, by="")
    assert due(gone, NEXT) == Decision()
    assert told(gone) == Decision()


@pytest.mark.parametrize(
    ("after", "before"),
    [
        (datetime(2027, 3, 22, 9, tzinfo=UTC), datetime(2027, 3, 29, 8, tzinfo=UTC)),
        (datetime(2027, 10, 25, 8, tzinfo=UTC), datetime(2027, 11, 1, 9, tzinfo=UTC)),
    ],
    ids=["summer begins", "summer ends"],
)
def test_it_comes_at_the_same_hour_of_the_day_across_a_change_of_the_clocks(
    after: datetime, before: datetime
) -> None:
    assert digests.timer(PATS, facts_for().policy, after).due_at == before  # type: ignore[arg-type]
