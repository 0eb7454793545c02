"""How fast we may call Slack: token buckets per method, and for posts per channel, a little below Slack's.

No token is no sleep: the caller is told when one will be there and comes back then. Tiers 2, 3, 4 are 20, 50
and 100 a minute: docs.slack.dev/apis/web-api/rate-limits; methods: java-slack-sdk, rate_limit_tiers.json.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

POST = "chat.postMessage"
LANES_MAX = 2_000


@dataclass(frozen=True)
class Limit:
    """Calls a minute in the long run, and how many at once after a quiet while."""

    per_minute: float
    burst: int


TIER_2, TIER_3, TIER_4 = Limit(20, 10), Limit(50, 30), Limit(100, 50)
POST_PER_CHANNEL = Limit(60, 4)  # one a second, short bursts are tolerated
POST_IN_ALL = Limit(300, 60)  # "several hundred a minute" for a workspace
METHODS = {
    "auth.test": TIER_4,  # "hundreds a minute"
    POST: POST_IN_ALL,
    "chat.postEphemeral": TIER_4,
    "chat.update": TIER_3,
    "conversations.open": TIER_3,
    "conversations.history": TIER_3,
    "conversations.replies": TIER_3,
    "conversations.info": TIER_3,
    "views.open": TIER_4,
    "views.update": TIER_4,
    "users.info": TIER_4,
    "usergroups.users.list": TIER_2,
}

ROUNDING_SECONDS = 0.001
"""Due times are kept in microseconds; a token missing less than this is there, or asking would not end."""


class _Lane:
    def __init__(self, limit: Limit, now: float) -> None:
        self.limit, self.tokens, self.at, self.closed_until = limit, float(limit.burst), now, now

    def fill(self, now: float) -> None:
        earned = (now - self.at) * self.limit.per_minute / 60
        self.tokens, self.at = min(float(self.limit.burst), self.tokens + earned), now

    def wait(self, now: float) -> float:
        missing = max(0.0, 1 - self.tokens) * 60 / self.limit.per_minute
        seconds = max(missing, self.closed_until - now)
        return seconds if seconds > ROUNDING_SECONDS else 0.0

    def is_idle(self, now: float) -> bool:
        return self.tokens >= self.limit.burst and self.closed_until <= now


class Rates:
    """Shared by all threads. `clock` is monotonic real seconds, however fast the calendar runs."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lanes: dict[tuple[str, str], _Lane] = {}
        self._lock = threading.Lock()

    def wait(self, method: str, channel: str = "") -> float:
        """0.0 when a token was taken from every lane concerned, else seconds until asking again may help."""
        with self._lock:
            now = self._clock()
            lanes = self._concerned(method, channel, now)
            for lane in lanes:
                lane.fill(now)
            seconds = max(lane.wait(now) for lane in lanes)
            if seconds == 0.0:
                for lane in lanes:
                    lane.tokens -= 1
            return seconds

    def close(self, method: str, channel: str, seconds: float) -> None:
        """Slack said 429: nobody else need run into it before `seconds` are over."""
        with self._lock:
            now = self._clock()
            lane = self._concerned(method, channel, now)[-1]
            lane.closed_until = max(lane.closed_until, now + seconds)

    def _concerned(self, method: str, channel: str, now: float) -> list[_Lane]:
        """The lanes of a call, the narrowest last."""
        if len(self._lanes) > LANES_MAX:
            self._forget_idle(now)
        lanes = [self._lanes.setdefault((method, ""), _Lane(METHODS.get(method, TIER_2), now))]
        if method == POST and channel:
            lanes.append(self._lanes.setdefault((method, channel), _Lane(POST_PER_CHANNEL, now)))
        return lanes

    def _forget_idle(self, now: float) -> None:
        for lane in self._lanes.values():
            lane.fill(now)
        self._lanes = {name: lane for name, lane in self._lanes.items() if not lane.is_idle(now)}
