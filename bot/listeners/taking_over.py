"""Who makes what is asked of several their own presses I take this; who lost theirs to a waiver, Contest; and who

was said to have moved and has not, Not yet.
"""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot import payloads
from bot.house import House
from bot.ids import Action
from bot.inbox import capture
from bot.listeners.obligations import asked
from workflows.commands import ContestWaiver, TakeBack, TakeOver


def register(app: App, house: House) -> None:
    @app.action(Action.DUTY_TAKE)
    def take(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, consumer_id, announced = asked(body)
        taken = TakeOver(by=payloads.user_id(body), consumer_id=consumer_id, announced=announced)
        capture(house, ack, body, stream=retirement_id, command=taken)

    @app.action(Action.DUTY_TAKE_BACK)
    def take_back(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, consumer_id, announced = asked(body)
        taken = TakeBack(by=payloads.user_id(body), consumer_id=consumer_id, announced=announced)
        capture(house, ack, body, stream=retirement_id, command=taken)

    @app.action(Action.DUTY_CONTEST)
    def contest(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, consumer_id, announced = asked(body)
        contested = ContestWaiver(by=payloads.user_id(body), consumer_id=consumer_id, announced=announced)
        capture(house, ack, body, stream=retirement_id, command=contested)
