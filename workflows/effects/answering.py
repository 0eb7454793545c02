"""Answering a question in its thread: what is kept of it, and what the record says to it once the answer is written.

A question is an effect of the outbox that posts. Its key is the message it was asked in, so however often Slack tells
of that it is answered once, by whichever replica, and after a restart too.
"""

from __future__ import annotations

from data.records.decision import Effect, EffectKind
from workflows.delegates import in_force_now
from workflows.effects.workshop import Workshop
from workflows.engine import all_retirements
from workflows.home import Board
from workflows.questions.answering import Reader
from workflows.questions.answers import Answer
from workflows.questions.understanding import Question, read, written

STREAM, NOTICE = "questions", "answer"


def wish(question: Question, person_id: str, *, channel: str, asked_ts: str, thread_ts: str) -> Effect:
    """`asked_ts`: the message that asks, or what was pressed; the answer goes below `thread_ts`."""
    said = {"notice": NOTICE, "channel": channel, "thread_ts": thread_ts, "person": person_id}
    return Effect(
        key=f"{NOTICE}/{channel}/{asked_ts}",
        kind=EffectKind.POST,
        lane=f"{NOTICE}/{channel}",
        place=channel,
        body={**said, **written(question)},
    )


def answer(effect: Effect, shop: Workshop) -> Answer | None:
    """As the record stands now; None for what answers nothing."""
    if effect.body["notice"] != NOTICE:
        return None
    store, catalog, now = shop.engine.store, shop.engine.gatherer.catalog, shop.world.now()
    board = Board(catalog.snapshot(), tuple(all_retirements(store)), now, in_force_now(store, catalog, now))
    return Reader(board, store, shop.engine.gatherer.policy, effect.body["person"]).answer(read(effect.body))
