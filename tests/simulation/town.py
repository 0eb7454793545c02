"""A world with one bot in it: time passes, people act, things break, the bot dies and comes back.

Everything follows from the seed: the same seed gives the same world, boundary for boundary.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from data.errors import EmeritusError
from tests.simulation import company
from tests.simulation.board import Board
from tests.simulation.clock import Clock
from tests.simulation.company import START
from tests.simulation.diary import Delivery, Diary, Entry
from tests.simulation.disk import Disk
from tests.simulation.faults import Boundaries, Crash, Violation, Weather, weather_of
from tests.simulation.mishaps import Mishaps
from tests.simulation.outside import Machines, Vault
from tests.simulation.people import Story
from tests.simulation.process import Outside, Parts, Process
from tests.simulation.slack import LATE_SECONDS, SimulatedClient, Workspace
from tests.simulation.standing import PATIENCE
from tests.simulation.verdict import Verdict
from tests.simulation.wire import Wire
from tests.simulation.witness import Witness
from workflows.dispatcher import RENEW_SECONDS

YEARS_MAX = 2.5
STARTS_MAX = 20
SPINS_MAX = 3_000
"""So many turns without time passing: the bot goes round in circles."""


class Town:
    def __init__(
        self,
        folder: Path,
        seed: int,
        *,
        retirements: int = 1,
        weather: Weather | None = None,
        parts: Parts | None = None,
        wishes: tuple[str, ...] = (),
    ) -> None:
        self.seed, self.weather = seed, weather or weather_of(seed)
        weather = self.weather
        self.rand = Random(seed)
        self.boundaries = Boundaries(self.rand, weather)
        self.clock = Clock(START, self.boundaries)
        self.disk = Disk(self.clock, self.boundaries, self.rand, weather)
        self.workspace = Workspace(self.clock)
        self.client = SimulatedClient(self.workspace, self.boundaries, self.rand, weather)
        self.client.note = self.note
        self.vault = Vault(self.clock, self.boundaries, self.rand, weather)
        self.mishaps = Mishaps(self)
        self.vault.while_busy = self.mishaps.takes_long
        self.wire = Wire(self)
        self.witness = Witness(self)
        self.machines = Machines(
            self.clock,
            self.boundaries,
            self.rand,
            weather,
            metered_since=START - timedelta(days=60),
            watch=self.witness.sees_switch_off,
        )
        self.board = Board(self.boundaries, self.rand, weather)
        path = folder / "emeritus.db"
        company.lay_down(path)
        self._outside = Outside(
            clock=self.clock,
            disk=self.disk,
            client=self.client,
            vault=self.vault,
            machines=self.machines,
            board=self.board,
            path=path,
            rand=self.rand,
            policy=company.policy_of(seed),
            parts=parts or Parts(),
            stopwatch=self.wire.stopwatch,
        )
        self.boundaries.at = {
            "before post": self.mishaps.suspends,
            "before commit": self.mishaps.import_slips_in,
        }
        self.has_hours = parts is not None and parts.timekeeper(self.clock) is not None
        """Are people written to in their working hours only?"""
        self._trace: deque[tuple[int, datetime, tuple[str, ...]]] = deque(maxlen=80)
        self._serial = 0
        self._spins = 0
        numbers = self.rand.sample(range(company.MODELS), retirements) if len(wishes) != retirements else ()
        self.stories = [
            Story(self, number, wishes[place] if place < len(wishes) else "")
            for place, number in enumerate(numbers or range(retirements))
        ]
        self.diary = Diary()
        for story in self.stories:
            self.write_down(self.rand.uniform(0, 20), story)
        self._process: Process | None = None
        self.up_since = self.clock.truth

    # One after the other

    def run(self) -> None:
        """Until every retirement has ended and nothing is left to do."""
        try:
            self.begin()
            while not all(story.is_over for story in self.stories):
                self._turn()
                if self.clock.truth - START > timedelta(days=365 * YEARS_MAX):
                    late = [
                        f"{one.id or one.number} is {one.state()}" for one in self.stories if not one.is_over
                    ]
                    raise Violation(f"never ends: {', '.join(late)}")
            self._let_it_settle()
            Verdict(self, self.witness).is_given()
        finally:
            self.end()

    def begin(self) -> None:
        """The first process starts."""
        self._restart(None)

    def end(self) -> None:
        if self._process is not None:
            self._process.die()
        self.disk.throw_away()

    def _turn(self) -> None:
        before = self.clock.truth
        try:
            self._reach_next()
            self.process.work()
            self.witness.looks_around()
        except Crash as crash:
            self._restart(crash)
        except EmeritusError as error:
            # The dispatcher's thread waits then, no longer than it takes to renew its leases.
            self.note(f"waiting: {error}")
            self.clock.pass_(RENEW_SECONDS)
        self._spins = 0 if self.clock.truth > before else self._spins + 1
        if self._spins > SPINS_MAX:
            raise Violation("the bot goes round in circles: work is due that nothing takes up")

    def _reach_next(self) -> None:
        """Time passes until something is due: for the bot, or for people."""
        if self.weather.skews and self.rand.random() < self.weather.skews:
            self.clock.skew = timedelta(seconds=self.rand.uniform(-2, 2))
        if self.weather.bad_copies:
            self.vault.rot()
        self.process.bench.slow = self.weather.slow_work
        due = self.process.dispatcher.next_due()
        entry = self.diary.first()
        is_idle = (due is None or due > self.clock.now()) and not self.process.bench
        if is_idle and self.clock.truth - self.up_since > PATIENCE:
            self.witness.sees_idle()
        if self.process.bench:
            self.clock.pass_(self.rand.choice((0.5, 5, 30, 65, 130)))
        elif due is not None and (entry is None or due - self.clock.skew <= entry.at):
            self.clock.show(due)
        elif entry is not None:
            self.clock.reach(entry.at)
            self.act(entry)

    def act(self, entry: Entry) -> None:
        """What was meant to be done is done, or tried."""
        self.diary.strike(entry)
        if isinstance(entry.what, Delivery):
            self.wire.hands_in(entry.what)
            # A proposal that comes late may begin anew what was over.
            for story in self.stories:
                if story.is_over and story.proposer == entry.what.person:
                    story.is_over = False
                    self.write_down(1, story)
        else:
            # Written down first: whatever happens in the middle, they look again.
            again = self.write_down(0.05, entry.what)
            days = entry.what.go_on()
            self.diary.strike(again)
            if not entry.what.is_over:
                self.write_down(max(days, 0.0001), entry.what)

    def write_down(self, days: float, what: Story | Delivery) -> Entry:
        """Not before so many days are over."""
        return self.diary.add(Entry(self.clock.truth + timedelta(days=days), self.serial(), what))

    def _let_it_settle(self) -> None:
        """The weather clears up, and the bot does what it has left. Nobody does anything any more."""
        self.weather.clear_up()
        self.boundaries.stop()
        self.process.bench.slow = 0.0
        calm_until = self.clock.truth + timedelta(days=2)
        for _ in range(SPINS_MAX):
            self.process.work()
            due = self.process.dispatcher.next_due()
            is_calm = due is None or due - self.clock.skew > calm_until
            if due is None or (is_calm and not self.process.store.asleep()):
                self.clock.pass_(LATE_SECONDS)
                break
            self.clock.show(due)
        else:
            raise Violation("the outbox does not drain")

    # What breaks

    @property
    def is_up(self) -> bool:
        return self._process is not None

    @property
    def process(self) -> Process:
        assert self._process is not None
        return self._process

    def _restart(self, crash: Crash | None) -> None:
        """The process is gone, if there was one; after a while there is another one."""
        while True:
            if crash is not None:
                self._fall(crash)
            try:
                self._process = self._opened()
            except Crash as again:
                crash = again
            else:
                self.up_since = self.clock.truth
                return

    def _fall(self, crash: Crash) -> None:
        self.note(f"crash at {crash}")
        if self._process is not None:
            self._process.die()
            self._process = None
        self.disk.unplug(thoroughly=self.rand.random() < 0.1)
        self.disk.is_calm = False
        if self.weather.crash_at:
            self.clock.pass_((0.5, 5.0, 90.0)[self.weather.crash_at % 3])
        else:
            self.clock.pass_(self.mishaps.downtime())

    def _opened(self) -> Process:
        for _ in range(STARTS_MAX):
            process = Process(self._outside)
            try:
                process.start()
            except Crash:
                process.die()
                raise
            except EmeritusError as error:
                self.note(f"not started: {error}")
                process.die()
                self.clock.pass_(30)
            else:
                return process
        raise Violation("the bot does not start any more")

    # Small things

    def serial(self) -> int:
        """A number that is given once."""
        self._serial += 1
        return self._serial

    def note(self, *what: str) -> None:
        """For the trace of a world that fails; put into words only then."""
        self._trace.append((self.boundaries.count, self.clock.truth, what))

    @property
    def trace(self) -> list[str]:
        return [f"{count:6d} {at:%Y-%m-%d %H:%M:%S.%f} {' '.join(what)}" for count, at, what in self._trace]
