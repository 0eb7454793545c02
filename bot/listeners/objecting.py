"""Who says that the plan must not go on presses Object, and says why."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot import payloads, screens
from bot.house import House
from bot.ids import Action, Callback
from bot.inbox import submit
from bot.listeners.obligations import asked
from bot.typed.lookup import retirement
from bot.views.voting import objecting
from data.records.base import Prose
from workflows.commands import Object


def register(app: App, house: House) -> None:
    @app.action(Action.DUTY_OBJECT)
    def ask_why(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, consumer_id, announced = asked(body)
        by = payloads.user_id(body)
        state = retirement(house.sight(by), retirement_id)
        unsaid = Prose(prose="not said yet")
        house.check(Object(by=by, consumer_id=consumer_id, reason=unsaid, announced=announced), state)
        ack()
        screens.opened(house.client, body, objecting.form(state, consumer_id, announced))

    @app.view(Callback.DUTY_OBJECT)
    def object_to(ack: Ack, body: dict[str, Any]) -> None:
        state = retirement(house.sight(payloads.user_id(body)), payloads.carried(body, "retirement"))
        objection = Object(
            by=payloads.user_id(body),
            consumer_id=payloads.carried(body, "consumer"),
            reason=Prose(prose=payloads.entered(body, Action.DUTY_OBJECTION)),
            announced=payloads.number(payloads.metadata(body).get("announced", "")),
        )
        submit(house, ack, body, state, objection)
