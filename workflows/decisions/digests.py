"""The weekly digest: told once, also after downtime, and set for the next week in the same commit."""

from __future__ import annotations

from datetime import datetime

from data import events
from data.records.base import Record
from data.records.decision import Decision, Effect, EffectKind, Timer
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.commands import SendDigest, encoded
from workflows.rules.hours import day_of, next_digest_at
from workflows.rules.messages import PATIENCE_SECONDS
from workflows.rules.permissions import check

STREAM = "digest"


class DigestState(Record, frozen=True, kw_only=True):
    version: int = 0
    sent_at: datetime | None = None


def evolve(state: DigestState, event: events.DigestSent) -> DigestState:
    return DigestState(version=state.version + 1, sent_at=event.at)


def send(state: DigestState, command: SendDigest, facts: Facts, now: datetime) -> Decision[events.DigestSent]:
    """The first time only sets the date; from then on it is sent when due."""
    check("send digest", command.by, Retirement(id=""), facts)
    assert facts.policy is not None
    timer = Timer(
        name="weekly",
        due_at=next_digest_at(now, facts.policy),
        command=encoded(SendDigest(by=events.EMERITUS)),
    )
    if state.sent_at is None:
        return Decision(events=(events.DigestSent(at=now, by=events.EMERITUS, since=now),), timers=(timer,))
    day = day_of(now, facts.policy)
    # Told in the night to its own day, as it was overdue: the regular one is another message.
    is_second = state.version > 1 and day_of(state.sent_at, facts.policy) == day
    effect = Effect(
        key=f"digest/{day}/{state.version + 1}" if is_second else f"digest/{day}",
        kind=EffectKind.POST,
        lane="digest",
        place=facts.policy.governance_channel,
        patience_seconds=PATIENCE_SECONDS["digest"],
        body={
            "notice": "digest",
            "channel": facts.policy.governance_channel,
            "since": state.sent_at.isoformat(),
            "until": now.isoformat(),
        },
    )
    sent = events.DigestSent(at=now, by=events.EMERITUS, since=state.sent_at)
    return Decision(events=(sent,), timers=(timer,), effects=(effect,))
