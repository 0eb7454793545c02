"""Closes and opens endpoints at an engine, leads their calls, and counts them. Calling anything twice is safe.

What is wanted is written first, then put into effect, then read back from the engine itself: an engine that does not
answer, or goes by something else, is unknown, and whoever asks comes again.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, NamedTuple

import msgspec

from data.errors import Refused, Unavailable
from data.records.traffic import Ability, Arm, Desired, Observed
from workflows.adapters import call_log
from workflows.adapters.caller_names import shown, via_of
from workflows.adapters.endpoint_folders import Status
from workflows.adapters.engines.counts import Counts, Note, Seen
from workflows.adapters.engines.engine import CALLS_FILE, Engine, check_led, engines, led_nowhere
from workflows.adapters.led_endpoints import LedEndpoints
from workflows.adapters.traffic_proxy.plane import Tells, silent
from workflows.rules.migrating.telling import in_words
from workflows.rules.migrating.wanting import check_wanted

OBEYED_TIMEOUT_SECONDS = 5.0
POLL_SECONDS = 0.02


class Going(NamedTuple):
    """What an engine goes by, as it says itself. `is_said`: whether answers say of an end what is wanted."""

    traffic: Desired
    wanted: Status
    is_said: bool = True


class EngineEndpoints(LedEndpoints[Engine]):
    """An endpoint is named by its ref. `top` is where the state of all of them is kept.

    name   of the engine, as people write it
    can    what it does for an endpoint that has a successor
    """

    name: ClassVar[str]
    can: ClassVar[frozenset[Ability]]

    def __init__(
        self, top: Path, models: Tells = silent, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.folders = engines(top, self.name)
        self._models, self._now = models, now

    @abstractmethod
    def write(self, engine: Engine) -> None:
        """Write what the engine reads when it starts, so that it outlives both. Raises `Refused`."""

    @abstractmethod
    def tell(self, engine: Engine) -> None:
        """Have an engine that runs go by that. Raises `Unavailable`."""

    @abstractmethod
    def going(self, engine: Engine) -> Going:
        """Raises `Unavailable` where the engine does not answer, or cannot be understood."""

    @abstractmethod
    def seen(self, engine: Engine, last: Note, now: datetime) -> Seen:
        """What it counted since then. Raises `Unavailable`."""

    @abstractmethod
    def overridden(self, engine: Engine) -> tuple[str, ...]:
        """What somebody set in the engine itself for as long as it runs, each with how that is taken back."""

    # As its operator has it.

    def settle(self, engine: Engine, *, is_closed: bool) -> Engine:
        """Make it known, or known anew; what was wanted of it stays. Writes what its engine reads.

        is_closed   how one that is not known yet begins: what a retirement closed stays closed

        Raises `Refused` for another successor while calls go to the one there is.
        """
        self.folders.make(engine.ref)
        with self.folders.turn(engine.ref):
            known = self.folders.config(engine.ref)
            if known is None:
                wanted = Status.DISABLED if is_closed else Status.SERVING
                settled = msgspec.structs.replace(engine, wanted=wanted)
            else:
                traffic = known.traffic if known.new == engine.new else led_nowhere(known, self.name)
                kept = {"wanted": known.wanted, "announced": known.announced, "traffic": traffic}
                settled = msgspec.structs.replace(engine, **kept)
                if (known.old, known.new) != (engine.old, engine.new):
                    self._counts(engine.ref).begin(self._now())
            self.folders.save(settled)
            self.write(settled)
        return settled

    def address(self, ref: str) -> str:
        """By which callers know it, as far as somebody told."""
        return self.folders.known(ref).public

    def moving(self, ref: str) -> str:
        """In words where its calls are led now; empty where all go to the old model."""
        return in_words(self.folders.known(ref).traffic, self._now())

    # EndpointControl

    def describe(self, ref: str) -> Status:
        """As the engine says now."""
        engine = self.folders.config(ref)
        if engine is None:
            return Status.ABSENT
        if self.going(engine).wanted is not engine.wanted:
            raise Unavailable(
                f"The {self.name} of {ref} does not do yet what is wanted of it. Ask again in a moment"
            )
        return engine.wanted

    # TrafficPlane

    def abilities(self, ref: str) -> frozenset[Ability]:
        led = self.folders.known(ref).new
        return self.can if led else self.can - {Ability.SPLIT, Ability.MIRROR, Ability.MIRROR_SOME}

    def desired(self, ref: str) -> Desired:
        return self.folders.known(ref).traffic

    def want(self, ref: str, desired: Desired) -> None:
        engine = self.folders.known(ref)
        check_wanted(ref, desired, self.abilities(ref))
        check_led(engine, desired, self.name)
        self.change(ref, traffic=desired)

    def obeyed(self, ref: str) -> Desired:
        return self.going(self.folders.known(ref)).traffic

    def observe(self, ref: str) -> Observed:
        """Raises `Unavailable` where the engine does not tell now: older counts would look like no calls."""
        self._look(ref)
        observed, engine = self._counts(ref).observed(), self.folders.known(ref)
        told = {
            arm: self._models(address, via_of(ref), observed.since)
            for arm, address in ((Arm.OLD, engine.old), (Arm.NEW, engine.new))
            if address
        }
        models = {arm: calls for arm, calls in told.items() if calls is not None}
        return msgspec.structs.replace(observed, models=models)

    # TrafficMeter

    def metered(self, ref: str, *, days: int, until: datetime) -> call_log.Metered | None:
        """Since when so many days lie in which it ran and was looked at; None where it cannot be asked."""
        if not self._is_looked_at(ref):
            return None
        return call_log.metered(self.log_of(ref), days=days, until=until, is_running=True)

    def calls(self, ref: str, *, since: datetime, until: datetime) -> int | None:
        """Whoever answered them, to the minute and rather too many. None where it cannot be asked, or began later."""
        if not self._is_looked_at(ref):
            return None
        return self._counts(ref).calls(since=since, until=until)

    def callers(self, ref: str, since: datetime) -> dict[str, int]:
        self._look(ref)
        return self._counts(ref).callers(since)

    def daily(self, ref: str) -> tuple[call_log.Daily, ...]:
        self._look(ref)
        return tuple(one._replace(caller=shown(one.caller)) for one in self._counts(ref).daily())

    def change(self, ref: str, **wanted: object) -> bool:
        self.folders.known(ref)
        with self.folders.turn(ref):
            before = self.folders.known(ref)
            engine = msgspec.structs.replace(before, **wanted)
            if engine != before:
                self.folders.save(engine)
            self.write(engine)
            self.tell(engine)
            self._wait(engine, wanted.keys())
        return engine != before

    def _wait(self, engine: Engine, names: Iterable[str]) -> None:
        """Until the engine says that it goes by it."""
        patience_until = time.monotonic() + OBEYED_TIMEOUT_SECONDS
        while not self._goes_by(engine, names):
            if "traffic" in names and (overridden := self.overridden(engine)):
                raise Refused(
                    f"The {self.name} of {engine.ref} does not do what is wanted of it",
                    reasons=overridden,
                    next_step="It is written down and counts as soon as that is taken back",
                )
            if time.monotonic() > patience_until:
                raise Unavailable(
                    f"The {self.name} of {engine.ref} does not do yet what is wanted of it; looked at again"
                )
            time.sleep(POLL_SECONDS)

    def _goes_by(self, engine: Engine, names: Iterable[str]) -> bool:
        going = self.going(engine)
        does = {
            "traffic": going.traffic == engine.traffic,
            "wanted": going.wanted is engine.wanted,
            "announced": going.is_said,
        }
        return all(does[name] for name in names)

    def _look(self, ref: str) -> None:
        engine = self.folders.known(ref)
        now = self._now()
        self._counts(ref).look(lambda last: self.seen(engine, last, now), now)

    def _is_looked_at(self, ref: str) -> bool:
        try:
            self._look(ref)
        except Unavailable:
            return False
        return True

    def log_of(self, ref: str) -> Path:
        return self.folders.of(ref) / CALLS_FILE

    def _counts(self, ref: str) -> Counts:
        return Counts(self.log_of(ref))
