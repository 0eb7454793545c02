"""What people vote on and the engine executes: one model, dated steps, and the reason, as exact ids."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from data.records.artifacts import Classed, Reference
from data.records.base import Record
from data.records.catalog import EndpointKind
from data.records.progress import StepKind


class Reason(StrEnum):
    """Why a model retires. `REPLACED` needs a successor."""

    REPLACED = "replaced"
    DECAY = "decay"
    DRIFT = "drift"
    COST = "cost"
    PROVIDER = "provider end of support"
    REGULATORY = "regulatory"
    SECURITY = "security"
    BUSINESS = "business"


class Endpoint(Record, frozen=True, kw_only=True):
    """An endpoint as frozen into a plan: exact id, and what its adapter needs to find it again."""

    id: str
    name: str
    kind: EndpointKind
    ref: str


class Subject(Record, frozen=True, kw_only=True):
    """What retires: one model with the chosen endpoints, as exact ids, never prefixes; its others are `spared`.

    restricted_to  who alone may see it, as its catalog had it then (data/records/catalog.py); None for everybody
    """

    model_id: str
    model_name: str
    tier: int
    owners: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    artifacts: tuple[str, ...]
    spared: tuple[str, ...] = ()
    restricted_to: tuple[str, ...] | None = None
    regulated: str = ""
    classes: tuple[Classed, ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def preserved(self) -> tuple[object, ...]:
        """All that its archive depends on."""
        return self.artifacts, self.classes, self.references


class Window(Record, frozen=True, kw_only=True):
    """When one brownout begins, and when it is over."""

    starts_at: datetime
    ends_at: datetime


class Step(Record, frozen=True, kw_only=True):
    """One dated act. It never runs before `due_at`. `windows`: of brownouts, in order; those number from 1 on."""

    kind: StepKind
    due_at: datetime
    windows: tuple[Window, ...] = ()


class Plan(Record, frozen=True, kw_only=True):
    """What people vote on, what `/retire plan` shows and what the engine executes: the same object.

    `digest` covers everything above it (rules/plans/plan.py). `amends` is the digest of the approved plan whose dates
    were moved later; empty for a plan of its own. `successor_from`: its first day, where somebody told it.
    `gap_days`: for how many days neither serves, as it was voted on; 0 as well in plans of before that was kept.
    `brownouts_lack`: why it has fewer brownouts than the policy wants, or none; empty where it has them all.
    """

    subject: Subject
    successor_id: str = ""
    successor_name: str = ""
    successor_from: str = ""
    gap_days: int = 0
    reason: Reason
    steps: tuple[Step, ...]
    consumer_ids: tuple[str, ...]
    policy_digest: str
    brownouts_lack: str = ""
    amends: str = ""
    digest: str = ""

    def step(self, kind: StepKind) -> Step:
        """One that every plan has; of brownouts only where `has` says so."""
        return next(step for step in self.steps if step.kind == kind)

    def has(self, kind: StepKind) -> bool:
        return any(step.kind is kind for step in self.steps)

    @property
    def windows(self) -> tuple[Window, ...]:
        """Of all its brownouts."""
        return self.step(StepKind.BROWNOUT).windows if self.has(StepKind.BROWNOUT) else ()


class LaterDates(Record, frozen=True, kw_only=True):
    """The dates ahead as they would be, which people vote on.

    days          by how many they move
    consumer_ids  callers that were found and need the time; with approval the plan has them
    plan_digest   of the plan with these dates and consumers: what ballots bind to
    wishes        consumer whose owners ask for the time -> number of that request; `asked_by`: who asked, for whom
    """

    days: int
    steps: tuple[Step, ...]
    consumer_ids: tuple[str, ...]
    plan_digest: str
    wishes: dict[str, int] = {}
    asked_by: tuple[str, ...] = ()
