"""Whether consumers work without the model: their checks are begun, and each of them ends."""

from __future__ import annotations

from data.events.base import Event
from data.records.base import NO_PROSE, Prose
from data.records.checks import CheckEnd, CheckSeen, CheckWanted


class ChecksDeclared(Event, frozen=True, kw_only=True, tag="checks declared"):
    """They were not declared before, or otherwise: from now on they are owed, whoever drops them."""

    checks: tuple[CheckSeen, ...]


class ChecksStarted(Event, frozen=True, kw_only=True, tag="checks started"):
    """By somebody, or by time as the switch-off is due."""

    checks: tuple[CheckWanted, ...]


class CheckEnded(Event, frozen=True, kw_only=True, tag="check ended"):
    """One of them came to its end, whichever.

    run         version in which it was begun     declared    digest of what was run
    log         what it said, cleaned and cut; `log_digest`: SHA-256 of that
    """

    consumer_id: str
    name: str
    run: int
    end: CheckEnd
    declared: str = ""
    why: str = ""
    seconds: int = 0
    log: Prose = NO_PROSE
    log_digest: str = ""


class ChecksWaiverOutdated(Event, frozen=True, kw_only=True, tag="waiver of checks outdated"):
    """By the catalog the consumer is another thing than the one whose checks were waived: they have to pass after all.

    consumer_id   under which it stands now     what   was waived     was_by   who had, and why: `reason`
    """

    consumer_id: str
    what: str
    was_by: str
    reason: Prose
