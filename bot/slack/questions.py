"""What Slack says of people, asked at its pace: an answer may wait, and is given up where nobody answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.slack.errors import FAILURES, is_final, retry_after
from bot.slack.messenger import Pace
from data.records.decision import NotDone

AGAIN_SECONDS = 15.0
TRIES_MAX = 3
"""A call nobody answers is tried so often before it counts as one that Slack does not answer."""


class SlackQuestions:
    """`pace`: seconds of the calendar that pass per real second."""

    def __init__(self, rates: Pace, *, pace: float = 1.0) -> None:
        self._rates, self._pace = rates, pace
        self._failed: Counter[tuple[str, str]] = Counter()

    def ask(
        self, method: str, about: str, now: datetime, call: Callable[[], Any]
    ) -> Mapping[str, Any] | NotDone | None:
        """What Slack answers; None where it does not tell, `NotDone` where it may a little later."""
        if seconds := self._rates.wait(method):
            return self._later(now, seconds)
        try:
            answer: Mapping[str, Any] = call().data
        except FAILURES as error:
            if (asked_away := retry_after(error)) is not None:
                self._rates.close(method, "", asked_away)
                return self._later(now, asked_away)
            self._failed[method, about] += 1
            is_over = isinstance(error, SlackApiError) and is_final(error)
            if is_over or self._failed[method, about] >= TRIES_MAX:
                del self._failed[method, about]
                return None
            return self._later(now, AGAIN_SECONDS)
        self._failed.pop((method, about), None)
        return answer

    def seconds(self, wall_seconds: float) -> timedelta:
        """On the calendar."""
        return timedelta(seconds=wall_seconds * self._pace)

    def _later(self, now: datetime, seconds: float) -> NotDone:
        why = "Slack is asked about their working hours"
        return NotDone(retry_at=now + self.seconds(seconds), why=why, is_kept=True)
