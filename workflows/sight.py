"""What may one person know of? The catalog and the record without what is restricted to others.

Whoever is not to know of a model reads both as if nobody had ever told of it, so every answer is the one they would
get about something that is not there. Rejected: to check in each answer. The one that is forgotten would tell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from data.catalog.snapshot import Snapshot
from data.records.retirement import Retirement
from data.store import Streams
from workflows.audiences import seen, sees
from workflows.engine import all_retirements
from workflows.machine import retirement_of
from workflows.rules.people.delegating import InForce

MARK = b'"restricted_to"'
"""What the state of a restricted retirement says somewhere: of all others none is decoded to find out."""


@dataclass(frozen=True)
class Sight:
    """As one person sees catalog (`there`) and record (`state`, `streams`). `delegations`: who answers for whom now."""

    person: str
    whole: Snapshot
    record: Streams
    delegations: Callable[[], InForce]

    @cached_property
    def there(self) -> Snapshot:
        """The catalog."""
        return seen(self.whole, self.person)

    def state(self, stream: str) -> bytes | None:
        """As `Store` has it; None as well for a retirement that is none of theirs to know of."""
        found = self.record.state(stream)
        if found is None or not (self.whole.audiences or MARK in found):
            return found
        retirement = retirement_of(stream, found) if stream.startswith("RET-") else None
        return found if retirement is None or self.sees(retirement) else None

    def streams(self, prefix: str = "") -> tuple[str, ...]:
        """All there are: what of them is seen, `state` tells."""
        return self.record.streams(prefix)

    def retirements(self) -> tuple[Retirement, ...]:
        """Oldest first."""
        return all_retirements(self)

    def sees(self, state: Retirement) -> bool:
        return sees(self.person, state, self.whole, self.delegations)
