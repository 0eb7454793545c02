"""What a message carries to the edge, which draws it: the state as it is by then, and whatever its view looks at."""

from __future__ import annotations

from datetime import datetime

from data.catalog.snapshot import Snapshot
from data.events import AnyEvent, Reviewed
from data.records.decision import Claim, Effect
from data.records.retirement import Retirement
from workflows.audiences import seen
from workflows.decisions.digests import place_of
from workflows.decisions.hearings import Hearing
from workflows.effects import answering, digests
from workflows.effects.workshop import Workshop
from workflows.histories import History
from workflows.measuring import outcomes
from workflows.ports import Message
from workflows.reviews import reviews, suggested_to_all
from workflows.rules.hindsight.lessons import Lesson
from workflows.rules.hindsight.outcomes import Outcome
from workflows.rules.restriction import channel_of

_OF_GROUPS = {"attestation", "break-glass"}
_OF_MODELS = {"answer", "dependants", "dm", "handed", "impact", "informed", "meeting", "picture", "reminder"}
FROM_CATALOG = frozenset(_OF_GROUPS | _OF_MODELS)
"""Notices that say more than the record does: which catalog declares what, what was measured of it and is one with
what, who was last seen calling, and who is in a group now.
"""


def message_of(claim: Claim, shop: Workshop, *, ts: str, channel: str = "") -> Message | None:
    """What to draw and where. None while a thread has no card to hang on."""
    effect = claim.effect
    assert effect is not None
    state = shop.engine.retirement(effect.body.get("here", claim.stream))
    thread_ts = effect.body.get("thread_ts", "")
    if state is not None and not channel:
        assert state.policy is not None
        channel = effect.body.get("channel") or channel_of(state)
        if effect.after and not ts:
            parent = f"{effect.body['here']}/card" if "here" in effect.body else effect.after
            card = shop.engine.store.found(parent)
            if card is None:
                return None
            channel, thread_ts = card["channel"], card["ts"]
    if effect.body["notice"] == "digest chart" and not ts:
        digest = shop.engine.store.found(effect.after)
        if digest is None or "ts" not in digest:
            return None
        channel, thread_ts = digest["channel"], digest["ts"]
    told, came_to = _of_digest(claim, effect, shop)
    return Message(
        key=effect.key,
        notice=effect.body["notice"],
        channel=channel or effect.body["channel"],
        place=effect.place,
        thread_ts=thread_ts,
        ts=ts,
        params={**effect.body, **_place_of_other(effect, shop), **_checkpoint(claim, effect, shop)},
        retirement=state,
        other=shop.engine.retirement(effect.body["other"]) if "other" in effect.body else None,
        events=_events(claim, effect, state, shop),
        reviews=_reviews(effect, shop),
        suggested=_suggested(effect, shop),
        histories=told,
        outcomes=came_to,
        there=_there(effect, shop),
        ahead=_ahead(effect, state, shop),
        bundle=shop.engine.store.bundle(claim.stream) if effect.body["notice"] == "audit" else b"",
        answer=answering.answer(effect, shop),
        now=shop.world.now(),
        tried_at=claim.tried_at,
    )


def _there(effect: Effect, shop: Workshop) -> Snapshot | None:
    """The catalog, where the notice tells of it; to whoever asked, as they may know of it."""
    if effect.body["notice"] not in FROM_CATALOG:
        return None
    there = shop.engine.gatherer.catalog.snapshot()
    return seen(there, effect.body["person"]) if effect.body["notice"] == answering.NOTICE else there


def _reviews(effect: Effect, shop: Workshop) -> tuple[Reviewed, ...]:
    other = shop.engine.retirement(effect.body["other"]) if effect.body["notice"] == "lesson" else None
    return reviews(shop.engine.store, other) if other is not None else ()


def _suggested(effect: Effect, shop: Workshop) -> tuple[Lesson, ...]:
    """Where it says that the policy was to be looked through."""
    if effect.body["notice"] != "policy review" and "review" not in effect.body:
        return ()
    gatherer = shop.engine.gatherer
    return suggested_to_all(shop.engine.store, gatherer.catalog.snapshot(), last=gatherer.review.review_last)


def _ahead(effect: Effect, state: Retirement | None, shop: Workshop) -> tuple[Hearing, ...]:
    if effect.body["notice"] != "ahead" or state is None or shop.outlook is None:
        return ()
    return shop.outlook.ahead(state, shop.world.now())


def _place_of_other(effect: Effect, shop: Workshop) -> dict[str, str]:
    """Where the card of the other retirement is, for a link to it."""
    card = shop.engine.store.found(f"{effect.body['other']}/card") if "other" in effect.body else None
    return {"other_channel": card["channel"], "other_ts": card["ts"]} if card else {}


def _checkpoint(claim: Claim, effect: Effect, shop: Workshop) -> dict[str, str]:
    """How the log stands: the governance channel's digest keeps it where nobody who runs the record can change it."""
    if effect.body["notice"] != "digest" or place_of(claim.stream):
        return {}
    head = shop.engine.store.checkpoint()
    return {"checkpoint": head.checkpoint} if head else {}


def _of_digest(
    claim: Claim, effect: Effect, shop: Workshop
) -> tuple[tuple[History, ...], tuple[Outcome, ...]]:
    """What happened since the one before, as far as it concerns its reader, and how all went they may know of."""
    if effect.body["notice"] not in ("digest", "digest chart"):
        return (), ()
    place, since = place_of(claim.stream), datetime.fromisoformat(effect.body["since"])
    known = digests.known_to(place, shop, shop.engine.retirements())
    return digests.told_to(place, since, shop, known), outcomes(shop.engine.store, known)


def _events(claim: Claim, effect: Effect, state: Retirement | None, shop: Workshop) -> tuple[AnyEvent, ...]:
    """What an effect tells of, where it names versions: the events, of every effect performed together."""
    if "first" not in effect.body or state is None:
        return ()
    bodies = claim.merged or (effect.body,)
    first, last = int(bodies[0]["first"]), int(bodies[-1]["last"])
    stored = shop.engine.store.events(claim.stream, after=first - 1)
    return tuple(entry.event for entry in stored if entry.version <= last)
