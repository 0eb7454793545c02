"""People look back on a stage that is over."""

from __future__ import annotations

from typing import Literal

from data.events.base import Event
from data.records.base import Prose
from data.records.reviews import Stage


class Reviewed(Event, frozen=True, kw_only=True, tag="reviewed"):
    """What `by` says of a stage; it takes the place of whatever they said of it before.

    change       what to do otherwise next time
    for_policy   whether that is to be looked at when the policy is reviewed
    """

    stage: Stage
    went_well: Prose = Prose()
    hurt: Prose = Prose()
    change: Prose = Prose()
    for_policy: Literal["yes", "no"] = "no"
