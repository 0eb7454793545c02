"""Who handed a consumer back presses Say whose, and names whom it belongs to."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot import payloads, screens
from bot.house import House
from bot.ids import Action, Callback
from bot.inbox import submit
from bot.listeners.obligations import asked
from bot.typed.lookup import retirement
from bot.views.consumers import naming
from data.records.retirement import Duty
from workflows.commands import ChangeDuty


def register(app: App, house: House) -> None:
    @app.action(Action.DUTY_NAME)
    def ask_whose(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, consumer_id, announced = asked(body)
        by = payloads.user_id(body)
        state = retirement(house.sight(by), retirement_id)
        again = ChangeDuty(by=by, consumer_ids=(consumer_id,), duty=Duty.NOT_MINE, announced=announced)
        house.check(again, state)
        ack()
        screens.opened(house.client, body, naming.form(state.id, consumer_id, announced))

    @app.view(Callback.DUTY_NAME)
    def name(ack: Ack, body: dict[str, Any]) -> None:
        state = retirement(house.sight(payloads.user_id(body)), payloads.carried(body, "retirement"))
        named = ChangeDuty(
            by=payloads.user_id(body),
            consumer_ids=(payloads.carried(body, "consumer"),),
            duty=Duty.NOT_MINE,
            named=payloads.entered(body, Action.DUTY_NAMED),
            announced=payloads.number(payloads.metadata(body).get("announced", "")),
        )
        submit(house, ack, body, state, named)
