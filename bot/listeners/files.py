"""A file is shared in the import channel: it is kept to be imported before Slack is told that we heard of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import App, BoltResponse

from bot import payloads
from bot.house import House
from bot.ids import FILE_SHARED
from bot.inbox import keep
from workflows.commands import TakeFile
from workflows.decisions.imports import STREAM


def register(app: App, house: House) -> None:
    """Without an import channel nothing is listened to."""
    if not house.import_channel:
        return

    def taken_in(body: dict[str, Any], next: Callable[[], BoltResponse]) -> BoltResponse:  # noqa: A002 - Bolt's name
        shared = payloads.shared(body)
        if shared is not None and shared.channel == house.import_channel:
            command = TakeFile(
                by=shared.by, channel=shared.channel, file_id=shared.file_id, event_ts=shared.event_ts
            )
            keep(
                house,
                shared.key,
                command,
                {"stream": STREAM, "user": shared.by, "channel": shared.channel},
            )
            house.wake()
        return next()

    @app.event(FILE_SHARED, middleware=[taken_in])
    def heard() -> None:
        """Bolt acknowledges an event before its listener runs, and after its middleware: all is done there."""
