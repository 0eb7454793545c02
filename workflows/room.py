"""How much of the outbox may be begun now, and when more? What has no room is not claimed: it holds no lease."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from data.records.decision import Claim, Gate, Room
from data.store import Store
from workflows.ports import Messenger

HANDS = {Gate.WORK: 4, Gate.CHECK: 2}
"""Copies and drills take hours, checks up to one each: they leave hands for messages, and checks leave all others for
whoever waits for service.
"""


def beside(working: Sequence[Claim], messenger: Messenger, now: datetime) -> tuple[Room, datetime | None]:
    """What may be begun besides what is under way, and when Slack may take more."""
    begun = [(claim.effect.gate, claim.effect.place) for claim in working if claim.effect is not None]
    # What may have been posted by an earlier try is looked up first.
    begun += [(Gate.FIND, "") for claim in working if claim.tried_at is not None]
    room, more_at = messenger.room(begun, now)
    hands = {gate: max(0, most - sum(one is gate for one, _ in begun)) for gate, most in HANDS.items()}
    return room._replace(free={**room.free, **hands}, patient={**room.patient, **hands}), more_at


def next_due(store: Store, room: Room, more_at: datetime | None) -> datetime | None:
    """When a row falls due that there is room for, or there may be room for one that is due."""
    due = store.next_due(room)
    if more_at is None:
        return due
    anything = store.next_due()
    if anything is None or (due is not None and due <= anything):
        return due
    opens_at = max(anything, more_at)
    return opens_at if due is None else min(due, opens_at)
