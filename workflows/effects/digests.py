"""Putting a weekly digest together: for whom, since when, by whose clock, and is there anything to say?

Safe to repeat: what a reader was told meanwhile is not told again. Who cannot be reached any more reads it no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from data.errors import Unavailable
from data.events import EMERITUS
from data.records.decision import Claim, ClaimKind, Dead, Done, HeldUp, NotDone, Result, Unknown
from data.records.digests import DigestState
from data.records.retirement import Retirement
from data.store import Then
from workflows import by_name
from workflows.audiences import is_marked, sees
from workflows.commands import DropReader, TellDigest
from workflows.decisions.digests import place_of
from workflows.effects.workshop import QUIET_TRIES, Workshop, again, then
from workflows.histories import History, concerning, histories
from workflows.machine import digest_of
from workflows.rules.lifecycle import is_living
from workflows.rules.people import audience
from workflows.rules.people.delegating import stands_in_for
from workflows.rules.restriction import channel_of, is_restricted
from workflows.rules.telling.messages import is_person

WAIT, WAITS_MAX = timedelta(seconds=10), 3
"""Ours: half a minute later it is as good, and what takes longer, or is tried again, is told in the next one."""


def compose(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    """Look what there is to tell, and have that decided on."""
    state = digest_of(claim.stream, shop.engine.store.state(claim.stream))
    assert claim.effect is not None
    since = datetime.fromisoformat(claim.effect.body["since"])
    if not state.is_on or state.sent_at != since:
        return Done(), None
    if claim.attempt <= WAITS_MAX and _is_behind(shop):
        why = "what is due by now is decided first"
        return NotDone(retry_at=shop.world.now() + WAIT, why=why), None
    try:
        zone = _zone(state, shop)
    except Unavailable as error:
        if claim.attempt < QUIET_TRIES:
            return again(claim, error, shop.world), None
        zone = ""
    told = told_to(state.place, since, shop, known_to(state.place, shop, shop.engine.retirements()))
    now = shop.world.now()
    command = TellDigest(
        by=EMERITUS,
        since=since,
        tells=shop.tells(told, now),
        draws=any(is_living(one.retirement) for one in told),
        zone=zone,
    )
    return Done(), then(claim, command, shop.engine.gatherer.facts(command, None, now))


def _is_behind(shop: Workshop) -> bool:
    """Is there anything to decide yet of what is due? Steps and digests are due in the same minute."""
    queues = shop.engine.store.queues(shop.world.now())
    return any(queue.due for queue in queues if queue.kind is not ClaimKind.EFFECT)


def is_wanted(stream: str, shop: Workshop) -> bool:
    """Does its reader still have one? It may have waited for their morning, and they have ended it since."""
    return digest_of(stream, shop.engine.store.state(stream)).is_on


def known_to(place: str, shop: Workshop, every: Iterable[Retirement]) -> tuple[Retirement, ...]:
    """Those of which this reader may know: of what is restricted, no channel but the one its card is in."""
    gatherer = shop.engine.gatherer
    there, now = gatherer.catalog.snapshot(), shop.world.now()
    if is_person(place):
        return tuple(one for one in every if sees(place, one, there, lambda: gatherer.delegations(now)))
    return tuple(one for one in every if not is_marked(one, there) or _is_in(place, one))


def told_to(place: str, since: datetime, shop: Workshop, known: Iterable[Retirement]) -> tuple[History, ...]:
    """What this reader is told of those they may know of: a person of what concerns them, a channel of everything."""
    if not is_person(place):
        return histories(shop.engine.store, known, since)
    known, gatherer, now = tuple(known), shop.engine.gatherer, shop.world.now()
    there, delegations = gatherer.catalog.snapshot(), gatherer.delegations(now)
    named = by_name.named(place, known, there, delegations, now)
    reader = audience.Reader(place, stands_in_for(place, delegations), named)
    own = [one for one in known if audience.concerning(one, reader) is not None]
    return concerning(histories(shop.engine.store, own, since), reader)


def _is_in(place: str, one: Retirement) -> bool:
    return is_restricted(one) and bool(place) and channel_of(one) == place


def _zone(state: DigestState, shop: Workshop) -> str:
    """Whose clock it goes by now: the person's, or that of whoever subscribed a channel. Empty: as before."""
    if not state.place or shop.readers is None:
        return ""
    return shop.readers.zone(state.place if is_person(state.place) else state.by, shop.world.now())


def reached(claim: Claim, result: Result, shop: Workshop) -> tuple[Result, Then | None]:
    """A reader who has left, and a channel that takes nothing any more, are dropped; all else is tried again."""
    is_lost = isinstance(result, Dead) or (
        isinstance(result, NotDone | Unknown) and result.held_up is HeldUp.PLACE
    )
    if not place_of(claim.stream) or not is_lost:
        return result, None
    assert isinstance(result, Dead | NotDone | Unknown)
    place = place_of(claim.stream)
    command = DropReader(by=EMERITUS, why=result.why.removeprefix(f"{place} "))
    return Done(), then(claim, command, shop.engine.gatherer.facts(command, None, shop.world.now()))
