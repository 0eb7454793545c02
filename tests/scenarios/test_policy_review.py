"""A policy that nobody looks through in its time: the governance channel hears of it once, and its digest each week."""

from __future__ import annotations

from pathlib import Path

from data.records.policy import Review
from tests.scenarios.test_reviewing import migrated, review
from tests.scenarios.town import BRUNO, GOVERNANCE, MINA, TOM, Town, words

REVIEW = Review(review_by="2026-03-11", review_groups=("ml-platform",))


def began(town: Town) -> None:
    """As `serve` does: the governance channel's digest is set going."""
    town.bot.start()
    town.bot.stop()
    town.open()


def test_it_is_told_once_after_its_day_and_each_week_in_the_digest(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False, review=REVIEW) as town:
        began(town)
        town.pass_time(days=9)
        assert "policy/review/2026-03-11" not in town.keys(GOVERNANCE)
        town.pass_time(days=1, hours=2)
        told = words(town.posted(GOVERNANCE, "policy/review/2026-03-11"))
        assert "The policy town was to be looked through by 2026-03-11, 1 day ago" in told
        assert "This is for (ml-platform)" in told
        assert f"<@{MINA}>" in told
        town.pass_time(days=14)
        for day, ago in (("2026-03-16", 5), ("2026-03-23", 12)):
            said = words(town.posted(GOVERNANCE, f"digest/{day}"))
            assert f"town was to be looked through by 2026-03-11, {ago} days ago" in said
        assert town.keys(GOVERNANCE).count("policy/review/2026-03-11") == 1
        assert "was to be looked through" in town.command(TOM, "digest")


def test_one_that_has_its_next_day_is_told_of_no_more(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False, review=REVIEW) as town:
        began(town)
        town.review = Review(review_by="2027-03-11")
        town.restart()
        town.pass_time(days=22)
        assert not [key for key in town.keys(GOVERNANCE) if key.startswith("policy/")]
        assert "looked through" not in town.command(TOM, "digest")


def test_what_people_suggested_for_it_is_told_with_it_and_where_all_of_it_is(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False, review=Review(review_by="2026-05-20")) as town:
        migrated(town)
        assert review(town, BRUNO, change="ask <!here> first", policy=["policy"]) == {}
        assert review(town, TOM, change="nothing of this", hurt="the notice") == {}
        began(town)
        town.pass_time(days=60)
        said = words(town.posted(GOVERNANCE, "policy/review/2026-05-20"))
        told = 'from reviews, in full: `emeritus policy suggestions`\n\u2022 RET-1 churn-v1: "ask &lt;!here'
        assert told in said
        assert f"(<@{BRUNO}>, 2026-" in said
        assert "nothing of this" not in said
        assert told in town.command(TOM, "digest")
        weekly = [key for key in town.keys(GOVERNANCE) if key.startswith("digest/2026-06")]
        assert told in words(town.posted(GOVERNANCE, weekly[0]))
        assert town.posted(GOVERNANCE, "policy/review/2026-05-20")["mentions"] == [BRUNO]
        assert [town.posted(GOVERNANCE, key)["mentions"] for key in weekly] == [[]] * len(weekly)
        # It is looked through: what was suggested is settled, and told no more when its next day is past.
        town.review = Review(review_by="2026-05-21", review_last="2026-05-21")
        town.restart()
        town.pass_time(days=8)
        assert "was to be looked through by 2026-05-21" in (said := town.command(TOM, "digest"))
        assert "suggestion" not in said
        assert "suggestion" not in words(town.posted(GOVERNANCE, "policy/review/2026-05-21"))
