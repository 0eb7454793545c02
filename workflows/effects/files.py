"""Importing a file that was shared in Slack, or proposing a plan, and what is told of it. Safe to repeat.

An attempt that ended between the import and its report is seen by the next one in what the catalog recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from data.errors import EmeritusError, Refused, Unavailable
from data.events import EMERITUS
from data.plan_file import PLAN, is_plan
from data.printable import shortened
from data.records.decision import Claim, Done, NotDone, Outcome, Result
from data.records.imports import Share
from data.store import Then
from workflows.commands import RecordFile
from workflows.decisions.files import Fate, told_key
from workflows.effects import plan_files
from workflows.effects.workshop import QUIET_TRIES, Workshop, again, then
from workflows.ports import SharedFile, SharedFiles
from workflows.veiling import without_names

LINES_MAX = 100
"""Lines of a report that are kept for its message, which holds fewer."""
LINE_MAX = 500
LISTED_SECONDS = 2.0
"""Slack names the message of a file a moment after it tells of the file."""


def take(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    """Look at it, import it, have it told. Where any of it fails, nothing has changed."""
    assert claim.effect is not None
    body = claim.effect.body
    file = SharedFile(id=body["file_id"], channel=body["channel"], name=body["file_id"])
    try:
        files = _reading(file.channel, shop)
        found = _look(claim, file, files, shop)
        if not isinstance(found, SharedFile):
            return found, None
        file = found
        _check_survived(claim)
        if is_plan(file.name):
            return _proposed(claim, file, files, shop)
        report = files.take(file, body["by"], shop.world.now, since=claim.tried_since)
    except EmeritusError as error:
        if isinstance(error, Unavailable) and claim.attempt < QUIET_TRIES:
            return again(claim, error, shop.world), None
        return Done(), told(claim, file, _lines(error.told(), body["by"], shop), shop)
    if isinstance(report, NotDone):
        return report, None
    shop.world.point("file imported")
    share = None if report.changed else _before(file, shop)
    lines = _lines(str(report), body["by"], shop)
    return Done(), told(claim, file, lines, shop, format=report.format, share=share)


def _proposed(
    claim: Claim, file: SharedFile, files: SharedFiles, shop: Workshop
) -> tuple[Result, Then | None]:
    plan = files.plan(file, shop.world.now())
    if isinstance(plan, NotDone):
        return plan, None
    receipt = plan_files.propose(claim, plan, shop)
    shop.world.point("file imported")
    assert claim.effect is not None
    lines = _lines(receipt.reply, claim.effect.body["by"], shop)
    is_done = receipt.outcome is Outcome.DONE
    return Done(), told(claim, file, lines, shop, format=PLAN if is_done else "")


def _lines(said: str, by: str, shop: Workshop) -> list[str]:
    """As the whole channel may read it. Whoever shared the file may know of something that others may not; where they
    may not either, a name in it is what they wrote, and nobody's to us: one that was put out of sight would tell."""
    there = shop.engine.gatherer.catalog.snapshot()
    known = [model for model, people in there.audiences.items() if by in people]
    return without_names(said, there, known).split("\n")


def _look(claim: Claim, file: SharedFile, files: SharedFiles, shop: Workshop) -> SharedFile | NotDone | Done:
    """What Slack says of it; Done where this share of it is told already, as Slack tells of some more than once."""
    found = files.look(file.channel, file.id, shop.world.now())
    if isinstance(found, NotDone):
        return found
    is_told = _is_told(found, shop)
    if (is_told or not found.shared_ts) and claim.attempt < QUIET_TRIES:
        retry_at = shop.world.after(LISTED_SECONDS)
        return NotDone(retry_at=retry_at, why="Slack does not say yet where it was shared")
    return Done() if is_told else found


def _is_told(file: SharedFile, shop: Workshop) -> bool:
    """Whether what became of this share is told, or about to be."""
    keys = _told_keys(file, file.shared_ts, *Fate) if file.shared_ts else ()
    store = shop.engine.store
    return any(store.found(key) is not None or store.waiting(key) is not None for key in keys)


def _before(file: SharedFile, shop: Workshop) -> Share | None:
    """This share, where an earlier one was imported."""
    for ts in file.earlier:
        for key in _told_keys(file, ts, Fate.IMPORTED):
            if found := shop.engine.store.found(key):
                at = datetime.fromtimestamp(float(found["ts"]), UTC)
                return Share(ts=file.shared_ts, thread_ts=file.thread_ts, earlier_ts=ts, earlier_at=at)
    return None


def _told_keys(file: SharedFile, shared_ts: str, *fates: Fate) -> Iterator[str]:
    for fate in fates:
        key = told_key(file.channel, file.id, shared_ts, fate)
        yield from (f"{key}/thread", f"{key}/channel")


def _reading(channel: str, shop: Workshop) -> SharedFiles:
    if shop.files is not None and shop.files.channel == channel:
        return shop.files
    raise Refused(
        "Files in this channel are imported no more",
        next_step="Share it in the import channel; EMERITUS_IMPORTS names its id",
    )


def _check_survived(claim: Claim) -> None:
    """A file that takes more memory than there is would end one process after the other."""
    if claim.tried_at is not None and claim.attempt > QUIET_TRIES:
        raise Refused(
            "Emeritus ended each time while it read the file",
            reasons=[f"it was begun {claim.attempt - 1} times"],
            next_step="Share it in smaller parts, or import it on the machine, emeritus import FORMAT FILE",
        )


def told(
    claim: Claim,
    file: SharedFile,
    lines: Sequence[str],
    shop: Workshop,
    *,
    format: str = "",  # noqa: A002 - the word of the commands
    more: int = 0,
    share: Share | None = None,
) -> Then:
    """Whoever shared it hears this; names are as they see them, without the channel they are in."""
    assert claim.effect is not None
    body = claim.effect.body
    short = [line.replace(f"slack:{file.channel}/", "") for line in lines]
    command = RecordFile(
        by=EMERITUS,
        channel=file.channel,
        file_id=file.id,
        name=file.name,
        share=share or Share(ts=file.shared_ts or body.get("event_ts", ""), thread_ts=file.thread_ts),
        format=format,
        said=tuple(shortened(line, LINE_MAX) for line in short[:LINES_MAX]),
        more=more + max(0, len(short) - LINES_MAX),
    )
    return then(claim, command, shop.engine.gatherer.facts(command, None, shop.world.now()))


def given_up(claim: Claim, said: str, shop: Workshop) -> Then:
    """A file we broke over is told, too."""
    assert claim.effect is not None
    body = claim.effect.body
    return told(
        claim, SharedFile(id=body["file_id"], channel=body["channel"], name=body["file_id"]), [said], shop
    )


def told_in_channel(claim: Claim, shop: Workshop) -> Then | None:
    """The same message outside of a thread that is gone. None for one that was in none, and is of no file."""
    assert claim.effect is not None
    body = claim.effect.body
    if "file_id" not in body or not body.get("thread_ts"):
        return None
    file = SharedFile(id=body["file_id"], channel=body["channel"], name=body["name"])
    lines = body["said"].split("\n")
    share = Share(
        ts=body.get("shared_ts", ""),
        earlier_ts=body.get("other_ts", ""),
        earlier_at=datetime.fromisoformat(body["earlier_at"]) if "earlier_at" in body else None,
    )
    return told(claim, file, lines, shop, format=body["format"], more=int(body["more"]), share=share)
