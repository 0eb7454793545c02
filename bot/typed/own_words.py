"""Does a reader see their own write? Whoever asks how it stands waits a moment for what they asked for themselves.

A press is acknowledged once it is kept, and decided right after, by whichever replica takes it. Between the two an
answer would leave it out; and where it takes long, because that replica has just died, the answer says so.
"""

from __future__ import annotations

import time
from time import monotonic

from bot.house import House
from data.patience import seconds_left

LOOK_SECONDS = 0.02
# Of the two a listener has for looking things up: what is well decides in some milliseconds.
PATIENCE_SECONDS = 1.0

NOT_YET = "What you asked for a moment ago is kept, but not decided yet: what follows is how it stood before"


def decided(house: House, user: str, *, patience_seconds: float = PATIENCE_SECONDS) -> bool:
    """Whether all this person asked for before is decided; waits until it is, or takes too long."""
    until = monotonic() + min(patience_seconds, seconds_left() / 2)
    while house.store.is_awaited(user):
        house.wake()
        if monotonic() > until:
            return False
        time.sleep(LOOK_SECONDS)
    return True
