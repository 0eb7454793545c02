"""One command, one decision, one commit; and what falls due is claimed, done and settled.

Nothing here decides. `execute` gathers facts and commits; `Dispatcher` (dispatcher.py) calls it for what waits.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from data.errors import Invalid, NotFound, Refused, Stale
from data.events import EMERITUS
from data.records.catalog import Entity
from data.records.decision import Outcome, Receipt
from data.records.facts import Facts
from data.records.imports import Scheduled
from data.records.retirement import Retirement
from data.store import Store, Streams
from workflows import commands as cmd
from workflows.deciding import DECISIONS
from workflows.decisions import imports, manual
from workflows.decisions.proposals import check_channel, check_proposer, check_reviser
from workflows.gathering import Gatherer
from workflows.machine import imports_of, retirement_of
from workflows.ports import World

ATTEMPTS_WHILE_STALE = 5
"""An import commits seldom; five moves of the catalog within one command mean that something else is wrong."""


@dataclass(frozen=True, kw_only=True)
class Engine:
    store: Store
    gatherer: Gatherer
    world: World

    def execute(
        self, key: str, stream: str, command: cmd.AnyCommand, *, tried_since: datetime | None = None
    ) -> Receipt:
        """Gather, decide, commit. The same key always gets the same receipt; a refusal is a receipt, too.

        tried_since   of the claim this answers (data.records.decision.Claim)

        Raises `Unavailable` while a store or a catalog does not answer: whoever asked is asked again later.
        """
        for _ in range(ATTEMPTS_WHILE_STALE):
            now = self.world.now()
            try:
                facts = self.gatherer.facts(command, self.retirement(stream), now)
            except (Invalid, NotFound, Refused) as error:
                return Receipt(key=key, stream=stream, outcome=Outcome.REFUSED, version=0, reply=error.told())
            version = facts.catalog_version or None
            self.world.point("before commit")
            try:
                receipt = self.store.transact(
                    key,
                    stream,
                    cmd.encoded(command),
                    facts,
                    now,
                    catalog_version=version,
                    tried_since=tried_since,
                )
            except Stale:
                continue
            self.world.point("after commit")
            return receipt
        raise Stale(f"The catalog keeps changing. Nothing was done about {stream}; it is tried again")

    def check(self, command: cmd.AnyCommand, state: Retirement | None) -> None:
        """Decide without committing. Raises what would be refused, `Invalid` with every bad field of a form."""
        now = self.world.now()
        facts = self.gatherer.facts(command, state, now)
        DECISIONS[type(command)](state or Retirement(id=""), command, facts, now)

    def check_opening(self, by: str, model: Entity, state: Retirement | None) -> None:
        """Raises `Refused` for who may not propose this model, or change the plan of its retirement."""
        now = self.world.now()
        if state is None:
            owners = self.gatherer.catalog.owners_of(model).slack_ids
            check_proposer(Retirement(id=""), by, model.name, Facts(observed_at=now, owners=owners))
            check_channel(model.name, model.restricted_to, self.gatherer.policy)
        else:
            check_reviser(state, by, self.gatherer.people(state, now))

    def check_reporting(self, command: cmd.ReportManual, state: Retirement) -> None:
        """Raises what would be refused whatever the outside says: a form to open has no time to look there."""
        facts = self.gatherer.people(state, self.world.now())
        manual.check_reporter(state, command, facts)

    def schedule(self, scheduled: tuple[Scheduled, ...]) -> None:
        """Read these sources again and again, and no others. What stands already changes nothing."""
        standing = imports_of(self.store.state(imports.STREAM))
        if standing.scheduled != scheduled:
            command = cmd.ScheduleImports(by=EMERITUS, scheduled=scheduled)
            # By version, too: what was scheduled once and then changed may come back.
            digest = hashlib.sha256(cmd.encoded(command).encode()).hexdigest()
            self.execute(f"imports/{standing.version + 1}/{digest[:16]}", imports.STREAM, command)

    def retirement(self, stream: str) -> Retirement | None:
        """A retirement by its exact id, or None."""
        return retirement_of(stream, self.store.state(stream)) if stream.startswith("RET-") else None

    def retirements(self) -> tuple[Retirement, ...]:
        """All there ever were, oldest first."""
        return all_retirements(self.store)


def all_retirements(store: Streams) -> tuple[Retirement, ...]:
    """Every retirement on record, oldest first."""
    found: list[Retirement] = []
    for stream in store.streams("RET-"):
        retirement = retirement_of(stream, store.state(stream))
        if retirement is not None:
            found.append(retirement)
    return tuple(found)
