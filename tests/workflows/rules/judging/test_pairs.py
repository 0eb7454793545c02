"""Calls that both models got: a bad successor is caught while nobody is exposed to it."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import timedelta

import pytest

from data.records.judged import Gap, Judgement, Judging, Margins, Needed, Verdict
from tests.workflows.rules.judging.watching import START
from workflows.rules.judging.evidence import Cell
from workflows.rules.judging.gates import opened, paired
from workflows.rules.judging.looks import ERRORS
from workflows.rules.judging.pairs import Pair, counted, shared
from workflows.rules.judging.verdicts import judged

MISMATCHES = "mismatches"
OPENED = opened({ERRORS: Margins(), MISMATCHES: Margins()}, critical=["crm"], paired_from=START)


def compared(looks: Iterable[Iterable[Pair]], judging: Judging = OPENED) -> tuple[Judgement, ...]:
    at = START
    for pairs in looks:
        at += timedelta(minutes=1)
        cells = counted(pairs)
        judging = paired(judging, {ERRORS: cells, MISMATCHES: cells}, at)
    return judged(judging, at)


def test_pairs_that_ended_alike_only_count_as_calls():
    pairs = [Pair("crm", old, new) for old in (False, True) for new in (False, True) for _ in range(3 + old)]
    assert counted([*pairs, Pair("app", is_bad_on_old=True, is_bad_on_new=False)]) == (
        Cell("app", 1, 1, 1, 0),
        Cell("crm", 14, 4, 14, 3),
    )


def test_a_judgement_of_pairs_counts_each_call_once():
    same, worse = Pair("crm", False, False), Pair("crm", False, True)
    looks = [[*[same] * 99, worse], [*[same] * 99, Pair("crm", True, False)]]
    assert compared(looks)[0] == Judgement(
        verdict=Verdict.HOLD,
        metric=ERRORS,
        consumer="",
        margins=Margins(),
        old_calls=200,
        old_bad=1,
        new_calls=200,
        new_bad=1,
        ratio=1.0,
        is_paired=True,
        needed=Needed(calls=6370, seconds=3822),
    )


def test_a_successor_that_fails_four_times_as_often_is_caught_within_some_thousand_pairs():
    rand = random.Random(5)
    look = [Pair("crm", rand.random() < 0.005, rand.random() < 0.02) for _ in range(4000)]
    told = compared([look[at : at + 100] for at in range(0, len(look), 100)])
    assert {one.verdict for one in told} == {Verdict.ABORT}


def test_what_was_not_compared_is_silent():
    at = START + timedelta(minutes=1)
    judging = paired(OPENED, {ERRORS: counted([Pair("crm", False, False)])}, at)
    assert [(one.metric, one.gap) for one in judged(judging, at)][:2] == [
        (ERRORS, None),
        (MISMATCHES, Gap.SILENT),
    ]


def test_shadow_and_what_follows_keep_to_one_chance_of_error_together():
    shadow, following = shared(Margins(alpha=0.05))
    assert (shadow.alpha, following.alpha) == (pytest.approx(0.04), pytest.approx(0.01))
    assert shadow.promote_alpha == following.promote_alpha == 0.05, "to go on, it has to be proven twice"
