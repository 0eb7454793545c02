"""A bug that keeps a message from being sent ends as a dead letter, and as a word to somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.slack.messenger import SlackMessenger
from bot.world import CalendarWorld
from data.errors import Unavailable
from data.events import Unreached
from data.importers.backstage import read_backstage
from data.records.decision import LEASE, ClaimKind, NotDone, Result
from tests import canary
from tests.bot.listeners.desk import GOVERNANCE, TOM, Desk
from tests.workflows.test_dispatcher import dispatcher_of
from workflows.commands import TakeFile
from workflows.dispatcher import Dispatcher
from workflows.effects.workshop import QUIET_TRIES
from workflows.giving_up import TRIES_MAX
from workflows.ports import Message, SharedFile
from workflows.reporting import named


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as opened:
        yield opened


class NoCard(SlackMessenger):
    """Breaks over the card, and over nothing else."""

    def post(self, message: Message, now: datetime) -> Result:
        if message.notice == "card":
            raise ZeroDivisionError
        return super().post(message, now)

    def find(self, message: Message, since: datetime, now: datetime) -> Result:
        return NotDone(retry_at=now, why="it is not there")


def tried_to_the_end(dispatcher: Dispatcher, seconds: list[float]) -> None:
    for _ in range(TRIES_MAX):
        dispatcher.until_idle()
        if due := dispatcher.next_due():
            seconds[0] = max(seconds[0], due.timestamp())
    dispatcher.until_idle()


def test_of_a_message_that_is_given_up_the_coordinator_hears(desk: Desk) -> None:
    desk.propose()
    seconds = [desk.now.timestamp()]
    world = CalendarWorld(wall=lambda: seconds[0])
    tried_to_the_end(dispatcher_of(desk, messenger=NoCard, world=world), seconds)

    assert [trouble.key for trouble in desk.bot.store.troubles()] == ["RET-1/card"]
    happened = [stored.event for stored in desk.bot.store.events("RET-1")]
    (lost,) = [event for event in happened if isinstance(event, Unreached)]
    assert (lost.person, lost.told) == (GOVERNANCE, TOM)
    assert lost.why == f"failed {TRIES_MAX} times: ZeroDivisionError"
    (told,) = desk.slack.messages(TOM)
    assert "messages do not get into" in told["text"]


class Quoting(SlackMessenger):
    """Says what it could not post."""

    def post(self, message: Message, now: datetime) -> Result:
        raise Unavailable(f"silent-heron-prod is away, {message.notice} was not posted")


def test_what_a_log_says_of_it_has_no_name_of_what_is_restricted(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    reading = read_backstage([canary.CATALOG], known=desk.bot.house.catalog.known())
    desk.bot.house.catalog.import_(reading, format="backstage", now=desk.now)
    desk.propose()
    dispatcher_of(desk, messenger=Quoting).until_idle()
    said = "RET-1/card is tried again: a restricted model is away, card was not posted"
    assert said in caplog.messages


@pytest.mark.parametrize(
    ("key", "named_as"),
    [
        (
            "RET-1/announcement-1/manual/disable/component:default/silent-heron-prod",
            "RET-1/announcement-1/manual/disable/...",
        ),
        ("RET-1/disable/12/mlflow+tag:silent/heron", "RET-1/disable/12/..."),
        ("RET-1/check/2/csv:feed/scoring/log", "RET-1/check/2/..."),
        ("digest/C1/composed/2026-06-15T07:00:00+00:00", "digest/C1/composed/2026-06-15T07:00:00+00:00"),
    ],
)
def test_a_log_has_no_id_of_a_catalog(desk: Desk, key: str, named_as: str) -> None:
    desk.propose()
    claim = desk.bot.store.claim(ClaimKind.EFFECT, desk.now, 1)[0]
    assert named(replace(claim, key=key)) == named_as


class Breaking:
    """Breaks over every file."""

    channel = GOVERNANCE

    def look(self, channel: str, file_id: str, now: datetime) -> SharedFile:
        raise ZeroDivisionError

    def take(self, *_: object, **__: object) -> NotDone:
        raise AssertionError("nothing is known of it")


def test_of_a_file_we_break_over_whoever_shared_it_hears(desk: Desk) -> None:
    seconds = [desk.now.timestamp()]
    world = CalendarWorld(wall=lambda: seconds[0])
    command = TakeFile(by=TOM, channel=GOVERNANCE, file_id="F1")
    desk.bot.engine.execute("file/1", "imports", command)

    tried_to_the_end(dispatcher_of(desk, files=Breaking(), world=world), seconds)

    assert [trouble.key for trouble in desk.bot.store.troubles()] == [f"imports/file/{GOVERNANCE}/F1"]
    (told,) = desk.slack.messages(GOVERNANCE)
    assert told["text"] == ":x: *F1* was not imported. Nothing was changed"
    assert "This could not be done, and nothing was changed" in str(told["blocks"])


def test_what_was_shared_while_there_was_an_import_channel_is_refused_without_one(desk: Desk) -> None:
    command = TakeFile(by=TOM, channel=GOVERNANCE, file_id="F1")
    desk.bot.engine.execute("file/1", "imports", command)
    desk.bot.dispatcher.until_idle()
    (told,) = desk.slack.messages(GOVERNANCE)
    assert "Files in this channel are imported no more" in str(told["blocks"])
    assert "files.info" not in [call.method for call in desk.slack.calls]


class Deadly(Breaking):
    """What it reads would end the process."""

    def look(self, channel: str, file_id: str, now: datetime) -> SharedFile:
        return SharedFile(id=file_id, channel=channel, name="all.json", thread_ts="")


def test_a_file_that_ends_the_process_each_time_is_read_no_more(desk: Desk) -> None:
    seconds = [desk.now.timestamp()]
    world = CalendarWorld(wall=lambda: seconds[0])
    command = TakeFile(by=TOM, channel=GOVERNANCE, file_id="F1")
    desk.bot.engine.execute("file/1", "imports", command)
    for _ in range(QUIET_TRIES):
        assert desk.bot.store.claim(ClaimKind.EFFECT, world.now(), 1)
        seconds[0] += LEASE.total_seconds()

    dispatcher_of(desk, files=Deadly(), world=world).until_idle()

    (told,) = desk.slack.messages(GOVERNANCE)
    assert told["text"] == ":x: *all.json* was not imported. Nothing was changed"
    assert "Emeritus ended each time while it read the file: it was begun 5 times" in str(told["blocks"])
    assert desk.bot.store.troubles() == ()
