"""The company every test of the pure core plays in, and a retirement that really decides what it is told.

Builders name only what matters. A `Story` goes through the machine as a store would: commands are
encoded, events sealed and opened again, timers ring, work outside is reported. Time stands where it was left.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from data import events, ledger
from data.records.archived import Archived
from data.records.attestations import Attestation
from data.records.base import Prose
from data.records.callers import Calls
from data.records.catalog import EndpointKind, Impacted, Owners
from data.records.decision import Decision, Effect, EffectKind, Timer
from data.records.delegation import Delegation
from data.records.facts import Facts, Reading
from data.records.plan import Endpoint, Plan, Reason, Step, Subject
from data.records.policy import Policy, Role, Tier
from data.records.progress import OF_EVERY_PLAN, StepKind
from data.records.retirement import Duty, Retirement
from data.records.rounds import Choice
from workflows import commands as cmd
from workflows.machine import RetirementMachine
from workflows.rules.plans import plan as plans
from workflows.rules.plans.pauses import pauses

PAT, OWEN = "UPAT", "UOWEN"
"""Both own the model; Pat proposes and coordinates."""
PLATO, SELMA = "UPLATO", "USELMA"
"""Platform and security, who vote; a rejection by Selma is a veto."""
ENDY = "UENDY"
SIMON = "USIMON"
LEX = "ULEX"
"""May shorten a notice with Plato or Selma, and has no vote."""
GRETA = "UGRETA"
"""May let people read archives."""
BILL, BELLA, CARL = "UBILL", "UBELLA", "UCARL"
"""Bill and Bella own billing-etl, Carl owns crm-sync."""
MAX = "UMAX"
"""Bill's and Bella's manager; Carl has none."""
STRANGER = "USTRANGER"

PROPOSED_AT = datetime(2027, 1, 4, 9, tzinfo=UTC)
ANNOUNCED_AT = datetime(2027, 1, 18, 9, tzinfo=UTC)
ARCHIVE_AT = datetime(2027, 1, 27, 9, tzinfo=UTC)
DRILL_AT = datetime(2027, 1, 28, 9, tzinfo=UTC)
MIGRATE_AT = datetime(2027, 2, 10, 9, tzinfo=UTC)
DISABLE_AT = datetime(2027, 2, 17, 9, tzinfo=UTC)
CLOSE_AT = datetime(2027, 3, 19, 9, tzinfo=UTC)
TARGET_ON = date(2027, 2, 17)
"""The earliest day two weeks of review and 30 days of notice leave."""

BILLING, CRM = "component:default/billing-etl", "component:default/crm-sync"
LIVE = Endpoint(
    id="resource:default/churn-live", name="churn-live", kind=EndpointKind.LOCAL, ref="churn-live"
)
BATCH = Endpoint(
    id="resource:default/churn-batch", name="churn-batch", kind=EndpointKind.LOCAL, ref="churn-batch"
)
EDGE = Endpoint(
    id="resource:default/churn-edge", name="churn-edge", kind=EndpointKind.MANUAL, ref="churn-edge"
)
ARCHIVED = Archived(
    location="churn", preservation_id="sha256:aa", manifest_digest="sha256:bb", files=3, bytes=1204
)
WHY = Prose(prose="a better one serves")


def days(number: float) -> timedelta:
    return timedelta(days=number)


def a_policy(**changes: Any) -> Policy:
    policy = Policy(
        name="test",
        digest="sha256:policy",
        governance_channel="CGOV",
        roles=(Role(name="owner"), Role(name="platform"), Role(name="security", veto="yes")),
        tiers=(Tier(tier=1, notice_days=180), Tier(tier=2, notice_days=90), Tier(tier=3, notice_days=30)),
        review_days=14,
        round_expires_days=30,
        acknowledge_days=7,
        reminder_days=(30, 7, 1, 0),
        escalate_again_days=3,
        archive_lead_days=21,
        migrate_lead_days=7,
        zero_traffic_days=30,
        dark_window_days=30,
        recheck_hours=24,
        step_hour=9,
        zone="UTC",
        digest_weekday=0,
        digest_hour=9,
    )
    return replace(policy, **changes)


def an_attestation(**changes: Any) -> Attestation:
    attestation = Attestation(
        name="retention",
        text="What has to be kept is kept.",
        groups=("model.owner",),
        tiers=(1, 2, 3),
        valid_days=90,
    )
    return replace(attestation, **changes)


def an_impacted(
    name: str = "billing-etl",
    *,
    team: str = "billing",
    people: tuple[str, ...] = (BILL, BELLA),
    distance: int = 1,
) -> Impacted:
    return Impacted(
        consumer_id=f"component:default/{name}",
        name=name,
        owners=Owners(team_id=f"group:default/{team}" if team else "", called=team, slack_ids=people),
        distance=distance,
        path=(f"component:default/{name}", "component:default/churn"),
    )


def an_unknown(name: str = "scorer", **changes: Any) -> Impacted:
    """A caller that nobody declares."""
    caller_id = f"caller::{name}"
    caller = Impacted(
        consumer_id=caller_id,
        name=name,
        owners=Owners(noted=("no owner",)),
        distance=1,
        path=(caller_id, "resource:default/churn-live"),
    )
    return replace(caller, **changes)


def some_calls(consumer_id: str, last: str = "2027-01-20", **changes: Any) -> Calls:
    calls = Calls(
        consumer_id=consumer_id,
        to_id="resource:default/churn-live",
        seen_in="access.log:12",
        sources=("calls",),
        first_seen="2027-01-02",
        last_seen=last,
        calls_per_day="12.5",
    )
    return replace(calls, **changes)


IMPACT = (an_impacted(), an_impacted("crm-sync", team="crm", people=(CARL,), distance=2))


def a_subject(**changes: Any) -> Subject:
    subject = Subject(
        model_id="component:default/churn",
        model_name="churn",
        tier=3,
        owners=(PAT, OWEN),
        endpoints=(LIVE,),
        artifacts=("s3://models/churn",),
    )
    return replace(subject, **changes)


def a_plan(**changes: Any) -> Plan:
    steps = (ANNOUNCED_AT, ARCHIVE_AT, DRILL_AT, MIGRATE_AT, DISABLE_AT, CLOSE_AT)
    plan = Plan(
        subject=a_subject(),
        successor_id="component:default/churn-2",
        successor_name="churn-2",
        reason=Reason.REPLACED,
        steps=tuple(Step(kind=kind, due_at=at) for kind, at in zip(OF_EVERY_PLAN, steps, strict=True)),
        consumer_ids=(BILLING, CRM),
        policy_digest="sha256:policy",
    )
    return plans.sealed(replace(plan, **changes))


def silent(*endpoints: Endpoint, **changes: Any) -> tuple[Reading, ...]:
    """Nobody has called them for as long as it takes."""
    reading = Reading(endpoint_id="", calls=0, days=30, status="serving")
    return tuple(replace(reading, endpoint_id=endpoint.id, **changes) for endpoint in endpoints)


def dark(*endpoints: Endpoint) -> tuple[Reading, ...]:
    return silent(*endpoints, status="disabled")


def facts_for(subject: Subject | None = None, **changes: Any) -> Facts:
    subject = subject or a_subject()
    facts = Facts(
        observed_at=PROPOSED_AT,
        catalog_version=1,
        policy=a_policy(),
        subject=subject,
        successor_name="churn-2",
        impact=IMPACT,
        members={"owner": (PAT, OWEN), "platform": (PLATO,), "security": (SELMA,)},
        owners=(PAT, OWEN),
        endpoint_owners=(ENDY,),
        glass_breakers=(PLATO, SELMA, SIMON),
        holders=(LEX,),
        granters=(GRETA,),
        attesters={"retention": (PAT, OWEN), "privacy": (SELMA,)},
        managers={BILL: MAX, BELLA: MAX},
        readings=silent(*subject.endpoints),
        archive_holds="yes",
    )
    return replace(facts, **changes)


def proposing(**changes: Any) -> cmd.Propose:
    command = cmd.Propose(
        by=PAT,
        model_id="component:default/churn",
        successor_id="component:default/churn-2",
        reason=Reason.REPLACED,
        why=WHY,
        target_on=TARGET_ON,
    )
    return replace(command, **changes)


def revising(**changes: Any) -> cmd.Revise:
    command = cmd.Revise(
        by=PAT, successor_id="component:default/churn-2", reason=Reason.REPLACED, why=WHY, target_on=TARGET_ON
    )
    return replace(command, **changes)


MACHINE = RetirementMachine()


def standing_in(delegate: str, *people: str) -> dict[str, Delegation]:
    """This person answers for all of these, from the announcement on for three months."""
    return {
        person: Delegation(person=person, to=delegate, since=ANNOUNCED_AT, until=ANNOUNCED_AT + days(90))
        for person in people
    }


class Story:
    """A retirement as it goes on. What `does` refuses leaves everything as it was."""

    def __init__(self, facts: Facts, now: datetime = PROPOSED_AT) -> None:
        self.facts = facts
        self.now = now
        self.state = Retirement(id="RET-1")
        self.happened: list[events.RetirementEvent] = []
        self.timers: dict[str, Timer] = {}
        self.effects: dict[str, Effect] = {}
        self._encoded: bytes | None = None

    def does(self, command: cmd.Command, *, at: datetime | None = None, **facts: Any) -> Decision[Any]:
        """Decide and commit. `facts` are otherwise than usual this once."""
        now = at or self.now
        known = replace(self.facts, observed_at=now, pauses=pauses(self.happened), **facts)
        decision = MACHINE.decide("RET-1", self._encoded, cmd.encoded(command), known, now)
        self.now = now
        for event in decision.events:
            self._fold(event)
        for name in decision.cancels:
            self.timers = {set_: timer for set_, timer in self.timers.items() if not _is_named(set_, name)}
        self.timers |= {timer.name: timer for timer in decision.timers}
        self.effects |= {effect.key: effect for effect in decision.effects}
        return decision

    def _fold(self, event: events.RetirementEvent) -> None:
        entry, texts = ledger.entry("RET-1", len(self.happened) + 1, event, ledger.GENESIS, _salt, position=1)
        opened = ledger.opened(entry.stored, {text.commitment: text for text in texts}.get)
        assert opened == event
        self._encoded = MACHINE.evolve("RET-1", self._encoded, opened)
        self.state = msgspec.json.decode(self._encoded, type=Retirement)
        self.happened.append(event)

    def stands(self, state: Retirement) -> Story:
        """Whatever led there."""
        self.state, self._encoded = state, msgspec.json.encode(state)
        return self

    def until(self, at: datetime) -> Story:
        """Let every timer ring when it is due."""
        while due := [timer for timer in self.timers.values() if timer.due_at <= at]:
            self._ring(min(due, key=lambda timer: timer.due_at), None)
        self.now = at
        return self

    def wakes(self, at: datetime) -> Story:
        """After downtime: all that fell due rings now."""
        for timer in sorted(self.timers.values(), key=lambda timer: timer.due_at):
            if timer.due_at <= at and self.timers.get(timer.name) == timer:
                self._ring(timer, at)
        self.now = at
        return self

    def _ring(self, timer: Timer, at: datetime | None) -> None:
        del self.timers[timer.name]
        self.does(cmd.decoded(timer.command), at=at or timer.due_at)

    def votes(self, *voters: str, choice: Choice = Choice.APPROVE, **changes: Any) -> Story:
        for voter in voters:
            self.does(casting(self.state, by=voter, choice=choice, **changes))
        return self

    def works(self) -> Story:
        """Everything that waits to be done outside is done, and reported."""
        while waiting := [effect for effect in self.effects.values() if _report(effect)]:
            for effect in waiting:
                del self.effects[effect.key]
                report = _report(effect)
                assert report is not None
                self.does(report)
        return self

    def proves(self) -> Story:
        """The archive is read back, and reported, for whatever waits for that."""
        for effect in self.work(EffectKind.DRILL):
            del self.effects[effect.key]
            report = _report(effect)
            assert report is not None
            self.does(report)
        return self

    def work(self, kind: EffectKind) -> tuple[Effect, ...]:
        return tuple(effect for effect in self.effects.values() if effect.kind is kind)

    def of(self, kind: type[events.Event]) -> list[Any]:
        return [event for event in self.happened if isinstance(event, kind)]

    def due(self, kind: StepKind) -> datetime:
        assert self.state.plan is not None
        return self.state.plan.step(kind).due_at


def _is_named(name: str, pattern: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def _salt(size: int) -> bytes:
    return bytes(size)


def _report(effect: Effect) -> cmd.Command | None:
    by = events.EMERITUS
    match effect.kind:
        case EffectKind.ARCHIVE:
            return cmd.RecordArchive(by=by, started=int(effect.body["started"]), archived=ARCHIVED)
        case EffectKind.DRILL:
            return cmd.RecordDrill(
                by=by,
                step=StepKind(effect.body["step"]),
                started=int(effect.body["started"]),
                manifest_digest=ARCHIVED.manifest_digest,
                files=3,
                bytes=1204,
            )
        case EffectKind.DISABLE:
            return cmd.RecordDisabled(by=by, endpoint=endpoint_in(effect))
        case EffectKind.RESTORE:
            return cmd.RecordRestored(by=by, endpoint_id=effect.body["endpoint_id"])
        case _:
            return None


def endpoint_in(effect: Effect) -> Endpoint:
    """The endpoint an effect switches."""
    body = effect.body
    return Endpoint(
        id=body["endpoint_id"], name=body["name"], kind=EndpointKind(body["kind"]), ref=body["ref"]
    )


def casting(state: Retirement, **changes: Any) -> cmd.Cast:
    """A vote on what the card of `state` shows."""
    assert state.plan is not None
    assert state.round is not None
    ballot = cmd.Cast(
        by=OWEN, choice=Choice.APPROVE, plan_digest=state.plan.digest, round_number=state.round.number
    )
    return replace(ballot, **changes)


def a_proposed(subject: Subject | None = None, **facts: Any) -> Story:
    story = Story(facts_for(subject, **facts))
    story.does(proposing())
    return story


def an_approved(subject: Subject | None = None, **facts: Any) -> Story:
    """Everybody approved within the review; it is about to be announced."""
    story = a_proposed(subject, **facts).votes(OWEN, PLATO, SELMA)
    story.does(cmd.CloseRound(by=events.EMERITUS, number=1), at=ANNOUNCED_AT)
    return story


def a_running_retirement(subject: Subject | None = None, **facts: Any) -> Story:
    """Announced on its day; consumers are asked to move."""
    return an_approved(subject, **facts).until(ANNOUNCED_AT)


def a_migrated(subject: Subject | None = None, **facts: Any) -> Story:
    """Archived, proven, everybody has moved; the eve of the day service ends."""
    story = a_running_retirement(subject, **facts)
    story.until(ARCHIVE_AT).works().until(DRILL_AT).works()
    for duty in story.state.obligations:
        by = duty.consumer.owners.slack_ids[0]
        story.does(cmd.ChangeDuty(by=by, consumer_ids=(duty.consumer.consumer_id,), duty=Duty.MIGRATED))
    return story.until(MIGRATE_AT)


def a_dark(subject: Subject | None = None, **facts: Any) -> Story:
    """Service ended on its day."""
    story = a_migrated(subject, **facts).until(DISABLE_AT).works()
    story.facts = replace(story.facts, readings=dark(*(subject or a_subject()).endpoints))
    return story


def paused(story: Story, for_days: float = 0) -> Story:
    story.does(cmd.Pause(by=ENDY, why=WHY))
    return story.until(story.now + days(for_days))


def resumed(story: Story) -> Story:
    story.does(cmd.Resume(by=PAT))
    return story


def restoring(story: Story, by: str = PAT) -> Story:
    story.does(cmd.Restore(by=by, why=WHY))
    return story


def failing(story: Story, step: StepKind, reason: str = "the disk is full") -> cmd.RecordFailure:
    """What the work of the step as it runs now reports."""
    return cmd.RecordFailure(
        by=events.EMERITUS, step=step, started=story.state.progress(step).started, reason=reason
    )
