"""Where calls of an endpoint go while its consumers move, as it is wanted, and as it was seen."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from data.records.base import Record

SLOWER_THAN = ("0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30")
"""Seconds by which answers are counted as slower, where a plane measures by itself. They never move."""


OTHERS = "(others)"
"""Stands for callers beyond as many names as are kept: nobody's own."""


class Arm(StrEnum):
    """Which model answers: the one that retires, or its successor."""

    OLD = "old"
    NEW = "new"


class Lane(StrEnum):
    """Where all calls of one consumer go, whatever the shares say."""

    OLD = "old"
    NEW = "new"
    BLOCKED = "blocked"


class Ability(StrEnum):
    """What a plane can do. `WINDOW`: it ends a brownout by itself, whether or not anybody still tells it to."""

    SPLIT = "split"
    MIRROR = "mirror"
    MIRROR_SOME = "mirror by method and path"
    BROWNOUT = "brownout"
    WINDOW = "window"
    PIN = "pin"
    CONSUMERS = "counts by consumer"
    LATENCY = "latency"


class Brownout(Record, frozen=True, kw_only=True):
    """A planned short outage: from `begins_at` until `ends_at` so many of the calls get 503 and Retry-After.

    percent    0 to 100, of calls of whoever is not exempt, whichever model would have answered
    exempt     consumers that are served all the same
    """

    begins_at: datetime
    ends_at: datetime
    percent: float = 100
    exempt: tuple[str, ...] = ()


class Desired(Record, frozen=True, kw_only=True):
    """What is wanted of the calls of one endpoint, all of it: what is left out is wanted to be as by default.

    new        address of the successor; empty where there is none, and then all shares are 0
    new_name   by which answers say that the successor gave them; empty: they do not name it
    new_percent     0 to 100: calls that the successor answers, of consumers that have no lane of their own
    mirror_percent  0 to 100: calls answered by the old model that the successor gets a copy of, whose answers nobody
                    gets
    mirror_methods  only of these, such as POST; empty: of all
    mirror_paths    only of paths that begin so; empty: of all
    pins       consumer, as callers name themselves -> its lane
    brownout   the next one, or the one that runs
    """

    new: str = ""
    new_name: str = ""
    new_percent: float = 0
    mirror_percent: float = 0
    mirror_methods: tuple[str, ...] = ()
    mirror_paths: tuple[str, ...] = ()
    pins: dict[str, Lane] = {}
    brownout: Brownout | None = None


class Count(Record, frozen=True, kw_only=True):
    """Calls of one consumer that one arm was given.

    errors     answers of 500 and above, and no answer; `timeouts` are among them
    slower     seconds -> answers that took longer: the bounds are the same for both arms and never move
    """

    arm: Arm
    consumer: str
    calls: int
    errors: int = 0
    timeouts: int = 0
    slower: dict[str, int] = {}


class Observed(Record, frozen=True, kw_only=True):
    """What was counted since `since`, when it last began to count: it never goes down within that.

    counts     by the engine that passes calls on
    models     arm -> calls through this engine, copies apart, that the model itself counted since then; one that does
               not tell is missing, never 0
    refused    consumer -> calls that got 503 in a brownout or were blocked
    under_way  calls that an arm was given and has not answered yet
    mirrored   copies that were answered; `unanswered` were not, and `shed` were not sent, so that no caller waits
    """

    since: datetime
    counts: tuple[Count, ...] = ()
    models: dict[Arm, int] = {}
    refused: dict[str, int] = {}
    under_way: int = 0
    mirrored: int = 0
    unanswered: int = 0
    shed: int = 0
