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
from workflows.rules import messages, milestones
from workflows.rules.delegating import InForce, chain, hears_as, receiver
from workflows.rules.messages import LEFT_OUT, OVERTAKEN, READER
from workflows.rules.obligations import of_person, people_of

ASKS = frozenset(
    {
        "asked again",
        "called off",
        "contested",
        "channel lost",
        "dm",
        "escalation",
        "handed",
        "missed",
        "reminder",
        "reopened",
        "taken over",
        "unreached",
        "waived",
    }
)
"""What is asked of a person, or told them as the one who answers. A digest is read by whoever subscribed."""

DRAWN_FOR_EACH = frozenset({"dm", "reminder"})
"""What lists each person's own: it says something else to everybody, under the same words."""


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
    body = claim.effect.body
    person = body.get("slack_id", "")
    if body["notice"] not in ASKS or not messages.is_person(person):
        return ""
    return receiver(person, shop.engine.gatherer.delegations(at))


def passed_on(claim: Claim, reader: str, state: Retirement | None, shop: Workshop) -> Passed:
    """As it goes to this reader: only what they are not asked anyway."""
    effect = claim.effect
    assert effect is not None
    if _is_superseded(claim, shop):
        return Passed(claim, is_wanted=False)
    if not reader or reader == effect.body["slack_id"] or state is None:
        return Passed(claim)
    person = effect.body["slack_id"]
    there = shop.engine.gatherer.delegations(shop.world.now())
    left_out = [
        duty.consumer.consumer_id
        for duty in of_person(state, person)
        if hears_as(duty.asked, reader, there) not in ("", person)
    ]
    body = {**effect.body, "channel": reader, READER: reader, LEFT_OUT: "\n".join(left_out)}
    if "consumer_ids" in body and body["notice"] == "handed":
        kept = [one for one in body["consumer_ids"].split("\n") if one not in left_out]
        body["consumer_ids"] = "\n".join(kept)
    passed = replace(claim, effect=replace(effect, place=reader, body=body))
    if not _says_something(body, state, there):
        return Passed(passed, is_wanted=False)
    has_it, behind = _beside(effect, reader, there, shop)
    return Passed(passed, is_wanted=not has_it, behind=behind)


def _says_something(body: dict[str, str], state: Retirement, there: InForce) -> bool:
    """Is there anything in it that the reader is not asked, or told, otherwise?"""
    person, reader = body["slack_id"], body[READER]
    left_out = body[LEFT_OUT].split("\n")
    match body["notice"]:
        case "dm":
            owed = of_person(state, person)
        case "reminder":
            asked = milestones.concerned(state, body["milestone"])
            owed = tuple(duty for duty in of_person(state, person) if duty in asked)
        case "handed":
            return bool(body["consumer_ids"])
        case "called off":
            return hears_as(people_of(state.obligations), reader, there) == person
        case _:
            return True
    return any(duty.consumer.consumer_id not in left_out for duty in owed)


def _beside(effect: Effect, reader: str, there: InForce, shop: Workshop) -> tuple[bool, str]:
    """Does the reader have the same already, for themselves or another? If not yet, for whom they get it first.

    What is on its way for another may yet go to that one, if their delegation ends: it is waited for.
    """
    person = effect.body["slack_id"]
    if effect.body["notice"] in DRAWN_FOR_EACH or not effect.key.endswith(f"/{person}"):
        return False, ""
    stem, first = effect.key.removesuffix(person), ""
    for one in shop.engine.store.kept(stem):
        whose = one.effect.body.get("slack_id", "")
        is_same = one.effect.key == f"{stem}{whose}" and _said(one.effect) == _said(effect)
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


def _said(effect: Effect) -> dict[str, str]:
    return {what: said for what, said in effect.body.items() if what not in ("slack_id", "channel")}


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
