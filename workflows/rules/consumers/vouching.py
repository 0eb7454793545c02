"""Who takes responsibility for something by name? Whoever vouched for a caller nobody declared did so for what it

turns out to be; not for a consumer that the plan had all along, which is asked like all others. So it is with whatever
the catalog has under another id since.
"""

from __future__ import annotations

from data.records.retirement import Retirement
from data.records.waivers import Waiver


def waivers(state: Retirement) -> dict[str, Waiver]:
    """The first for each thing, under its own name and under the one a caller was given by the catalog since."""
    said: dict[str, Waiver] = {}
    for waiver in state.waivers:
        said.setdefault(waiver.what, waiver)
    declared = {
        state.id_of(one.declared_as): said[one.consumer.consumer_id]
        for one in state.callers
        if one.declared_as and one.consumer.consumer_id in said
    }
    now = {state.id_of(what): waiver for what, waiver in said.items() if what in state.reads_as}
    if not declared and not now:
        return said
    voted_on = state.plan.consumer_ids if state.plan is not None else ()
    planned = frozenset(map(state.id_of, voted_on))
    here = {what: waiver for what, waiver in declared.items() if what not in planned}
    # Of two that turn out to be one, the other may have to move still.
    here |= {what: waiver for what, waiver in now.items() if what not in voted_on}
    return here | said


def who_vouches(state: Retirement, what: str) -> str:
    """Who says that this endpoint is gone for good, or that no traffic is missed; empty when nobody does."""
    waiver = waivers(state).get(what)
    return waiver.by if waiver is not None else ""


def vouched(state: Retirement) -> frozenset[str]:
    """What a named person has taken responsibility for."""
    return frozenset(waivers(state))
