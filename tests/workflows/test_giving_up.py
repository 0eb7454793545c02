"""A bug that keeps a message from being sent ends as a dead letter, and as a word to somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.slack import SlackMessenger
from bot.world import CalendarWorld
from data.events import Unreached
from data.records.decision import NotDone, Result
from tests.bot.listeners.desk import GOVERNANCE, TOM, Desk
from tests.workflows.test_dispatcher import dispatcher_of
from workflows.giving_up import TRIES_MAX
from workflows.ports import Message


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


def test_of_a_message_that_is_given_up_the_coordinator_hears(desk: Desk) -> None:
    desk.propose()
    seconds = [desk.now.timestamp()]
    world = CalendarWorld(wall=lambda: seconds[0])
    dispatcher = dispatcher_of(desk, messenger=NoCard, world=world)

    for _ in range(TRIES_MAX):
        dispatcher.until_idle()
        due = dispatcher.next_due()
        assert due is not None
        seconds[0] = max(seconds[0], due.timestamp())
    dispatcher.until_idle()

    assert [trouble.key for trouble in desk.bot.store.troubles()] == ["RET-1/card"]
    happened = [stored.event for stored in desk.bot.store.events("RET-1")]
    (lost,) = [event for event in happened if isinstance(event, Unreached)]
    assert (lost.person, lost.told) == (GOVERNANCE, TOM)
    assert lost.why == f"failed {TRIES_MAX} times: ZeroDivisionError"
    (told,) = desk.slack.messages(TOM)
    assert "messages do not get into" in told["text"]
