"""The newest checkpoint is taken to where it is kept, and stamped. Safe to repeat: an anchor is put once, and a second
stamp holds as well as the first.

What cannot be reached is tried again at once for some minutes, then each hour, and people are told; nothing is lost by
it, as every later checkpoint stands for all of the earlier ones.
"""

from __future__ import annotations

from base64 import b64encode

from msgspec.structs import replace

from data.errors import EmeritusError, Unavailable
from data.events import EMERITUS
from data.log.checkpoints import name_of
from data.printable import shortened
from data.records.anchors import STREAM, Place
from data.records.decision import Claim, Done, NotDone, Result
from data.store import Then
from workflows import commands as cmd
from workflows.anchoring import anchoring_of
from workflows.decisions.anchors import due
from workflows.effects.workshop import QUIET_TRIES, Workshop, again, later, then

WHY_MAX = 1_500
"""Characters of why: a message holds three thousand."""


def anchor(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    assert claim.effect is not None
    state = anchoring_of(shop.engine.store.state(STREAM))
    head = shop.engine.store.checkpoint()
    if shop.anchors is None:
        return Done(), None
    if head is None:
        # Whoever has just been given a key signs a first one within a minute.
        return NotDone(retry_at=later(claim, shop.world), why="no head of the log is signed yet"), None
    places = due(state, head.size, is_again=claim.effect.body["run"] == "again")
    if not places:
        return Done(), None
    record = cmd.RecordAnchored(
        by=EMERITUS, size=head.size, name=name_of(head.checkpoint.encode()), checkpoint=head.checkpoint
    )
    for place in places:
        if shop.ending.is_set():
            return NotDone(retry_at=shop.world.now(), why="the bot stopped; it is anchored then"), None
        try:
            record = _taken(record, place, shop)
        except EmeritusError as error:
            if isinstance(error, Unavailable) and claim.tries < QUIET_TRIES:
                return again(claim, error, shop.world), None
            record = replace(record, failed={**record.failed, place: shortened(str(error), WHY_MAX)})
    return Done(), then(claim, record, shop.engine.gatherer.facts(record, None, shop.world.now()))


def _taken(record: cmd.RecordAnchored, place: Place, shop: Workshop) -> cmd.RecordAnchored:
    checkpoint = record.checkpoint.encode()
    if place is Place.ARCHIVE:
        assert shop.anchors is not None
        put = shop.anchors.put(checkpoint, shop.world.now())
        return replace(record, where=put.where, version=put.version, locked_until=put.locked_until)
    if shop.stamper is None:
        return record
    found = shop.stamper.stamp(checkpoint)
    return replace(record, stamp=b64encode(found.answer).decode(), stamped_at=found.at, stamped_by=found.by)
