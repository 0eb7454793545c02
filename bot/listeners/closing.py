"""Whoever confirms an end presses under its request, and types the model's name."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot import payloads, screens
from bot.house import House
from bot.ids import Action, Callback
from bot.inbox import submit
from bot.typed.lookup import retirement
from bot.views.card import closing
from data.printable import uncoloured
from workflows.commands import ConfirmClose
from workflows.decisions.closing import check_can_confirm


def register(app: App, house: House) -> None:
    @app.action(Action.CLOSING_CONFIRM)
    def ask_for_its_name(ack: Ack, body: dict[str, Any]) -> None:
        state = retirement(house.sight(payloads.user_id(body)), payloads.action_value(body))
        check_can_confirm(state, payloads.user_id(body))
        ack()
        screens.opened(house.client, body, closing.form(state))

    @app.view(Callback.CLOSING_CONFIRM)
    def confirm(ack: Ack, body: dict[str, Any]) -> None:
        state = retirement(house.sight(payloads.user_id(body)), payloads.carried(body, "retirement"))
        model = uncoloured(payloads.entered(body, Action.CLOSING_NAME)).strip()
        submit(house, ack, body, state, ConfirmClose(by=payloads.user_id(body), model=model))
