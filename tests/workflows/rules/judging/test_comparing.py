"""Recorded inputs show what is wrong with a successor before any call is copied to it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from data.records.outputs import (
    Comparison,
    FieldDiffers,
    GroupStanding,
    Noise,
    Standing,
    Threshold,
)
from workflows.rules.judging.comparing import Limits, Replayed, compared
from workflows.rules.judging.contract import Answer, learned
from workflows.rules.judging.tolerance import learned as learned_tolerances

LIMITS = Limits(flips_share_max=0.02, ids_max=3)
CRM = Threshold(consumer_id="crm", path="/score", at=0.5)
INPUTS = 1000


class Model:
    """Scores inputs by their number; a little noise in `ms`, and now and then in `shard`."""

    def __init__(
        self, seed: int, change: Callable[[int, dict[str, Any]], Any] = lambda number, body: body
    ) -> None:
        self.rand, self.change = random.Random(seed), change

    def answer(self, number: int) -> Answer | None:
        if number % 100 == 99:
            return Answer(422, {"error": "no such customer"})
        body = {
            "score": number % 97 / 97,
            "currency": "EUR",
            "ms": 5 + self.rand.random(),
            "shard": "b" if self.rand.random() < 0.05 else "a",
        }
        changed = self.change(number, body)
        return changed if isinstance(changed, Answer) or changed is None else Answer(200, changed)


def told(answer: Answer | None) -> Answer:
    assert answer is not None
    return answer


OLD = Model(1)
SEEN = [(told(OLD.answer(number)), told(OLD.answer(number))) for number in range(INPUTS)]
CONTRACT = learned(one for one, _ in SEEN)
TOLERANCES = learned_tolerances((one.body, other.body) for one, other in SEEN if not one.is_error)


def judged(change: Callable[[int, dict[str, Any]], Any], groups: str = "") -> Comparison:
    new = Model(2, change)
    rows = [
        Replayed(f"in-{n:04}", old, new.answer(n), again, groups[n % len(groups)] if groups else "")
        for n, (old, again) in enumerate(SEEN)
    ]
    return compared(rows, contract=CONTRACT, tolerances=TOLERANCES, thresholds=[CRM], limits=LIMITS)


def test_a_successor_that_does_the_same_is_within_all_limits():
    found = judged(lambda number, body: {**body, "score": body["score"] * 0.999, "version": "2"}, groups="ab")
    assert found.standing is Standing.WITHIN
    assert (found.inputs, found.unanswered, found.breaches) == (INPUTS, 0, ())
    assert [(one.path, one.noise, one.standing) for one in found.fields] == [
        ("/shard", Noise.NOISY, Standing.WITHIN)
    ]
    assert [one.standing for one in (*found.flips, *found.biases)] == [Standing.WITHIN] * 2
    assert found.flips[0].again == 990


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (
            lambda number, body: {**body, "score": str(body["score"])},
            ("/score", "is a string, not a number", 990),
        ),
        (
            lambda number, body: Answer(500, {}) if number == 7 else body,
            ("", "has status 5xx where the old model's has 2xx", 1),
        ),
    ],
    ids=["another type", "a crash"],
)
def test_a_breach_of_the_contract_stops_it(change, what):
    found = judged(change)
    assert [(one.path, one.what, one.count) for one in found.breaches] == [what]
    assert found.standing is Standing.OVER


def test_what_always_was_the_same_has_to_be_and_the_inputs_are_named():
    found = judged(lambda number, body: {**body, "currency": "USD"} if number in (3, 5) else body)
    assert [one for one in found.fields if one.path == "/currency"] == [
        FieldDiffers(
            path="/currency",
            standing=Standing.OVER,
            noise=Noise.EXACT,
            raw_only=2,
            noise_only=0,
            p_adjusted=pytest.approx(0.52, abs=0.01),
            input_ids=("in-0003", "in-0005"),
        )
    ]
    assert found.standing is Standing.OVER


def test_what_differs_now_and_then_is_held_against_it_only_where_it_does_more_often():
    found = judged(lambda number, body: {**body, "shard": "b"} if number % 7 == 0 else body)
    (shard,) = (one for one in found.fields if one.path == "/shard")
    assert (shard.standing, len(shard.input_ids)) == (Standing.OVER, 3)


def test_decisions_that_flip_stop_it_whatever_scores_do_otherwise():
    shifted = judged(lambda number, body: {**body, "score": body["score"] / 2 + 0.252})
    assert shifted.standing is Standing.WITHIN, "other scores, in the same order, on the same sides"
    flipped = judged(lambda number, body: {**body, "score": min(1.0, body["score"] + 0.1)})
    assert [(one.standing, one.lost) for one in flipped.flips] == [(Standing.OVER, 0)]
    assert flipped.standing is Standing.OVER


def test_a_group_that_loses_stops_it_and_yes_may_be_the_bad_decision():
    hurt = lambda number, body: {**body, "score": 0.1} if number % 40 == 3 else body  # noqa: E731
    found = judged(hurt, groups="aaab")
    assert {one.group: one.standing for one in found.biases[0].groups} == {
        "a": GroupStanding.QUIET,
        "b": GroupStanding.HARMED,
    }
    rows = [Replayed("x", Answer(200, {"score": 0.9}), Answer(200, {"score": 0.1}), group="a")]
    risk = Threshold(consumer_id="risk", path="/score", at=0.5, is_yes_good=False)
    (one,) = compared(rows, contract=CONTRACT, tolerances={}, thresholds=[risk]).biases
    assert (one.groups[0].lost, one.groups[0].gained) == (0, 1)


@pytest.mark.parametrize(
    ("rows", "standing"),
    [
        ([], Standing.UNSURE),
        ([Replayed("x", Answer(200, {}), None)], Standing.UNSURE),
        ([Replayed("x", Answer(404, {}), Answer(410, {}))], Standing.WITHIN),
    ],
    ids=["no inputs", "no answer", "refused alike"],
)
def test_what_was_not_compared_is_not_known(rows, standing):
    assert compared(rows, contract=learned([]), tolerances={}).standing is standing
