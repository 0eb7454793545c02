"""The second person who shortens a notice presses Confirm under the request of the first."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot import payloads
from bot.house import House
from bot.ids import Action
from bot.inbox import capture
from workflows.commands import ConfirmBreakGlass


def register(app: App, house: House) -> None:
    @app.action(Action.BREAK_GLASS_CONFIRM)
    def confirm(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, number = payloads.parts(body, 2)
        confirmed = ConfirmBreakGlass(by=payloads.user_id(body), number=payloads.number(number))
        capture(house, ack, body, stream=retirement_id, command=confirmed)
