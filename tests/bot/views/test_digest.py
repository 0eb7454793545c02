"""The weekly digest: changed, due, overdue, by team; the same for Slack and for a terminal."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from bot.views import digest
from data.records.retirement import Duty, Progress, State, StepKind, StepProgress
from tests.bot.views.examples import NOW, a_retirement, announced, days, overloaded
from tests.fakes.slack.workspace import is_loud, mentions
from tests.payloads import check_message

LATE = days(84)


def test_the_digest_tells_changed_due_overdue_and_teams() -> None:
    state = announced()
    moved = replace(state.obligations[0], duty=Duty.MIGRATED, changed_at=LATE - timedelta(days=1))
    begun = StepProgress(kind=StepKind.MIGRATE, progress=Progress.DONE, at=LATE - timedelta(days=1))
    others = tuple(
        StepProgress(kind=kind, progress=Progress.DONE, at=NOW)
        for kind in (StepKind.ANNOUNCE, StepKind.ARCHIVE, StepKind.DRILL)
    )
    state = replace(state, obligations=(moved, *state.obligations[1:]), steps=(*others, begun))
    found = digest.sections([state], since=LATE - timedelta(days=7), now=LATE)
    assert digest.text(found).splitlines() == [
        "Changed",
        "  RET-1 churn-v1 is migrating: migrate done; 1 answer",
        "",
        "Due in the next 7 days",
        "  RET-1 churn-v1: disable on 2027-05-30",
        "",
        "Overdue",
        "  RET-1 churn-v1: consumer-001 (team-1) is open, migrate by 2027-05-23",
        "  RET-1 churn-v1: consumer-002 (team-0) is open, migrate by 2027-05-23",
        "",
        "By team",
        "  team-0: 1 consumer to move, 1 overdue, 1 settled",
        "  team-1: 1 consumer to move, 1 overdue, 0 settled",
    ]
    shown = digest.message(found)
    check_message(shown)
    assert shown["text"] == "Weekly digest: changed: 1, due in the next 7 days: 1, overdue: 2, by team: 2"


def test_an_ended_retirement_is_news_but_never_due() -> None:
    found = digest.sections([a_retirement(state=State.REJECTED)], since=NOW, now=LATE)
    assert found[digest.CHANGED] == ["RET-1 churn-v1 is rejected: proposed"]
    assert found[digest.DUE] == found[digest.OVERDUE] == []


def test_a_quiet_week_is_one_sentence_in_slack_and_four_nothings_in_the_terminal() -> None:
    quiet = digest.sections([], since=NOW, now=LATE)
    shown = digest.message(quiet)
    check_message(shown)
    said = [block["text"]["text"] for block in shown["blocks"]]
    assert said == ["Retirements this week", "A quiet week: nothing changed, nothing is due or overdue."]
    assert digest.text(quiet).count("nothing") == 4


def test_a_digest_of_hundreds_fits_and_calls_nobody() -> None:
    found = digest.sections([overloaded(state=State.MIGRATING)] * 3, since=NOW, now=LATE)
    shown = digest.message(found)
    check_message(shown)
    assert not is_loud(shown["text"], shown["blocks"])
    assert mentions(shown["text"], shown["blocks"]) == []
