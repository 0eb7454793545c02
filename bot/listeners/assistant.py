"""Somebody asks, in a message to us or at the press of a button: it is kept, and answered in its thread by the outbox.

The answer is one message, and is there at once, so nothing of it is streamed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, BoltResponse

from bot import payloads
from bot.house import House
from bot.ids import MESSAGE, Action
from bot.listeners.proposals import open_form
from bot.typed import asked
from bot.typed.lookup import chosen
from bot.views.asked import assistant
from data.errors import Stale
from data.records.decision import Effect
from workflows.effects.answering import STREAM, wish
from workflows.questions.understanding import Question
from workflows.rules.plans.plan import earliest_target

log = logging.getLogger(__name__)


def register(app: App, house: House) -> None:
    def keep(wanted: Effect) -> None:
        now = house.now()

        def kept(may_keep: Callable[[], bool]) -> None:
            if may_keep():
                house.store.want(STREAM, [wanted], now)

        house.intake.take(kept, late=house.wake, stopwatch=house.stopwatch)
        house.wake()

    def taken_in(body: dict[str, Any], next: Callable[[], BoltResponse]) -> BoltResponse:  # noqa: A002 - Bolt's name
        if (message := asked.written(body)) is not None:
            keep(
                wish(
                    asked.question(house, message.by, message.text),
                    message.by,
                    channel=message.channel,
                    asked_ts=message.ts,
                    thread_ts=message.thread_ts,
                    words=message.text if house.has_wording else "",
                )
            )
        return next()

    @app.event(MESSAGE, middleware=[taken_in])
    def heard() -> None:
        """Bolt acknowledges an event before its listener runs, and after its middleware: all is done there."""

    @app.action(Action.QUESTION_ASK)
    def ask(ack: Ack, body: dict[str, Any]) -> None:
        if (press := asked.pressed(body)) is not None:
            keep(of_press(asked.question_in(payloads.action_value(body)), press))
        ack()

    @app.action(Action.GUIDE_CHOOSE)
    def choose(ack: Ack, body: dict[str, Any]) -> None:
        if (press := asked.pressed(body)) is not None:
            keep(of_press(asked.chosen_in(house, body), press))
        ack()

    @app.action(Action.ANSWER_FEEDBACK)
    def judge(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        if (verdict := asked.verdict(payloads.action_value(body))) is not None:
            house.metrics.judged(verdict.asks, verdict.said)
            log.info("an answer to %s: %s", verdict.asks, verdict.said)
            house.answer(payloads.reply_to(body), assistant.thanked(verdict.said))

    @app.action(Action.QUESTION_PROPOSE)
    def propose(ack: Ack, body: dict[str, Any]) -> None:
        form = asked.form_in(payloads.action_value(body))
        there = house.sight(payloads.user_id(body)).there
        model = there.entity(form.model_id)
        if form.successor_id and chosen(there, form.successor_id) is None:
            raise Stale(
                f"What was to follow {model.name} is no model of the catalog any more. "
                f"Ask me again: Help me retire {model.name}"
            )
        earliest_on = earliest_target(proposed_at=house.now(), subject=model, policy=house.policy)
        open_form(
            house,
            ack,
            body,
            model_name=form.model_id,
            reason=form.reason,
            successor_id=form.successor_id,
            target_on=earliest_on,
        )


def of_press(question: Question, press: asked.Pressed) -> Effect:
    return wish(question, press.by, channel=press.channel, asked_ts=press.ts, thread_ts=press.thread_ts)
