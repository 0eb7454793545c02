"""What owners of consumers press: acknowledge, migrated, more time, not mine."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace
from slack_bolt import Ack, App

from bot import payloads, screens
from bot.house import House, Payload
from bot.ids import Action, Callback
from bot.inbox import capture, submit
from bot.typed.lookup import retirement
from bot.views.consumers import obligations
from bot.views.voting import extension
from data.records.base import Prose
from data.records.retirement import Duty, Retirement
from workflows.commands import AskForTime, ChangeDuty
from workflows.rules.consumers import obligations as duties


def register(app: App, house: House) -> None:
    def change(ack: Ack, body: dict[str, Any], duty: Duty) -> None:
        retirement_id, consumer_id, announced = asked(body)
        changed = ChangeDuty(
            by=payloads.user_id(body), consumer_ids=(consumer_id,), duty=duty, announced=announced
        )
        capture(house, ack, body, stream=retirement_id, command=changed)

    @app.action(Action.DUTY_ACKNOWLEDGE)
    def acknowledge(ack: Ack, body: dict[str, Any]) -> None:
        change(ack, body, Duty.ACKNOWLEDGED)

    @app.action(Action.DUTY_MIGRATED)
    def migrated(ack: Ack, body: dict[str, Any]) -> None:
        change(ack, body, Duty.MIGRATED)

    @app.action(Action.DUTY_NOT_MINE)
    def not_mine(ack: Ack, body: dict[str, Any]) -> None:
        change(ack, body, Duty.NOT_MINE)

    @app.action(Action.DUTY_ACKNOWLEDGE_ALL)
    def acknowledge_all(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, whose, announced = asked(body)
        everything = ChangeDuty(
            by=payloads.user_id(body), whose=whose, duty=Duty.ACKNOWLEDGED, announced=announced
        )
        capture(house, ack, body, stream=retirement_id, command=everything)

    def shown(body: dict[str, Any], retirement_id: str, page: int = 0, *, team: str = "") -> Payload:
        state = retirement(house.sight(payloads.user_id(body)), retirement_id)
        reader, there = payloads.user_id(body), house.delegations()
        return obligations.all_modal(state, reader, page, team=team, delegations=there, now=house.now())

    @app.action(Action.DUTY_SHOW_ALL)
    def show_all(ack: Ack, body: dict[str, Any]) -> None:
        (retirement_id,) = payloads.parts(body, 1)
        ack()
        screens.opened(house.client, body, shown(body, retirement_id))

    @app.action(Action.DUTY_SHOW_TEAM)
    def show_team(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, team = payloads.parts(body, 2)
        ack()
        screens.opened(house.client, body, shown(body, retirement_id, team=team))

    @app.action(Action.DUTY_PAGE)
    def turn_page(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, page = payloads.parts(body, 2)
        ack()
        team = payloads.metadata(body).get("team", "")
        screens.changed(house.client, body, shown(body, retirement_id, payloads.number(page), team=team))

    @app.action(Action.DUTY_MORE_TIME)
    def ask_how_long(ack: Ack, body: dict[str, Any]) -> None:
        retirement_id, consumer_id, announced = asked(body)
        state = retirement(house.sight(payloads.user_id(body)), retirement_id)
        wish = replace(
            least_wish(state, consumer_id, payloads.user_id(body), house.now()), announced=announced
        )
        house.check(wish, state)
        ack()
        screens.opened(house.client, body, extension.form(state.id, consumer_id, wish.until, announced))

    @app.view(Callback.EXTENSION_ASK)
    def ask_for_time(ack: Ack, body: dict[str, Any]) -> None:
        state = retirement(house.sight(payloads.user_id(body)), payloads.carried(body, "retirement"))
        wish = AskForTime(
            by=payloads.user_id(body),
            consumer_id=payloads.carried(body, "consumer"),
            until=payloads.day(body, Action.EXTENSION_UNTIL, "until"),
            reason=Prose(prose=payloads.entered(body, Action.EXTENSION_REASON)),
            announced=payloads.number(payloads.metadata(body).get("announced", "")),
        )
        submit(house, ack, body, state, wish)


def least_wish(state: Retirement, consumer_id: str, by: str, now: datetime) -> AskForTime:
    """What a person asks for who is not asked yet: the first date nothing can be said against, and some reason."""
    assert state.policy is not None
    duty = state.obligation(consumer_id)
    after = duties.day_to_outlast(duty, state.policy, now) if duty else now.date()
    until = after + timedelta(days=1)
    return AskForTime(by=by, consumer_id=consumer_id, until=until, reason=Prose(prose="not said yet"))


def asked(body: dict[str, Any]) -> tuple[str, str, int]:
    """Retirement, consumer ("" for all) and announcement of a pressed button; 0 on one of an older version."""
    if "|" not in payloads.action_value(body):
        return payloads.parts(body, 1)[0], "", 0
    retirement_id, about = payloads.parts(body, 2)
    consumer_id, _, number = about.rpartition("|")
    if announced := payloads.number(number):
        return retirement_id, consumer_id, announced
    return retirement_id, about, 0
