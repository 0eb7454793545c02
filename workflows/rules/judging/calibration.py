"""Does a metric fire with the old model against itself? Then it would fire against any successor: it is barred.

Both directions are judged, with twice `alpha` as the chance to bar a metric that is sound. Calls that break together
fire: their number counts as if they were so many proofs, and only what is capped (`burst_max`) does not.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from data.records.judged import Judging, Verdict
from data.records.traffic import Arm, Observed
from workflows.rules.judging.verdicts import judged

OTHER = {Arm.OLD: Arm.NEW, Arm.NEW: Arm.OLD}


class Calibrated(NamedTuple):
    """By metric: `barred` with why; `unproven` were too rarely bad to tell, and are no worse for that."""

    barred: dict[str, str]
    unproven: tuple[str, ...]


def turned(observed: Observed) -> Observed:
    """As it would be seen if the arms were the other way round."""
    counts = tuple(replace(one, arm=OTHER[one.arm]) for one in observed.counts)
    return replace(
        observed, counts=counts, models={OTHER[arm]: calls for arm, calls in observed.models.items()}
    )


def calibrated(there: Judging, back: Judging, at: datetime) -> Calibrated:
    """`there`: the old model on both arms; `back`: the same looks, turned."""
    judgements = (*judged(back, at), *judged(there, at))
    fired = {
        one.metric: f"it fired with the old model against itself: {one.new_bad:,} of {one.new_calls:,} calls on one"
        f" side, {one.old_bad:,} of {one.old_calls:,} on the other"
        for one in judgements
        if one.verdict is Verdict.ABORT
    }
    waiting = [one.metric for one in judgements if one.verdict is Verdict.HOLD and one.metric not in fired]
    return Calibrated(barred=fired, unproven=tuple(dict.fromkeys(waiting)))
