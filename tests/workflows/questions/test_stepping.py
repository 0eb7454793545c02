"""Whoever is led through a proposal may type what its menus offer, go back, begin anew or leave."""

from __future__ import annotations

import pytest

from data.records.plan import Reason
from tests.workflows.questions.test_understanding import CHURN, CHURN_2, FRAUD, LLAMA, WORDINGS, asked
from workflows.questions.choices import LEAVE, NO_SUCCESSOR
from workflows.questions.stepping import gone_on
from workflows.questions.table import Asks
from workflows.questions.understanding import Question, read, written

BEGUN = "help me retire churn-v1"


def at(reason: Reason | None = None, successor: str = "", *, about: str = CHURN) -> Question:
    return Question(asks=Asks.PROPOSE, about=(about,) if about else (), reason=reason, successor_id=successor)


COST = at(Reason.COST)


@pytest.mark.parametrize(
    ("typed", "step"),
    [
        ([BEGUN, "cost"], COST),
        ([BEGUN, "because of drift, please"], at(Reason.DRIFT)),
        ([BEGUN, "Provider end of support"], at(Reason.PROVIDER)),
        ([BEGUN, "cost", "no successor"], at(Reason.COST, NO_SUCCESSOR)),
        ([BEGUN, "cost", "none"], at(Reason.COST, NO_SUCCESSOR)),
        ([BEGUN, "replaced", "churn-v2"], at(Reason.REPLACED, CHURN_2)),
        ([BEGUN, "replaced", "churn-v2", "no, fraud-v2"], at(Reason.REPLACED, FRAUD)),
        ([BEGUN, "cost", "none", "no, drift"], at(Reason.DRIFT)),
        ([BEGUN, "cost", "none", "back"], COST),
        ([BEGUN, "cost", "none", "back", "go back"], at()),
        ([BEGUN, "back"], at(about="")),
        ([BEGUN, "no, churn-v2"], at(about=CHURN_2)),
        ([BEGUN, "cost", "start over", "churn-v2"], at(about=CHURN_2)),
        ([BEGUN, "never mind"], Question(asks=Asks.PROPOSE, choice=LEAVE)),
        ([BEGUN, "cost", "cancel"], Question(asks=Asks.PROPOSE, choice=LEAVE)),
        ([BEGUN, "stop", "cost"], None),
        ([BEGUN, "what blocks churn-v1?", "cost"], None),
        ([BEGUN, "what does it cost?"], None),
        ([BEGUN, "none"], None),
        ([BEGUN, "cost", "RET-1"], None),
        (["help me retire a model", "churn-v1"], at()),
        (["cost"], None),
        (["help me retire churn-v1, because of cost, replaced by churn-v2"], at(Reason.COST, CHURN_2)),
        (["retire llama 2 in favour of churn-v2"], at(Reason.REPLACED, CHURN_2, about=LLAMA)),
        (["retire churn-v2, followed by Llama 2"], at(Reason.REPLACED, LLAMA, about=CHURN_2)),
        (["help me retire churn-v1 for security"], at(Reason.SECURITY)),
    ],
    ids=str,
)
def test_a_typed_word_is_taken_for_what_the_menu_asks_where_it_is_nothing_else(typed, step) -> None:
    kept = [read(written(asked(one))) for one in typed]
    found = gone_on(kept)
    shown = found and Question(
        asks=found.asks,
        about=found.about,
        reason=found.reason,
        successor_id=found.successor_id,
        choice=found.choice,
    )
    assert shown == step


def test_whole_sentences_choose_nothing() -> None:
    every = [one for texts in WORDINGS.values() for one in texts]
    assert {one for one in every if asked(one).choice} == {"churn-v1", "RET-1?"}
