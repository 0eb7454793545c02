"""Who wants to be reminded later presses Snooze."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot import payloads
from bot.house import House
from bot.ids import Action
from bot.inbox import capture
from bot.listeners.obligations import asked
from workflows.commands import Snooze


def register(app: App, house: House) -> None:
    @app.action(Action.DUTY_SNOOZE)
    def snooze(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, _, announced = asked(body)
        later = Snooze(by=payloads.user_id(body), announced=announced)
        capture(house, ack, body, stream=retirement_id, command=later)
