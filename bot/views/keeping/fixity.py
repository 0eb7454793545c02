"""What checks of archives find over the years: in the thread, in the governance channel, and where one stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.views import limits
from bot.views.blocks import Payload, context, message, safe, section
from bot.views.keeping import archive_lines
from data import events
from data.events.fixity import ArchiveMended
from data.records.retirement import Retirement
from workflows.artifact_store import EVERYTHING
from workflows.rules.keeping import auditing
from workflows.rules.wording import counted

LINE_MAX = 400


def line(event: events.ArchiveAudited | ArchiveMended) -> str:
    """The event in the card's thread."""
    if isinstance(event, ArchiveMended):
        return _mended(event)
    if event.trouble:
        return f":boom: *The archive is damaged*: {safe(event.trouble, limits.PROSE_MAX)}"
    read = f"{counted(event.files, 'file')}, {counted(event.bytes, 'byte')}, read and compared"
    held = f":test_tube: The archive was checked, and holds: {read}{_unread(event.unread)}"
    return f"{held}{archive_lines.noticed(event.noticed)}"


def _mended(event: ArchiveMended) -> str:
    if event.names == (EVERYTHING,) and event.place == auditing.COPY:
        return ":card_index_dividers: A second copy of the archive was made, and read back in full"
    what, other = (
        ("archive", "second copy") if event.place == auditing.ARCHIVE else ("second copy", "archive")
    )
    names = limits.joined([safe(one, 200) for one in event.names], 1_500, between=", ")
    put_right = f":adhesive_bandage: The {what} did not hold, and was put right from the {other}: {names}"
    return f"{put_right}. All of it was read back"


def standing(retirement: Retirement) -> Iterator[str]:
    """Since when all of it is known to hold, and what is wrong with it."""
    audit = retirement.audit
    if retirement.archived is None or (audit is None and retirement.drilled_at is None):
        return
    if audit is not None and audit.trouble:
        yield f":boom: *The archive is damaged*, found {audit.at:%Y-%m-%d}: {safe(audit.trouble, limits.PROSE_MAX)}"
    elif since := auditing.whole_since(retirement):
        under_way = "; being read again" if audit is not None and audit.began_at else ""
        unread = _unread(audit.unread) if audit is not None else ""
        yield f"*Archive* every file was read and compared since {since:%Y-%m-%d}{under_way}{unread}"
    if audit is not None and audit.noticed:
        more = f", and {len(audit.noticed) - 1} more" if audit.noticed[1:] else ""
        yield f":warning: *Archive* not as it was left: {safe(audit.noticed[0], limits.REASON_MAX)}{more}"


def _unread(files: int) -> str:
    """Cold storage is not asked back to be checked: that takes hours and is billed."""
    if not files:
        return ""
    return f". Of {counted(files, 'file')} in cold storage only name and size were looked at"


def bad(retirement: str, why: str, *, has_ended: bool = False) -> Payload:
    """`has_ended`: nothing is archived again, so what is bad comes back from a copy or not at all."""
    head = f":boom: The archive of {safe(retirement)} does not hold, or cannot be reached"
    then = "Nothing goes dark meanwhile: it is made and proven again first."
    if has_ended:
        then = "Its retirement is over, so it is not archived again: move nothing of it away."
    blocks = [
        section(limits.joined([f"{head}.", safe(why, limits.PROSE_MAX)], limits.SECTION_MAX)),
        context(
            f"It is looked at again each day. {then} "
            f"`emeritus archive show {safe(retirement)}` says where it lies."
        ),
    ]
    return message(head, blocks)


def repaired(retirement: str, names: Sequence[str]) -> Payload:
    whose = safe(retirement)
    head = f":adhesive_bandage: The archive of {whose} or its second copy did not hold, and was put right"
    shown = [f"• {safe(one, LINE_MAX)}" for one in names]
    blocks = [
        section(limits.joined([f"{head}:", *shown], limits.SECTION_MAX)),
        context(
            "What was bad lies beside it, in a folder that ends with .damaged and the time, or is an older version in "
            "its bucket: look at its disk."
        ),
    ]
    return message(head, blocks)


def mended(retirement: str) -> Payload:
    return message(
        f":white_check_mark: The archive of {safe(retirement)} is as it should be again, or is kept no more"
    )


def not_refused(tried: Sequence[str]) -> Payload:
    head = ":boom: The bucket of the archives does not do what its lock promises"
    lines = [f"• {safe(one, LINE_MAX)}" for one in tried]
    blocks = [
        section(limits.joined([f"{head}. Tried on a tiny object:", *lines], limits.SECTION_MAX)),
        context(
            "Until it does, whoever may write there may be able to delete an archive. It is tried each day; "
            "`emeritus doctor` tries it now."
        ),
    ]
    return message(head, blocks)


def refused_again() -> Payload:
    return message(":white_check_mark: The bucket of the archives refuses again what its lock forbids")
