"""Who takes responsibility for something by name? Whoever vouched for a caller nobody declared did so for what it

turns out to be; not for a consumer that the plan had all along, which is asked like all others.
"""

from __future__ import annotations

from data.records.retirement import Retirement, Waiver


def waivers(state: Retirement) -> dict[str, Waiver]:
    """The first for each thing, under its own name and under the one a caller was given by the catalog since."""
    said: dict[str, Waiver] = {}
    for waiver in state.waivers:
        said.setdefault(waiver.what, waiver)
    declared = {
        one.declared_as: said[one.consumer.consumer_id]
        for one in state.callers
        if one.declared_as and one.consumer.consumer_id in said
    }
    planned = frozenset(state.plan.consumer_ids if declared and state.plan is not None else ())
    return {what: waiver for what, waiver in declared.items() if what not in planned} | said


def who_vouches(state: Retirement, what: str) -> str:
    """Who says that this endpoint is gone for good, or that no traffic is missed; empty when nobody does."""
    waiver = waivers(state).get(what)
    return waiver.by if waiver is not None else ""


def vouched(state: Retirement) -> frozenset[str]:
    """What a named person has taken responsibility for."""
    return frozenset(waivers(state))
