"""After each stage the thread asks; a short form is filled in, changed later, and its words break nothing."""

from __future__ import annotations

from pathlib import Path

from tests.scenarios.test_hostile_words import HOSTILE
from tests.scenarios.town import ADA, BRUNO, GOVERNANCE, TOM, VERA, Town, words

MIGRATION = "RET-1/review/migration"


def migrated(town: Town) -> None:
    town.announce()
    town.everybody_moves()
    town.pass_time(days=45)


def review(town: Town, person: str, stage: str = "migration", **said: object) -> dict[str, str]:
    """Press Review this stage, fill in the form, send it. What stands on its fields as wrong."""
    question = town.posted(GOVERNANCE, f"RET-1/review/{stage}")
    town.opens(person, lambda: town.press(person, question, "review.open"))
    return town.submit(person, {f"review.{name}": value for name, value in said.items()})


def test_the_coordinator_is_asked_and_whoever_took_part_may_answer(town: Town):
    migrated(town)
    question = words(town.posted(GOVERNANCE, MIGRATION))
    assert f":memo: The *migration* is over. <@{TOM}>, what went well" in question
    assert review(town, TOM, went_well="all moved in a week", hurt="the notice was long") == {}
    assert review(town, BRUNO, change=HOSTILE, policy=["policy"]) == {}
    thread = town.thread()
    assert (
        f'<@{TOM}> reviewed the *migration*: went well — "all moved in a week"; hurt — "the notice was long"'
        in thread
    )
    assert "(suggested for the policy)" in thread
    assert f"Reviewed by <@{TOM}> <@{BRUNO}>" in words(town.posted(GOVERNANCE, MIGRATION))
    assert not town.slack.broadcasts


def test_the_form_has_what_a_person_said_before_and_changes_it(town: Town):
    migrated(town)
    assert review(town, ADA) == {"review.went_well": "fill in at least one of the three"}
    assert review(town, ADA, hurt="too many mails", change="one mail", policy=["policy"]) == {}
    town.restart()
    shown = town.opens(ADA, lambda: town.press(ADA, town.posted(GOVERNANCE, MIGRATION), "review.open"))
    assert "too many mails" in str(shown)
    assert town.submit(ADA, {"review.hurt": "two mails"}) == {}
    assert "Your review of the migration of RET-1 is changed" in town.told(ADA)
    assert town.retirement().reviewed == {"migration": (ADA,)}


def test_what_nobody_reviewed_is_seen_in_show_and_can_be_reviewed_from_there(town: Town):
    migrated(town)
    assert review(town, TOM, went_well="it went") == {}
    shown = town.command(TOM, "show RET-1")
    assert f"Review of the migration: <@{TOM}>" in shown
    assert "Review of the archiving: *nobody yet*" in shown
    assert "review.open" in str(town.slack.ephemerals[-1])


def test_who_took_no_part_is_told_whom_a_review_is_for(town: Town):
    migrated(town)
    town.press(VERA, town.posted(GOVERNANCE, MIGRATION), "review.open")
    assert "You may not review RET-1" in town.told(VERA)


def test_a_whole_retirement_asks_about_every_stage_once(tmp_path: Path):
    with Town(tmp_path) as town:
        migrated(town)
        town.pass_time(days=60)
        asked = [key for key in town.keys(GOVERNANCE) if "/review/" in key]
    assert sorted(asked) == [
        f"RET-1/review/{stage}" for stage in ("archiving", "migration", "switch-off", "whole retirement")
    ]


def test_what_was_written_is_found_by_its_words(town: Town):
    migrated(town)
    assert review(town, TOM, change="Tell the dashboards' owners in March") == {}
    found = town.command(VERA, "lessons march DASHBOARDS")
    assert '*RET-1 churn-v1*, migration: next time — "Tell the dashboards\' owners in March"' in found
    assert "Nobody wrote anything in a review" in town.command(VERA, "lessons april")


def test_what_the_list_cuts_off_is_read_in_full_in_a_window(town: Town):
    migrated(town)
    long = f"Tell everybody in March{', and once more' * 40}"
    assert review(town, TOM, change=long) == {}
    assert long not in town.command(VERA, "lessons")
    shown = town.opens(VERA, lambda: town.press(VERA, town.slack.ephemerals[-1], "lessons.whole"))
    assert long in str(shown.content)


def test_the_next_proposal_that_is_like_it_shows_what_was_learned_with_a_link(town: Town):
    migrated(town)
    assert review(town, TOM, change=f"Tell the dashboards in March {HOSTILE}") == {}
    town.restart()
    like = {"proposal.successor": "resource:default/churn-v2", "proposal.reason": "replaced"}
    assert town.propose("churn_nightly", by=ADA, target="2026-12-01", **like) == {}
    town.pass_time(hours=2)
    lesson = town.posted(GOVERNANCE, "RET-2/lesson/RET-1")
    assert lesson["thread_ts"] == town.card("RET-2")["ts"]
    assert ":bulb: From *RET-1 churn-v1* (migrating), like this one: both are of the same owners" in words(
        lesson
    )
    assert "both retire for the reason replaced" in words(lesson)
    assert 'next time — "Tell the dashboards in March' in words(lesson)
    assert "|The card of RET-1>" in words(lesson)
    assert not town.slack.broadcasts


def test_a_proposal_that_is_like_none_that_was_reviewed_shows_no_lesson(town: Town):
    migrated(town)
    assert town.propose("churn_nightly", by=ADA, target="2026-12-01") == {}
    assert [key for key in town.keys(GOVERNANCE) if "/lesson/" in key] == []
