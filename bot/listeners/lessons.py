"""What people learned, in a window: all they wrote, where the answer to `/retire lessons` has the beginnings."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot import payloads, screens
from bot.house import House
from bot.ids import Action
from bot.views.hindsight import lessons
from workflows.reviews import learned


def register(app: App, house: House) -> None:
    @app.action(Action.LESSONS_WHOLE)
    def read_in_full(ack: Ack, body: dict[str, Any]) -> None:
        words = payloads.action_value(body).strip()
        found = learned(house.store, house.sight(payloads.user_id(body)).retirements(), words)
        ack()
        screens.opened(house.client, body, lessons.whole(found, words))
