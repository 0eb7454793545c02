"""Thousands of reminders in one minute: all arrive, in order, once, and nothing else stands behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.slack.rates import KEPT, POST_IN_ALL
from data.records.decision import ClaimKind
from tests.fakes.slack import User
from tests.scenarios.crowd import CGOV, Crowd
from tests.scenarios.town import key_of
from workflows.commands import Escalate
from workflows.effects import notify

RETIREMENTS = 5
STORM = 4
AT_ONCE = 6
SIZES = [
    pytest.param(40, id="200 reminders"),
    pytest.param(600, id="3,000 reminders", marks=pytest.mark.nightly),
]


@contextmanager
def crowded(folder: Path, people: int) -> Iterator[Crowd]:
    with Crowd(folder, retirements=RETIREMENTS, people=people) as crowd:
        crowd.begin()
        yield crowd


@pytest.mark.parametrize("people", SIZES)
def test_reminders_take_no_longer_than_the_limits_and_cost_two_commits_each(tmp_path: Path, people: int):
    with crowded(tmp_path, people) as crowd:
        commits = crowd.counts_commits()
        minutes = crowd.goes_on_until(lambda: crowd.arrived == crowd.reminders)
        least = (crowd.reminders - POST_IN_ALL.burst) / POST_IN_ALL.per_minute
        kept = KEPT / POST_IN_ALL.per_minute
        assert least <= minutes < least + kept + 0.1
        assert commits() < 2.1 * crowd.reminders
        assert crowd.refused() == {}
        assert all(crowd.reminded(person) == crowd.names for person in crowd.people)


@pytest.mark.parametrize("people", SIZES)
def test_none_is_lost_doubled_or_out_of_order_in_storms_lost_answers_and_a_restart(
    tmp_path: Path, people: int
):
    with crowded(tmp_path, people) as crowd:
        tenth = crowd.reminders // 10
        for part, (method, fault) in enumerate(
            (
                ("chat.postMessage", "accepted_then_reset"),
                ("chat.postMessage", "rate_limited"),
                ("conversations.history", "rate_limited"),
                ("chat.postMessage", "late"),
                ("chat.postMessage", "accepted_then_500"),
                ("conversations.open", "server_error"),
                ("chat.postMessage", "server_error"),
            ),
            start=1,
        ):
            crowd.goes_on_until(lambda: crowd.arrived >= part * tenth)  # noqa: B023 - called at once
            times = STORM if fault == "rate_limited" else tenth // 5
            crowd.slack.fail_next(method, fault, times=times, retry_after=7)
            if part == 4:
                dies_while_posting(crowd)
        crowd.goes_on_until(lambda: crowd.bot.dispatcher.next_due() is None)
        assert crowd.arrived == crowd.reminders
        assert all(crowd.reminded(person) == crowd.names for person in crowd.people)
        assert crowd.bot.store.troubles() == ()
        assert crowd.refused().total() <= 2 * STORM + AT_ONCE, (
            "whom Slack sends away does not come back at once"
        )


def dies_while_posting(crowd: Crowd) -> None:
    """Six are claimed; half of them are posted; none is settled when the process ends."""
    claims = crowd.bot.store.claim(ClaimKind.EFFECT, crowd.now(), 6)
    assert len(claims) == 6
    for claim in claims[:3]:
        notify.post(claim, crowd.bot.dispatcher._shop)
    crowd.restart()


@pytest.mark.parametrize("people", SIZES)
def test_what_somebody_waits_for_overtakes_them_all(tmp_path: Path, people: int):
    with crowded(tmp_path, people) as crowd:
        crowd.slack.ws.users["UPAT"] = User(id="UPAT", name="pat")
        crowd.goes_on_until(lambda: crowd.arrived > 60)

        def takes(act: Callable[[], object], *shown: Callable[[], object]) -> float:
            act()
            began = crowd.seconds
            crowd.goes_on_until(lambda: all(one() for one in shown))
            assert crowd.arrived < crowd.reminders - 60, "others still wait"
            return crowd.seconds - began

        def card(name: str) -> str:
            return str(crowd.posted(CGOV, f"{name}/card"))

        def presses() -> None:
            person = crowd.people[0]
            (reminder, *_) = crowd.slack.messages(person)
            crowd.slack.click(person, reminder["channel"], reminder["ts"], "duty.acknowledge_all")

        def thread_of(name: str) -> list[str]:
            return [key for key in crowd.keys(CGOV) if key.startswith(f"{name}/lines/")]

        lines = len(thread_of("RET-1"))
        answered = takes(
            presses, lambda: "1 acknowledged" in card("RET-1"), lambda: len(thread_of("RET-1")) > lines
        )
        paused = takes(
            lambda: crowd.slack.command("UPAT", CGOV, "/retire", "pause RET-3 a holiday"),
            lambda: "paused" in card("RET-3"),
        )
        escalation = Escalate(by="emeritus", milestone="acknowledge@2027-01-25", level=2)
        escalated = takes(
            lambda: crowd.bot.engine.execute("escalate", "RET-2", escalation),
            lambda: any("/escalate/" in key_of(message) for message in crowd.slack.messages(CGOV)),
        )
        assert max(answered, paused, escalated) < 3
