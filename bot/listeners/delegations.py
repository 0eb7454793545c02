"""Whoever is to answer for somebody else may decline."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot import payloads
from bot.house import House
from bot.ids import Action
from bot.inbox import capture
from workflows.commands import EndDelegation
from workflows.decisions.delegations import stream_of


def register(app: App, house: House) -> None:
    @app.action(Action.DELEGATION_DECLINE)
    def decline(ack: Ack, body: dict[str, Any]) -> None:
        person = payloads.person(body)
        declined = EndDelegation(by=payloads.user_id(body), person=person)
        capture(house, ack, body, stream=stream_of(person), command=declined)
