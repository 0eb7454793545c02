"""Somebody asks for the evidence of a retirement: told at once, and proven by a bundle in its thread, once a day."""

from __future__ import annotations

from bot.house import House, Payload
from bot.views.asked.audits import evidence
from data.errors import Refused
from data.records.retirement import Retirement
from workflows.rules.hours import day_of
from workflows.rules.telling.messages import audit, audit_key


def told(house: House, state: Retirement) -> Payload:
    """Who approved it, when, why and on what evidence; and where the bundle is that proves it."""
    happened = (entry.event for entry in house.store.events(state.id))
    return evidence(state, happened, _bundle(house, state))


def _bundle(house: House, state: Retirement) -> str:
    """What becomes of it. Of the same entries one is enough on a day."""
    now = house.now()
    key = audit_key(state, day_of(now, house.policy))
    if house.store.found(key) is not None:
        return f"The audit bundle of {state.id} is in its thread already"
    try:
        house.store.bundle(state.id)
    except Refused as refused:
        return f"There is no audit bundle of it: {refused}"
    house.store.want(state.id, [audit(state, key)], now)
    house.wake()
    return f"The audit bundle of {state.id} comes into its thread"
