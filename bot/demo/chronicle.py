"""What is happening? Each event as a line in the terminal, with its date; and who moves because of it."""

from __future__ import annotations

import re
import threading
import time
from datetime import datetime
from typing import Self

from bot.demo.company import Company, Say, names
from bot.views.card import lines
from data import events
from data.records.retirement import Duty
from data.store import BEGINNING, StoredEvent

LOOK_SECONDS = 0.1
QUIET_SECONDS = (
    5.0  # after this much of silence a line says which day it is, then after twice as much, and so on
)
MENTION = re.compile(r"<@([UW][A-Z0-9]+)>")
DECORATION = re.compile(r"^:[a-z_]+: |[*`]")


class Quiet:
    """Since when nothing has happened, and when to say so: rarely, or what to do would scroll out of sight."""

    def __init__(self, at: float) -> None:
        self.broken(at)

    def broken(self, at: float) -> None:
        self._since, self._patience_seconds = at, QUIET_SECONDS

    def is_told(self, at: float) -> bool:
        """True once for each silence, of which the next one is twice as long."""
        if at - self._since <= self._patience_seconds:
            return False
        self._since, self._patience_seconds = at, 2 * self._patience_seconds
        return True


class Chronicle:
    """Reads the record as it grows. What Slack is told, the terminal is told, and the sample consumers do.

    Also a context manager: it follows from enter to exit.
    """

    def __init__(self, company: Company, say: Say) -> None:
        self._company, self._say, self._names = company, say, names()
        self._cursor = BEGINNING
        self._ending = threading.Event()
        self._quiet = Quiet(time.monotonic())
        self._thread = threading.Thread(target=self._run, name="chronicle", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ending.wait(LOOK_SECONDS):
            self.catch_up()
            if self._quiet.is_told(time.monotonic()):
                self._say(f"{self._company.world.now():%a %Y-%m-%d}  nothing new")

    def catch_up(self) -> None:
        for stored in self._company.bot.store.tail(self._cursor):
            self._cursor = stored.cursor
            self._follow(stored)

    def _follow(self, stored: StoredEvent) -> None:
        event = stored.event
        if isinstance(event, events.DigestSent):
            if event.since != event.at:  # the first one only sets the date
                self._tell(event.at, "The weekly digest is posted")
            return
        if isinstance(event, events.OtherEvent):
            return
        retirement = self._company.bot.engine.retirement(stored.stream)
        assert retirement is not None, f"{stored.stream} has events, so it exists"
        answered = (
            event.consumer_id
            if isinstance(event, events.DutyChanged) and event.duty is Duty.MIGRATED
            else event.what
            if isinstance(event, events.Waived)
            else ""
        )
        if owed := retirement.obligation(answered):
            self._company.move(owed.consumer.name, retirement)
        self._tell(event.at, f"{stored.stream}  {self._plain(lines.line(event, retirement))}")

    def _plain(self, mrkdwn: str) -> str:
        """The first line of a message as a terminal shows it."""
        first = DECORATION.sub("", mrkdwn.split("\n", 1)[0])
        named = MENTION.sub(lambda found: self._names.get(found[1], found[1]), first)
        return named.removesuffix(":").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

    def _tell(self, at: datetime, text: str) -> None:
        self._quiet.broken(time.monotonic())
        self._say(f"{at:%a %Y-%m-%d}  {text}")
