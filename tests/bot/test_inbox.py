"""What Slack is told it was received is on disk; what may not be is not acknowledged."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.app import slack_app
from bot.inbox import PATIENCE_SECONDS, NotKeptError, capture
from data.errors import Stale, Unavailable
from data.records.decision import ClaimKind
from tests.bot.listeners.desk import MINA, NOW, Desk
from tests.fakes.slack import into_bolt
from workflows.commands import Resume, encoded

BODY = {"trigger_id": "1.2", "user_id": MINA, "channel_id": "C1", "response_url": "https://r"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as opened:
        yield opened


def keep(house: Any) -> list[str]:
    """What happened, in order."""
    happened: list[str] = []
    watching = replace(house, wake=lambda: happened.append("woken"))
    capture(watching, lambda: happened.append("acknowledged"), BODY, stream="RET-1", command=Resume(by=MINA))
    return happened


def test_it_is_kept_then_acknowledged_then_the_dispatcher_is_woken(desk: Desk) -> None:
    seen: list[int] = []
    house = replace(desk.bot.house, wake=lambda: None)

    def acknowledge() -> None:
        seen.extend(1 for _ in desk.bot.store.claim(ClaimKind.INBOX, NOW, 9))

    capture(house, acknowledge, BODY, stream="RET-1", command=Resume(by=MINA))

    assert seen == [1], "durable before the acknowledgement"


def test_where_to_answer_and_for_which_retirement_is_kept_with_it(desk: Desk) -> None:
    assert keep(desk.bot.house) == ["acknowledged", "woken"]

    (claim,) = desk.bot.store.claim(ClaimKind.INBOX, NOW, 9)
    assert (claim.key, claim.command) == ("slack/1.2", encoded(Resume(by=MINA)))
    assert claim.reply_to == {"stream": "RET-1", "user": MINA, "channel": "C1", "response_url": "https://r"}


def test_a_commit_that_takes_too_long_is_not_acknowledged(desk: Desk) -> None:
    ticks = iter([10.0, 10.0 + PATIENCE_SECONDS + 0.1])

    with pytest.raises(NotKeptError, match=r"took 2\.1 s"):
        keep(replace(desk.bot.house, stopwatch=lambda: next(ticks)))


class Full:
    """A store whose disk is full."""

    def receive(self, *_: object) -> bool:
        raise Unavailable("The disk is full. Make room, then press again")


def test_a_store_that_fails_is_not_acknowledged(desk: Desk) -> None:
    with pytest.raises(NotKeptError):
        keep(replace(desk.bot.house, store=Full()))  # type: ignore[arg-type]


def test_slack_shows_its_own_error_when_nothing_could_be_kept(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    broken = replace(desk.bot.house, store=Full())  # type: ignore[arg-type]
    desk.slack.attach(into_bolt(slack_app(broken, signing_secret=desk.slack.signing_secret)))

    answer = desk.press("vote.approve", "RET-1|sha256:aa|1", user=MINA)

    assert answer.status == 500
    assert desk.slack.ephemerals == []
    assert "not acknowledged" in caplog.text
    assert MINA not in caplog.text


def test_votes_that_arrive_together_are_all_kept(desk: Desk) -> None:
    voters = [
        threading.Thread(
            target=capture,
            args=(desk.bot.house, lambda: None, {**BODY, "trigger_id": f"9.{n}"}),
            kwargs={"stream": "RET-1", "command": Resume(by=MINA)},
        )
        for n in range(24)
    ]
    for voter in voters:
        voter.start()
    for voter in voters:
        voter.join()

    assert len(desk.bot.store.claim(ClaimKind.INBOX, NOW, 100)) == 24


@pytest.mark.parametrize("stream", ["catalog", "digest", "", "RET-01", "RET-1 "])
def test_a_forged_window_writes_to_nothing_but_a_retirement(desk: Desk, stream: str) -> None:
    with pytest.raises(Stale):
        capture(desk.bot.house, lambda: None, BODY, stream=stream, command=Resume(by=MINA))
    assert desk.kept() == []
