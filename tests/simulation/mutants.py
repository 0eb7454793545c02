"""Known bugs, each put in by handing the bot one part that is wrong: is the harness able to see them?

Every mutant is a part of its own (a store, a machine, a messenger, a gatherer, an archive) around the real one; no
module is patched. What they break is in their docstrings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from data.archives import Drilled, Stopped, Stored
from data.events import AnyEvent
from data.records.catalog import Impacted
from data.records.decision import (
    Claim,
    ClaimKind,
    Decision,
    Done,
    EffectKind,
    NotDone,
    Receipt,
    Result,
    Timer,
    Unknown,
)
from data.records.facts import Facts
from data.records.retirement import Retirement
from data.sqlite_store import SqliteStore
from data.store import Machine
from tests.simulation.clock import Clock
from tests.simulation.faults import Weather
from tests.simulation.process import Parts
from workflows import commands as cmd
from workflows.gathering import Gatherer
from workflows.machine import RetirementMachine, retirement_of
from workflows.ports import ArtifactStore, Message, Messenger
from workflows.rules import milestones
from workflows.rules.plan import digest as plan_digest

Then = tuple[str, str, bytes]
LATER = '"later"'
"""The command by which a part of a decision is committed on its own."""


class Wrapped:
    """A machine around the real one."""

    fold_version = RetirementMachine.fold_version

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.real: Machine = RetirementMachine()

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: bytes, now: datetime
    ) -> Decision[AnyEvent]:
        return self.real.decide(stream, state, command, facts, now)

    def evolve(self, stream: str, state: bytes | None, event: AnyEvent) -> bytes:
        return self.real.evolve(stream, state, event)


# What is committed


class Later(Wrapped):
    """Keeps back a part of each decision until the store asks for it with a command of its own."""

    part = "effects"

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.kept: dict[str, tuple[Any, ...]] = {}

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: bytes, now: datetime
    ) -> Decision[AnyEvent]:
        if command == LATER:
            nothing: Decision[AnyEvent] = Decision()
            return replace(nothing, **{self.part: self.kept.pop(stream, ())})
        decision = super().decide(stream, state, command, facts, now)
        if kept := getattr(decision, self.part):
            self.kept[stream] = kept
        return replace(decision, **{self.part: ()})


class LaterTimers(Later):
    part = "timers"


class TwoCommits(SqliteStore):
    """The second commit follows the first, unless the process dies between them."""

    def transact(self, key: str, *asked: Any, **more: Any) -> Receipt:
        receipt = super().transact(key, *asked, **more)
        self._rest(key, receipt.stream, asked[-1])
        return receipt

    def settle(self, claim: Claim, result: Result, now: datetime, *, then: Then | None = None) -> bool:
        settled = super().settle(claim, result, now, then=then)
        if then is not None:
            self._rest(f"{claim.key}/{claim.attempt}/{now.isoformat()}", then[0], now)
        return settled

    def _rest(self, key: str, stream: str, now: datetime) -> None:
        machine = self._machine
        assert isinstance(machine, Later)
        if machine.kept.get(stream):
            super().transact(f"later/{key}", stream, LATER, b"", now)


class ThenApart(SqliteStore):
    """What an effect leads to is decided in a commit after the one that settles it."""

    def settle(self, claim: Claim, result: Result, now: datetime, *, then: Then | None = None) -> bool:
        settled = super().settle(claim, result, now)
        if settled and then is not None:
            super().transact(f"then/{claim.key}/{claim.attempt}", *then, now)
        return settled


class NoReceipts(SqliteStore):
    """A command that was decided already is decided again."""

    _count = 0

    def transact(self, key: str, *asked: Any, **more: Any) -> Receipt:
        if self.receipt(key) is not None:
            NoReceipts._count += 1
            key = f"{key}/again-{asked[-1].isoformat()}-{NoReceipts._count}"
        return super().transact(key, *asked, **more)


class NoCatalogVersion(SqliteStore):
    """Whether the catalog has moved since the facts were gathered is not looked at."""

    def transact(self, *asked: Any, **_: Any) -> Receipt:
        return super().transact(*asked)


# What comes in


class NoDedupe(SqliteStore):
    """A press that is delivered twice is two presses."""

    def receive(self, key: str, command: str, reply_to: dict[str, str], now: datetime) -> bool:
        if super().receive(key, command, reply_to, now):
            return True
        return super().receive(f"{key}/{now.isoformat()}", command, reply_to, now)


class AcknowledgedFirst(SqliteStore):
    """A press is acknowledged, and kept when the dispatcher comes around."""

    def receive(self, key: str, command: str, reply_to: dict[str, str], now: datetime) -> bool:
        self._heard().append((key, command, reply_to, now))
        return True

    def _heard(self) -> list[tuple[str, str, dict[str, str], datetime]]:
        """In memory, where a crash takes it along."""
        heard: list[tuple[str, str, dict[str, str], datetime]] = self.__dict__.setdefault("heard", [])
        return heard

    def claim(self, kind: ClaimKind, now: datetime, limit: int) -> tuple[Claim, ...]:
        while heard := self._heard():
            super().receive(*heard.pop(0))
        return super().claim(kind, now, limit)


class SettledFirst(SqliteStore):
    """A command is taken off the inbox before it is decided."""

    def claim(self, kind: ClaimKind, now: datetime, limit: int) -> tuple[Claim, ...]:
        claims = super().claim(kind, now, limit)
        if kind is ClaimKind.INBOX:
            for claim in claims:
                super().settle(claim, Done(), now)
        return claims


# Claims and attempts


class Forgetful(SqliteStore):
    """The first attempt is forgotten; the look-up begins at about the last, however long ago the first was."""

    def claim(self, kind: ClaimKind, now: datetime, limit: int) -> tuple[Claim, ...]:
        lately = now - timedelta(seconds=45)
        return tuple(
            replace(claim, first_tried=max(claim.first_tried, lately))
            for claim in super().claim(kind, now, limit)
        )


class NoFence(SqliteStore):
    """Whoever settles last is believed, whether it is still theirs or not."""

    def settle(self, claim: Claim, result: Result, now: datetime, *, then: Then | None = None) -> bool:
        if claim.kind is ClaimKind.EFFECT:
            row = self.read().execute("SELECT attempt FROM effects WHERE key = ?", (claim.key,)).fetchone()
            claim = replace(claim, attempt=row[0])
        return super().settle(claim, result, now, then=then)


class EndlessLease(SqliteStore):
    """A sender that stood still believes that its lease still runs."""

    def claim(self, kind: ClaimKind, now: datetime, limit: int) -> tuple[Claim, ...]:
        far = now + timedelta(days=3650)
        return tuple(replace(claim, leased_until=far) for claim in super().claim(kind, now, limit))


class NoLeases(EndlessLease):
    """Work is handed out again while somebody is at it: all of it twice."""

    def claim(self, kind: ClaimKind, now: datetime, limit: int) -> tuple[Claim, ...]:
        claims = super().claim(kind, now, limit)
        if kind is not ClaimKind.EFFECT:
            return claims
        # The same first try for two workers, one of whom will be fenced off at the end.
        return tuple(one for claim in claims for one in (claim, claim))


class AbsorbsAgain(SqliteStore):
    """Lines that came later are taken into a batch that was tried before, and told on their own, too."""

    def claim(self, kind: ClaimKind, now: datetime, limit: int) -> tuple[Claim, ...]:
        return tuple(self._grown(claim) for claim in super().claim(kind, now, limit))

    def _grown(self, claim: Claim) -> Claim:
        if claim.effect is None or not claim.effect.batch or claim.attempt == 1:
            return claim
        rows = self.read().execute(
            "SELECT effect FROM effects WHERE batch = ? AND status = 'pending' AND attempt = 0 ORDER BY seq",
            (claim.effect.batch,),
        )
        more = tuple(msgspec.json.decode(row[0])["body"] for row in rows)
        return replace(claim, merged=(*claim.merged, *more))


class RemindersSettledFirst(SqliteStore):
    """A reminder counts as told before it is posted."""

    def claim(self, kind: ClaimKind, now: datetime, limit: int) -> tuple[Claim, ...]:
        claims = super().claim(kind, now, limit)
        for claim in claims:
            if claim.effect is not None and claim.effect.body.get("notice") == "reminder":
                super().settle(claim, Done(), now)
        return claims


class RingsEarly(SqliteStore):
    """Timers ring up to a day too early."""

    def claim(self, kind: ClaimKind, now: datetime, limit: int) -> tuple[Claim, ...]:
        early = timedelta(days=1) if kind is ClaimKind.TIMER else timedelta()
        return super().claim(kind, now + early, limit)


# Messages


class Courier:
    """A messenger around the real one."""

    def __init__(self, real: Messenger, clock: Clock) -> None:
        self.real, self.clock = real, clock

    def post(self, message: Message, now: datetime) -> Result:
        return self.real.post(message, now)

    def edit(self, message: Message, now: datetime) -> Result:
        return self.real.edit(message, now)

    def find(self, message: Message, since: datetime, now: datetime) -> Result:
        return self.real.find(message, since, now)


class NeverLooks(Courier):
    """What may have been posted is posted again without a look."""

    def find(self, message: Message, since: datetime, now: datetime) -> Result:
        return NotDone(retry_at=now, why="not looked for")


class HastyLook(Courier):
    """What history does not show at once is taken not to be there."""

    def find(self, message: Message, since: datetime, now: datetime) -> Result:
        found = self.real.find(message, since, now)
        if isinstance(found, Unknown) and "late" in found.why:
            return NotDone(retry_at=now, why="not there yet, so not there")
        return found


class UnknownIsNo(Courier):
    """No answer is taken for "not done", so that nothing is looked up."""

    def __init__(self, real: Messenger, clock: Clock) -> None:
        super().__init__(real, clock)
        self._unsent: set[str] = set()

    def post(self, message: Message, now: datetime) -> Result:
        result = self.real.post(message, now)
        if isinstance(result, Unknown):
            self._unsent.add(message.key)
            return NotDone(retry_at=result.retry_at, why=result.why)
        return result

    def find(self, message: Message, since: datetime, now: datetime) -> Result:
        if message.key in self._unsent:
            return NotDone(retry_at=now, why="it never left")
        return self.real.find(message, since, now)


class UnknownIsDone(Courier):
    """No answer is taken for "done"."""

    def edit(self, message: Message, now: datetime) -> Result:
        result = self.real.edit(message, now)
        return Done() if isinstance(result, Unknown) else result


# Decisions


class NoRefresh(Wrapped):
    """What is redrawn once is never redrawn again."""

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: bytes, now: datetime
    ) -> Decision[AnyEvent]:
        decision = super().decide(stream, state, command, facts, now)
        return replace(decision, effects=tuple(replace(one, refresh=False) for one in decision.effects))


class NoLanes(Wrapped):
    """Messages of one thread overtake each other."""

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: bytes, now: datetime
    ) -> Decision[AnyEvent]:
        decision = super().decide(stream, state, command, facts, now)
        loose = (
            replace(one, lane="", batch="") if one.kind is EffectKind.POST else one
            for one in decision.effects
        )
        return replace(decision, effects=tuple(loose))


class EveryReminder(Wrapped):
    """After downtime every reminder that was missed is told, as if it were its day."""

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: bytes, now: datetime
    ) -> Decision[AnyEvent]:
        asked = cmd.decoded(command)
        known = retirement_of(stream, state)
        if isinstance(asked, cmd.Remind) and known is not None:
            due = [one.due_at for one in milestones.reminders(known) if one.name == asked.milestone]
            decision = super().decide(stream, state, command, facts, due[0] if due else now)
            late = tuple(replace(event, at=now) for event in decision.events)
            return replace(decision, events=late)
        return super().decide(stream, state, command, facts, now)


class AnyPlan(Wrapped):
    """A vote counts on whatever plan is on the table, whichever the card showed."""

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: bytes, now: datetime
    ) -> Decision[AnyEvent]:
        asked = cmd.decoded(command)
        known = retirement_of(stream, state)
        if isinstance(asked, cmd.Cast) and known is not None and known.plan and known.round:
            digest = known.approved_digest or plan_digest(known.plan)
            asked = replace(asked, plan_digest=digest, round_number=known.round.number)
            command = cmd.encoded(asked)
        return super().decide(stream, state, command, facts, now)


class LateTimers(Wrapped):
    """Every timer is set three days late."""

    def decide(
        self, stream: str, state: bytes | None, command: str, facts: bytes, now: datetime
    ) -> Decision[AnyEvent]:
        decision = super().decide(stream, state, command, facts, now)
        timers: Iterable[Timer] = decision.timers
        late = tuple(replace(timer, due_at=timer.due_at + timedelta(days=3)) for timer in timers)
        return replace(decision, timers=late)


# Facts and the archive


class OldImpact(Gatherer):
    """Consumers that appeared after the vote are not looked for."""

    def facts(self, command: cmd.AnyCommand, state: Retirement | None, now: datetime) -> Facts:
        found = super().facts(command, state, now)
        if state is None or state.plan is None or not isinstance(command, cmd.RunStep):
            return found
        voted: tuple[Impacted, ...] = tuple(
            one for one in found.impact if one.consumer_id in state.plan.consumer_ids
        )
        return replace(found, impact=voted)


class SilentMeters(Gatherer):
    """Who still calls is not asked."""

    def facts(self, command: cmd.AnyCommand, state: Retirement | None, now: datetime) -> Facts:
        found = super().facts(command, state, now)
        quiet = tuple(replace(one, calls=0, days=max(one.days, 999)) for one in found.readings)
        return replace(found, readings=quiet)


class Trusting:
    """An archive that says it holds without reading anything back."""

    def __init__(self, real: ArtifactStore) -> None:
        self._real = real

    def put(self, *asked: Any) -> Stored:
        return self._real.put(*asked)

    def drill(
        self, location: str, manifest_digest: str, now: Callable[[], datetime], stopped: Stopped
    ) -> Drilled:
        return Drilled(files=2, bytes=2000, read_at=now(), manifest_digest=manifest_digest)

    def exists(self, location: str, manifest_digest: str) -> bool:
        return True


MUTANTS: dict[str, Parts] = {
    "outbox-forgotten": Parts(store=TwoCommits, machine=Later),
    "timers-forgotten": Parts(store=TwoCommits, machine=LaterTimers),
    "follow-up-apart": Parts(store=ThenApart),
    "no-receipts": Parts(store=NoReceipts),
    "no-catalog-version": Parts(store=NoCatalogVersion),
    "no-dedupe": Parts(store=NoDedupe),
    "acknowledged-first": Parts(store=AcknowledgedFirst),
    "settled-first": Parts(store=SettledFirst),
    "first-try-forgotten": Parts(store=Forgetful),
    "no-fence": Parts(store=NoFence),
    "endless-lease": Parts(store=EndlessLease),
    "no-leases": Parts(store=NoLeases),
    "absorbs-again": Parts(store=AbsorbsAgain),
    "reminders-settled-first": Parts(store=RemindersSettledFirst),
    "rings-early": Parts(store=RingsEarly),
    "never-looks": Parts(messenger=NeverLooks),
    "hasty-look": Parts(messenger=HastyLook),
    "unknown-is-no": Parts(messenger=UnknownIsNo),
    "unknown-is-done": Parts(messenger=UnknownIsDone),
    "no-refresh": Parts(machine=NoRefresh),
    "no-lanes": Parts(machine=NoLanes),
    "every-reminder": Parts(machine=EveryReminder),
    "any-plan": Parts(machine=AnyPlan),
    "late-timers": Parts(machine=LateTimers),
    "old-impact": Parts(gatherer=OldImpact),
    "silent-meters": Parts(gatherer=SilentMeters),
    "archive-not-read": Parts(archive=Trusting),
}

CRASHING = Weather(crashes=0.02, whims=0.8, odd_clicks=0.1)
STANDING_STILL = Weather(pauses=0.3, lost_calls=0.1, crashes=0.002)
IMPORTING = Weather(imports=0.25, crashes=0.002)
CLICKING = Weather(odd_clicks=0.9, whims=0.8, crashes=0.002)

WEATHERS: dict[str, Weather] = {
    "no-receipts": CRASHING,
    "no-fence": STANDING_STILL,
    "no-catalog-version": IMPORTING,
    "old-impact": IMPORTING,
    "no-dedupe": CLICKING,
    "any-plan": CLICKING,
}
"""Where a bug shows soon. The others show in any weather."""
