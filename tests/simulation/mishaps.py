"""What comes in between while the bot is at something: it stands still, its work takes long, a catalog changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.simulation import company

if TYPE_CHECKING:
    from data.importers.report import Reading
    from tests.simulation.people import Story
    from tests.simulation.town import Town

HOUR = 3600.0


class Mishaps:
    """One within the other would never end, so there is one at a time."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._is_busy = False

    def suspends(self) -> None:
        """A sender stands still, most times for longer than its lease; somebody else takes over meanwhile."""
        town, rand = self._town, self._town.rand
        if not self._happens(town.weather.pauses):
            return
        with self._alone():
            seconds = rand.choice((rand.uniform(0.1, 25), rand.uniform(61, 600)))
            town.clock.pass_(seconds)
            town.note(f"a sender stood still for {seconds:.0f} s")
            town.process.dispatcher.drain()
            if rand.random() < 0.6:
                town.process.bench.run_some()

    def takes_long(self) -> None:
        """A long piece of work goes on, and so does everything else."""
        town, rand = self._town, self._town.rand
        if not self._happens(town.weather.slow_work):
            return
        with self._alone():
            for _ in range(rand.randint(1, 4)):
                town.clock.pass_(rand.uniform(5, 25))
                town.process.renew()
                waiting = town.diary.of_people()
                if waiting and rand.random() < 0.7:
                    town.act(rand.choice(waiting))
                town.process.dispatcher.drain()

    def import_slips_in(self) -> None:
        """An operator imports a catalog between the gathering of facts and the commit."""
        town, rand = self._town, self._town.rand
        if not town.weather.imports or not town.is_up or rand.random() >= town.weather.imports:
            return
        story = rand.choice(town.stories)
        # A consumer that appears between the vote and the announcement is what tests those who look for it.
        likely = 0.8 if story.state() == "approved" else 0.1
        if rand.random() < likely and not story.newcomers:
            reading = company.newcomer(story.number, story.newcomers)
            story.newcomers += 1
        elif rand.random() < likely / 4 and not story.deployed:
            self.model_is_deployed(story)
            return
        elif rand.random() < 0.5:
            reading = self._reassigned(story)
        else:
            reading = company.touched(story.number, town.serial())
        self._imports(reading)

    def owners_change(self, story: Story) -> None:
        """An operator imports a catalog in which others answer for a consumer."""
        if self._town.is_up:
            self._imports(self._reassigned(story))

    def model_is_deployed(self, story: Story) -> None:
        """An operator imports a catalog in which the model is served in another place as well."""
        if self._town.is_up:
            story.deployed.append(f"extra-{story.number}-{len(story.deployed)}")
            self._imports(company.deployed(story.number, len(story.deployed) - 1))

    def calls_are_seen(self, story: Story) -> None:
        """An operator imports a log: somebody calls whom nobody knows, and who may have said to have moved."""
        town = self._town
        if town.is_up:
            serial = town.serial()
            # Noted before it is committed, as above.
            story.callers.append(f"caller::scorer-{story.number}-{serial}")
            day = f"{town.clock.now():%Y-%m-%d}"
            self._imports(company.called(story.number, serial, day), format="calls")

    def catalogs_meet(self, story: Story) -> None:
        """An operator imports another catalog, which has a consumer by another name; or has it no more."""
        town = self._town
        if not town.is_up:
            return
        number, which = story.number, town.rand.choice(company.consumers(story.number))
        if not self._is_joined(number, which):
            self._imports(self._reassigned(story, which, joined=True))
            return
        there, first = town.process.catalog.snapshot(), company.consumer_id(number, which)
        if town.witness.is_voted_on(company.other_id(first)):
            return  # it would be two consumers, and the judge knows but one
        reading = company.parted(number, which, town.serial())
        (told,) = (one for one in there.as_told() if one.id == first)
        town.witness.reassigned[reading.source_digest] = (first, frozenset(there.owners_of(told).slack_ids))
        self._imports(reading)

    def _is_joined(self, number: int, which: int) -> bool:
        """By the catalog: whoever crashed in the middle of an import does not know whether it was committed."""
        first = company.consumer_id(number, which)
        return self._town.process.catalog.snapshot().id_of(first) != first

    def _reassigned(self, story: Story, which: int | None = None, *, joined: bool = False) -> Reading:
        town, rand = self._town, self._town.rand
        if which is None:
            which = rand.choice(company.consumers(story.number))
            joined = self._is_joined(story.number, which)
        reading, people = company.reassigned(
            story.number, which, town.serial(), same_team=rand.random() < 0.5, joined=joined
        )
        consumer = company.consumer_id(story.number, which)
        # Noted before it is committed: who crashes in the middle of it does not know whether it was.
        town.witness.reassigned[reading.source_digest] = (consumer, frozenset(people))
        return reading

    def _imports(self, reading: Reading, format: str = "backstage") -> None:  # noqa: A002 - the word of the event
        town = self._town
        town.disk.is_calm = True
        town.process.catalog.import_(reading, format=format, now=town.clock.now())
        town.disk.is_calm = False
        town.note(f"imported {reading.source_digest}")

    def downtime(self) -> float:
        """Seconds, up to seven weeks."""
        rand = self._town.rand
        longest = rand.choices((5.0, 120.0, 12 * HOUR, 96 * HOUR, 1200 * HOUR), (50, 25, 15, 7, 3))[0]
        return rand.uniform(0.1, longest)

    def _happens(self, rate: float) -> bool:
        return bool(rate) and not self._is_busy and self._town.rand.random() < rate

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._is_busy = True
        try:
            yield
        finally:
            self._is_busy = False
