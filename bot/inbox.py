"""What a person asked for is kept durably before Slack is told so: no acknowledged vote is ever lost.

Slack waits three seconds. A commit that took longer than `PATIENCE_SECONDS` is not acknowledged: Slack shows
the person its own error, they press again, and the second time does nothing that the first has done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot import payloads
from bot.house import House
from data.errors import Stale
from workflows.commands import Command, encoded

PATIENCE_SECONDS = (
    2.0  # of Slack's three (docs.slack.dev, Acknowledgment response); the rest is the network's
)
NEW = "RET-*"


class NotKeptError(Exception):
    """The command may not have been kept in time, so it must not be acknowledged."""


def capture(
    house: House, ack: Callable[..., object], body: Mapping[str, Any], *, stream: str, command: Command
) -> None:
    """Keep the command for the dispatcher, acknowledge it, and wake the dispatcher.

    Safe to repeat: the same act is kept once. Raises `NotKeptError`, unacknowledged, when the store
    fails or is too slow, and `Stale` for a stream that is nobody's to write to.
    """
    if stream != NEW and not payloads.RETIREMENT_ID.fullmatch(stream):
        raise Stale("This window is not one I know any more. Run /retire list and go on from there")
    started = house.stopwatch()
    reply_to = {"stream": stream, **payloads.reply_to(body), **payloads.list_shown(body)}
    try:
        house.store.receive(payloads.key(body), encoded(command), reply_to, house.now())
    except Exception as error:
        raise NotKeptError("the store did not keep a command") from error
    took = house.stopwatch() - started
    if took > PATIENCE_SECONDS:
        raise NotKeptError(f"keeping a command took {took:.1f} s, more than {PATIENCE_SECONDS:.0f} s")
    ack()
    house.wake()
