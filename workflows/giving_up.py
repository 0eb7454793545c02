"""What becomes of work that broke: it is tried again, more and more seldom, and a bug ends as a dead letter."""

from __future__ import annotations

import logging
from contextlib import suppress

from data.errors import EmeritusError, Unavailable
from data.records.decision import Claim, ClaimKind, Dead, EffectKind, NotDone, Result, Unknown
from data.store import Then
from data.tracing import traced
from workflows.commands import decoded
from workflows.effects import checks, files, notify
from workflows.effects.workshop import Workshop, failure, later, then
from workflows.in_person import IN_THEIR_NAME
from workflows.reporting import named
from workflows.veiling import without_names

log = logging.getLogger(__name__)

TRIES_MAX = 8
"""A command that fails unexpectedly this often is given up and its sender told; a bug must not spin for ever."""

SAID = "This could not be done, and nothing was changed. Tell whoever runs Emeritus: the log says why"
"""What a person hears of a bug: that it is one, and who can mend it; what broke is in the log."""


def result_of(claim: Claim, error: Exception, shop: Workshop) -> Result:
    """Dead letters are listed by /retire show and doctor."""
    world = shop.world
    if isinstance(error, EmeritusError):
        log.warning("%s is tried again: %s", named(claim), _for_all(error, shop))
    else:
        log.error("%s failed\n%s", named(claim), traced(error))
        # A service that should be back is never given up.
        is_restoring = claim.effect is not None and claim.effect.kind is EffectKind.RESTORE
        if claim.tries >= TRIES_MAX and not is_restoring:
            return Dead(why=f"failed {claim.tries} times: {type(error).__name__}")
    retry_at, why = later(claim, world), type(error).__name__
    if claim.effect is not None and claim.effect.kind is EffectKind.POST:
        # It may have broken after Slack took the message.
        return Unknown(retry_at=retry_at, why=why, tried_at=world.now())
    return NotDone(retry_at=retry_at, why=why)


def _for_all(error: EmeritusError, shop: Workshop) -> str:
    """What an error says, as all may read it. Where nobody can tell what is restricted, only of which kind it is."""
    try:
        return without_names(str(error), shop.engine.gatherer.catalog.snapshot())
    except Exception:  # noqa: BLE001 - whatever broke the work may break this, too
        return type(error).__name__


def told(claim: Claim, error: Exception, result: Result) -> str:
    """What whoever sent a command hears: that it is given up, or, once, that their own word waits; else nothing.

    Whose account it is, and who is in a group, is asked when somebody votes: they would look for their vote in vain.
    """
    if isinstance(result, Dead):
        return SAID
    is_first = claim.kind is ClaimKind.INBOX and claim.tries == 1
    if (
        not is_first
        or not isinstance(error, Unavailable)
        or not isinstance(decoded(claim.command), IN_THEIR_NAME)
    ):
        return ""
    return (
        f"It is taken in, and waits: {error}. Nothing is to be done: it is tried again by itself, as of now"
    )


def follow_up(claim: Claim, given_up: Dead, shop: Workshop) -> Then | None:
    """Work that is given up holds its step, so that people see it; of a message somebody else hears."""
    if claim.effect is not None and "step" in claim.effect.body:
        reason = f"it {given_up.why}; the log of Emeritus has the rest, and it is tried again"
        return then(claim, failure(claim, reason))
    if claim.effect is not None and claim.effect.kind is EffectKind.TAKE:
        return files.given_up(claim, SAID, shop)
    if claim.effect is not None and claim.effect.kind is EffectKind.CHECK:
        return checks.given_up(claim, f"it {given_up.why}; the log of Emeritus has the rest")
    if claim.effect is None or "notice" not in claim.effect.body:
        # It tells nobody anything: doctor and /retire show list it.
        return None
    with suppress(Exception):  # whatever broke the message may break this, too
        return notify.next_contact(claim, given_up, shop)
    return None
