"""A world with one bot in it: time passes, people act, things break, the bot dies and comes back.

Everything follows from the seed: the same seed gives the same world, boundary for boundary.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from data.errors import EmeritusError
from tests.simulation import company
from tests.simulation.clock import Clock
from tests.simulation.company import START
from tests.simulation.disk import Disk
from tests.simulation.faults import Boundaries, Crash, Violation, Weather, weather_of
from tests.simulation.history import PATIENCE
from tests.simulation.outside import Machines, Vault
from tests.simulation.people import Story
from tests.simulation.process import Outside, Parts, Process
from tests.simulation.slack import LATE_SECONDS, SimulatedClient, Workspace
from tests.simulation.verdict import Verdict
from tests.simulation.witness import Witness
from workflows.dispatcher import RENEW_SECONDS

YEARS_MAX = 2.5
STARTS_MAX = 20
SPINS_MAX = 3_000
"""So many turns without time passing: the bot goes round in circles."""


@dataclass(order=True)
class Entry:
    """In the diary: who wants to do something when."""

    at: datetime
    number: int
    story: Story | None = None
    redelivery: tuple[str, str, str, dict[str, Any]] | None = None


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
        self.vault.while_busy = self._meanwhile
        self.witness = Witness(self)
        self.machines = Machines(
            self.clock,
            self.boundaries,
            self.rand,
            weather,
            metered_since=START - timedelta(days=60),
            watch=self.witness.sees_switch_off,
        )
        path = folder / "emeritus.db"
        company.lay_down(path)
        self._outside = Outside(
            clock=self.clock,
            disk=self.disk,
            client=self.client,
            vault=self.vault,
            machines=self.machines,
            path=path,
            rand=self.rand,
            parts=parts or Parts(),
            stopwatch=self._stopwatch,
        )
        self.boundaries.at = {"before post": self._suspend, "before commit": self._import_slips_in}
        self._trace: deque[tuple[int, datetime, tuple[str, ...]]] = deque(maxlen=80)
        self._serial = 0
        self._slow_commits = 0.0
        self._depth = 0
        self._spins = 0
        numbers = self.rand.sample(range(company.MODELS), retirements) if len(wishes) != retirements else ()
        self.stories = [
            Story(self, number, wishes[place] if place < len(wishes) else "")
            for place, number in enumerate(numbers or range(retirements))
        ]
        self._diary: list[Entry] = []
        for story in self.stories:
            self._write_down(self.rand.uniform(0, 20), story=story)
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
        due = self.process.store.next_due()
        entry = self._diary[0] if self._diary else None
        is_idle = (due is None or due > self.clock.now()) and not self.process.bench
        if is_idle and self.clock.truth - self.up_since > PATIENCE:
            self.witness.sees_idle()
        if self.process.bench:
            self.clock.pass_(self.rand.choice((0.5, 5, 30, 65, 130)))
        elif due is not None and (entry is None or due - self.clock.skew <= entry.at):
            self.clock.show(due)
        elif entry is not None:
            self.clock.reach(entry.at)
            heapq.heappop(self._diary)
            self._act(entry)

    def _act(self, entry: Entry) -> None:
        if entry.redelivery is not None:
            person, kind, name, body = entry.redelivery
            self._hand_in(person, kind, name, body)
        elif entry.story is not None:
            # Written down first: whatever happens in the middle, they look again.
            again = self._write_down(0.05, story=entry.story)
            days = entry.story.go_on()
            self._diary.remove(again)
            heapq.heapify(self._diary)
            if not entry.story.is_over:
                self._write_down(max(days, 0.0001), story=entry.story)

    def _let_it_settle(self) -> None:
        """The weather clears up, and what is still on its way arrives."""
        self.weather.clear_up()
        self.boundaries.stop()
        self._diary = [entry for entry in self._diary if entry.redelivery is not None]
        heapq.heapify(self._diary)
        self.process.bench.slow = 0.0
        calm_until = self.clock.truth + timedelta(days=2)
        for _ in range(SPINS_MAX):
            self.process.work()
            due = self.process.store.next_due()
            if due is None or due - self.clock.skew > calm_until:
                self.clock.pass_(LATE_SECONDS)
                break
            self.clock.show(due)
        else:
            raise Violation("the outbox does not drain")

    # What breaks

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
        self.disk.unplug(thoroughly=self.rand.random() < 0.1)
        self.disk.is_calm = False
        self._depth = 0
        if self.weather.crash_at:
            self.clock.pass_((0.5, 5.0, 90.0)[self.weather.crash_at % 3])
        else:
            self.clock.pass_(self._downtime())

    def _downtime(self) -> float:
        hours = 3600.0
        longest = self.rand.choices((5.0, 120.0, 12 * hours, 96 * hours, 1200 * hours), (50, 25, 15, 7, 3))[0]
        return self.rand.uniform(0.1, longest)

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

    def _suspend(self) -> None:
        """A sender stands still, most times for longer than its lease; somebody else takes over meanwhile."""
        if not self.weather.pauses or self._depth or self.rand.random() >= self.weather.pauses:
            return
        self._depth += 1
        seconds = self.rand.choice((self.rand.uniform(0.1, 25), self.rand.uniform(61, 600)))
        self.clock.pass_(seconds)
        self.note(f"a sender stood still for {seconds:.0f} s")
        self.process.dispatcher.drain()
        if self.rand.random() < 0.6:
            self.process.bench.run_some()
        self._depth -= 1

    def _meanwhile(self) -> None:
        """A long piece of work goes on, and so does everything else."""
        if not self.weather.slow_work or self._depth or self.rand.random() >= self.weather.slow_work:
            return
        self._depth += 1
        for _ in range(self.rand.randint(1, 4)):
            self.clock.pass_(self.rand.uniform(5, 25))
            self.process.renew()
            stories = [entry for entry in self._diary if entry.story is not None]
            if stories and self.rand.random() < 0.7:
                entry = self.rand.choice(stories)
                self._diary.remove(entry)
                heapq.heapify(self._diary)
                self._act(entry)
            self.process.dispatcher.drain()
        self._depth -= 1

    def _import_slips_in(self) -> None:
        """An operator imports a catalog between the gathering of facts and the commit."""
        if not self.weather.imports or self._process is None or self.rand.random() >= self.weather.imports:
            return
        self._serial += 1
        story = self.rand.choice(self.stories)
        # A consumer that appears between the vote and the announcement is what tests those who look for it.
        likely = 0.8 if story.state() == "approved" else 0.1
        if self.rand.random() < likely and not story.newcomers:
            reading = company.newcomer(story.number, story.newcomers)
            story.newcomers += 1
        else:
            reading = company.touched(story.number, self._serial)
        self.disk.is_calm = True
        self.process.catalog.import_(reading, format="backstage", now=self.clock.now())
        self.disk.is_calm = False
        self.note(f"imported {reading.source_digest}")

    def _stopwatch(self) -> float:
        self._slow_commits += 2.5 if self._is_odd(0.05) else 0.0
        return self._slow_commits

    # What people do

    def delivers(self, person: str, kind: str, name: str, body: dict[str, Any]) -> str:
        """An act that counts. Now and then it comes late, or twice."""
        body = {**body, "trigger_id": self.trigger()}
        odd = self.rand.random() if self.weather.odd_clicks else 1.0
        if odd < self.weather.odd_clicks / 3:
            # It hangs in a network; to the person it has failed, so they do it again.
            self._write_down(self.rand.expovariate(2), redelivery=(person, kind, name, body))
            return "failed"
        if odd < self.weather.odd_clicks:
            self._write_down(self.rand.expovariate(2), redelivery=(person, kind, name, body))
            if self.rand.random() < 0.4:
                self._hand_in(person, kind, name, body)
        return self._hand_in(person, kind, name, body)

    def _hand_in(self, person: str, kind: str, name: str, body: dict[str, Any]) -> str:
        click = self.witness.click(person, kind, name, body)
        before = self.disk.commits
        try:
            outcome = self.hears(person, kind, name, body)
            if outcome == "acknowledged":
                click.is_acknowledged = True
        finally:
            if self.disk.commits > before or click.is_acknowledged:
                self.witness.kept(click)
        return outcome

    def hears(self, person: str, kind: str, name: str, body: dict[str, Any]) -> str:
        self._serial += 1
        who = {"user_id": person} if kind == "command" else {"user": {"id": person}}
        self.clock.pass_(0.3)
        outcome = self.process.hear(kind, name, {**body, **who})
        self.note(person, name, described(body), outcome)
        return outcome

    def trigger(self) -> str:
        self._serial += 1
        return f"{self._serial}.{self.seed}"

    def serial(self) -> int:
        self._serial += 1
        return self._serial

    # Small things

    def note(self, *what: str) -> None:
        """For the trace of a world that fails; put into words only then."""
        self._trace.append((self.boundaries.count, self.clock.truth, what))

    @property
    def trace(self) -> list[str]:
        return [f"{count:6d} {at:%Y-%m-%d %H:%M:%S.%f} {' '.join(what)}" for count, at, what in self._trace]

    def _is_odd(self, rate: float) -> bool:
        return bool(self.weather.odd_clicks) and self.rand.random() < rate * self.weather.odd_clicks

    def _write_down(self, days: float, **what: Any) -> Entry:
        self._serial += 1
        entry = Entry(self.clock.truth + timedelta(days=days), self._serial, **what)
        heapq.heappush(self._diary, entry)
        return entry


def described(body: dict[str, Any]) -> str:
    """What was pressed, typed or submitted, for the trace."""
    actions = body.get("actions")
    return str(body.get("text") or (actions[0]["value"] if actions else "")).replace("\n", " ")[:90]
