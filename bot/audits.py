"""Somebody asks for the evidence of a retirement: the bundle comes into its thread, once a day for the same entries."""

from __future__ import annotations

from bot.house import House, Payload
from bot.views.answers import said
from data.records.retirement import Retirement
from workflows.rules.hours import day_of
from workflows.rules.telling.messages import audit, audit_key


def wanted(house: House, state: Retirement) -> Payload:
    """Raises `Refused` while some entry is under no checkpoint."""
    house.store.bundle(state.id)
    now = house.now()
    key = audit_key(state, day_of(now, house.policy))
    if house.store.found(key) is not None:
        return said(f"The audit bundle of {state.id} is in its thread already")
    house.store.want(state.id, [audit(state, key)], now)
    house.wake()
    return said(f"The audit bundle of {state.id} comes into its thread")
