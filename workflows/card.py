"""Does the card show the round that is open? Until it does nobody can vote, and the round's days do not count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from data.records.decision import Claim, EffectKind
from data.records.retirement import Retirement
from data.store import Waiting
from workflows.rules.telling import messages
from workflows.rules.voting import rounds
from workflows.rules.voting.quorum import open_round


def waits(state: Retirement, waiting: Callable[[str], Waiting | None]) -> str:
    """Why the card does not show the round that is open; empty when it does, or when it never will."""
    round_ = open_round(state)
    if round_ is None:
        return ""
    key = messages.card_key(state)
    if (post := waiting(key)) is not None:
        return post.why or "it is about to be posted"
    edit = waiting(messages.edit(key, "card").key)
    if edit is None or edit.since is None or not rounds.is_unseen(round_, tried_at=edit.since):
        return ""
    return edit.why or "it is about to be drawn anew"


def shows_late(claim: Claim, state: Retirement, now: datetime) -> bool:
    """Is this card, which has just come up, the first to show the round that is open, and late?"""
    assert claim.effect is not None
    round_ = open_round(state)
    if claim.effect.body.get("notice") != "card" or round_ is None or not rounds.is_late(round_, now):
        return False
    return claim.effect.kind is EffectKind.POST or rounds.is_unseen(round_, tried_at=claim.first_tried)
