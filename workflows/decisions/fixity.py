"""Archives are checked for as long as they are kept: a round each day over all of them, by the clock.

A round looks at every archive, reads those whose turn it is, and tries whether the bucket still refuses what it has
to. What it finds of one is on the record of its retirement; that it went round is on a stream of its own.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from data import events
from data.events.fixity import ArchiveMended, FixityPlanned, FixityRound
from data.records.decision import Decision, Effect, EffectKind, Timer
from data.records.facts import Facts
from data.records.fixity import Rounds
from data.records.progress import Progress, StepKind
from data.records.retirement import Retirement, State
from workflows.commands import PlanFixity, RecordAudit, RecordFixity, RecordMended, RunFixity, encoded
from workflows.decisions.decided import RetirementDecision, decided, nothing
from workflows.decisions.proofs import lost
from workflows.rules.gating.readiness import RUNS_IN
from workflows.rules.keeping import auditing
from workflows.rules.permissions import check
from workflows.rules.telling.messages import in_channel

STREAM = "fixity"
EVERY = timedelta(days=1)
AT_START_AFTER = timedelta(hours=1)
"""Whoever starts Emeritus again within the hour, or starts several of it, has one round."""

FixityEvent = FixityPlanned | FixityRound


def evolve(state: Rounds, event: FixityEvent) -> Rounds:
    match event:
        case FixityPlanned():
            state = replace(state, plan=event.plan)
        case FixityRound():
            state = replace(
                state,
                at=event.at,
                looked=event.looked,
                bad=event.bad,
                unknown=event.unknown,
                canary=event.canary,
                whole_since=event.whole_since,
            )
    return replace(state, version=state.version + 1)


def plan(state: Rounds, command: PlanFixity, facts: Facts, now: datetime) -> Decision[events.AnyEvent]:
    """At every start. What is configured otherwise than before is tried at once."""
    check("plan fixity", command.by, Retirement(id=""), facts)
    if command.plan != state.plan:
        planned = FixityPlanned(at=now, by=command.by, plan=command.plan)
        return Decision(events=(planned,), timers=(_timer(now),))
    is_recent = state.at is not None and now - state.at < AT_START_AFTER
    return Decision() if is_recent else Decision(timers=(_timer(now),))


def run(state: Rounds, command: RunFixity, facts: Facts, now: datetime) -> Decision[events.AnyEvent]:
    """After downtime there is one round, not one for each day."""
    check("run fixity", command.by, Retirement(id=""), facts)
    if state.plan is None:
        return Decision()
    going_round = Effect(key="fixity/round", kind=EffectKind.AUDIT, lane="fixity/round", refresh=True)
    return Decision(timers=(_timer(now + EVERY),), effects=(going_round,))


def record(state: Rounds, command: RecordFixity, facts: Facts, now: datetime) -> Decision[events.AnyEvent]:
    """The governance channel hears once of what is bad, or not refused, and once that it is over."""
    check("record fixity", command.by, Retirement(id=""), facts)
    went = FixityRound(
        at=now,
        by=command.by,
        looked=command.looked,
        files=command.files,
        bytes=command.bytes,
        bad=command.bad,
        unknown=command.unknown,
        canary=command.canary,
        whole_since=command.whole_since,
    )

    def where(one: str) -> str:
        return command.where.get(one, "")

    def _over(one: str) -> dict[str, str]:
        return {"ended": "yes"} if one in command.ended else {}

    told = [
        _told(state, f"bad/{one}", "archive bad", facts, where(one), retirement=one, why=why, **_over(one))
        for one, why in command.bad.items()
        if one not in state.bad
    ]
    # What nobody could look at is as bad as it was.
    mended = state.bad.keys() - command.bad.keys() - command.unknown.keys()
    told += [
        _told(state, f"mended/{one}", "archive mended", facts, where(one), retirement=one)
        for one in sorted(mended)
    ]
    told += [
        _told(state, f"repaired/{one}", "archive repaired", facts, where(one), retirement=one, names=names)
        for one, names in command.mended.items()
    ]
    if command.canary and command.canary != state.canary:
        told.append(_told(state, "canary", "canary", facts, tried="\n".join(command.canary)))
    if state.canary and command.canary == ():
        told.append(_told(state, "canary", "canary mended", facts))
    return Decision(events=(went,), effects=tuple(told))


def record_audit(state: Retirement, command: RecordAudit, facts: Facts, now: datetime) -> RetirementDecision:
    """What is damaged before the retirement is complete is made and proven again first; nothing goes dark meanwhile.

    Of an audit that held nobody hears, but of what else is not as it was left: once. It is on the record, and
    /retire show says how far it came.
    """
    check("record audit", command.by, state, facts)
    if not _is_of(state, command) or auditing.is_going(state):
        return nothing()
    if command.trouble and state.state in RUNS_IN[StepKind.ARCHIVE]:
        # What runs reads all of it back itself before it does anything.
        is_busy = any(step.progress is Progress.RUNNING for step in state.steps)
        is_proven = state.drilled_at is not None
        return lost(state, StepKind.DRILL, command.trouble, now) if is_proven and not is_busy else nothing()
    was, known = (state.audit.trouble, state.audit.noticed) if state.audit else ("", ())
    news = [one for one in command.noticed if one not in known][: auditing.NOTICED_MAX - len(known)]
    if command.trouble and auditing.is_same(command.trouble, was):
        return nothing()
    event = events.ArchiveAudited(
        at=now,
        by=command.by,
        manifest_digest=command.manifest_digest,
        files=command.files,
        bytes=command.bytes,
        upto=command.upto,
        unread=command.unread,
        keys=command.keys,
        trouble=command.trouble,
        noticed=tuple(news),
    )
    is_mended = bool(was) and not command.upto
    return decided(state, event) if command.trouble or is_mended or news else Decision(events=(event,))


def record_mended(
    state: Retirement, command: RecordMended, facts: Facts, now: datetime
) -> RetirementDecision:
    """The thread names what was put right, and in which of the two places."""
    check("record mended", command.by, state, facts)
    if not _is_of(state, command):
        return nothing()
    event = ArchiveMended(
        at=now,
        by=command.by,
        manifest_digest=command.manifest_digest,
        place=command.place,
        names=command.names,
        version=command.version,
    )
    return decided(state, event)


def _is_of(state: Retirement, command: RecordAudit | RecordMended) -> bool:
    """Is it about the archive that is on record now?"""
    kept = state.archived
    if kept is None or state.state is State.PRUNED:
        return False
    return (kept.location, kept.manifest_digest) == (command.was_at, command.manifest_digest)


def _told(state: Rounds, what: str, notice: str, facts: Facts, where: str = "", **body: str) -> Effect:
    """`where`: another channel than the governance channel."""
    key = f"fixity/told/{state.version + 1}/{what}"
    return in_channel(key, notice, facts, lane="fixity", channel=where, **body)


def _timer(due_at: datetime) -> Timer:
    return Timer(name="round", due_at=due_at, command=encoded(RunFixity(by=events.EMERITUS)))
