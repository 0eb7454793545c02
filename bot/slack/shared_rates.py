"""How fast may all replicas together call Slack? The limits of `bot.slack.rates`, kept in the record's database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.slack.rates import METHODS, POST, POST_PER_CHANNEL, TIER_2, Lane, Limit, room_of
from data.postgres.lanes import Bucket, PostgresLanes
from data.records.decision import Gate, Room

_CHANNELS = f"{POST} "
"""Begins the names of the lanes that posts to one channel have."""


class SharedRates:
    """In the place of `Rates`. Raises `Unavailable` while the database is away: nothing is sent then.

    times   how much more a Slack allows than the real one; for tests
    """

    def __init__(self, lanes: PostgresLanes, *, times: float = 1.0) -> None:
        self._lanes, self._times = lanes, times

    def wait(self, method: str, channel: str = "") -> float:
        """0.0 when a token was taken from every lane concerned, else seconds until asking again may help."""
        return self._lanes.take(dict(self._concerned(method, channel)))

    def close(self, method: str, channel: str, seconds: float) -> None:
        """Slack said 429: no replica need run into it before `seconds` are over."""
        self._lanes.close(self._concerned(method, channel), seconds)

    def room(self, begun: Iterable[tuple[Gate, str]], at: datetime) -> tuple[Room, float]:
        """What one replica may begin besides what it has `begun`, and seconds until that may be more.

        What the others have under way is not seen before it takes its tokens; what is begun in vain waits then.
        """
        known = self._lanes.in_use()

        def as_it_is(method: str, channel: str) -> Lane:
            name, bucket = self._concerned(method, channel)[-1]
            lane = Lane(Limit(60_000_000 / bucket.micros, bucket.burst), now=0.0)
            if name in known:
                full_in, closed_for = known[name]
                lane.tokens -= max(0, full_in) / bucket.micros
                lane.closed_until = closed_for / 1_000_000
            return lane

        low = [name.removeprefix(_CHANNELS) for name in known if name.startswith(_CHANNELS)]
        return room_of(as_it_is, low, begun, at, now=0.0)

    def _concerned(self, method: str, channel: str) -> list[tuple[str, Bucket]]:
        """The lanes of a call, the narrowest last."""
        lanes = [(method, self._bucket(METHODS.get(method, TIER_2)))]
        if method == POST and channel:
            lanes.append((f"{_CHANNELS}{channel}", self._bucket(POST_PER_CHANNEL)))
        return lanes

    def _bucket(self, limit: Limit) -> Bucket:
        return Bucket(micros=round(60_000_000 / limit.per_minute / self._times), burst=limit.burst)
