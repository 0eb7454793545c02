"""When is a store told how long to keep an archive? When something happened that its days count from, or holds it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from data import events
from data.events.fixity import ArchiveMended
from data.records.decision import Effect, EffectKind
from data.records.retirement import Retirement

CHANGES_HOW_LONG = (
    events.HoldPlaced,
    events.HoldReleased,
    events.ArchiveStored,
    ArchiveMended,
    events.Amended,
    events.Disabled,
    events.Closed,
    events.RolledBack,
    events.Cancelled,
    events.Rejected,
    events.Expired,
    events.Withdrawn,
)


def wanted(state: Retirement, kinds: Collection[type[events.Event]]) -> Iterable[Effect]:
    """Only the latest counts: a store is told how it is by then."""
    if state.archived is not None and not set(CHANGES_HOW_LONG).isdisjoint(kinds):
        yield Effect(key=f"{state.id}/keep", kind=EffectKind.KEEP, refresh=True)
