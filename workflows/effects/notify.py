"""Posting and editing messages. What may have been posted, by whichever process, is looked up before any other try.

Bounds, not magic: what Slack took and lost is posted again; what Slack shows only after the look-up's grace could be
posted twice. Edits draw the present state and may be repeated at will.
"""

from __future__ import annotations

from msgspec.structs import replace

from data.events import EMERITUS
from data.records.decision import Claim, Dead, Done, HeldUp, NotDone, Result, Unknown
from data.records.hours import Hours
from data.store import Then
from workflows.card import shows_late
from workflows.commands import RecordShown, RecordUnreached
from workflows.decisions.digests import place_of
from workflows.effects import answering, digests, holding, passing_on
from workflows.effects.files import told_in_channel
from workflows.effects.messages import message_of
from workflows.effects.workshop import RETRY_SECONDS, Workshop, not_begun, then
from workflows.ports import Message
from workflows.rules.restriction import channel_of
from workflows.rules.telling import messages, standing_in, together

TELLS_OF_OTHERS = {
    "channel lost": ("where", "why"),
    "escalation": ("milestone", "level", "consumer_ids", "as"),
    "unreached": ("person", "why"),
}
"""Notice -> what it needs to be told to somebody else, where it does not reach whom it was for."""


def post(  # noqa: PLR0911 - one for each way in which it does not go, or went before
    claim: Claim, shop: Workshop
) -> tuple[Result, Then | None]:
    """Post once; look first where an attempt before may have done it."""
    message = message_of(claim, shop, ts="")
    if message is None and _is_beside_nothing(claim, shop):
        return Done(), None
    if message is None:
        return not_begun(claim, shop.world.after(RETRY_SECONDS), "its card is not posted yet"), None
    if claim.tried_at is not None and (looked_up := _looked_up(claim, message, shop)) is not None:
        result, passed = looked_up
        return passing_on.not_reached(passed, result, shop) or _settled(claim, result, shop)
    if (waits := holding.set_aside(claim, message.retirement, shop)) is not None:
        return waits, None
    reader = passing_on.reader_of(claim, shop, shop.world.now())
    claim, is_wanted, behind = passing_on.passed_on(claim, reader, message.retirement, shop)
    if not is_wanted or (_has_reader(claim) and not digests.is_wanted(claim.stream, shop)):
        return holding.gone(), None
    if behind:
        return not_begun(claim, shop.world.after(RETRY_SECONDS), f"{reader} gets it for {behind} first"), None
    if (beside := holding.beside(claim, shop)) is None:
        return holding.gone(), None
    if (body := holding.as_of_now(claim, beside, message.retirement, shop)) is None:
        return holding.gone(), None
    message = _to_reader(message, claim)
    with_those = together.named(beside)
    message = replace(message, params={**message.params, **body, **with_those})
    may_go = holding.opening(claim, shop)
    if isinstance(may_go, Result):
        return may_go, None
    message = replace(message, params={**_clock(may_go), **message.params})
    shop.world.point("before post")
    if shop.world.after(shop.grace_seconds) > claim.leased_until:
        # It stood still for long: whoever has taken over by now may be posting, and must not be doubled.
        return NotDone(retry_at=shop.world.now(), why="it was held up before it could be posted"), None
    result = shop.messenger.post(message, shop.world.now())
    shop.world.point("after post")
    if isinstance(result, Unknown):
        result = replace(result, tried_at=shop.world.now())
    if isinstance(result, Done):
        found = result.found | with_those | answering.told_of(message.answer)
        result = holding.told(replace(result, found=found), shop.world.now(), may_go)
    result = _with_reader(result, claim)
    return passing_on.not_reached(claim, result, shop) or _settled(claim, result, shop)


def _clock(hours: Hours | None) -> dict[str, str]:
    """On whose clock it is read, so that it can name the days as they have them."""
    return {messages.ZONE: hours.zone} if hours is not None else {}


def _looked_up(claim: Claim, message: Message, shop: Workshop) -> tuple[Result, Claim] | None:
    """What became of an attempt before, as it went to whomever; None where it surely came to nothing."""
    lost: tuple[Result, Claim] | None = None
    for reader in passing_on.readers_since(claim, shop):
        passed, *_ = passing_on.passed_on(claim, reader, message.retirement, shop)
        looked_up = shop.messenger.find(_to_reader(message, passed), claim.first_tried, shop.world.now())
        if isinstance(looked_up, Dead):
            # That nobody can be written to there does not say that nobody else has it.
            lost = lost or (looked_up, passed)
        elif not isinstance(looked_up, NotDone):
            if isinstance(looked_up, Done):
                looked_up = holding.told_before(looked_up, passed, shop)
            return _with_reader(looked_up, passed), passed
    return lost


