"""Bugs in who may work on what, and since when: leases, attempts, fences, batches."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from data.records.decision import Claim, ClaimKind, Done, Result, Room
from data.store import Then
from tests.simulation.disk import DiskStore
from tests.simulation.process import Parts


class Forgetful(DiskStore):
    """The first attempt is forgotten; the look-up begins at about the last, however long ago the first was."""

    def claim(
        self, kind: ClaimKind, now: datetime, limit: int, room: Room | None = None
    ) -> tuple[Claim, ...]:
        lately = now - timedelta(seconds=45)
        return tuple(
            replace(claim, first_tried=max(claim.first_tried, lately))
            for claim in super().claim(kind, now, limit, room)
        )


class NoFence(DiskStore):
    """Whoever settles last is believed, whether it is still theirs or not."""

    def settle(self, claim: Claim, result: Result, now: datetime, *, then: Then | None = None) -> bool:
        if claim.kind is ClaimKind.EFFECT:
            row = self.read().execute("SELECT attempt FROM effects WHERE key = ?", (claim.key,)).fetchone()
            claim = replace(claim, attempt=row[0])
        return super().settle(claim, result, now, then=then)


class EndlessLease(DiskStore):
    """A sender that stood still believes that its lease still runs."""

    def claim(
        self, kind: ClaimKind, now: datetime, limit: int, room: Room | None = None
    ) -> tuple[Claim, ...]:
        far = now + timedelta(days=3650)
        return tuple(replace(claim, leased_until=far) for claim in super().claim(kind, now, limit, room))


class NoLeases(EndlessLease):
    """Work is handed out again while somebody is at it: all of it twice."""

    def claim(
        self, kind: ClaimKind, now: datetime, limit: int, room: Room | None = None
    ) -> tuple[Claim, ...]:
        claims = super().claim(kind, now, limit, room)
        if kind is not ClaimKind.EFFECT:
            return claims
        # The same first try for two workers, one of whom will be fenced off at the end.
        return tuple(one for claim in claims for one in (claim, claim))


class AbsorbsAgain(DiskStore):
    """Lines that came later are taken into a batch that was tried before, and told on their own, too."""

    def claim(
        self, kind: ClaimKind, now: datetime, limit: int, room: Room | None = None
    ) -> tuple[Claim, ...]:
        return tuple(self._grown(claim) for claim in super().claim(kind, now, limit, room))

    def _grown(self, claim: Claim) -> Claim:
        if claim.effect is None or not claim.effect.batch or claim.attempt == 1:
            return claim
        rows = self.read().execute(
            "SELECT effect FROM effects WHERE batch = ? AND status = 'pending' AND attempt = 0 ORDER BY seq",
            (claim.effect.batch,),
        )
        more = tuple(msgspec.json.decode(row[0])["body"] for row in rows)
        return replace(claim, merged=(*claim.merged, *more))


class RemindersSettledFirst(DiskStore):
    """A reminder counts as told before it is posted."""

    def claim(
        self, kind: ClaimKind, now: datetime, limit: int, room: Room | None = None
    ) -> tuple[Claim, ...]:
        claims = super().claim(kind, now, limit, room)
        for claim in claims:
            if claim.effect is not None and claim.effect.body.get("notice") == "reminder":
                super().settle(claim, Done(), now)
        return claims


class RingsEarly(DiskStore):
    """Timers ring up to a day too early."""

    def claim(
        self, kind: ClaimKind, now: datetime, limit: int, room: Room | None = None
    ) -> tuple[Claim, ...]:
        early = timedelta(days=1) if kind is ClaimKind.TIMER else timedelta()
        return super().claim(kind, now + early, limit, room)


MUTANTS: dict[str, Parts] = {
    "first-try-forgotten": Parts(store=Forgetful),
    "no-fence": Parts(store=NoFence),
    "endless-lease": Parts(store=EndlessLease),
    "no-leases": Parts(store=NoLeases),
    "absorbs-again": Parts(store=AbsorbsAgain),
    "reminders-settled-first": Parts(store=RemindersSettledFirst),
    "rings-early": Parts(store=RingsEarly),
}
