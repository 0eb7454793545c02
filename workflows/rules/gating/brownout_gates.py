"""What keeps a brownout from being begun, and what the switch-off waits for after them?"""

from __future__ import annotations

from data.records.brownouts import BrownoutState
from data.records.catalog import Impacted
from data.records.retirement import Retirement
from data.records.waivers import BROWNOUTS, TRAFFIC
from workflows.rules.consumers import callers
from workflows.rules.consumers.vouching import who_vouches
from workflows.rules.gating.gates import Gate
from workflows.rules.plans import break_glass
from workflows.rules.plans.browned import ahead, running
from workflows.rules.wording import counted, named, typed

RESERVED = (BROWNOUTS, TRAFFIC)


def before_one(state: Retirement, number: int) -> list[Gate]:
    """Besides what holds its step."""
    gates = []
    if (asked := break_glass.request(state)) is not None:
        why = f"<@{asked.asked_by}> asks a second person to shorten its notice: that plan has none"
        gates.append(Gate("break-glass", why))
    if (other := running(state)) is not None and other.number != number:
        gates.append(Gate("running", f"brownout {other.number} is not over yet"))
    return gates


def held(state: Retirement) -> list[Gate]:
    """The switch-off waits until all were held, or somebody goes on without them by name."""
    if state.plan is None or not state.plan.windows:
        return []
    unknown = _unknown(state)
    if who_vouches(state, BROWNOUTS):
        return unknown
    waive = f"/retire waive {state.id} {BROWNOUTS} REASON goes on without"
    left = [f"{number} on {one.starts_at:%Y-%m-%d %H:%M} UTC" for number, one in ahead(state)]
    left += [f"{one.number}, which runs" for one in state.brownouts if one.state is BrownoutState.RUNNING]
    missed = [one for one in state.brownouts if one.state in (BrownoutState.ABORTED, BrownoutState.SKIPPED)]
    gates = []
    if left:
        why = f"{counted(len(left), 'brownout')} {'is' if len(left) == 1 else 'are'} ahead ({named(left)}): {waive}"
        gates.append(Gate(f"brownouts ahead/{len(left)}", why))
    if missed:
        verb = "was" if len(missed) == 1 else "were"
        names = named([f"{one.number}, {one.state}{f': {one.why}' if one.why else ''}" for one in missed])
        why = (
            f"{counted(len(missed), 'brownout')} {verb} not held to the end ({names}): press Edit plan on the "
            f"card for others, or {waive}"
        )
        gates.append(Gate(f"brownouts missed/{','.join(str(one.number) for one in missed)}", why))
    return [*gates, *unknown]


def _unknown(state: Retirement) -> list[Gate]:
    """Whoever a brownout found, and nobody declares, holds the switch-off until somebody says whose it is."""
    refused = {name for one in state.brownouts for name in one.refused}
    found = [one for one in callers.waiting(state) if one.consumer.consumer_id in refused]
    # A name that means something else is said first.
    found.sort(key=lambda one: one.consumer.name not in RESERVED)
    if not found:
        return []
    names = named([_called(one.consumer) for one in found])
    why = (
        f"{counted(len(found), 'caller')} nobody declares called in a brownout ({names}): say whose in the thread of "
        f"its card, or /retire claim {state.id} CALLER, or /retire waive {state.id} CALLER REASON"
    )
    return [Gate(f"browned callers/{','.join(one.consumer.consumer_id for one in found)}", why)]


def _called(caller: Impacted) -> str:
    """As it is typed into a command, in which some words mean something else."""
    return typed(caller.consumer_id if caller.name in RESERVED else caller.name, caller.consumer_id)
