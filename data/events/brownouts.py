"""Brownouts: told the day before, begun, over, ended before their time, or never begun; and who is spared them.

`number` is their place among the windows of the plan, from 1 on. Calls are counted by consumer: by the id that the
catalog has for who calls by that name, else by the one of a caller that nobody declares.
"""

from __future__ import annotations

from data.events.base import Event
from data.records.base import NO_PROSE, Prose
from data.records.brownouts import Counted


class BrownoutEvent(Event, frozen=True, kw_only=True):
    """What all of these have in common is what they are about."""


class BrownoutAnnounced(BrownoutEvent, frozen=True, kw_only=True, tag="brownout announced"):
    """`to`: whoever answers for a consumer, each of whom is told; channels are told by the card's thread."""

    number: int
    to: tuple[str, ...] = ()


class BrownoutBegun(BrownoutEvent, frozen=True, kw_only=True, tag="brownout begun"):
    """What stands in front of each of these says that it goes by it. `before`: what it had counted by then."""

    number: int
    before: tuple[Counted, ...]
    evidence: tuple[str, ...] = ()


class BrownoutEnded(BrownoutEvent, frozen=True, kw_only=True, tag="brownout ended"):
    """Its time is over, and calls are let through again. `refused`: consumer -> calls of it that were refused."""

    number: int
    refused: dict[str, int] = {}


class BrownoutAborted(BrownoutEvent, frozen=True, kw_only=True, tag="brownout aborted"):
    """Ended before its time: by somebody with their words, or by what was seen, or happened meanwhile."""

    number: int
    because: str = ""
    why: Prose = NO_PROSE
    refused: dict[str, int] = {}


class BrownoutCounted(BrownoutEvent, frozen=True, kw_only=True, tag="brownout counted"):
    """Who had called in one that was ended early, as was seen right after."""

    number: int
    refused: dict[str, int] = {}


class BrownoutSkipped(BrownoutEvent, frozen=True, kw_only=True, tag="brownout skipped"):
    """It did not begin in its time, and will not. `gates` names what `reasons` tells."""

    number: int
    reasons: tuple[str, ...]
    gates: tuple[str, ...] = ()


class ConsumerExempted(BrownoutEvent, frozen=True, kw_only=True, tag="consumer exempted"):
    """No brownout refuses its calls from now on, the one that runs included."""

    consumer_id: str
    on_behalf_of: str = ""


OnBrownouts = (
    BrownoutAnnounced
    | BrownoutBegun
    | BrownoutEnded
    | BrownoutAborted
    | BrownoutCounted
    | BrownoutSkipped
    | ConsumerExempted
)
