"""What do listeners need of the rest? One frozen record, built by wiring; tests hand in their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

from slack_sdk import WebClient

from bot.homes import Homes
from bot.intake import Intake
from data.catalog.catalog import Catalog
from data.metrics import UNCOUNTED, Metrics
from data.records.catalog import EndpointKind, Entity
from data.records.deprecation import CatalogKind
from data.records.policy import NO_REVIEW, Criteria, Policy, Review
from data.records.retirement import Retirement
from data.store import Asleep, Store
from workflows.checks import NO_CHECKS, Checks
from workflows.commands import AnyCommand, ReportManual
from workflows.decisions.hearings import Hearing
from workflows.giving import Giving
from workflows.listings import Listings
from workflows.ports import CatalogWriter, TrafficMeter
from workflows.rules.keeping.costs import Estimate
from workflows.rules.people.delegating import InForce
from workflows.search.finding import Finder
from workflows.sight import Sight

Payload = dict[str, Any]


def _nothing(_: Retirement) -> tuple[()]:
    return ()


@dataclass(frozen=True, kw_only=True)
class House:
    """`answer` tells one person something, alone and once, best effort; it never raises.

    client          for modals only: they need a fresh trigger. Messages go through the outbox
    homes           whose Home is to be drawn
    wake            tells the dispatcher that something is in the inbox
    check_opening   raises `Refused` for who may not fill in the form of this model, or revise its plan
    check_reporting raises what would be refused of an endpoint switched by hand, looking at nothing outside
    delegations     who answers for whom now
    check           raises what would be refused, before it is accepted: `Invalid` has every problem of a form
    giving          hands files of archives to whoever may read them
    import_channel  whose files are imported; empty without one
    intake          the way into the store's inbox, which holds nobody up for long
    checks          which of them consumers have
    review          when the policy itself is to be looked through again
    criteria        what speaks for retiring a model
    meters          what says how often an endpoint is called, by who drives it
    ahead           what people will be told of a retirement, and when, if nobody does anything
    asleep          what waits for somebody's working hours, as these are known now
    costs           what keeping its archive is expected to cost; None where nobody knows
    writers         the catalogs this installation writes to
    finder          what models and retirements are found by
    has_wording     somebody understands questions that fit no wording we know, once they are to be answered
    metrics         counts whether answers helped
    stopwatch       seconds, only ever subtracted; the calendar is `now`, and may run faster
    """

    store: Store
    catalog: Catalog
    policy: Policy
    criteria: Criteria
    client: WebClient
    homes: Homes
    now: Callable[[], datetime]
    answer: Callable[[Mapping[str, str], Payload], None]
    wake: Callable[[], None]
    check_opening: Callable[[str, Entity, Retirement | None], None]
    check_reporting: Callable[[ReportManual, Retirement], None]
    check: Callable[[AnyCommand, Retirement | None], None]
    giving: Giving
    import_channel: str = ""
    review: Review = NO_REVIEW
    checks: Checks = NO_CHECKS
    delegations: Callable[[], InForce] = dict
    ahead: Callable[[Retirement], Sequence[Hearing]] = _nothing
    asleep: Callable[[Retirement], Sequence[Asleep]] = _nothing
    costs: Callable[[Retirement], Estimate | None] = lambda _: None
    meters: Mapping[EndpointKind, TrafficMeter] = field(default_factory=dict)
    intake: Intake = field(default_factory=Intake)
    writers: Mapping[CatalogKind, CatalogWriter] = field(default_factory=dict)
    metrics: Metrics = UNCOUNTED
    finder: Finder = field(default_factory=Finder)
    has_wording: bool = False
    stopwatch: Callable[[], float] = field(default=monotonic)

    def sight(self, person: str) -> Sight:
        """What this person may know of: whatever they are answered is read there."""
        return Sight(person, self.catalog.snapshot(), self.store, self.delegations)

    @property
    def listings(self) -> Listings:
        return Listings(catalog=self.catalog, store=self.store, writers=self.writers)
