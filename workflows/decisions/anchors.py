"""Checkpoints of the log are kept where nobody who runs the record reaches them, and the record is held to them.

One that was brought back from a backup does not go on from those of the time it lost. It looks as one that somebody
rolled back, and no computation can tell the two apart; so a person does, by name and for a reason, on the record:
where the log goes on it has that entry, and the next anchor has it locked.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from data import events
from data.events.anchors import AnchorsLeft
from data.records.anchors import Anchoring, LeftBehind
from data.records.decision import Decision, Effect, EffectKind
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.commands import LeaveAnchors
from workflows.rules.permissions import check
from workflows.rules.telling.messages import PATIENCE_SECONDS

STREAM = "anchors"

AnchorEvent = AnchorsLeft


def evolve(state: Anchoring, event: AnchorEvent) -> Anchoring:
    left = LeftBehind(
        at=event.at,
        by=event.by,
        because=event.because,
        names=event.names,
        taken_at=event.taken_at,
        restored_at=event.restored_at,
    )
    return replace(state, version=state.version + 1, left=(*state.left, left))


def leave(state: Anchoring, command: LeaveAnchors, facts: Facts, now: datetime) -> Decision[events.AnyEvent]:
    """Comes from a shell of the operator's, never from Slack; the governance channel hears of it."""
    check("leave anchors", command.by, Retirement(id=""), facts)
    names = tuple(name for name in command.names if name not in state.left_names)
    if not names:
        return Decision()
    left = AnchorsLeft(
        at=now,
        by=command.answers,
        names=names,
        taken_at=command.taken_at,
        restored_at=command.restored_at,
        because=command.because,
    )
    told = _told(
        state,
        "left",
        "anchors left",
        facts,
        count=str(len(names)),
        who=command.answers,
        because=command.because,
        taken_at=command.taken_at.isoformat(),
    )
    return Decision(events=(left,), effects=(told,))


def _told(state: Anchoring, what: str, notice: str, facts: Facts, **body: str) -> Effect:
    assert facts.policy is not None
    channel = facts.policy.governance_channel
    return Effect(
        key=f"anchors/told/{state.version + 1}/{what}",
        kind=EffectKind.POST,
        lane="anchors",
        place=channel,
        patience_seconds=PATIENCE_SECONDS[notice],
        body={"notice": notice, "channel": channel, **body},
    )
