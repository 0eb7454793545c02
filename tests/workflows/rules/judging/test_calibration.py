"""What fires with the old model against itself decides nothing."""

from __future__ import annotations

import random
from datetime import timedelta

from data.records.judged import Margins
from data.records.traffic import Arm, Count, Observed
from tests.workflows.rules.judging.watching import START
from workflows.rules.judging.calibration import Calibrated, calibrated, turned
from workflows.rules.judging.gates import looked, opened
from workflows.rules.judging.looks import ERRORS, TIMEOUTS, slower

SLOW = slower("0.25")


def test_a_metric_whose_bad_calls_come_in_bursts_is_barred_and_rare_ones_are_told_to_be_unproven():
    """Errors come one by one; what is slow comes fifty at once, on whichever copy it hits; nothing timed out."""
    rand = random.Random(11)
    there = back = opened({one: Margins(burst_max=100) for one in (ERRORS, SLOW, TIMEOUTS)})
    calls, errors, slow = (dict.fromkeys(Arm, 0) for _ in range(3))
    at = START
    for _ in range(60):
        now = Observed(
            since=START,
            counts=tuple(
                Count(
                    arm=arm, consumer="crm", calls=calls[arm], errors=errors[arm], slower={"0.25": slow[arm]}
                )
                for arm in Arm
            ),
        )
        there, back = looked(there, now, at), looked(back, turned(now), at)
        at += timedelta(minutes=1)
        slow[rand.choice(list(Arm))] += 50
        for arm in Arm:
            calls[arm] += 500
            errors[arm] += sum(rand.random() < 0.02 for _ in range(500))
    found = calibrated(there, back, at - timedelta(minutes=1))
    assert found == Calibrated(
        barred={
            SLOW: "it fired with the old model against itself: 1,500 of 29,500 calls on one side, 1,450 of 29,500"
            " on the other"
        },
        unproven=(TIMEOUTS,),
    )


def test_turned_twice_is_as_it_was():
    seen = Observed(
        since=START,
        counts=(Count(arm=Arm.OLD, consumer="crm", calls=3), Count(arm=Arm.NEW, consumer="crm", calls=1)),
        models={Arm.OLD: 3},
    )
    assert turned(turned(seen)) == seen
    assert turned(seen).models == {Arm.NEW: 3}
    assert turned(seen).counts[0].arm is Arm.NEW
