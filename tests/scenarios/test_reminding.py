"""Reminders, escalation and the digest: each once, across restarts, and never a flood after downtime."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from data.records.progress import StepKind
from tests.data.catalogs import a_document
from tests.scenarios.town import BRUNO, ELENA, GOVERNANCE, GRACE, INES, TOM, VERA, WREN, Town, words

MINE = "type: service, dependsOn: ['component:churn-v1-prod'], owner: "


def reminded(town: Town, person: str) -> list[str]:
    """The milestones this person was reminded of, in order."""
    return [key.split("/")[2] for key in town.keys(person) if key.startswith("RET-1/remind/")]


def escalated(town: Town, to: str) -> list[str]:
    return [key.split("/", 2)[2] for key in town.keys(to) if key.startswith("RET-1/escalate/")]


ALL_FOUR = [f"migrate-{days}d@2026-04-27" for days in (30, 7, 1, 0)]


def test_owners_are_reminded_at_the_offsets_once_each_across_restarts(town: Town):
    town.announce()
    for day in range(50):
        town.pass_time(days=1)
        if day % 3 == 0:
            town.restart()
    assert reminded(town, BRUNO) == ALL_FOUR
    assert "*When* service ends on Mon 2026-05-04" in words(town.slack.messages(BRUNO)[-1])


def test_whoever_has_moved_is_left_in_peace(town: Town):
    town.announce()
    town.answer(BRUNO, "restock-planner")
    town.pass_time(days=50)
    assert reminded(town, BRUNO) == []
    assert reminded(town, WREN) == [], "his team has moved"
    assert reminded(town, GRACE) == ALL_FOUR


def test_whoever_handed_everything_back_is_left_in_peace_and_the_channel_hears_of_it(town: Town):
    town.announce()
    town.answer(BRUNO, "restock-planner", "duty.not_mine")
    town.pass_time(days=50)
    assert reminded(town, BRUNO) == reminded(town, WREN) == []
    assert reminded(town, GRACE) == ALL_FOUR
    for milestone in ("acknowledge@2026-03-23", "migrate@2026-04-27"):
        manager = words(town.posted(VERA, f"RET-1/escalate/{milestone}/1/{VERA}"))
        assert "*restock-planner*" not in manager
        channel = words(town.posted(GOVERNANCE, f"RET-1/escalate/{milestone}/1/{GOVERNANCE}"))
        assert "1 consumer handed back, with no owner found in time" in channel
        assert "*restock-planner*: not mine" in channel
    assert "and 1 consumer handed back, with no owner found in time: told" in town.thread()


def test_weeks_of_downtime_collapse_to_one_reminder(town: Town):
    town.announce()
    town.bot.store.close()
    town.seconds = datetime(2026, 4, 26, 20, tzinfo=UTC).timestamp()
    town.open()
    town.settle()
    assert reminded(town, BRUNO) == ["migrate-1d@2026-04-27"]
    town.pass_time(days=20)
    assert reminded(town, BRUNO) == ["migrate-1d@2026-04-27", "migrate-0d@2026-04-27"]


def listed(town: Town, to: str, milestone: str, level: int) -> list[str]:
    """The consumers an escalation to somebody names, in order."""
    told = words(town.posted(to, f"RET-1/escalate/{milestone}/{level}/{to}"))
    return re.findall(r":white_circle: \*([^*]+)\*", told)


EVERYTHING = [
    "account-page",
    "cancel-flow",
    "monday-report",
    "restock-planner",
    "retention-dashboard",
    "save-offer-service",
    "win-back-mailer",
]


def test_silence_goes_to_the_manager_then_to_the_channel_once_each(town: Town):
    town.announce()
    town.pass_time(days=8)
    assert escalated(town, VERA) == [f"acknowledge@2026-03-23/1/{VERA}"]
    told = words(town.slack.messages(VERA)[-1])
    assert "not acknowledged in time" in told
    assert "press Migrated" not in told
    assert f"tell <@{TOM}>, who can move the date or go on without them" in told
    assert escalated(town, GOVERNANCE) == []
    town.restart()
    town.pass_time(days=50)
    assert escalated(town, VERA) == [f"acknowledge@2026-03-23/1/{VERA}", f"migrate@2026-04-27/1/{VERA}"]
    assert escalated(town, GOVERNANCE) == [
        f"acknowledge@2026-03-23/2/{GOVERNANCE}",
        f"migrate@2026-04-27/2/{GOVERNANCE}",
    ]


def test_each_manager_is_told_of_the_consumers_of_those_they_manage_and_of_no_others(town: Town):
    town.announce()
    town.pass_time(days=8)
    assert sorted(listed(town, VERA, "acknowledge@2026-03-23", 1)) == EVERYTHING
    assert listed(town, BRUNO, "acknowledge@2026-03-23", 1) == ["restock-planner"], "Wren's"
    assert listed(town, GRACE, "acknowledge@2026-03-23", 1) == ["save-offer-service", "win-back-mailer"]
    town.pass_time(days=3)
    assert sorted(listed(town, GOVERNANCE, "acknowledge@2026-03-23", 2)) == EVERYTHING


def test_after_weeks_of_downtime_manager_and_channel_each_hear_once_of_the_later_deadline(town: Town):
    town.announce()
    town.bot.store.close()
    town.seconds = datetime(2026, 5, 2, 20, tzinfo=UTC).timestamp()
    town.open()
    town.settle()
    assert escalated(town, VERA) == [f"migrate@2026-04-27/1/{VERA}"]
    assert escalated(town, GOVERNANCE) == [f"migrate@2026-04-27/2/{GOVERNANCE}"]


def test_a_pause_over_the_day_of_the_channel_only_puts_it_off(town: Town):
    town.announce()
    town.pass_time(days=8, hours=2)
    assert escalated(town, VERA) == [f"acknowledge@2026-03-23/1/{VERA}"]
    town.command(TOM, "pause RET-1 a freeze")
    town.pass_time(days=10)
    assert escalated(town, GOVERNANCE) == []
    town.command(TOM, "resume RET-1")
    town.pass_time(days=10)
    assert escalated(town, GOVERNANCE) == [f"acknowledge@2026-03-23/2/{GOVERNANCE}"]
    assert escalated(town, VERA) == [f"acknowledge@2026-03-23/1/{VERA}"]


def test_time_granted_during_a_pause_leaves_no_escalation_of_the_dates_there_were(town: Town):
    town.announce()
    town.pass_time(days=5)
    town.ask_for_time(BRUNO, "restock-planner", until="2026-05-11", reason="the harvest")
    town.command(TOM, "pause RET-1 a freeze")
    town.approve()
    town.pass_time(days=14)
    assert escalated(town, VERA) == []
    town.command(TOM, "resume RET-1")
    town.pass_time(days=80)
    migrate_by = town.retirement().plan.step(StepKind.MIGRATE).due_at.date()
    told = [f"acknowledge@2026-04-07/1/{VERA}", f"migrate@{migrate_by}/1/{VERA}"]
    assert escalated(town, VERA) == told
    assert escalated(town, GOVERNANCE) == [one.replace(f"/1/{VERA}", f"/2/{GOVERNANCE}") for one in told]


def test_more_time_for_one_consumer_is_none_for_the_others_to_read_the_notice(town: Town):
    town.announce()
    town.pass_time(days=3)
    town.ask_for_time(BRUNO, "restock-planner", until="2026-12-24", reason="the year's end")
    town.approve()
    town.pass_time(days=10)
    assert escalated(town, VERA) == [f"acknowledge@2026-03-23/1/{VERA}"]
    assert escalated(town, GOVERNANCE) == [f"acknowledge@2026-03-23/2/{GOVERNANCE}"]


def test_an_owner_without_a_manager_is_named_in_the_channel(town: Town):
    town.learns(a_document("Component", "veras-sheet", MINE + "user:vera-lund"))
    town.announce()
    for owner in (BRUNO, GRACE, INES, ELENA):
        town.press(owner, town.announcement(owner), "duty.acknowledge_all")
    town.pass_time(days=8)
    assert escalated(town, GOVERNANCE) == [f"acknowledge@2026-03-23/1/{GOVERNANCE}"]
    told = town.posted(GOVERNANCE, f"RET-1/escalate/acknowledge@2026-03-23/1/{GOVERNANCE}")
    assert "*veras-sheet*" in words(told)
    assert (
        "1 consumer not acknowledged in time: told the governance channel about 1; "
        "nobody above 1 owner is known"
    ) in town.thread()


def leaves_slack(town: Town, person: str) -> None:
    town.slack.ws.users[person].deleted = True


def test_what_a_manager_who_left_slack_cannot_hear_is_told_in_the_channel_at_once(town: Town):
    town.announce()
    leaves_slack(town, VERA)
    town.pass_time(days=8)
    mark = "acknowledge@2026-03-23/1"
    assert escalated(town, GOVERNANCE) == [f"{mark}/{GOVERNANCE}/for/{VERA}"]
    told = words(town.posted(GOVERNANCE, f"RET-1/escalate/{mark}/{GOVERNANCE}/for/{VERA}"))
    assert all(f"*{consumer}*" in told for consumer in EVERYTHING)
    assert f"<@{VERA}>, who manages their owners, cannot be reached" in told
    assert f":no_bell: <@{VERA}> cannot be reached" in town.thread()


def test_a_manager_whom_no_message_reached_before_is_passed_over_for_the_next_one_above(town: Town):
    town.learns(
        a_document("User", "vera-lund", "memberOf: []", slack_id=VERA, manager="user:elena-rossi"),
        a_document("Component", "veras-sheet", MINE + "user:vera-lund"),
    )
    leaves_slack(town, VERA)
    town.announce()
    town.pass_time(days=8)
    assert len(escalated(town, ELENA)) == 1
    assert sorted(listed(town, ELENA, "acknowledge@2026-03-23", 1)) == sorted([*EVERYTHING, "veras-sheet"])
    assert escalated(town, GOVERNANCE) == []


def test_nobody_is_told_of_their_own_silence_as_their_own_manager(town: Town):
    town.learns(
        a_document(
            "User", "grace-whitlock", "memberOf: [letters]", slack_id=GRACE, manager="user:grace-whitlock"
        )
    )
    town.learns(
        a_document(
            "User", "luca-ferri", "memberOf: [letters]", slack_id="U01LUCAFERRI", manager="user:luca-ferri"
        )
    )
    town.announce()
    town.pass_time(days=8)
    assert escalated(town, GRACE) == []
    told = words(town.posted(GOVERNANCE, f"RET-1/escalate/acknowledge@2026-03-23/1/{GOVERNANCE}"))
    assert "*win-back-mailer*" in told


def test_an_owner_without_a_slack_id_is_seen_by_everybody_and_holds_the_retirement(town: Town):
    town.learns(
        a_document("User", "paper-pete", "profile: {displayName: Paper Pete}, memberOf: []"),
        a_document("Component", "paper-ledger", MINE + "user:paper-pete"),
    )
    town.propose()
    assert "paper-ledger: " in town.thread()
    assert "no Slack id" in town.thread()
    town.approve()
    town.pass_time(days=15)
    assert "*nobody can be reached*" in town.thread()
    town.everybody_moves()
    town.pass_time(days=60)
    assert "1 consumer is not migrated (paper-ledger)" in words(town.card())
    town.command(TOM, 'waive RET-1 paper-ledger "Pete copies it by hand anyway"')
    assert "takes responsibility for *paper-ledger*" in town.thread()


def digests(town: Town) -> list[str]:
    return [key for key in town.keys(GOVERNANCE) if key.startswith("digest/") and "/chart" not in key]


def test_the_digest_comes_every_monday_and_once_after_downtime(town: Town):
    town.bot.start()
    town.bot.stop()
    town.open()
    town.announce()
    assert digests(town) == ["digest/2026-03-02", "digest/2026-03-09", "digest/2026-03-16"]
    town.bot.store.close()
    town.seconds = datetime(2026, 4, 8, 12, tzinfo=UTC).timestamp()
    town.open()
    town.pass_time(days=6)
    assert digests(town)[3:] == ["digest/2026-04-08", "digest/2026-04-13"]
    told = words(town.posted(GOVERNANCE, "digest/2026-04-13"))
    assert "RET-1" in told
    assert "Logistics" in told


def test_the_digest_can_be_read_at_any_time(town: Town):
    town.announce()
    told = town.command(BRUNO, "digest")
    assert "*RET-1 churn-v1* is migrating: " in told
    assert "announced to 7 consumers" in told
    assert (
        "Mon 2026-03-23 *RET-1 churn-v1*: Logistics has to acknowledge for 1 consumer (restock-planner)"
        in told
    )
    assert "*Logistics*: 1 consumer to move" in told
    assert "This is said once" not in told


def test_the_digest_tells_how_a_retirement_ended_and_which_dates_moved(town: Town):
    town.bot.start()
    town.bot.stop()
    town.open()
    town.announce()
    town.ask_for_time(BRUNO, "restock-planner", until="2026-05-11", reason="the harvest")
    town.approve()
    town.pass_time(days=7)
    told = words(town.posted(GOVERNANCE, "digest/2026-03-23"))
    assert "more time for restock-planner granted" in told
    assert "last day of service moved from 2026-05-04 to 2026-05-18" in told
    assert "1 answer (Logistics 1)" in told
    town.command(TOM, "cancel RET-1 we keep it after all")
    town.approve()
    town.pass_time(days=7)
    told = words(town.posted(GOVERNANCE, "digest/2026-03-30"))
    assert "*RET-1 churn-v1* is cancelled: vote on cancelling opened; cancelled by a vote; 4 votes" in told
    assert "last day of service moved" not in told, "the digest before told that"
