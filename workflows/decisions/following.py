"""The record follows the catalog: what several sources tell of is one consumer, whatever it was called before.

Whatever is decided on who depends on what retires is decided on that, in the same commit. Which checks they have is
noted with it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from msgspec.structs import replace

from data import events
from data.records.decision import Decision
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.decisions.decided import (
    RetirementDecision,
    decided,
    escalation_timers,
    folded,
    held_again,
)
from workflows.rules.consumers import checking, ids, obligations
from workflows.rules.consumers.callers import ASKED_IN
from workflows.rules.gating import check_gates

C = TypeVar("C")


def following(
    decide: Callable[[Retirement, C, Facts, datetime], RetirementDecision],
) -> Callable[[Retirement, C, Facts, datetime], RetirementDecision]:
    """The same decision, once the record has its consumers under the ids they have by now."""

    def decide_then(state: Retirement, command: C, facts: Facts, now: datetime) -> RetirementDecision:
        if not facts.ids or state.state not in ASKED_IN:
            return _noted(decide(state, command, facts, now), state, facts, now)
        first = _followed(state, facts, now)
        then = decide(folded(state, first.events), command, facts, now)
        wanted = {effect.key: effect for effect in (*then.effects, *first.effects)}
        order = dict.fromkeys(effect.key for effect in (*first.effects, *then.effects))
        both: RetirementDecision = Decision(
            events=(*first.events, *then.events),
            timers=(*first.timers, *then.timers),
            cancels=then.cancels,
            effects=tuple(wanted[key] for key in order),
            reserves=then.reserves,
            releases=then.releases,
            reply=then.reply,
        )
        return _noted(both, state, facts, now)

    return decide_then


def _noted(
    decision: RetirementDecision, state: Retirement, facts: Facts, now: datetime
) -> RetirementDecision:
    """The same, with checks on the record that were not declared before: a file may be missing the next time."""
    after = folded(state, decision.events)
    is_asked = after.is_migrating and check_gates.are_run(after)
    seen = checking.seen(after, facts) if is_asked else ()
    if not seen:
        return decision
    declared = events.ChecksDeclared(at=now, by=events.EMERITUS, checks=seen)
    return replace(decision, events=(*decision.events, declared))


def _followed(state: Retirement, facts: Facts, now: datetime) -> RetirementDecision:
    there = set(facts.ids.values())
    consumers = tuple(one for one in facts.impact if one.consumer_id in there)
    depend = {one.consumer_id for one in consumers}
    is_asked = state.is_migrating
    merged, apart = ids.follows(state, facts.ids)
    event = events.IdsChanged(
        at=now,
        by=events.EMERITUS,
        ids=facts.ids,
        consumers=consumers,
        merged_ids=merged,
        apart_ids=tuple(one for one in apart if is_asked and one in depend),
        answer_by=obligations.answer_by(state, now) if is_asked else None,
    )
    after = folded(state, (event,))
    outdated = checking.outdated(state, event, after)
    after = folded(after, outdated)
    timers = escalation_timers(after, now) if is_asked and state.paused_at is None else ()
    return decided(state, event, *outdated, after=after, timers=(*held_again(after, now), *timers))
