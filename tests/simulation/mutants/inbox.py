"""Bugs in how the inbox keeps what people press: twice, too late, or not until it is decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from data.records.decision import Claim, ClaimKind, Done, Room
from data.store import always
from tests.simulation.disk import DiskStore
from tests.simulation.process import Parts


class NoDedupe(DiskStore):
    """A press that is delivered twice is two presses."""

    def receive(
        self,
        key: str,
        command: str,
        reply_to: dict[str, str],
        now: datetime,
        *,
        may_keep: Callable[[], bool] = always,
    ) -> bool:
        if super().receive(key, command, reply_to, now, may_keep=may_keep):
            return True
        return super().receive(f"{key}/{now.isoformat()}", command, reply_to, now, may_keep=may_keep)


class AcknowledgedFirst(DiskStore):
    """A press is acknowledged, and kept when the dispatcher comes around."""

    def receive(
        self,
        key: str,
        command: str,
        reply_to: dict[str, str],
        now: datetime,
        *,
        may_keep: Callable[[], bool] = always,
    ) -> bool:
        self._heard().append((key, command, reply_to, now))
        return True

    def _heard(self) -> list[tuple[str, str, dict[str, str], datetime]]:
        """In memory, where a crash takes it along."""
        heard: list[tuple[str, str, dict[str, str], datetime]] = self.__dict__.setdefault("heard", [])
        return heard

    def claim(
        self, kind: ClaimKind, now: datetime, limit: int, room: Room | None = None
    ) -> tuple[Claim, ...]:
        while heard := self._heard():
            super().receive(*heard.pop(0))
        return super().claim(kind, now, limit, room)


class SettledFirst(DiskStore):
    """A command is taken off the inbox before it is decided."""

    def claim(
        self, kind: ClaimKind, now: datetime, limit: int, room: Room | None = None
    ) -> tuple[Claim, ...]:
        claims = super().claim(kind, now, limit, room)
        if kind is ClaimKind.INBOX:
            for claim in claims:
                super().settle(claim, Done(), now)
        return claims


MUTANTS: dict[str, Parts] = {
    "no-dedupe": Parts(store=NoDedupe),
    "acknowledged-first": Parts(store=AcknowledgedFirst),
    "settled-first": Parts(store=SettledFirst),
}
