"""Who approved it, when, why, and on what evidence? In one message, alone to whoever asks."""

from __future__ import annotations

from collections.abc import Iterable

from bot.views import limits
from bot.views.asked.assistant_lines import where_now
from bot.views.blocks import Payload, answered, context, day, message, section
from bot.views.card.lines import line
from bot.views.card.proposal import headline
from bot.views.card.steps import zone_of
from data import events
from data.events.brownouts import (
    BrownoutAborted,
    BrownoutCounted,
    BrownoutEnded,
    BrownoutSkipped,
    ConsumerExempted,
)
from data.events.granting import ArchiveRead, ReadEnded, ReadGranted, ReadRevoked
from data.records.retirement import Retirement

TOLD = (
    events.Proposed,
    events.Revised,
    events.Voted,
    events.Approved,
    events.ApprovalLapsed,
    events.Rejected,
    events.Expired,
    events.Withdrawn,
    events.Amended,
    events.Waived,
    events.WaiverContested,
    events.Attested,
    events.BreakGlassAsked,
    events.BreakGlassConfirmed,
    events.BreakGlassReviewed,
    events.ArchiveStored,
    events.DrillPassed,
    events.ArchiveLost,
    events.ArchiveAudited,
    events.HoldPlaced,
    events.HoldReleased,
    events.PruneAsked,
    events.PruneConfirmed,
    events.PruneDropped,
    events.ClassPruned,
    events.ArchivePruned,
    events.Erased,
    ReadGranted,
    ReadRevoked,
    ReadEnded,
    ArchiveRead,
    BrownoutEnded,
    BrownoutAborted,
    BrownoutSkipped,
    BrownoutCounted,
    ConsumerExempted,
    events.Paused,
    events.Resumed,
    events.ManualReported,
    events.ManualChecked,
    events.ManualContradicted,
    events.EndpointGone,
    events.Disabled,
    events.RestoreStarted,
    events.EndpointRestored,
    events.CloseConfirmed,
    events.Closed,
    events.CancellationProposed,
    events.Cancelled,
    events.RolledBack,
)
SECTIONS_MAX = 3


def evidence(state: Retirement, happened: Iterable[events.AnyEvent], bundle: str) -> Payload:
    """`bundle`: what becomes of the file that proves it."""
    zone = zone_of(state)
    told = [
        f"{day(event.at, zone)} {line(event, state).partition(chr(10))[0]}"
        for event in happened
        if isinstance(event, TOLD)
    ]
    rows = limits.spread(told, at_most=SECTIONS_MAX, rest=": the bundle has all of it")
    where = "\n".join(where_now(state))
    shown = [
        section(headline(state)),
        *map(section, rows),
        section(where),
        context("\n".join(answered(bundle))),
    ]
    return message(f"{headline(state)}. {bundle}", shown)
