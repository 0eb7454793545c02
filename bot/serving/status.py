"""Does the bot live, is it ready, and how does its record stand? Asked by probes, which must never wait for long."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Protocol

from data.errors import EmeritusError
from data.records.decision import ClaimKind
from data.store import Queue

LOOK_SECONDS = 0.8
"""How long a probe waits for the record; most monitoring gives up on an answer after one second."""
STILL_SECONDS = 120.0
"""The loop rests 20 seconds at most; one decision may have to wait for a cloud that takes its time to answer."""

STARTING = "the record is being opened"
CONNECTING = "Slack: the connection is being made"
STOPPING = "it is stopping"
MUTE = f"the record: it has not answered within {LOOK_SECONDS} seconds"


@dataclass(frozen=True, kw_only=True)
class Glance:
    """The record at one moment. `age_seconds`: how long the oldest of a queue has been due, by kind.

    checkpoint   the newest of its log; empty while none is signed
    anchors_bad      places that checkpoints of the log do not come to
    archives_bad     that do not hold or cannot be reached, by the last round over all of them
    round_seconds    since that round; whole_seconds: since every file of each was last known to hold
    """

    queues: tuple[Queue, ...]
    age_seconds: Mapping[ClaimKind, float]
    record_bytes: int
    checkpoint: str = ""
    anchors_bad: int = 0
    archives_bad: int = 0
    round_seconds: float | None = None
    whole_seconds: float | None = None


class Watched(Protocol):
    """What a status looks at in a running bot."""

    def glance(self) -> Glance:
        """Raises `EmeritusError` where the record cannot be read, or could not be written now."""
        ...

    def still_for(self) -> float: ...

    def policy(self) -> str:
        """The policy in place, in words."""
        ...


class Connected(Protocol):
    """`away`: why nothing of Slack's arrives, empty when it does."""

    def away(self) -> str: ...


class Status:
    """Told as the bot comes up and goes down; asked from any thread."""

    def __init__(self, *, look_seconds: float = LOOK_SECONDS, still_seconds: float = STILL_SECONDS) -> None:
        self._look_seconds, self._still_seconds = look_seconds, still_seconds
        self._bot: Watched | None = None
        self._front: Connected | None = None
        self._is_stopping = False
        self._gate = threading.Lock()
        self._looking: Future[Glance] | None = None

    def built(self, bot: Watched) -> None:
        self._bot = bot

    def connected(self, front: Connected) -> None:
        self._front = front

    def stopping(self) -> None:
        self._is_stopping = True

    @property
    def bot(self) -> Watched | None:
        return self._bot

    def why_dead(self) -> str:
        """Why somebody should start the process anew; empty while it lives. Looks at nothing that could wait."""
        if self._bot is None or self._is_stopping:
            return ""
        still = self._bot.still_for()
        return (
            f"the dispatcher has stood still for {still:.0f} seconds" if still > self._still_seconds else ""
        )

    def is_connected(self) -> bool:
        return self._front is not None and not self._front.away()

    def policy(self) -> str:
        """The policy in place; empty before there is one."""
        return self._bot.policy() if self._bot else ""

    def waits_for(self) -> tuple[str, ...]:
        """All that keeps it from serving people; empty when it is ready."""
        return self.why_unready(self.glance())

    def why_unready(self, seen: Glance | EmeritusError | None) -> tuple[str, ...]:
        """The same, for whoever has looked already."""
        if self._is_stopping:
            return (STOPPING,)
        if self._bot is None:
            return (STARTING,)
        slack = CONNECTING if self._front is None else self._front.away()
        record = "" if isinstance(seen, Glance) else MUTE if seen is None else f"the record: {seen}"
        return tuple(filter(None, (slack, record, self.why_dead())))

    def glance(self) -> Glance | EmeritusError | None:
        """How the record stands, why it cannot say, or None when it does not answer in time.

        Looked at in a thread of its own; while one look is under way, all who ask wait for that one.
        """
        if (bot := self._bot) is None:
            return None
        with self._gate:
            if self._looking is None or self._looking.done():
                self._looking = Future()
                threading.Thread(
                    target=_look, args=(bot.glance, self._looking), name="look", daemon=True
                ).start()
            looking = self._looking
        if not wait((looking,), self._look_seconds).done:
            return None
        error = looking.exception()
        if error is None:
            return looking.result()
        if isinstance(error, EmeritusError):
            return error
        raise error


def _look(look: Callable[[], Glance], looking: Future[Glance]) -> None:
    try:
        looking.set_result(look())
    except BaseException as error:  # noqa: BLE001 - whoever waits raises it
        looking.set_exception(error)
