"""Which archive is read next, and what is known of each? The one that was read longest ago comes first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from data import events
from data.events.fixity import ArchiveMended
from data.records.fixity import Audit
from data.records.retirement import Retirement
from workflows.rules.keeping import pruning

GIB = 1 << 30
NOTICED_MAX = 100
"""Whoever may write to a bucket can leave any number of versions in it; the first ones tell that somebody does."""
ARCHIVE, COPY = "archive", "copy"
_READ_AT = re.compile(r", read [0-9T:-]+Z(?=\))")
_NEVER = datetime.min.replace(tzinfo=UTC)


def kept(retirements: Iterable[Retirement]) -> tuple[Retirement, ...]:
    """Those of whose archive something is left. What is about to go is not looked at."""
    return tuple(one for one in retirements if pruning.left(one) and not is_going(one))


def is_same(trouble: str, other: str) -> bool:
    """Is it as bad as it was, whenever that was read? As data/archive/findings.py says it."""
    return _READ_AT.sub("", trouble) == _READ_AT.sub("", other)


def is_going(state: Retirement) -> bool:
    """Are files of it being removed, so that one may be missed or not?"""
    return state.prune is not None and bool(state.prune.confirmed_by)


def whole_since(state: Retirement) -> datetime | None:
    """Since when every file of it was read and held: in audits, or by its drill."""
    audited = state.audit.whole_at if state.audit else None
    return max(filter(None, (audited, state.drilled_at)), default=None)


def all_whole_since(states: Iterable[Retirement]) -> datetime | None:
    """The same of all of them; None where one was never read, or there is none."""
    since = [whole_since(one) for one in states]
    known = [one for one in since if one is not None]
    return min(known, default=None) if len(known) == len(since) else None


def in_turn(states: Iterable[Retirement]) -> list[Retirement]:
    """What is bad, then what is half read, then what was read longest ago."""

    def turn(state: Retirement) -> tuple[bool, bool, datetime, str]:
        audit = state.audit
        is_bad, is_begun = bool(audit and audit.trouble), bool(audit and audit.began_at)
        return (not is_bad, not is_begun, whole_since(state) or _NEVER, state.id)

    return sorted(states, key=turn)


def is_to_be_read(state: Retirement, every_days: int, now: datetime) -> bool:
    """What was found bad is read until it holds."""
    audit, since = state.audit, whole_since(state)
    if audit is not None and (audit.began_at or audit.trouble):
        return True
    return since is None or now - since >= timedelta(days=every_days)


def after(
    state: Retirement, event: events.ArchiveAudited | events.ArchiveConfirmed | ArchiveMended
) -> Retirement:
    """Where a reading begins is since when all of it is known to hold, once it has come to its end.

    What was bad is so until all of it was read and held.
    """
    if isinstance(event, ArchiveMended):
        kept = state.archived
        if event.place == COPY or kept is None:
            return state
        if event.version:
            kept = replace(kept, version=event.version)
        return replace(state, archived=kept, audit=Audit(at=event.at, whole_at=event.at))
    if isinstance(event, events.ArchiveConfirmed):
        is_new = state.audit is None  # its drill was days ago
        return state if is_new else replace(state, audit=Audit(at=event.at, whole_at=event.at))
    before = state.audit or Audit(at=event.at)
    if event.trouble:
        audit = Audit(
            at=event.at,
            whole_at=before.whole_at,
            unread=before.unread,
            trouble=event.trouble,
            noticed=before.noticed,
        )
        return replace(state, audit=audit)
    began_at = before.began_at or event.at
    audit = Audit(
        at=event.at,
        began_at=began_at if event.upto else None,
        upto=event.upto,
        whole_at=before.whole_at if event.upto else began_at,
        unread=event.unread,
        trouble=before.trouble if event.upto else "",
        noticed=(*before.noticed, *event.noticed),
    )
    return replace(state, audit=audit)
