"""What a person is told was kept is on disk; what could not be kept in time is told, and never kept later."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from time import monotonic
from typing import Any

import pytest

from bot.app import slack_app
from bot.house import House
from bot.inbox import capture, submit
from bot.intake import NOT_KNOWN, NOT_RECORDED, PATIENCE_SECONDS, Intake, NotKeptError
from data import patience
from data.errors import Refused, Stale, Unavailable, Unrecorded
from data.records.decision import ClaimKind
from data.records.retirement import Retirement
from tests.bot.listeners.desk import MINA, NOW, TOM, Desk
from tests.fakes.slack import into_bolt
from workflows.commands import AnyCommand, Resume, encoded

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


def test_a_form_does_not_wait_for_whoever_takes_too_long_to_say_whether_it_is_refused(desk: Desk) -> None:
    """Slack would show an error, and what was asked for would be recorded all the same."""
    going_on, happened = threading.Event(), list[str]()

    def slow(_command: AnyCommand, _state: Retirement | None) -> None:
        going_on.wait(30)
        raise Refused("Your vote does not count", next_step="Ask a colleague")

    house = replace(desk.bot.house, check=slow, wake=lambda: happened.append("woken"))
    with patience.hurried(monotonic() + 0.3):
        submit(house, lambda: happened.append("acknowledged"), BODY, None, Resume(by=MINA))
    going_on.set()
    assert happened == ["acknowledged", "woken"]
    assert desk.kept() == [("RET-*", Resume(by=MINA))]


def test_what_is_refused_in_time_is_not_kept(desk: Desk) -> None:
    def refuses(_command: AnyCommand, _state: Retirement | None) -> None:
        raise Refused("Your vote does not count", next_step="Ask a colleague")

    house = replace(desk.bot.house, check=refuses)
    with pytest.raises(Refused):
        submit(house, lambda: None, BODY, None, Resume(by=MINA))
    assert desk.kept() == []


class Stuck:
    """Keeps the writer from everything, until it is let go."""

    def __init__(self, desk: Desk) -> None:
        self._going_on, began = threading.Event(), threading.Event()

        def job(_: object) -> None:
            began.set()
            self._going_on.wait(30)

        self._holding = threading.Thread(target=desk.bot.store.write, args=(job,))
        self._holding.start()
        began.wait(10)

    def let_go(self) -> None:
        """And wait until everything that stood behind it is through."""
        self._going_on.set()
        self._holding.join()


def hurried(desk: Desk) -> House:
    return replace(desk.bot.house, intake=Intake(patience_seconds=0.1, turn_seconds=0.01))


def test_whoever_waited_too_long_is_told_that_nothing_was_recorded_and_nothing_ever_is(desk: Desk) -> None:
    stuck = Stuck(desk)

    with pytest.raises(NotKeptError, match="nothing was recorded"):
        keep(hurried(desk))

    stuck.let_go()
    desk.bot.store.write(lambda _: None)
    assert desk.kept() == []


def test_another_process_that_holds_the_file_keeps_nobody_waiting_and_gets_no_late_vote(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.bot.store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotKeptError, match="nothing was recorded"):
            keep(hurried(desk))
        other.execute("ROLLBACK")

    desk.bot.store.write(lambda _: None)
    assert desk.kept() == []


def test_what_may_already_be_on_its_way_to_the_disk_is_not_denied(desk: Desk) -> None:
    """A batch that cannot commit: its job has run, and nobody can take it back."""
    passed, going_on, woken = threading.Event(), threading.Event(), threading.Event()

    class Committing:
        def receive(self, *given: Any, may_keep: Callable[[], bool]) -> bool:
            assert may_keep()
            passed.set()
            going_on.wait(30)
            return desk.bot.store.receive(*given)

    house = replace(hurried(desk), store=Committing(), wake=woken.set)

    with pytest.raises(
        NotKeptError, match=r"cannot say yet whether this was recorded.*Look with /retire show"
    ):
        capture(house, lambda: None, BODY, stream="RET-1", command=Resume(by=MINA))

    assert passed.is_set()
    assert not woken.is_set()
    going_on.set()
    assert woken.wait(10), "what turned out to be kept is decided like any other"
    assert len(desk.kept()) == 1


def test_eight_wait_at_most_and_the_ninth_hears_at_once(desk: Desk) -> None:
    stuck = Stuck(desk)
    house = replace(desk.bot.house, intake=Intake(patience_seconds=20, turn_seconds=0.01))
    told: SimpleQueue[str] = SimpleQueue()

    def vote(number: int) -> None:
        try:
            capture(
                house,
                lambda: told.put("kept"),
                {**BODY, "trigger_id": f"9.{number}"},
                stream="RET-1",
                command=Resume(by=MINA),
            )
        except NotKeptError as error:
            told.put(str(error))

    voters = [threading.Thread(target=vote, args=(number,)) for number in range(12)]
    for voter in voters:
        voter.start()

    assert [told.get(timeout=10) for _ in range(4)] == [NOT_RECORDED] * 4
    stuck.let_go()
    assert [told.get(timeout=10) for _ in range(8)] == ["kept"] * 8
    for voter in voters:
        voter.join()
    assert len(desk.kept()) == 8


def test_what_was_kept_after_slack_had_given_up_is_decided_and_not_denied(desk: Desk) -> None:
    """The machine slept meanwhile, say."""
    ticks, woken = iter([10.0, 10.0 + PATIENCE_SECONDS + 0.1]), threading.Event()
    house = replace(desk.bot.house, stopwatch=lambda: next(ticks), wake=woken.set)

    with pytest.raises(NotKeptError) as told:
        capture(house, lambda: None, BODY, stream="RET-1", command=Resume(by=MINA))

    assert str(told.value) == NOT_KNOWN
    assert woken.is_set()
    assert len(desk.kept()) == 1


class Full:
    """A store whose disk is full."""

    def __init__(self, error: type[Unavailable] = Unrecorded, *, passes: bool = True) -> None:
        self._error, self._passes = error, passes

    def receive(self, *_: object, may_keep: Callable[[], bool]) -> bool:
        assert not self._passes or may_keep()
        raise self._error("The disk is full. Make room, then press again")


@pytest.mark.parametrize(
    ("store", "said"),
    [
        pytest.param(Full(), NOT_RECORDED, id="said so"),
        pytest.param(Full(Unavailable, passes=False), NOT_RECORDED, id="failed before the commit"),
        pytest.param(Full(Unavailable), NOT_KNOWN, id="lost while it committed"),
    ],
)
def test_a_store_that_fails_is_told_as_what_it_is(desk: Desk, store: Any, said: str) -> None:
    with pytest.raises(NotKeptError) as told:
        keep(replace(desk.bot.house, store=store))
    assert str(told.value) == said


def test_who_pressed_hears_alone_that_nothing_was_recorded(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    broken = replace(desk.bot.house, store=Full())  # type: ignore[arg-type]
    desk.slack.attach(into_bolt(slack_app(broken, signing_secret=desk.slack.signing_secret)))

    answer = desk.press("vote.approve", "RET-1|sha256:aa|1", user=MINA)

    assert answer.status == 503, "what is not kept is not acknowledged"
    assert NOT_RECORDED in desk.told()
    assert desk.slack.ephemerals[0]["ephemeral_to"] == MINA
    assert "not kept" in caplog.text
    assert "The disk is full" in caplog.text
    assert MINA not in caplog.text


def test_a_form_that_could_not_be_kept_stays_open_with_all_that_was_typed(desk: Desk) -> None:
    broken = replace(desk.bot.house, store=Reading(desk))  # type: ignore[arg-type]
    desk.slack.attach(into_bolt(slack_app(broken, signing_secret=desk.slack.signing_secret)))
    desk.type("propose churn-v1")
    desk.modal()

    answer = desk.slack.submit(
        TOM, {"proposal.reason": "cost", "proposal.why": "costs", "proposal.target": "2026-12-01"}
    )

    assert list(answer.body["errors"].values()) == [NOT_RECORDED]


class Reading(Full):
    """One that can still be read."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.state, self.receipt = desk.bot.store.state, desk.bot.store.receipt


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
