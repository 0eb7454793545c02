"""Somebody reads an archive for a while: files go to them alone, each giving is on record, and the clock ends it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.contract.archives import InBucket
from tests.scenarios.town import GRACE, TOM, Town, key_of, words
from workflows import erasing
from workflows.adapters.s3_archive.links import links_of

SIGNED = "X-Amz-Signature="


def archived(town: Town) -> None:
    town.announce()
    town.everybody_moves()
    town.pass_time(days=40)
    assert town.retirement().archived is not None


def record(town: Town) -> str:
    """All that is kept, whatever it means."""
    with sqlite3.connect(town.folder / "emeritus.db") as conn:
        return "\n".join(conn.iterdump())


def test_links_go_to_whoever_may_read_and_stand_nowhere_else(
    tmp_path: Path, seaweed: tuple[str, Path]
) -> None:
    kept = InBucket(*seaweed, locks=True)
    with Town(tmp_path, archive=kept.store, links=links_of(kept.bucket)) as town:
        archived(town)
        assert "nobody has let you" in town.command(GRACE, "files RET-1")
        assert "not a time, such as 7d" in town.command(TOM, "grant RET-1 @grace soon audit")
        assert "is told so" in town.command(TOM, "grant RET-1 @grace 2d audit of 2026")
        (asked,) = [one for one in town.slack.messages(GRACE) if "grant-begun" in key_of(one)]
        assert "lets you read the archive of *churn-v1* (RET-1)" in words(asked)
        assert "audit of 2026" in words(asked)

        town.press(GRACE, asked, "grant.files", "RET-1|1")
        shown = town.slack.wait_for(lambda: [one for one in town.slack.ephemerals if SIGNED in words(one)])
        assert [one["ephemeral_to"] for one in shown] == [GRACE]
        assert "X-Amz-Expires=3600" in words(shown[0])
        assert words(shown[0]).count("versionId=") == 5
        town.settle()
        assert "was given links to 5 files of its archive" in town.thread()
        assert "may *read the archive* until" in town.command(TOM, "show RET-1")
        assert "lets <@U01GRACEWHITLOCK> read its archive" in town.command(TOM, "audit RET-1")
        assert SIGNED not in record(town)
        assert SIGNED not in str(town.overheard.lines)

        town.command(TOM, "revoke RET-1 @grace they have what they need")
        town.press(GRACE, asked, "grant.files", "RET-1|1")
        said = "they have what they need; a link you got before works for 60 minutes"
        refused = town.slack.wait_for(lambda: [one for one in town.slack.ephemerals if said in words(one)])
        assert SIGNED not in words(refused)


def test_the_clock_ends_it_and_a_directory_has_no_links(tmp_path: Path) -> None:
    with Town(tmp_path) as town:
        archived(town)
        town.command(TOM, "grant RET-1 @grace 12h what Dana asked for")
        entry = town.retirement().version
        erasing.erase(
            town.bot.store,
            town.retirement(),
            entry,
            by=TOM,
            because="request 12",
            there=town.bot.house.catalog.snapshot(),
            now=town.now(),
        )
        town.settle()
        assert "Dana" not in record(town) + words(town.slack.messages(GRACE)) + town.thread()
        told = town.command(GRACE, "files RET-1")
        assert "there are no links" in told
        assert str(tmp_path / "archive") in told
        town.settle()
        assert "asked for files of its archive, and was given no links" in town.thread()
        town.pass_time(hours=13)
        assert "The time of <@U01GRACEWHITLOCK> is over" in town.thread()
        for person in (GRACE, TOM):
            assert "may not read the archive of *churn-v1* (RET-1) any more" in words(
                town.slack.messages(person)[-1]
            )
        assert "your time was over on" in town.command(GRACE, "files RET-1")
