"""How fast we may call Slack: token buckets per method, and for posts per channel, a little below Slack's.

No token is no sleep: the caller is told when one will be there and comes back then. What the outbox may begin is
reckoned from the tokens before anything is claimed, so that nothing is claimed only to wait. Tiers 2, 3, 4 are 20,
50 and 100 a minute: docs.slack.dev/apis/web-api/rate-limits; methods: java-slack-sdk, rate_limit_tiers.json.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from data.records.decision import Gate, Room

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
    "files.info": TIER_4,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "dnd.info": TIER_3,
    "dnd.teamInfo": TIER_2,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.update": TIER_4,
}

CALLS = {
    Gate.POST: (POST,),
    Gate.EDIT: ("chat.update",),
    Gate.HOME: ("views.publish",),
    # Either kind of history, and the direct message that is to be read has to be opened.
    Gate.FIND: ("conversations.history", "conversations.replies", "conversations.open"),
}
"""Which calls an effect of the outbox makes first."""
KEPT = 10
"""Tokens that only what somebody waits for may take: more than the pool can have under way at once."""

ROUNDING_SECONDS = 0.001
"""Due times are kept in microseconds; a token missing less than this is there, or asking would not end."""


class Lane:
    def __init__(self, limit: Limit, now: float) -> None:
        self.limit, self.tokens, self.at = limit, float(limit.burst), now
        self.closed_until = -math.inf
        self._rounding = ROUNDING_SECONDS * limit.per_minute / 60

    def fill(self, now: float) -> None:
        earned = max(0.0, now - max(self.at, self.closed_until)) * self.limit.per_minute / 60
        self.tokens, self.at = min(float(self.limit.burst), self.tokens + earned), now

    def wait(self, now: float) -> float:
        seconds = self.until(1, now)
        return seconds if seconds > ROUNDING_SECONDS else 0.0

    def free(self, now: float) -> int:
        """Calls that may be made at once."""
        return 0 if self.closed_until - now > ROUNDING_SECONDS else int(self.tokens + self._rounding)

    def until(self, tokens: int, now: float) -> float:
        """Seconds until it has as many; infinite for more than it ever has."""
        if tokens > self.limit.burst:
            return math.inf
        missing = max(0.0, tokens - self.tokens) * 60 / self.limit.per_minute
        return max(missing, self.closed_until - now)

    def close(self, until: float) -> None:
        """Slack says it was too much, so from then on at the steady rate, without another burst."""
        self.closed_until = max(self.closed_until, until)
        self.tokens = min(self.tokens, 1.0)

    def is_idle(self, now: float) -> bool:
        return self.tokens >= self.limit.burst and self.closed_until <= now


def room_of(
    lane_of: Callable[[str, str], Lane],
    low: Iterable[str],
    begun: Iterable[tuple[Gate, str]],
    at: datetime,
    now: float,
) -> tuple[Room, float]:
    """What the outbox may begin besides what it has under way, and seconds until that may be more.

    lane_of   the lane of a method, or of a method and channel, as it is now
    low       channels that may have no token left
    begun     gate and place of what is under way: its tokens may still be there
    """
    begun = tuple(begun)
    # Lists, as little is under way at once: this is asked whenever the bot turns to something.
    gates = [gate for gate, _ in begun]
    places = [place for _, place in begun if place]
    free, patient, waits = {}, {}, [math.inf]
    for gate, methods in CALLS.items():
        lanes = [lane_of(method, "") for method in methods]
        under_way = gates.count(gate)
        free[gate] = max(0, min([lane.free(now) for lane in lanes]) - under_way)
        patient[gate] = max(0, free[gate] - KEPT)
        short = [kept for kept, room in ((0, free), (KEPT, patient)) if not room[gate]]
        waits += [max(lane.until(under_way + kept + 1, now) for lane in lanes) for kept in short]
    shut = {}
    for place in {*low, *places}:
        lane = lane_of(POST, place)
        if lane.free(now) <= (under_way := places.count(place)):
            shut[place] = lane.until(under_way + 1, now)
    waits += shut.values()
    return Room(at=at, free=free, patient=patient, shut=frozenset(shut)), min(waits)


class Rates:
    """Shared by all threads. `clock` is monotonic real seconds, however fast the calendar runs."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._low: set[str] = set()
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
                if len(lanes) > 1 and lanes[-1].tokens < 1:
                    self._low.add(channel)
            return seconds

    def close(self, method: str, channel: str, seconds: float) -> None:
        """Slack said 429: nobody else need run into it before `seconds` are over.

        It does not say what was too much. Where we had hardly posted to the channel, it was not the channel.
        """
        with self._lock:
            now = self._clock()
            lanes = self._concerned(method, channel, now)
            lanes[-1].fill(now)
            is_quiet = lanes[-1].tokens > lanes[-1].limit.burst - 2
            lane = lanes[0] if is_quiet else lanes[-1]
            lane.close(now + seconds)
            if lane is not lanes[0]:
                self._low.add(channel)

    def room(self, begun: Iterable[tuple[Gate, str]], at: datetime) -> tuple[Room, float]:
        """What the outbox may begin besides what it has `begun`, and seconds until that may be more."""
        with self._lock:
            now = self._clock()

            def filled(method: str, channel: str) -> Lane:
                lane = self._lane(method, channel, now)
                lane.fill(now)
                return lane

            room, seconds = room_of(filled, self._low, begun, at, now)
            self._low = set(room.shut)
            return room, seconds

    def _concerned(self, method: str, channel: str, now: float) -> list[Lane]:
        """The lanes of a call, the narrowest last."""
        if len(self._lanes) > LANES_MAX:
            self._forget_idle(now)
        lanes = [self._lane(method, "", now)]
        if method == POST and channel:
            lanes.append(self._lane(method, channel, now))
        return lanes

    def _lane(self, method: str, channel: str, now: float) -> Lane:
        if (lane := self._lanes.get((method, channel))) is None:
            limit = POST_PER_CHANNEL if channel else METHODS.get(method, TIER_2)
            lane = self._lanes[method, channel] = Lane(limit, now)
        return lane

    def _forget_idle(self, now: float) -> None:
        for lane in self._lanes.values():
            lane.fill(now)
        self._lanes = {name: lane for name, lane in self._lanes.items() if not lane.is_idle(now)}
