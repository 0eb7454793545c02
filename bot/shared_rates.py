"""How fast may all replicas together call Slack? The limits of `bot.rates`, kept in the record's database."""

from __future__ import annotations

from bot.rates import METHODS, POST, POST_PER_CHANNEL, TIER_2, Limit
from data.postgres_lanes import Bucket, PostgresLanes


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
        name, _ = self._concerned(method, channel)[-1]
        self._lanes.close(name, seconds)

    def _concerned(self, method: str, channel: str) -> list[tuple[str, Bucket]]:
        """The lanes of a call, the narrowest last."""
        lanes = [(method, self._bucket(METHODS.get(method, TIER_2)))]
        if method == POST and channel:
            lanes.append((f"{method} {channel}", self._bucket(POST_PER_CHANNEL)))
        return lanes

    def _bucket(self, limit: Limit) -> Bucket:
        return Bucket(micros=round(60_000_000 / limit.per_minute / self._times), burst=limit.burst)
