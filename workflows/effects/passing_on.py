"""Who gets a message for one person now? Whoever answers for them gets what is asked of them, and nobody it twice.

It is looked at when the message goes, after whatever held it: a delegation that began or ended meanwhile counts.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from data.events import EMERITUS, Delegated
from data.records.decision import Claim, Dead, Done, Effect, HeldUp, NotDone, Result
from data.records.retirement import Retirement
from data.store import Kept, Then
from workflows.commands import EndDelegation, encoded
from workflows.decisions.delegations import person_of, stream_of
from workflows.effects.workshop import Workshop
from workflows.machine import delegation_of
from workflows.rules.people.delegating import InForce, chain, receiver
from workflows.rules.telling import standing_in
from workflows.rules.telling.messages import OVERTAKEN, READER


class Passed(NamedTuple):
    """The claim as it goes now, whether it says anything to whom it goes, and for whom they get the same first."""

    claim: Claim
    is_wanted: bool = True
    behind: str = ""


def readers_since(claim: Claim, shop: Workshop) -> tuple[str, ...]:
    """Everybody who may have got it, where nobody knows whether an attempt before posted it."""
    assert claim.effect is not None
    assert claim.tried_at is not None
    readers = [reader_of(claim, shop, at) for at in (claim.first_tried, claim.tried_at)]
    if not any(readers):
        return tuple(dict.fromkeys(readers))
    # Of the attempts between nobody knows when they were, nor what began or ended right before the post.
    return tuple(dict.fromkeys([*readers, *_ever(claim.effect.body["slack_id"], claim.first_tried, shop)]))


def _ever(person: str, since: datetime, shop: Workshop) -> tuple[str, ...]:
    """They, and everybody who answered for them at some time since, through whomever."""
    found = {person: None}
    left = [person]
    while left:
        told = (one.event for one in shop.engine.store.events(stream_of(left.pop())))
        more = [
            one.to for one in told if isinstance(one, Delegated) and one.until > since and one.to not in found
        ]
        found |= dict.fromkeys(more)
        left += more
    return tuple(found)


def reader_of(claim: Claim, shop: Workshop, at: datetime) -> str:
    """Who gets it at this instant; empty for what is for no person."""
    assert claim.effect is not None
    return standing_in.reader_of(claim.effect.body, shop.engine.gatherer.delegations(at))


def passed_on(claim: Claim, reader: str, state: Retirement | None, shop: Workshop) -> Passed:
    """As it goes to this reader: only what they are not asked anyway."""
    effect = claim.effect
    assert effect is not None
    if _is_superseded(claim, shop):
        return Passed(claim, is_wanted=False)
    if not reader or reader == effect.body["slack_id"] or state is None:
        return Passed(claim)
    there = shop.engine.gatherer.delegations(shop.world.now())
    body = standing_in.as_read(state, effect.body, reader, there)
    passed = replace(claim, effect=replace(effect, place=reader, body=body))
    if not standing_in.says_something(state, body, there):
        return Passed(passed, is_wanted=False)
    has_it, behind = _beside(effect, reader, there, shop)
    return Passed(passed, is_wanted=not has_it, behind=behind)


def _beside(effect: Effect, reader: str, there: InForce, shop: Workshop) -> tuple[bool, str]:
    """Does the reader have the same already, for themselves or another? If not yet, for whom they get it first.

    What is on its way for another may yet go to that one, if their delegation ends: it is waited for.
    """
    person = effect.body["slack_id"]
    telling, first = standing_in.telling(effect), ""
    if telling is None:
        return False, ""
    for one in shop.engine.store.kept(telling.stem):
        whose = one.effect.body.get("slack_id", "")
        is_same = standing_in.telling(one.effect) == telling
        if whose == person or not is_same or one.is_stopped or OVERTAKEN in one.found:
            continue
        if one.is_done:
            if one.found.get(READER, whose) == reader:
                return True, ""
        elif whose == reader:
            return True, ""
        elif _may_have(one, whose, reader, shop) or (whose < person and receiver(whose, there) == reader):
            first = first or whose
    return False, first


def _may_have(one: Kept, whose: str, reader: str, shop: Workshop) -> bool:
    """Was it tried while this reader was to get it, and nobody knows yet what came of that?"""
    in_force = shop.engine.gatherer.delegations
    return any(receiver(whose, in_force(min(at, shop.world.now()))) == reader for at in one.tried)


def _is_superseded(claim: Claim, shop: Workshop) -> bool:
    """Is it about a delegation that ended, or began anew, while this waited?"""
    assert claim.effect is not None
    body, store = claim.effect.body, shop.engine.store
    if body["notice"] == "delegation begun":
        state = delegation_of(claim.stream, store.state(claim.stream))
        return str(state.begun) != body["version"] or not state.is_in_force(shop.world.now())
    if body["notice"] == "delegation over" and body["slack_id"] == body["delegate"]:
        # Whoever never heard that it began need not hear that it is over.
        return OVERTAKEN in (store.found(body["begun"]) or {})
    return False


def not_reached(claim: Claim, result: Result, shop: Workshop) -> tuple[Result, Then | None] | None:
    """Where no message reaches whoever was to answer, they do not any more: it goes to who delegated.

    None where that is not what keeps it.
    """
    assert claim.effect is not None
    is_lost = isinstance(result, Dead) or (isinstance(result, NotDone) and result.held_up is HeldUp.PLACE)
    if not is_lost:
        return None
    assert isinstance(result, Dead | NotDone)
    body = claim.effect.body
    if READER in body:
        there = shop.engine.gatherer.delegations(shop.world.now())
        line = (body["slack_id"], *chain(body["slack_id"], there))
        if body[READER] not in line[1:]:
            # It ended a moment ago.
            return NotDone(retry_at=shop.world.now(), why=result.why), None
        person = line[line.index(body[READER]) - 1]
    elif body["notice"] == "delegation begun":
        person = person_of(claim.stream)
    else:
        return None
    why = result.why.removeprefix(f"{claim.effect.place} ")
    command = EndDelegation(by=EMERITUS, person=person, why=why)
    facts = shop.engine.gatherer.facts(command, None, shop.world.now())
    # That somebody is to answer who cannot be told is over with that: there is nothing left to look at.
    over = Done(found={OVERTAKEN: why})
    again = NotDone(retry_at=shop.world.now(), why=why) if READER in body else over
    return again, (stream_of(person), encoded(command), facts)
