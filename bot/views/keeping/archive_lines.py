"""What becomes of an archive, as lines in the card's thread: made, proven, lost."""

from __future__ import annotations

from collections.abc import Sequence

from bot.views import limits
from bot.views.blocks import safe
from bot.views.keeping import archives
from data import events
from data.records.archived import Archived, Lock
from data.records.progress import StepKind
from data.records.retirement import Retirement
from workflows.rules.wording import counted


def line(
    event: events.ArchiveStored | events.DrillPassed | events.ArchiveConfirmed | events.ArchiveLost,
) -> str:
    """The event in the card's thread."""
    match event:
        case events.ArchiveStored(archived=archived):
            kept = f"`{safe(archived.preservation_id)}`{locked(archived)}"
            return f":package: Archived {_amount(archived)} as {kept}{archives.not_had(archived)}"
        case events.DrillPassed():
            return f":test_tube: Restore drill passed: {_amount(event)} read back and compared{noticed(event.noticed)}"
        case events.ArchiveConfirmed():
            again = f":test_tube: The archive was read back once more before *{safe(event.step)}*"
            return f"{again}: {_amount(event)} compared{noticed(event.noticed)}"
        case events.ArchiveLost():
            what = f":boom: The archive did not hold when it was read back for *{safe(event.step)}*"
            running = " Endpoints left running." if event.step is StepKind.DISABLE else ""
            return (
                f"{what}: {safe(event.reason, limits.PROSE_MAX)}.{running} It is made and proven again first."
            )


def where(retirement: Retirement) -> str:
    """Where the archive stays, after a semicolon; nothing where there is none."""
    kept = retirement.archived
    return f"; `{safe(kept.preservation_id)}` stays at {safe(kept.location, 200)}" if kept else ""


def _amount(kept: Archived | events.DrillPassed | events.ArchiveConfirmed) -> str:
    return f"{counted(kept.files, 'file')}, {counted(kept.bytes, 'byte')}"


def noticed(found: Sequence[str]) -> str:
    """What is not as it was left, though every byte is."""
    if not found:
        return ""
    return limits.joined(
        [". :warning: Yet", *(f"    • {safe(one, limits.REASON_MAX)}" for one in found)], 1_500
    )


def locked(archived: Archived) -> str:
    """Of a bucket or another store: what a directory can do is the same for every archive in it."""
    match archived.lock:
        case None if archived.lacks:
            return (
                f"; its store has no {safe(', no '.join(archived.lacks))}: tamper-evident, not tamper-proof"
            )
        case None:
            return ""
        case Lock.NONE:
            return "; nothing locks it in its bucket: tamper-evident, not tamper-proof"
        case Lock.GOVERNANCE | Lock.COMPLIANCE:
            return f"; its bucket locks it ({archived.lock})"
