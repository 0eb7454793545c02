"""Whoever may read an archive presses for its files, which go to them alone."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot import payloads
from bot.house import House, Payload
from bot.ids import Action
from bot.typed.lookup import retirement
from bot.views.asked import answers
from bot.views.keeping import grants
from data.records.retirement import Retirement


def register(app: App, house: House) -> None:
    @app.action(Action.GRANT_FILES)
    def ask_for_files(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, page = payloads.parts(body, 2)
        ack()
        by = payloads.user_id(body)
        state = house.giving.readable(retirement_id, by) or retirement(house.sight(by), retirement_id)
        house.answer(payloads.reply_to(body), files(house, body, state, payloads.number(page)))


def files(house: House, body: dict[str, Any], state: Retirement, page: int) -> Payload:
    """Recorded with this act of theirs, then drawn for the one answer that has the links."""
    given = house.giving.files(payloads.key(body), state, payloads.user_id(body), page)
    house.wake()  # the thread hears of it
    return answers.refusal(given) if isinstance(given, str) else grants.files(state, given)
