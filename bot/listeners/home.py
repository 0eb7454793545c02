"""Somebody opens their Home, or turns its pages; what else is pressed there is heard where it always is."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot import payloads
from bot.house import House
from bot.ids import HOME_OPENED, Action
from bot.listeners.proposals import open_form
from workflows.home import OVERVIEW, Page


def register(app: App, house: House) -> None:
    def show(person_id: str, page: Page) -> None:
        """Wanted by the way everything is that may find the store slow: it holds up so many, and for so long."""
        house.intake.take(
            lambda may_keep: house.homes.open(person_id, page, may_keep),
            late=house.wake,
            stopwatch=house.stopwatch,
        )

    @app.event(HOME_OPENED)
    def opened(body: dict[str, Any]) -> None:
        """Acknowledged by Bolt before this runs."""
        if person_id := payloads.home_opened(body):
            show(person_id, OVERVIEW)

    @app.action(Action.HOME_PAGE)
    def turn_page(ack: Ack, body: dict[str, Any]) -> None:
        page = payloads.home_page(payloads.action_value(body))
        ack()
        show(payloads.user_id(body), page)

    @app.action(Action.HOME_PROPOSE)
    def propose(ack: Ack, body: dict[str, Any]) -> None:
        open_form(house, ack, body, model_name="")
