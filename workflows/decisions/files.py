"""Files shared in the import channel: who may have one imported, and where what became of it is told.

Nothing of it is a state: what a file changed is on the catalog's stream, by who shared it.
"""

from __future__ import annotations

from datetime import datetime

from data.events import AnyEvent
from data.records.decision import Decision, Effect, EffectKind
from data.records.facts import Facts
from data.records.imports import Imports
from data.records.retirement import Retirement
from workflows.commands import RecordFile, TakeFile
from workflows.rules.permissions import check


def take(state: Imports, command: TakeFile, facts: Facts, now: datetime) -> Decision[AnyEvent]:  # noqa: ARG001
    """Read it. One file after the other: of two with one name, the later one counts."""
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
        key=_key(command),
        kind=EffectKind.TAKE,
        lane="imports/files",
        body={"channel": command.channel, "file_id": command.file_id, "by": command.by},
    )
    return Decision(effects=(reading,))


def record(state: Imports, command: RecordFile, facts: Facts, now: datetime) -> Decision[AnyEvent]:  # noqa: ARG001
    """Tell it once, in the thread of the file; where that is gone, in the channel."""
    check("record file", command.by, Retirement(id=""), facts)
    body = {
        "notice": "file imported" if command.format else "file refused",
        "channel": command.channel,
        "file_id": command.file_id,
        "name": command.name,
        "thread_ts": command.thread_ts,
        "format": command.format,
        "said": "\n".join(command.said),
        "more": str(command.more),
    }
    told = Effect(
        key=f"{_key(command)}/{'thread' if command.thread_ts else 'channel'}",
        kind=EffectKind.POST,
        lane="imports/told",
        place=command.channel,
        body=body,
    )
    return Decision(effects=(told,))


def _key(command: TakeFile | RecordFile) -> str:
    return f"imports/file/{command.channel}/{command.file_id}"
