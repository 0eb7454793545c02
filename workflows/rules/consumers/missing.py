"""Who calls what is dark, or going dark? No vote gives them time any more: service comes back, or they do without.

Whoever nobody declares is missing it whenever they were seen. Of all others it is calls on a later day than the one on
which it went dark: those of that day may have been before.
"""

from __future__ import annotations

from datetime import UTC

from msgspec.structs import replace

from data.records.callers import Caller
from data.records.facts import Facts
from data.records.progress import StepKind
from data.records.retirement import Duty, Retirement, State
from workflows.rules.consumers.callers import unclaimed
from workflows.rules.consumers.vouching import vouched
from workflows.rules.lifecycle import is_going_dark


def missing(state: Retirement, facts: Facts) -> tuple[Caller, ...]:
    """Those of whom nobody was told yet, and for whom nobody took responsibility by name."""
    began = state.progress(StepKind.DISABLE).at
    is_dark = state.state is State.DISABLED or is_going_dark(state)
    if not is_dark or began is None or state.restoring:
        return ()
    day = f"{began.astimezone(UTC):%Y-%m-%d}"
    calls = {one.consumer_id: one for one in facts.calls}
    since = {one for one, seen in calls.items() if seen.last_seen > day}
    unknown = {one.consumer_id for one in unclaimed(state, facts.impact)}
    # Once it is dark, what a catalog calls otherwise since is not followed any more: it is told of under its own name.
    own = {now: one for one, now in facts.ids.items()}
    borne = {owed.consumer.consumer_id for owed in state.obligations if owed.duty is Duty.WAIVED}
    known = vouched(state) | borne | {*state.missed_by}
    found = {one for one in since | unknown if known.isdisjoint((one, own.get(one, one), state.id_of(one)))}
    return tuple(
        Caller(
            consumer=replace(one, consumer_id=own.get(one.consumer_id, one.consumer_id)),
            calls=calls.get(one.consumer_id),
        )
        for one in facts.impact
        if one.consumer_id in found
    )
