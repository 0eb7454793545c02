"""What stands before every call: rate lanes by the injected clock, and faults a test asked for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

FaultKind = Literal["rate_limited", "server_error", "accepted_then_reset", "accepted_then_500", "late"]

# Calls a minute and burst, per method and workspace (java-slack-sdk metadata: tiers 2, 3, 4 are 20, 50, 100).
TIERS: dict[str, tuple[float, int]] = {
    "apps.connections.open": (1, 1),
    "chat.update": (50, 50),
    "chat.delete": (50, 50),
    "conversations.open": (50, 50),
    "conversations.info": (50, 50),
    "conversations.history": (50, 50),
    "conversations.replies": (50, 50),
    "users.lookupByEmail": (50, 50),
    "users.list": (20, 20),
    "dnd.info": (50, 50),
    "dnd.teamInfo": (20, 20),
    "usergroups.users.list": (20, 20),
}
TIER_4 = (100.0, 100)
POST = (60.0, 5)  # one a second and channel, short bursts allowed
POST_IN_ALL = (300.0, 100)  # "several hundred a minute" in a workspace
UNLIMITED = {"auth.test", "chat.getPermalink"}
# files.getUploadURLExternal and files.completeUploadExternal are of tier 4, like what is not named here.


@dataclass
class Bucket:
    """A token bucket: `burst` tokens at most, `per_minute` of them come back."""

    per_minute: float
    burst: int
    tokens: float
    filled_at: float

    def seconds_until_free(self, now: float) -> int:
        """Take a token and answer 0, or say how many whole seconds to wait."""
        self.tokens = min(self.burst, self.tokens + (now - self.filled_at) * self.per_minute / 60)
        self.filled_at = now
        if self.tokens >= 1:
            self.tokens -= 1
            return 0
        return max(1, math.ceil((1 - self.tokens) * 60 / self.per_minute))


class Rates:
    """One bucket per method, and for posts one more per channel.

    With `times` tokens come back so much faster than published.
    """

    def __init__(self, now: Callable[[], float], times: float = 1.0) -> None:
        self.now, self.times = now, times
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def seconds_until_free(self, method: str, channel: str) -> int:
        """0 when the call may go on."""
        if method in UNLIMITED:
            return 0
        limits = (
            {"": POST_IN_ALL, channel: POST}
            if method == "chat.postMessage"
            else {"": TIERS.get(method, TIER_4)}
        )
        waits = [
            self._bucket(method, of, *limit).seconds_until_free(self.now()) for of, limit in limits.items()
        ]
        return max(waits)

    def _bucket(self, method: str, channel: str, per_minute: float, burst: int) -> Bucket:
        bucket = Bucket(per_minute * self.times, burst, burst, self.now())
        return self._buckets.setdefault((method, channel), bucket)


@dataclass(kw_only=True)
class Fault:
    """What shall go wrong with the next `times` calls of a method ("*" is any).

    rate_limited         429 with Retry-After, nothing happens
    server_error         500, nothing happens
    error:CODE           ok: false with this code, nothing happens
    says:JSON            200 with this body, nothing happens
    accepted_then_reset  it happens, and the connection closes without an answer
    accepted_then_500    it happens, and the answer is 500
    late                 as accepted_then_reset; history shows the post only after `hidden_for` later calls
    """

    method: str
    kind: str
    times: int = 1
    retry_after: int = 1
    hidden_for: int = 3


@dataclass
class Faults:
    """The faults still to come, in the order they were asked for."""

    waiting: list[Fault] = field(default_factory=list)

    def append(self, fault: Fault) -> None:
        """Let this go wrong, after what is already waiting."""
        known = {"rate_limited", "server_error", "accepted_then_reset", "accepted_then_500", "late"}
        assert fault.kind in known or fault.kind.startswith(("error:", "says:")), (
            f"no such fault: {fault.kind}"
        )
        self.waiting.append(fault)

    def take(self, method: str) -> Fault | None:
        """The fault for this call, used up."""
        for fault in self.waiting:
            if fault.method in (method, "*"):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None
