"""May a message go to a person now? What nobody waits for is held until their working hours begin.

It is held in the outbox, as an attempt that tried nothing: no restart loses it, nothing of the same lane overtakes it,
and what is known of the person is looked at again when their window opens.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from data.records.decision import Claim, Done, Effect, NotDone, Result
from data.records.hours import Hours
from data.records.retirement import Retirement
from workflows.effects.workshop import Workshop
from workflows.rules.people.windows import begin, next_window
from workflows.rules.telling import messages, overtaken, together


def opening(claim: Claim, shop: Workshop) -> Result | Hours | None:
    """Why it does not go now, or the hours by which it may; None where nobody's hours count."""
    effect = claim.effect
    assert effect is not None
    if shop.timekeeper is None or not messages.is_held_for_hours(effect.place, effect.body):
        return None
    now = shop.world.now()
    hours = shop.timekeeper.hours_of(effect.place, now)
    if isinstance(hours, NotDone):
        return hours
    wanted_at = claim.turn_at - timedelta(seconds=effect.patience_seconds)
    opens_at = next_window(now, hours, since=min(wanted_at, claim.first_tried))
    if opens_at <= now:
        return hours
    return NotDone(retry_at=opens_at, why=begin(opens_at, hours), is_kept=True)


def set_aside(claim: Claim, state: Retirement | None, shop: Workshop) -> NotDone | None:
    """What waited for somebody's hours when its retirement was paused waits until it goes on."""
    effect = claim.effect
    assert effect is not None
    is_held = shop.timekeeper is not None and messages.is_held_for_hours(effect.place, effect.body)
    if not is_held or state is None or not overtaken.waits_for_the_end(state, effect.body):
        return None
    why = f"{state.id} is paused"
    return NotDone(retry_at=shop.world.now(), why=why, is_kept=True, is_set_aside=True)


def as_of_now(
    claim: Claim, others: Iterable[Effect], state: Retirement | None, shop: Workshop
) -> dict[str, str] | None:
    """What is left of a message that was held, or stood behind one; None where it would not be wanted any more.

    others   what is told with it
    """
    effect = claim.effect
    assert effect is not None
    body = together.with_those(effect.body, others)
    if shop.timekeeper is None or state is None or "slack_id" not in body:
        return body
    if body["notice"] == "called off" and not _was_asked(state, body["slack_id"], shop):
        return None
    return overtaken.left(state, effect.key, body, shop.world.now())


def beside(claim: Claim, shop: Workshop) -> list[Effect] | None:
    """What waits to tell the same person the same of others, and goes with it; None where it went with such a one."""
    effect = claim.effect
    assert effect is not None
    if not (stem := together.stem_of(effect)):
        return []
    every = shop.engine.store.kept(stem)
    if any(effect.key in one.found.get(together.TOLD_WITH, "").split("\n") for one in every if one.is_done):
        return None
    return together.beside(effect, (one.effect for one in every if not one.is_done and not one.is_stopped))


def _was_asked(state: Retirement, person: str, shop: Workshop) -> bool:
    """Was this person ever asked to move? Who was not needs no telling that they need not."""
    keys = (messages.dm_key_of(state.id, number, person) for number in range(1, state.announced + 1))
    found = [shop.engine.store.found(key) for key in keys]
    return any(one is not None and messages.OVERTAKEN not in one for one in found) or not any(found)


def gone() -> Done:
    return Done(found={messages.OVERTAKEN: "it would not be wanted any more"})


def told(result: Done, at: datetime, hours: Hours | None) -> Done:
    """With when it was, and on whose clock, where from then on their working hours count."""
    since = {messages.TOLD_AT: at.isoformat(), messages.ZONE: hours.zone} if hours is not None else {}
    return Done(found=result.found | since)


def told_before(result: Done, claim: Claim, shop: Workshop) -> Done:
    """The same of what a look-up found: it was there when it had last been tried, and nobody has had it for longer."""
    effect = claim.effect
    assert effect is not None
    assert claim.tried_at is not None
    if shop.timekeeper is None or not messages.is_held_for_hours(effect.place, effect.body):
        return result
    now = shop.world.now()
    hours = shop.timekeeper.hours_of(effect.place, now)
    known = hours if isinstance(hours, Hours) else shop.timekeeper.known(effect.place, now)
    return told(result, min(claim.tried_at, now), known)
