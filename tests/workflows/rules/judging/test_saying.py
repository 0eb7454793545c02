"""Every verdict can be read by somebody who knows no statistics, with the numbers it stands on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from data.records.judged import Gap, Judgement, Margins, Needed, Verdict
from data.records.outputs import (
    Bias,
    Contract,
    Field,
    FieldDiffers,
    Flips,
    Found,
    GroupChange,
    GroupStanding,
    JsonType,
    Noise,
    Standing,
    Threshold,
)
from workflows.rules.judging.saying import bias_said, contract_said, field_said, flips_said, found_said, said

NUMBERS = "3 errors in 1,200 calls on the successor, 10 in 11,000 on churn-v1"
SINCE = datetime(2026, 3, 2, 9, 12, tzinfo=UTC)
FLOORED = Margins(floor=0.001)


def a_judgement(verdict: Verdict = Verdict.HOLD, **more: Any) -> Judgement:
    told = {"metric": "errors", "consumer": "", "margins": Margins(), "old_calls": 11_000, "old_bad": 10}
    return Judgement(verdict=verdict, **{**told, "new_calls": 1200, "new_bad": 3, **more})


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (
            a_judgement(needed=Needed(calls=15_234, seconds=216_000)),
            f"HOLD: {NUMBERS}: needs about 15,000 more calls, 2.5 days at this rate",
        ),
        (
            a_judgement(needed=Needed(calls=123)),
            f"HOLD: {NUMBERS}: needs about 120 more calls",
        ),
        (
            a_judgement(needed=Needed(calls=0, seconds=0), consumer="payments", new_bad=1, new_calls=1),
            "HOLD: payments: 1 error in 1 call on the successor, 10 in 11,000 on churn-v1: the next calls decide it",
        ),
        (
            a_judgement(),
            f"HOLD: {NUMBERS}: no number of calls is likely to decide it",
        ),
        (
            a_judgement(old_bad=0, new_bad=0, metric="timeouts"),
            (
                "HOLD: 0 timeouts in 1,200 calls on the successor, 0 in 11,000 on churn-v1: nothing was bad on"
                " either side yet, so nothing tells them apart"
            ),
        ),
        (
            a_judgement(gap=Gap.UNCALLED_NEW, gap_since=SINCE, needed=Needed(calls=9)),
            f"HOLD: {NUMBERS}: the successor gets no calls since 2026-03-02 09:12 UTC, which is no proof of anything",
        ),
        (
            a_judgement(Verdict.ABORT, new_bad=99, metric="slower than 0.25 s"),
            (
                "ABORT: 99 slower than 0.25 s in 1,200 calls on the successor, 10 in 11,000 on churn-v1: proven"
                " to be more than 1.2 times as frequent"
            ),
        ),
        (
            a_judgement(Verdict.ABORT, new_bad=99, margins=FLOORED, metric="/label", is_paired=True),
            (
                "ABORT: of 1,200 calls that both models got, 99 (/label) on the successor only, 10 on churn-v1"
                " only: proven to be more than 1.2 times as frequent and in more than 0.1 % of calls"
            ),
        ),
        (
            a_judgement(Verdict.PROMOTE, barred="it fired with the old model against itself"),
            (
                f"PROMOTE: {NUMBERS}: proven to be less than 2 times as frequent. It decides nothing, as it fired"
                " with the old model against itself"
            ),
        ),
        (
            a_judgement(Verdict.PROMOTE, margins=FLOORED),
            f"PROMOTE: {NUMBERS}: proven to be less than 2 times as frequent, or in less than 0.1 % of calls",
        ),
    ],
    ids=[
        "with time",
        "nobody knows how fast",
        "as good as decided",
        "on the line",
        "nothing was bad",
        "a gap",
        "given up",
        "given up in shadow",
        "barred",
        "under a floor",
    ],
)
def test_a_verdict_is_said_with_its_numbers(one, expected):
    assert said(one, "churn-v1") == expected


AT_HALF = Threshold(consumer_id="crm", path="/score", at=0.5)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (
            Flips(threshold=AT_HALF, standing=Standing.UNSURE, share_max=0.01, inputs=1000, lost=8, gained=4),
            (
                "crm at 0.5: 12 of 1,000 decisions come out otherwise (8 from yes to no, 4 from no to yes); at"
                " most 1 % may: not known yet"
            ),
        ),
        (
            Flips(
                threshold=AT_HALF,
                standing=Standing.OVER,
                share_max=0.01,
                inputs=1000,
                untold=2,
                lost=80,
                noise=3,
                again=900,
                tau=0.934,
                worst_ids=("in-7", "in-3"),
            ),
            (
                "crm at 0.5: 80 of 1,000 decisions come out otherwise (80 from yes to no, 0 from no to yes); at"
                " most 1 % may, besides 3 of 900 that do with the old model itself: over; of 2 more a score is"
                " missing; scores are in the same order to 0.93 (Kendall's tau); worst: in-7, in-3"
            ),
        ),
    ],
    ids=["short", "in full"],
)
def test_flips_are_said_whose_they_are_and_whether_they_may_be(one, expected):
    assert flips_said(one) == expected


def test_groups_are_said_with_what_gates_and_what_is_reported():
    change = GroupChange(
        group="c",
        standing=GroupStanding.HARMED,
        inputs=600,
        old_good=298,
        new_good=213,
        lost=98,
        gained=13,
        p=1.2e-17,
        p_adjusted=3.6e-17,
        effect=-85 / 600,
    )
    assert bias_said(Bias(groups=(change,), old_gap=0.04, new_gap=0.15, ungrouped=1)) == [
        (
            "c: harmed. Of 600 inputs, 98 lost the good decision and 13 gained it, -14.2 % (adjusted p"
            " 3.6e-17); good before 49.7 %, now 35.5 %"
        ),
        "Between the best group and the worst: 4 % before, 15 % now",
        "Of 1 input nobody tells the group",
    ]


def test_what_is_wrong_with_answers_is_said_with_where_to_look():
    assert [
        found_said(Found(path="/label", what="is missing", count=1, input_ids=("in-2",))),
        found_said(Found(path="", what="has status 5xx where the old model's has 4xx", count=12)),
    ] == [
        "/label is missing, in 1 answer (first: in-2)",
        "the answer has status 5xx where the old model's has 4xx, in 12 answers",
    ]


@pytest.mark.parametrize(
    ("noise", "standing", "expected"),
    [
        (
            Noise.EXACT,
            Standing.OVER,
            "/label differs in 4 answers: over, it always was the same (worst: in-2)",
        ),
        (
            Noise.NOISY,
            Standing.WITHIN,
            "/label differs in 4 answers, with the old model itself in 3 others: within, adjusted p 0.9 (worst: in-2)",
        ),
    ],
)
def test_a_field_is_said_with_how_much_it_differs_by_itself(noise, standing, expected):
    told = FieldDiffers(
        path="/label",
        standing=standing,
        noise=noise,
        raw_only=4,
        noise_only=3,
        p_adjusted=0.9,
        input_ids=("in-2",),
    )
    assert field_said(told) == expected


@pytest.mark.parametrize("is_cut", [False, True])
def test_a_contract_says_what_it_was_learned_from(is_cut):
    text = contract_said(Contract(fields={"/x": Field(types=(JsonType.NULL,))}, answers=1200, is_cut=is_cut))
    more = "; they had more fields than are kept, and what is not kept is not compared" if is_cut else ""
    assert text == f"1 field learned from 1,200 answers{more}"
