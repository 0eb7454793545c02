"""Files shared in the import channel: who may have one imported, and where what became of it is told.

Nothing of it is a state: what a file changed is on the catalog's stream, by who shared it.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from data.events import AnyEvent
from data.records.decision import Decision, Effect, EffectKind
from data.records.facts import Facts
from data.records.imports import Imports
from data.records.retirement import Retirement
from workflows.commands import RecordFile, TakeFile
from workflows.rules.permissions import check


class Fate(StrEnum):
    """What became of a share, as its notice calls it."""

    IMPORTED = "imported"
    BEFORE = "imported before"
    REFUSED = "refused"


def take(state: Imports, command: TakeFile, facts: Facts, now: datetime) -> Decision[AnyEvent]:  # noqa: ARG001
    """Read it, each time it is shared. One file after the other: of two with one name, the later one counts."""
    check(
        "take file",
        command.by,
        Retirement(id=""),
        facts,
        doing="import a file",
        next_step=(
            "Ask one of them to share it, or whoever runs Emeritus to put you into the catalog "
            f"with your Slack id, {command.by}"
        ),
    )
    reading = Effect(
        key="/".join(filter(None, (_key(command.channel, command.file_id), command.event_ts))),
        kind=EffectKind.TAKE,
        lane="imports/files",
        body={
            "channel": command.channel,
            "file_id": command.file_id,
            "by": command.by,
            **({"event_ts": command.event_ts} if command.event_ts else {}),
        },
    )
    return Decision(effects=(reading,))


def record(state: Imports, command: RecordFile, facts: Facts, now: datetime) -> Decision[AnyEvent]:  # noqa: ARG001
    """Tell it once, in the thread of the file; where that is gone, in the channel."""
    check("record file", command.by, Retirement(id=""), facts)
    fate = _fate(command)
    body = {
        "notice": f"file {fate}",
        "channel": command.channel,
        "file_id": command.file_id,
        "name": command.name,
        "thread_ts": command.share.thread_ts,
        "format": command.format,
        "said": "\n".join(command.said),
        "more": str(command.more),
    }
    if command.share.ts:
        body["shared_ts"] = command.share.ts
    if command.share.earlier_at is not None:
        body |= {
            "other_channel": command.channel,
            "other_ts": command.share.earlier_ts,
            "earlier_at": command.share.earlier_at.isoformat(),
        }
    key = told_key(command.channel, command.file_id, command.share.ts, fate)
    told = Effect(
        key=f"{key}/{'thread' if command.share.thread_ts else 'channel'}",
        kind=EffectKind.POST,
        lane="imports/told",
        place=command.channel,
        body=body,
    )
    return Decision(effects=(told,))


def _fate(command: RecordFile) -> Fate:
    if command.share.earlier_at is not None:
        return Fate.BEFORE
    return Fate.IMPORTED if command.format else Fate.REFUSED


def told_key(channel: str, file_id: str, shared_ts: str, fate: Fate) -> str:
    """Of the message that tells what became of one share; it ends with where that is told."""
    return (
        f"{_key(channel, file_id)}/{shared_ts}/{fate.name.lower()}" if shared_ts else _key(channel, file_id)
    )


def _key(channel: str, file_id: str) -> str:
    return f"imports/file/{channel}/{file_id}"
