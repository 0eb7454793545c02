"""The picture of whom a retirement hits, in its thread: once, whatever Slack does, and in words where it takes none."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.manifest import SCOPES
from data.records.retirement import State
from tests.fakes.slack import DOWNLOAD
from tests.scenarios.town import GOVERNANCE, TOM, Town, key_of, words

PICTURE = "RET-1/picture/1"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path, serves=False, draws=True) as running:
        yield running


def pictures(town: Town) -> list[dict[str, Any]]:
    """Those of the first plan, and not the words where one would be."""
    return [one for one in town.slack.messages(GOVERNANCE) if key_of(one) == PICTURE and one["files"]]


def test_the_thread_has_a_picture_with_words_for_who_cannot_see_it(town: Town):
    town.propose()
    (shown,) = pictures(town)
    assert shown["thread_ts"] == town.card()["ts"]
    assert (
        shown["text"] == ":frame_with_picture: *Who depends on churn-v1*: 7 consumers of 4 teams, 5 directly"
    )
    (file,) = shown["files"]
    assert (file["name"], file["mimetype"]) == ("RET-1-picture-1.png", "image/png")
    assert file["title"] == "Who depends on churn-v1"
    assert "Successor: churn-v2" in file["alt_txt"]
    assert "monday-report (Insights)" in file["alt_txt"]
    picture = Image.open(io.BytesIO(town.slack.file(shown)))
    picture.load()
    assert (picture.format, picture.width) == ("PNG", 2400)


def test_another_plan_has_a_picture_of_its_own(town: Town):
    town.propose()
    town.opens(TOM, lambda: town.press(TOM, town.card(), "proposal.revise"))
    assert town.submit(TOM, {"proposal.target": "2026-06-01"}) == {}
    version = town.retirement().version
    assert [key_of(one) for one in town.slack.messages(GOVERNANCE) if one["files"]] == [
        PICTURE,
        f"RET-1/picture/{version}",
    ]


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("files.getUploadURLExternal", "server_error"),
        ("files.getUploadURLExternal", "accepted_then_reset"),
        ("files.getUploadURLExternal", "rate_limited"),
        ("upload", "server_error"),
        ("upload", "accepted_then_500"),
        ("files.completeUploadExternal", "server_error"),
        ("files.completeUploadExternal", "rate_limited"),
        ("files.completeUploadExternal", "accepted_then_reset"),
        ("files.completeUploadExternal", "accepted_then_500"),
        ("files.completeUploadExternal", "late"),
    ],
)
def test_whatever_becomes_of_a_call_the_picture_is_there_once(town: Town, method: str, kind: str):
    town.slack.fail_next(method, kind)
    town.propose()
    town.pass_time(minutes=5)
    assert len(pictures(town)) == 1
    assert "The picture of who depends" not in town.thread()


def test_a_bot_that_dies_after_the_upload_finds_its_picture_again(town: Town):
    town.slack.fail_next("files.completeUploadExternal", "accepted_then_reset")
    town.propose()
    town.restart()
    town.pass_time(minutes=5)
    assert len(pictures(town)) == 1


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("unknown_method", "this Slack takes no files"),
        ("file_uploads_disabled", "the workspace takes no files"),
        ("a_code_of_tomorrow", "Slack refuses it, a_code_of_tomorrow"),
    ],
)
def test_a_slack_that_takes_no_files_is_told_in_words_and_nothing_waits(town: Town, code: str, why: str):
    town.slack.fail_next("files.getUploadURLExternal", f"error:{code}", times=99)
    town.announce()
    said = (
        f":paperclip: The picture of who depends on *churn-v1* is not here: {why}. "
        "`emeritus impact churn-v1 --format png &gt; impact.png` draws it."
    )
    assert pictures(town) == []
    assert town.posted(GOVERNANCE, "RET-1/picture/1")["text"].replace("&gt;", ">") == said.replace(
        "&gt;", ">"
    )
    assert town.retirement().state is State.MIGRATING
    assert not town.bot.store.troubles()


def test_the_bots_own_picture_in_the_import_channel_is_not_taken_for_something_to_import(tmp_path: Path):
    with Town(tmp_path, serves=False, import_channel=GOVERNANCE) as town:
        town.propose()
        (shown,) = pictures(town)
        (file,) = shown["files"]
        own = town.slack.files.files[file["id"]]
        assert town.slack.wait_for(lambda: own.told).ok
        town.settle()
        assert [one for one in town.slack.calls if one.method in ("files.info", DOWNLOAD)] == []
        assert "imported" not in town.thread()


def test_an_app_that_was_installed_before_there_were_files_says_which_scope_it_lacks(tmp_path: Path):
    with Town(tmp_path, serves=False, scopes=set(SCOPES) - {"files:write"}) as town:
        town.propose()
        told = words(town.posted(GOVERNANCE, "RET-1/picture/1"))
        assert "the app lacks the scope files:write; reinstall it with the scopes of manifest.yml" in told
