"""Retirements to draw: each builder names only what matters to the test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from data.records.base import Prose
from data.records.catalog import EndpointKind, Entity, Impacted, Kind, Owners
from data.records.plan import Endpoint, Plan, Reason, Step, Subject
from data.records.policy import Policy, Role, Tier
from data.records.progress import OF_EVERY_PLAN, StepProgress
from data.records.retirement import Duty, Obligation, Retirement, State
from data.records.rounds import Ballot, Choice, Purpose, Round
from workflows.rules.plans.plan import sealed

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
NASTY = "<!channel> <@UEVIL> `rm` \u202e\n*x* & " + "n" * 270


def days(number: float) -> datetime:
    return NOW + timedelta(days=number)


def a_policy() -> Policy:
    return Policy(
        name="default",
        digest="sha256:" + "ab" * 32,
        governance_channel="CGOV",
        roles=(Role(name="owner"), Role(name="risk", approvals=2, veto="yes")),
        tiers=(Tier(tier=1, notice_days=180), Tier(tier=3, notice_days=30)),
        review_days=14,
        round_expires_days=30,
        acknowledge_days=14,
        reminder_days=(30, 7, 1),
        escalate_again_days=7,
        archive_lead_days=30,
        migrate_lead_days=7,
        zero_traffic_days=14,
        dark_window_days=30,
        recheck_hours=24,
        step_hour=9,
        zone="Europe/Berlin",
        digest_weekday=0,
        digest_hour=9,
    )


def a_plan(*, consumers: int = 3, name: str = "churn-v1") -> Plan:
    due = {"announce": 14, "archive": 60, "drill": 61, "migrate": 83, "disable": 90, "close": 120}
    return sealed(
        Plan(
            subject=Subject(
                model_id="resource:default/churn-v1",
                model_name=name,
                tier=1,
                owners=("UOWN",),
                endpoints=(
                    Endpoint(id="api:default/churn-v1", name=name, kind=EndpointKind.MANUAL, ref="x"),
                ),
                artifacts=("/models/churn",),
            ),
            successor_id="resource:default/churn-v2",
            successor_name="churn-v2",
            reason=Reason.REPLACED,
            steps=tuple(Step(kind=kind, due_at=days(due[kind])) for kind in OF_EVERY_PLAN),
            consumer_ids=tuple(consumer_id(number) for number in range(consumers)),
            policy_digest="sha256:" + "ab" * 32,
        )
    )


def consumer_id(number: int) -> str:
    return f"component:default/consumer-{number:03d}"


def an_impact(number: int, *, name: str = "", teams: int = 2, **changes: Any) -> Impacted:
    team = number % teams
    known: dict[str, Any] = {
        "consumer_id": consumer_id(number),
        "name": name or f"consumer-{number:03d}",
        "owners": Owners(team_id=f"group:team-{team}", called=f"team-{team}", slack_ids=(f"UT{team}",)),
        "distance": 1,
        "path": (consumer_id(number), "resource:default/churn-v1"),
    }
    return Impacted(**{**known, **changes})


def a_ballot(plan: Plan, voter: str, role: str, choice: Choice = Choice.APPROVE, comment: str = "") -> Ballot:
    return Ballot(
        voter_id=voter,
        role=role,
        choice=choice,
        plan_digest=plan.digest,
        cast_at=NOW,
        comment=Prose(prose=comment),
    )


def a_round(*ballots: Ballot, purpose: Purpose = Purpose.RETIRE) -> Round:
    return Round(
        number=1,
        purpose=purpose,
        opened_at=NOW,
        review_until=days(14),
        expires_at=days(30),
        opened_by="UPAT",
        members={"owner": ("UOWN", "UPAT"), "risk": ("URISK", "URIK")},
        ballots=ballots,
    )


def a_retirement(*, consumers: int = 3, name: str = "churn-v1", **changes: Any) -> Retirement:
    """Proposed and in its round of votes."""
    plan = a_plan(consumers=consumers, name=name)
    known: dict[str, Any] = {
        "id": "RET-1",
        "version": 1,
        "state": State.PROPOSED,
        "plan": plan,
        "why": Prose(prose="churn-v2 is better"),
        "policy": a_policy(),
        "proposer_id": "UPAT",
        "coordinator_id": "UPAT",
        "proposed_at": NOW,
        "impact": tuple(an_impact(number) for number in range(consumers)),
        "round": a_round(),
        "steps": tuple(StepProgress(kind=kind) for kind in OF_EVERY_PLAN),
    }
    return Retirement(**{**known, **changes})


def an_obligation(impact: Impacted, duty: Duty = Duty.OPEN, **changes: Any) -> Obligation:
    dated = Obligation(consumer=impact, duty=duty, acknowledge_by=days(28), migrate_by=days(83))
    return replace(dated, **changes)


def announced(*, consumers: int = 3, teams: int = 2, name: str = "", **changes: Any) -> Retirement:
    """Migrating: every consumer has an obligation."""
    impacts = tuple(an_impact(number, teams=teams, name=name) for number in range(consumers))
    state = a_retirement(consumers=consumers, state=State.MIGRATING, impact=impacts)
    owed = tuple(an_obligation(impact) for impact in impacts)
    return replace(state, **{"obligations": owed, **changes})


def overloaded(**changes: Any) -> Retirement:
    """500 consumers of 40 teams; every text from data is 300 characters of mischief."""
    owners = [
        Owners(team_id=f"g{team}", called=f"{team}{NASTY}", slack_ids=(f"UT{team}",), noted=(NASTY,))
        for team in range(40)
    ]
    way = tuple(f"{NASTY}{hop}" for hop in range(6))
    impacts = tuple(
        an_impact(number, name=f"{number}{NASTY}", owners=owners[number % 40], distance=5, path=way)
        for number in range(500)
    )
    state = a_retirement(consumers=500, name=NASTY, impact=impacts, impact_notes=(NASTY,) * 50)
    held = tuple(replace(step, progress="held", held_by=(NASTY,) * 20, at=NOW) for step in state.steps)
    assert state.plan is not None
    votes = [a_ballot(state.plan, f"UV{one}", "risk", Choice.REJECT, NASTY * 3) for one in range(60)]
    owed = tuple(an_obligation(impact, note=Prose(prose=NASTY)) for impact in impacts)
    known: dict[str, Any] = {
        "steps": held,
        "round": a_round(*votes),
        "obligations": owed,
        "why": Prose(prose=NASTY * 4),
    }
    return replace(state, **{**known, **changes})


def an_entity(name: str, kind: Kind = Kind.MODEL, **changes: Any) -> Entity:
    return Entity(**{"id": f"resource:default/{name}", "kind": kind, "name": name, **changes})


def texts(value: Any) -> list[str]:
    """Every text of a payload, in order."""
    if isinstance(value, dict):
        found = [value["text"]] if isinstance(value.get("text"), str) else []
        return [*found, *(text for member in value.values() for text in texts(member))]
    return [text for member in value for text in texts(member)] if isinstance(value, list) else []


def buttons(payload: dict[str, Any]) -> list[tuple[str, str]]:
    """(action id, value) of every button, in order."""
    return [
        (element["action_id"], element["value"])
        for block in payload.get("blocks", [])
        if block["type"] == "actions"
        for element in block["elements"]
    ]
