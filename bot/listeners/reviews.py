"""Whoever took part looks back on a stage that is over: a button, a short form."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot import payloads, screens
from bot.house import House
from bot.ids import Action, Callback
from bot.inbox import submit
from bot.typed.lookup import retirement
from bot.views.hindsight import reviews
from data.errors import Stale
from data.records.base import Prose
from data.records.reviews import Stage
from workflows.commands import Review
from workflows.reviews import said_by


def register(app: App, house: House) -> None:
    @app.action(Action.REVIEW_OPEN)
    def open_form(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, value = payloads.parts(body, 2)
        stage, by = _stage(value), payloads.user_id(body)
        state = retirement(house.sight(by), retirement_id)
        # Whoever may review may do so in any words, and theirs are not asked yet.
        house.check(Review(by=by, stage=stage, change=Prose(prose="to come")), state)
        ack()
        screens.opened(house.client, body, reviews.form(state, stage, said_by(house.store, state, stage, by)))

    @app.view(Callback.REVIEW)
    def send(ack: Ack, body: dict[str, Any]) -> None:
        review = Review(
            by=payloads.user_id(body),
            stage=_stage(payloads.carried(body, "stage")),
            went_well=Prose(prose=payloads.entered(body, Action.REVIEW_WENT_WELL)),
            hurt=Prose(prose=payloads.entered(body, Action.REVIEW_HURT)),
            change=Prose(prose=payloads.entered(body, Action.REVIEW_CHANGE)),
            for_policy="yes" if payloads.ticked(body, Action.REVIEW_POLICY) else "no",
        )
        state = retirement(house.sight(review.by), payloads.carried(body, "retirement"))
        submit(house, ack, body, state, review)


def _stage(text: str) -> Stage:
    """Raises `Stale`: only a message of another version carries anything else."""
    found = next((stage for stage in Stage if stage == text), None)
    if found is None:
        raise Stale("This stage is not one I know any more. Run /retire list and go on from there")
    return found
