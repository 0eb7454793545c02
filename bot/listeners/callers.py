"""Whose is a caller that nobody declares? What people press beside the question."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot import payloads
from bot.house import House
from bot.ids import Action
from bot.inbox import capture
from workflows.commands import ClaimCaller


def register(app: App, house: House) -> None:
    @app.action(Action.CALLER_CLAIM)
    def claim(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, caller_id = payloads.parts(body, 2)
        claimed = ClaimCaller(by=payloads.user_id(body), caller=caller_id)
        capture(house, ack, body, stream=retirement_id, command=claimed)
