"""A file in the import channel is kept before Slack is told that we heard of it, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.app import slack_app
from bot.intake import Intake
from tests.bot.listeners.desk import GOVERNANCE, TOM, Desk
from tests.bot.test_inbox import Stuck
from tests.fakes.slack import BOT_USER, into_bolt
from workflows.commands import TakeFile

SHARED = {
    "type": "file_shared",
    "file_id": "F1",
    "user_id": TOM,
    "channel_id": GOVERNANCE,
    "file": {"id": "F1"},
}


def listening(desk: Desk, **house: Any) -> None:
    """From now on the bot imports the files of the governance channel."""
    changed = replace(desk.bot.house, **{"import_channel": GOVERNANCE, **house})
    desk.slack.attach(into_bolt(slack_app(changed, signing_secret=desk.slack.signing_secret)))


def test_it_is_on_disk_when_slack_is_told_that_we_heard(desk: Desk) -> None:
    listening(desk)
    assert desk.slack.event({**SHARED, "event_ts": "1.2"}).ok
    command = TakeFile(by=TOM, channel=GOVERNANCE, file_id="F1", event_ts="1.2")
    assert desk.kept() == [("imports", command)]


def test_told_again_it_is_the_same_and_shared_again_or_another_file_is_another(desk: Desk) -> None:
    listening(desk)
    first = desk.slack.event(SHARED)
    assert desk.slack.redeliver(first, retry=1).ok
    assert desk.slack.event(SHARED).ok
    assert desk.slack.event({**SHARED, "file_id": "F2"}).ok
    files = [command.file_id for _, command in desk.kept() if isinstance(command, TakeFile)]
    assert files == ["F1", "F1", "F2"]


@pytest.mark.parametrize(
    "event",
    [
        {**SHARED, "channel_id": "C01ELSEWHERE"},
        {**SHARED, "user_id": BOT_USER},
        {**SHARED, "user_id": None},
        {**SHARED, "file_id": ["F1"]},
        {**SHARED, "file_id": "../F1"},
        {"type": "file_shared"},
    ],
    ids=["another channel", "our own", "by nobody", "a list", "a path", "nothing"],
)
def test_all_else_is_acknowledged_and_not_kept(desk: Desk, event: dict[str, Any]) -> None:
    listening(desk)
    assert desk.slack.event(event).ok
    assert desk.kept() == []


def test_without_an_import_channel_nothing_is_kept(desk: Desk) -> None:
    listening(desk, import_channel="")
    desk.slack.event(SHARED)
    assert desk.kept() == []


def test_what_could_not_be_kept_is_not_acknowledged_and_slack_tells_of_it_again(desk: Desk) -> None:
    listening(desk, intake=Intake(patience_seconds=0.1, turn_seconds=0.01))
    stuck = Stuck(desk)
    failed = desk.slack.event(SHARED)
    assert failed.status == 503
    stuck.let_go()
    assert desk.kept() == []
    assert desk.slack.redeliver(failed, retry=1).ok
    assert len(desk.kept()) == 1
