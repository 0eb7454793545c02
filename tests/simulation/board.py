"""A catalog that is told of retirements, as the world keeps it: what it really says, whoever records it."""

from __future__ import annotations

from datetime import date
from random import Random

from data.errors import Unavailable
from data.records.catalog import Kind
from data.records.deprecation import Deprecation, Lifecycle
from data.records.progress import StepKind
from data.records.retirement import Retirement, State
from tests.simulation.company import POLICY
from tests.simulation.faults import Boundaries, Weather
from workflows.rules.hours import day_of


class Board:
    """Implements `CatalogWriter`: thing -> which retirement says what of it, and until when it serves."""

    def __init__(self, boundaries: Boundaries, rand: Random, weather: Weather) -> None:
        self._boundaries, self._rand, self._weather = boundaries, rand, weather
        self.says: dict[str, tuple[str, Lifecycle, date]] = {}

    def write(self, deprecation: Deprecation) -> tuple[str, ...]:
        self._fail()
        places = []
        for listing in deprecation.listings:
            self._boundaries.cross("writing")
            said = self.says.get(listing.called)
            is_ours = said is not None and said[0] == deprecation.retirement_id
            if not is_ours and (listing.is_kept or listing.lifecycle is Lifecycle.IN_SERVICE):
                continue
            self.says.pop(listing.called, None)
            if listing.lifecycle is not Lifecycle.IN_SERVICE:
                what = (deprecation.retirement_id, listing.lifecycle, deprecation.last_day)
                self.says[listing.called] = what
            places.append(listing.called)
        self._boundaries.cross("written")
        self._fail()
        return tuple(places)

    def differs(self, deprecation: Deprecation) -> tuple[str, ...]:
        return ()

    def _fail(self) -> None:
        rate = self._weather.bad_switches
        if rate and self._rand.random() < rate:
            raise Unavailable("The catalog does not answer. It is tried again")

    def wrong_about(self, retirement: Retirement) -> str:
        """Once all has ended: what is retired is said to be, with its last day; of what stayed nobody says anything."""
        assert retirement.plan is not None
        subject = retirement.plan.subject
        last_day = day_of(retirement.plan.step(StepKind.DISABLE).due_at, POLICY)
        is_retired = retirement.state is State.ARCHIVED
        wanted = (retirement.id, Lifecycle.RETIRED, last_day) if is_retired else None
        # Where it was announced anew while somebody vouched that another endpoint goes on, it is not gone as a whole.
        goes_on = any(part.kind is Kind.ENDPOINT for part in retirement.parts)
        for thing in (subject.model_id, *(endpoint.id for endpoint in subject.endpoints)):
            if goes_on and thing == subject.model_id and thing not in self.says:
                continue
            if (said := self.says.get(thing)) != wanted:
                return f"the catalog says {said} of {thing}, which is {retirement.state}"
        return ""
