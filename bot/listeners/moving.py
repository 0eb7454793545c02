"""Who is moving presses Migrating, and says by when they will have moved."""

from __future__ import annotations

from datetime import date
from typing import Any

from slack_bolt import Ack, App

from bot import payloads, screens
from bot.house import House
from bot.ids import Action, Callback
from bot.inbox import submit
from bot.listeners.obligations import asked
from bot.typed.lookup import retirement
from bot.views.consumers import moving
from data.records.retirement import Retirement
from workflows.commands import ReportMigrating
from workflows.rules.hours import day_of


def register(app: App, house: House) -> None:
    def last_day(state: Retirement, consumer_id: str) -> date:
        assert state.policy is not None
        duty = state.obligation(state.id_of(consumer_id))
        return day_of(duty.migrate_by if duty else house.now(), state.policy)

    @app.action(Action.DUTY_MIGRATING)
    def ask_until_when(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, consumer_id, announced = asked(body)
        by = payloads.user_id(body)
        state = retirement(house.sight(by), retirement_id)
        last = last_day(state, consumer_id)
        house.check(ReportMigrating(by=by, consumer_id=consumer_id, until=last, announced=announced), state)
        ack()
        screens.opened(house.client, body, moving.form(state.id, consumer_id, last, announced))

    @app.view(Callback.DUTY_MIGRATING)
    def report(ack: Ack, body: dict[str, Any]) -> None:
        state = retirement(house.sight(payloads.user_id(body)), payloads.carried(body, "retirement"))
        said = ReportMigrating(
            by=payloads.user_id(body),
            consumer_id=payloads.carried(body, "consumer"),
            until=payloads.day(body, Action.DUTY_MOVES_ON, "moves_on"),
            announced=payloads.number(payloads.metadata(body).get("announced", "")),
        )
        submit(house, ack, body, state, said)
