"""Whoever confirms what is pruned presses under its request and types the model's name; or keeps it."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot import payloads, screens
from bot.house import House
from bot.ids import Action, Callback
from bot.inbox import capture, submit
from bot.typed.lookup import retirement
from bot.views.keeping import pruning
from data.printable import uncoloured
from workflows.commands import ConfirmPrune, DropPrune


def register(app: App, house: House) -> None:
    @app.action(Action.PRUNE_CONFIRM)
    def ask_for_its_name(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, number = payloads.parts(body, 2)
        state = retirement(house.sight(payloads.user_id(body)), retirement_id)
        ack()
        screens.opened(house.client, body, pruning.form(state, payloads.number(number)))

    @app.view(Callback.PRUNE_CONFIRM)
    def confirm(ack: Ack, body: dict[str, Any]) -> None:
        state = retirement(house.sight(payloads.user_id(body)), payloads.carried(body, "retirement"))
        model = uncoloured(payloads.entered(body, Action.PRUNE_NAME)).strip()
        number = payloads.number(payloads.carried(body, "number"))
        submit(house, ack, body, state, ConfirmPrune(by=payloads.user_id(body), number=number, model=model))

    @app.action(Action.PRUNE_DROP)
    def keep_it(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, number = payloads.parts(body, 2)
        command = DropPrune(by=payloads.user_id(body), number=payloads.number(number))
        capture(house, ack, body, stream=retirement_id, command=command)
