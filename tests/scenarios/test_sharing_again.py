"""The very same file is shared again: it is read again, and its thread says what is new, or when it was imported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.views.blocks import moment
from tests.fakes.slack import DOWNLOAD, File
from tests.scenarios.test_dropping_files import EDGES, IMPORTS, drop, imported, told, version
from tests.scenarios.town import INES, TOM, Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path, serves=False, import_channel=IMPORTS) as running:
        running.slack.ws.channels[IMPORTS].members.append(INES)
        yield running


def again(town: Town, file: File, *, by: str = TOM) -> None:
    town.slack.files.share_again(by, IMPORTS, file)
    town.settle()


def test_it_is_told_when_it_was_imported_with_a_link_once_for_each_share(town: Town) -> None:
    file = drop(town, EDGES)
    first, at = file.shares[IMPORTS][0], moment(town.now())
    town.pass_time(hours=3)
    again(town, file, by=INES)
    (before,) = told(town, file)
    assert before.startswith(f":white_check_mark: *edges.csv* is imported as csv already, at {at} by ")
    assert f"/archives/{IMPORTS}/p{first.replace('.', '')}|an earlier share of it>" in before
    assert "Nothing in it is new to the catalog." in before
    again(town, file)
    (once_more,) = told(town, file)
    assert once_more.startswith(f":white_check_mark: *edges.csv* is imported as csv already, at {at} by ")
    assert (version(town), len(imported(town))) == (2, 1)


def test_what_slack_tells_twice_of_one_share_is_told_once(town: Town) -> None:
    file = drop(town, EDGES)
    town.slack.files.tell(file, IMPORTS)
    town.pass_time(minutes=1)
    assert len(told(town, file)) == 1


def test_a_share_that_slack_lists_late_is_told_in_its_own_thread(town: Town) -> None:
    file = drop(town, EDGES)
    file.unlisted_for = 2
    again(town, file)
    town.pass_time(minutes=1)
    (before,) = told(town, file)
    assert "is imported as csv already" in before


def test_what_was_edited_meanwhile_is_imported_again(town: Town) -> None:
    file = drop(town, EDGES)
    file.content = EDGES.replace("tuesday", "friday").encode()
    again(town, file)
    (report,) = told(town, file)
    assert report.startswith(":white_check_mark: *edges.csv* was imported as csv ")
    assert "unseen csv:tuesday-mailer" in report


def test_what_could_not_be_read_before_is_imported_when_it_is_shared_again(town: Town) -> None:
    town.slack.fail_next(DOWNLOAD, "server_error", times=5)
    file = drop(town, EDGES)
    town.pass_time(minutes=30)
    (refused,) = told(town, file)
    assert "Share it again" in refused
    again(town, file)
    (report,) = told(town, file)
    assert report.startswith(":white_check_mark: *edges.csv* was imported as csv ")
