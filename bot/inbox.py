"""What a person asked for is kept durably before Slack is told so: no acknowledged vote is ever lost.

What could not be kept in time is told to the person instead (bot/intake.py); they press again, and a second
time does nothing that the first has done.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from contextvars import copy_context
from typing import Any

from bot import payloads
from bot.house import House
from data.errors import Stale
from data.patience import seconds_left
from data.records.retirement import Retirement
from workflows.commands import AnyCommand, Command, encoded
from workflows.plan_files import NEW

CHECK_SECONDS = 1.2
CHECK_SHARE = 0.6
"""For how long, and for how much of what is left of Slack's patience, a form waits for what would be refused."""


def submit(
    house: House,
    ack: Callable[..., object],
    body: Mapping[str, Any],
    state: Retirement | None,
    command: AnyCommand,
) -> None:
    """Keep what a form asks for, of a retirement or for a new one; what would be refused is said in the form.

    What Slack or somebody's own program does not say in time is decided after the acknowledgement, and told to the
    person alone: Slack would show an error in the form, and it would be recorded all the same. Where the answer to it
    was lost, the form is still there: submitted again, it is done already, and not refused.
    """
    if house.store.receipt(payloads.key(body)) is None:
        _check(house, state, command)
    capture(house, ack, body, stream=NEW if state is None else state.id, command=command)


def _check(house: House, state: Retirement | None, command: AnyCommand) -> None:
    """Raises what would be refused, where that is known in time."""
    known = Future[None]()

    def look() -> None:
        try:
            house.check(command, state)
        except BaseException as error:  # noqa: BLE001 - whoever still waits raises it
            known.set_exception(error)
        else:
            known.set_result(None)

    # A thread of its own, and one that no exit waits for: who is asked may take long.
    threading.Thread(target=copy_context().run, args=(look,), name="check", daemon=True).start()
    ended, _ = wait((known,), min(CHECK_SECONDS, max(0.0, seconds_left() * CHECK_SHARE)))
    if ended:
        known.result()


def capture(
    house: House, ack: Callable[..., object], body: Mapping[str, Any], *, stream: str, command: Command
) -> None:
    """Keep the command for the dispatcher, acknowledge it, and wake the dispatcher.

    Safe to repeat: the same act is kept once. Raises `NotKeptError` when the store fails or is too slow, and
    `Stale` for a stream that is nobody's to write to.
    """
    known = (payloads.RETIREMENT_ID, payloads.READER, payloads.DELEGATOR)
    if stream != NEW and not any(form.fullmatch(stream) for form in known):
        raise Stale("This window is not one I know any more. Run /retire list and go on from there")
    keep(
        house,
        payloads.key(body),
        command,
        {
            "stream": stream,
            **payloads.reply_to(body),
            **payloads.list_shown(body),
            **payloads.home_shown(body),
        },
    )
    ack()
    house.wake()


def keep(house: House, key: str, command: Command, reply_to: dict[str, str]) -> None:
    """Have it on disk. Safe to repeat: the same key is kept once. Raises `NotKeptError`."""
    kept, now = encoded(command), house.now()
    house.intake.take(
        lambda may_keep: house.store.receive(key, kept, reply_to, now, may_keep=may_keep),
        late=house.wake,
        stopwatch=house.stopwatch,
    )