def _to_reader(message: Message, claim: Claim) -> Message:
    """To whoever gets it now."""
    assert claim.effect is not None
    if messages.READER not in claim.effect.body:
        return message
    place = claim.effect.place
    return replace(message, channel=place, place=place, params={**message.params, **claim.effect.body})


def _with_reader(result: Result, claim: Claim) -> Result:
    """Who got it is kept: it is redrawn as they see it."""
    assert claim.effect is not None
    reader = claim.effect.body.get(messages.READER, "")
    if not isinstance(result, Done) or not reader:
        return result
    return replace(result, found={**result.found, messages.READER: reader})


def _settled(claim: Claim, result: Result, shop: Workshop) -> tuple[Result, Then | None]:
    if _has_reader(claim):
        return digests.reached(claim, result, shop)
    return result, _followed(claim, result, shop)


def _has_reader(claim: Claim) -> bool:
    """Is it a digest for somebody who subscribed, and not what the governance channel hears?"""
    return bool(place_of(claim.stream)) and claim.effect is not None and "since" in claim.effect.body


def _followed(claim: Claim, result: Result, shop: Workshop) -> Then | None:
    """What a message that came up, or that nobody gets, leads to."""
    return _shown(claim, shop) if isinstance(result, Done) else next_contact(claim, result, shop)


def _shown(claim: Claim, shop: Workshop) -> Then | None:
    """A card that was kept from the channel gives its round the days that nobody could vote on."""
    state = shop.engine.retirement(claim.stream)
    if state is None or state.round is None or not shows_late(claim, state, shop.world.now()):
        return None
    return then(claim, RecordShown(by=EMERITUS, number=state.round.number))


def next_contact(claim: Claim, result: Result, shop: Workshop) -> Then | None:
    """A person no message reaches, or a channel none gets into, is never left to silence."""
    assert claim.effect is not None
    if isinstance(result, Done) or (not isinstance(result, Dead) and result.held_up is not HeldUp.PLACE):
        return None
    state = shop.engine.retirement(claim.stream)
    if state is None or state.policy is None:
        return told_in_channel(claim, shop) if isinstance(result, Dead) else None
    body = claim.effect.body
    place = claim.effect.place or body.get("slack_id", "") or channel_of(state)
    told = TELLS_OF_OTHERS.get(body["notice"], ())
    command = RecordUnreached(
        by=EMERITUS,
        person=place,
        why=result.why.removeprefix(f"{place} "),
        unheard={name: body.get(name, "") for name in ("notice", *told)} if told else {},
    )
    return then(claim, command, shop.engine.gatherer.facts(command, state, shop.world.now()))


def _is_beside_nothing(claim: Claim, shop: Workshop) -> bool:
    """Was the digest that its chart hangs on never posted, as nobody could be reached?"""
    assert claim.effect is not None
    return _has_reader(claim) and shop.engine.store.found(claim.effect.after) is not None


def edit(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    """Draw the message anew from the state as it is now."""
    effect = claim.effect
    assert effect is not None
    place = shop.engine.store.found(effect.body["message"])
    if place is not None and messages.OVERTAKEN in place:
        return Done(), None
    if place is None or "ts" not in place:
        return Dead(why="the message it would redraw was never posted"), None
    message = message_of(claim, shop, ts=place["ts"], channel=place["channel"])
    assert message is not None
    if reader := place.get(messages.READER, ""):
        message = _as_read(message, claim, reader, shop)
    result = shop.messenger.edit(message, shop.world.now())
    # Without its card nobody can vote. Whatever else cannot be redrawn, they have read.
    is_card = effect.body["notice"] == "card"
    return result, _followed(claim, result, shop) if is_card else None


def _as_read(message: Message, claim: Claim, reader: str, shop: Workshop) -> Message:
    """As whoever got it in somebody's place sees it: with its buttons while they answer for them, without then."""
    if message.notice not in standing_in.ASKS:
        return message
    if passing_on.reader_of(claim, shop, shop.world.now()) != reader:
        return replace(message, params={**message.params, messages.PASSED_BACK: "yes"})
    passed, *_ = passing_on.passed_on(claim, reader, message.retirement, shop)
    assert passed.effect is not None
    return replace(message, params={**message.params, **passed.effect.body, "channel": message.channel})
