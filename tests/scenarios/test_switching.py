"""Switching that takes long, or cannot succeed: what may be dark can be brought back, and people hear of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.errors import Unavailable
from data.records.progress import Progress, StepKind
from data.records.retirement import State
from tests.scenarios.town import TOM, Town, buttons, words
from workflows.adapters.local_endpoint import LocalEndpoints

V1 = "churn-v1-prod"
DELETING = f"Endpoint {V1} is still deleting; it is asked again"


class SlowToGo(LocalEndpoints):
    """As a platform that takes `minutes` for switching off what it was sent once, and cannot say meanwhile."""

    clock: Callable[[], float]
    minutes: float = 10
    sent_at: float | None = None

    def describe(self, ref: str) -> str:
        if ref == V1 and self.sent_at is not None:
            if self.clock() < self.sent_at + 60 * self.minutes:
                raise Unavailable(DELETING)
            super().disable(ref)
        return super().describe(ref)

    def disable(self, ref: str) -> None:
        self.sent_at = self.sent_at or self.clock()
        self.describe(ref)

    def restore(self, ref: str) -> None:
        self.describe(ref)
        self.sent_at = None
        super().restore(ref)


@pytest.fixture
def slow(tmp_path: Path) -> Town:
    """A day before the last day of service; everybody has moved."""
    town = Town(tmp_path)
    slow = SlowToGo(tmp_path / "endpoints", calendar=town.endpoints._calendar)
    slow.clock = town.clock
    town.endpoints = slow
    return town


def on_its_last_day(town: Town, minutes: float) -> None:
    town.announce()
    town.everybody_moves()
    town.pass_time(days=47, hours=23)
    assert town.retirement().state is State.MIGRATING
    town.pass_time(hours=2, minutes=minutes)


def test_switching_off_that_takes_long_is_looked_at_again_until_it_is_off(slow: Town):
    with slow as town:
        on_its_last_day(town, minutes=8)
        assert town.retirement().progress(StepKind.DISABLE).progress is Progress.RUNNING
        shown = f"*{V1}* is being switched off, and may be off already: {DELETING}"
        assert town.thread().count(shown) == 1
        assert shown in words(town.card())
        assert shown in town.command(TOM, "show RET-1")
        town.pass_time(minutes=30)
        assert town.retirement().state is State.DISABLED
        assert "being switched off" not in words(town.card())


def test_what_may_be_dark_is_not_cancelled_but_comes_back(slow: Town):
    with slow as town:
        on_its_last_day(town, minutes=8)
        assert "cannot be cancelled" in town.command(TOM, "cancel RET-1 the shop is down")
        assert "Edit plan" not in buttons(town.card())
        assert "is coming back" in town.command(TOM, "restore RET-1 the shop is down")
        town.pass_time(hours=1)
        assert town.retirement().state is State.ROLLED_BACK
        assert town.endpoints.describe(V1) == "serving"


def test_a_restore_that_cannot_succeed_is_told_with_what_to_do(town: Town):
    town.serve()
    town.announce()
    town.everybody_moves()
    town.pass_time(days=49)
    weights = town.endpoints.folder(V1) / "weights.json"
    weights.rename(weights.with_suffix(".moved"))
    town.command(TOM, "restore RET-1 the shop is down")
    town.pass_time(hours=2)
    why = f"*{V1}* is *not back yet*: Endpoint {V1} did not start"
    assert town.thread().count(why) == 1
    assert f"<@{TOM}>, it is tried again by itself once that is mended" in town.thread()
    assert f"*{V1}* is not back yet, and tried again: Endpoint {V1} did not start" in words(town.card())
    assert f"{V1}: Endpoint {V1} did not start" in town.command(TOM, "restore RET-1 again")
    assert f"Endpoint {V1} did not start" in town.command(TOM, "show RET-1")
    town.pass_time(days=1)
    assert town.thread().count(why) == 2, "once a day"

    weights.with_suffix(".moved").rename(weights)
    town.pass_time(hours=1)
    assert town.retirement().state is State.ROLLED_BACK
    assert "not back yet" not in words(town.card())


def test_an_endpoint_whose_weights_are_lost_is_waived_by_name_so_that_the_restore_ends(town: Town):
    town.serve()
    town.announce()
    town.everybody_moves()
    town.pass_time(days=49)
    (town.endpoints.folder(V1) / "weights.json").unlink()
    town.command(TOM, "restore RET-1 the shop is down")
    town.pass_time(hours=2)
    assert f"`/retire waive RET-1 {V1} REASON` ends the wait" in town.thread()
    town.command(TOM, f"waive RET-1 {V1} its weights are lost")
    town.pass_time(hours=2)
    assert town.retirement().state is State.ROLLED_BACK
    assert f"*{V1}* cannot come back, says <@{TOM}>" in town.thread()
