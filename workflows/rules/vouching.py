"""Who takes responsibility for something by name? Whoever vouched for a caller nobody declared did so for what it

turns out to be; not for a consumer that the plan had all along, which is asked like all others.
"""

from __future__ import annotations

from data.records.retirement import Retirement, Waiver


def waiver_of(state: Retirement, what: str) -> Waiver | None:
    """By this name, or by the one it was seen as before the catalog declared it; the first there is."""
    names = {what, *_seen_as(state, what)}
    return next((waiver for waiver in state.waivers if waiver.what in names), None)


def who_vouches(state: Retirement, what: str) -> str:
    """Who says that this endpoint is gone for good, or that no traffic is missed; empty when nobody does."""
    waiver = waiver_of(state, what)
    return waiver.by if waiver is not None else ""


def vouched(state: Retirement) -> frozenset[str]:
    """What a named person has taken responsibility for."""
    said = frozenset(waiver.what for waiver in state.waivers)
    declared = {
        one.declared_as for one in state.callers if one.declared_as and _is_new(state, one.declared_as)
    }
    return said | {what for what in declared if waiver_of(state, what) is not None}


def _seen_as(state: Retirement, what: str) -> set[str]:
    if not _is_new(state, what):
        return set()
    return {one.consumer.consumer_id for one in state.callers if one.declared_as == what}


def _is_new(state: Retirement, what: str) -> bool:
    return state.plan is None or what not in state.plan.consumer_ids
