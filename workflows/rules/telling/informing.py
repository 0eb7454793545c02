"""What do those hear who are asked nothing: whom the policy has told besides owners, and owners once it is closed?"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from data import events
from data.records.decision import Effect
from data.records.progress import StepKind
from data.records.retirement import Retirement
from workflows.rules.consumers.obligations import people_of
from workflows.rules.hours import day_of
from workflows.rules.lifecycle import CALLED_OFF
from workflows.rules.people.addressees import beside
from workflows.rules.restriction import channel_of, is_restricted
from workflows.rules.telling import messages, milestones

ANNOUNCED, MOVED, CLOSED, STAYS = "announced", "moved", "closed", "called off"


def for_events(
    before: Retirement, state: Retirement, kinds: Collection[type[events.RetirementEvent]]
) -> Iterable[Effect]:
    """One message each, however many audiences they are of, and however much happened at once."""
    # Who is to know of a restricted model is asked something, or in its channel.
    news, to = _news(before, state, kinds), () if is_restricted(state) else beside(state)
    if news == CLOSED:
        to = (*people_of(state.obligations), *to)
    for place in to if news else ():
        key = f"{state.id}/informed-{state.version}/{place}"
        yield messages.direct(
            key, "informed", place, news=news, **(was(before, state) if news == MOVED else {})
        )


def was(before: Retirement, state: Retirement) -> dict[str, str]:
    """The last day as people had been told of it, for a message about the one there is now."""
    if before.plan is None or state.plan is None or state.policy is None:
        return {}
    old, new = (
        day_of(plan.step(StepKind.DISABLE).due_at, state.policy) for plan in (before.plan, state.plan)
    )
    return {"was": old.isoformat()} if old != new else {}


def moved(
    before: Retirement, state: Retirement, version: int, told: Iterable[str], otherwise: Collection[str]
) -> Iterable[Effect]:
    """Who was told of a date before, and is asked nothing: who has moved, and whom the silence of others went to.

    otherwise   who is told of the new one in another message; its thread and the policy's audiences are, too
    """
    known = {*otherwise, *(() if is_restricted(state) else beside(state)), channel_of(state)}
    for place in dict.fromkeys(told):
        if place not in known and place not in state.unreached and place != state.coordinator_id:
            key = f"{state.id}/informed-{version}/{place}"
            body = {"news": MOVED, "milestone": milestones.moved(state), **was(before, state)}
            yield messages.direct(key, "informed", place, **body)


def _news(before: Retirement, state: Retirement, kinds: Collection[type[events.RetirementEvent]]) -> str:
    """What there is to tell; empty where nothing changed of what they were told."""
    if events.Announced in kinds:
        return ANNOUNCED
    if events.Closed in kinds:
        return CLOSED
    if before.announced and state.state in CALLED_OFF and before.state not in CALLED_OFF:
        return STAYS
    if events.Amended not in kinds or not state.is_migrating:
        return ""
    is_moved = before.plan is not None and state.plan is not None and before.plan.steps != state.plan.steps
    return MOVED if is_moved else ""
