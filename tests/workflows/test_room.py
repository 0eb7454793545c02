"""What waits for a rate limit or a hand is left alone until there is room, and keeps nothing else waiting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.slack.messenger import SlackMessenger
from data.records.decision import ClaimKind, Effect, EffectKind, Gate, Room
from data.sql.wishes import put_effects
from tests.bot.listeners.desk import Desk
from tests.contract.scripted import an_effect
from tests.workflows.test_dispatcher import dispatcher_of
from workflows.dispatcher import WORKERS, Dispatcher

SHUT = dict.fromkeys(Gate, 0)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as opened:
        yield opened


class Full(SlackMessenger):
    """Slack takes nothing for ninety seconds more."""

    def room(self, begun: Iterable[tuple[Gate, str]], now: datetime) -> tuple[Room, datetime | None]:
        return Room(at=now, free=SHUT, patient=SHUT), now + timedelta(seconds=90)


def test_what_slack_has_no_room_for_is_not_claimed_and_wakes_the_bot_once_there_is(desk: Desk) -> None:
    desk.propose()
    dispatcher = dispatcher_of(desk, messenger=Full)

    assert dispatcher.drain() == 0

    assert desk.bot.store.next_due() == desk.now
    assert dispatcher.next_due() == desk.now + timedelta(seconds=90)
    (card, *_) = desk.bot.store.claim(ClaimKind.EFFECT, desk.now, 9)
    assert (card.key, card.attempt) == ("RET-1/card", 1)


def test_a_command_is_decided_although_slack_has_no_room(desk: Desk) -> None:
    desk.propose()
    dispatcher = dispatcher_of(desk, messenger=Full)
    desk.type("pause RET-1 a holiday")

    assert dispatcher.next_due() == desk.now
    assert dispatcher.drain() == 1


def test_copies_that_take_hours_leave_hands_for_messages(desk: Desk) -> None:
    copies = [an_effect(f"copy {number}", kind=EffectKind.ARCHIVE) for number in range(9)]
    wants(desk, copies)
    dispatcher = dispatcher_of(desk)
    assert begins(dispatcher) == ["copy 0", "copy 1", "copy 2", "copy 3"]
    assert begins(dispatcher) == []
    wants(desk, [an_effect("message")])
    assert begins(dispatcher) == ["message"]


def test_nobody_waits_for_service_behind_the_checks_of_others(desk: Desk) -> None:
    wants(desk, [an_effect(f"check {number}", kind=EffectKind.CHECK) for number in range(9)])
    wants(desk, [an_effect(f"copy {number}", kind=EffectKind.ARCHIVE) for number in range(3)])
    dispatcher = dispatcher_of(desk)
    assert set(begins(dispatcher)) == {"check 0", "check 1", "copy 0", "copy 1", "copy 2"}
    wants(desk, [an_effect("restore", kind=EffectKind.RESTORE), an_effect("message")])
    assert set(begins(dispatcher)) == {"restore", "message"}


def wants(desk: Desk, effects: list[Effect]) -> None:
    desk.bot.store.write(lambda conn: put_effects(conn, "RET-1", effects, desk.now))


def begins(dispatcher: Dispatcher) -> list[str]:
    """What the next hands take up, who are not done with it from then on."""
    free = WORKERS - len(dispatcher._working)
    claims = dispatcher._claimed(ClaimKind.EFFECT, free, dispatcher._room()[0])
    dispatcher._working |= {(claim.key, claim.attempt): claim for claim in claims}
    return [claim.key for claim in claims]
