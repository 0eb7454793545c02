"""Checkpoints of the log are kept where nobody who runs the record reaches them, and the record is held to them.

One that was brought back from a backup does not go on from those of the time it lost. It looks as one that somebody
rolled back, and no computation can tell the two apart; so a person does, by name and for a reason, on the record:
where the log goes on it has that entry, and the next anchor has it locked.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from data import events
from data.events.anchors import AnchoringPlanned, AnchorsLeft, CheckpointAnchored
from data.records.anchors import Anchoring, AnchorPlan, LeftBehind, Place, Reached
from data.records.decision import Decision, Effect, EffectKind, Timer
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.commands import LeaveAnchors, PlanAnchors, RecordAnchored, RunAnchors, encoded
from workflows.rules.permissions import check
from workflows.rules.telling.messages import in_channel

EVERY, AGAIN = timedelta(days=1), timedelta(hours=1)
AT_START_AFTER = timedelta(hours=1)
"""Whoever starts Emeritus again within the hour, or starts several of it, anchors once."""

AnchorEvent = AnchoringPlanned | CheckpointAnchored | AnchorsLeft


def evolve(state: Anchoring, event: AnchorEvent) -> Anchoring:
    version = state.version + 1
    match event:
        case AnchoringPlanned():
            other = _elsewhere(state.plan, event.plan)
            state = replace(
                state,
                plan=event.plan,
                reached={place: there for place, there in state.reached.items() if place not in other},
                failed={place: why for place, why in state.failed.items() if place not in other},
                name="" if Place.ARCHIVE in other else state.name,
                where="" if Place.ARCHIVE in other else state.where,
            )
        case CheckpointAnchored():
            now_there = Reached(size=event.size, at=event.at, version=version)
            failed = {place: why for place, why in state.failed.items() if place not in _came_to(event)}
            state = replace(
                state,
                reached={**state.reached, **dict.fromkeys(_came_to(event), now_there)},
                failed={**failed, **event.failed},
            )
            if event.where:
                state = replace(state, name=event.name, where=event.where)
        case AnchorsLeft():
            left = LeftBehind(
                at=event.at,
                by=event.by,
                because=event.because,
                names=event.names,
                taken_at=event.taken_at,
                restored_at=event.restored_at,
            )
            state = replace(state, left=(*state.left, left))
    return replace(state, version=version)


def due(state: Anchoring, size: int, *, is_again: bool = False) -> tuple[Place, ...]:
    """Where a checkpoint of so many entries is to go: where the last one did not come, or is not the last any more."""
    if state.plan is None:
        return ()
    wanted = _wanted(state.plan)
    if is_again:
        return tuple(place for place in wanted if place in state.failed)
    return tuple(place for place in wanted if place in state.failed or is_new(state, place, size))


def is_new(state: Anchoring, place: Place, size: int) -> bool:
    """Whether the log has more there than what anchoring itself put on the record: else it would never come to rest."""
    there = state.reached.get(place)
    return there is None or size - there.size > state.version - there.version + 1


def plan(state: Anchoring, command: PlanAnchors, facts: Facts, now: datetime) -> Decision[events.AnyEvent]:
    """At every start. What is configured otherwise than before is tried at once."""
    check("plan anchors", command.by, Retirement(id=""), facts)
    if command.plan != state.plan:
        planned = AnchoringPlanned(at=now, by=command.by, plan=command.plan)
        return Decision(events=(planned,), timers=(_timer("anchor", now),))
    lately = [one.at for one in state.reached.values() if now - one.at < AT_START_AFTER]
    return Decision() if lately else Decision(timers=(_timer("anchor", now),))


def run(state: Anchoring, command: RunAnchors, facts: Facts, now: datetime) -> Decision[events.AnyEvent]:
    """After downtime it is done once, not once for each day."""
    check("run anchors", command.by, Retirement(id=""), facts)
    if state.plan is None:
        return Decision()
    name = "again" if command.is_again else "anchor"
    anchoring = Effect(
        key=f"anchors/{name}", kind=EffectKind.ANCHOR, lane="anchors/anchor", refresh=True, body={"run": name}
    )
    return Decision(timers=() if command.is_again else (_timer("anchor", now + EVERY),), effects=(anchoring,))


def record(
    state: Anchoring, command: RecordAnchored, facts: Facts, now: datetime
) -> Decision[events.AnyEvent]:
    """The governance channel hears once of a place that a checkpoint does not come to, and once that it does again."""
    check("record anchored", command.by, Retirement(id=""), facts)
    again = (_timer("again", now + AGAIN),) if command.failed else ()
    came = bool(command.where or command.stamp)
    if not came and command.failed.keys() <= state.failed.keys():
        return Decision(timers=again)
    channel = state.plan.channel if state.plan and came else ""
    channel = channel if is_new(state, Place.CHANNEL, command.size) else ""
    happened = CheckpointAnchored(
        at=now,
        by=command.by,
        size=command.size,
        name=command.name,
        checkpoint=command.checkpoint,
        where=command.where,
        version=command.version,
        locked_until=command.locked_until,
        stamp=command.stamp,
        stamped_at=command.stamped_at,
        stamped_by=command.stamped_by,
        channel=channel,
        failed=command.failed,
    )
    told = [
        _told(state, f"failed/{place}", "anchors failed", facts, where=place, why=why)
        for place, why in command.failed.items()
        if place not in state.failed
    ]
    told += [
        _told(state, f"mended/{place}", "anchors mended", facts, where=place)
        for place in _came_to(happened)
        if place in state.failed
    ]
    if channel:
        posted = {
            "checkpoint": command.checkpoint,
            "where": command.where,
            "stamped_at": command.stamped_at.isoformat() if command.stamped_at else "",
        }
        told.append(_told(state, "posted", "anchor", facts, channel=channel, **posted))
    return Decision(events=(happened,), timers=again, effects=tuple(told))


def _wanted(plan: AnchorPlan) -> tuple[Place, ...]:
    """But for the channel: what is posted there is kept in the outbox until it is."""
    return (Place.ARCHIVE, Place.SERVICE) if plan.service else (Place.ARCHIVE,)


def _elsewhere(before: AnchorPlan | None, plan: AnchorPlan) -> tuple[Place, ...]:
    """What is another place than it was: no checkpoint came there yet, nor failed to."""
    if before is None:
        return ()
    is_other = {
        Place.ARCHIVE: before.store != plan.store,
        Place.SERVICE: (before.service, before.authorities) != (plan.service, plan.authorities),
        Place.CHANNEL: before.channel != plan.channel,
    }
    return tuple(place for place, other in is_other.items() if other)


def _came_to(event: CheckpointAnchored) -> tuple[Place, ...]:
    there = ((Place.ARCHIVE, event.where), (Place.SERVICE, event.stamp), (Place.CHANNEL, event.channel))
    return tuple(place for place, what in there if what)


def _timer(name: str, due_at: datetime) -> Timer:
    command = RunAnchors(by=events.EMERITUS, is_again=name == "again")
    return Timer(name=name, due_at=due_at, command=encoded(command))


def leave(state: Anchoring, command: LeaveAnchors, facts: Facts, now: datetime) -> Decision[events.AnyEvent]:
    """Comes from a shell of the operator's, never from Slack; the governance channel hears of it."""
    check("leave anchors", command.by, Retirement(id=""), facts)
    names = tuple(name for name in command.names if name not in state.left_names)
    if not names:
        return Decision()
    left = AnchorsLeft(
        at=now,
        by=command.answers,
        names=names,
        taken_at=command.taken_at,
        restored_at=command.restored_at,
        because=command.because,
    )
    told = _told(
        state,
        "left",
        "anchors left",
        facts,
        count=str(len(names)),
        who=command.answers,
        because=command.because,
        taken_at=command.taken_at.isoformat(),
    )
    return Decision(events=(left,), effects=(told,))


def _told(
    state: Anchoring, what: str, notice: str, facts: Facts, *, channel: str = "", **body: str
) -> Effect:
    key = f"anchors/told/{state.version + 1}/{what}"
    return in_channel(key, notice, facts, lane="anchors", channel=channel, **body)
