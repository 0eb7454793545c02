"""What people read and press beside a brownout: whoever may end it, and whoever has something spared."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from bot.views.consumers import brownouts
from data.records.brownouts import BrownoutSeen, BrownoutState
from data.records.plan import Step, Window
from data.records.progress import StepKind
from data.records.retirement import Retirement, State
from tests.bot.views.examples import NASTY, NOW, announced, buttons, days, overloaded, texts
from tests.fakes.slack.workspace import is_loud
from tests.payloads import check_message

WINDOWS = tuple(Window(starts_at=days(84 + one), ends_at=days(84 + one + 0.01)) for one in range(2))
RUNS = (BrownoutSeen(number=1, state=BrownoutState.RUNNING, at=NOW),)


def browned(state: Retirement, **changes: Any) -> Retirement:
    assert state.plan is not None
    step = Step(kind=StepKind.BROWNOUT, due_at=WINDOWS[0].starts_at, windows=WINDOWS)
    steps = (*state.plan.steps[:4], step, *state.plan.steps[4:])
    plan = replace(state.plan, steps=steps)
    return replace(state, **{"plan": plan, "state": State.BROWNOUT, "brownouts": RUNS, **changes})


def test_while_one_runs_it_can_be_ended_and_each_consumer_be_spared() -> None:
    state = browned(announced(consumers=2), exempt=("component:default/consumer-001",))
    payload = brownouts.request(state, 1)
    assert buttons(payload) == [
        ("brownout.abort", "RET-1|1"),
        ("brownout.exempt", "RET-1|component:default/consumer-000"),
    ]
    said = "\n".join(texts(payload["blocks"]))
    assert "*runs*: calls are refused. <@UPAT>, one press ends it." in said
    assert ":shield: Exempt:" in said


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        pytest.param((), "is ahead: calls are refused then.", id="ahead"),
        pytest.param(
            (BrownoutSeen(number=1, state=BrownoutState.HELD, at=NOW),), "is over: nobody called.", id="over"
        ),
        pytest.param(
            (BrownoutSeen(number=1, state=BrownoutState.SKIPPED, at=NOW, why="no proxy runs"),),
            "is skipped: no proxy runs.",
            id="skipped",
        ),
    ],
)
def test_its_message_says_how_it_stands(seen: tuple[BrownoutSeen, ...], said: str) -> None:
    payload = brownouts.request(browned(announced(consumers=1), brownouts=seen), 1)
    assert said in "\n".join(texts(payload["blocks"]))
    assert "brownout.abort" not in [action for action, _ in buttons(payload)]


def test_nothing_is_pressed_once_it_has_ended() -> None:
    assert buttons(brownouts.request(replace(browned(announced()), state=State.DISABLED), 1)) == []


def test_it_fits_and_calls_nobody_whatever_consumers_are_called() -> None:
    refused = {f"caller::{number}{NASTY}": number for number in range(500)}
    ended = (BrownoutSeen(number=1, state=BrownoutState.ABORTED, at=NOW, why=NASTY * 9, refused=refused),)
    for state in (browned(overloaded()), browned(overloaded(), brownouts=ended)):
        for payload in (brownouts.request(state, 1), brownouts.told(state, "UT1", 1)):
            check_message(payload)
            assert not is_loud(payload["text"], payload["blocks"])
