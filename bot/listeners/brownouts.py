"""What people press beside a brownout: end it, or spare a consumer."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot import payloads
from bot.house import House
from bot.ids import Action
from bot.inbox import capture
from workflows.commands.brownouts import AbortBrownout, ExemptConsumer


def register(app: App, house: House) -> None:
    @app.action(Action.BROWNOUT_ABORT)
    def abort(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, number = payloads.parts(body, 2)
        ended = AbortBrownout(by=payloads.user_id(body), number=payloads.number(number))
        capture(house, ack, body, stream=retirement_id, command=ended)

    @app.action(Action.BROWNOUT_EXEMPT)
    def exempt(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, consumer_id = payloads.parts(body, 2)
        spared = ExemptConsumer(by=payloads.user_id(body), consumer_id=consumer_id)
        capture(house, ack, body, stream=retirement_id, command=spared)
