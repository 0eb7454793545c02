"""What is news of a retirement, in a few words for the weekly digest: plain text, and nobody is mentioned.

Votes and answers are counted, what only leads to something told anyway is left out, and the rest has its words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from bot.ids import SLASH_COMMAND
from bot.views.blocks import day
from bot.views.card.steps import zone_of
from bot.views.graph import impact
from data import events
from data.events.brownouts import BrownoutAborted, BrownoutBegun, BrownoutSkipped
from data.events.granting import ReadGranted
from data.records.plan import Plan
from data.records.progress import StepKind
from data.records.retirement import Retirement
from workflows.histories import History
from workflows.rules.keeping import pruning
from workflows.rules.voting.weighing import told
from workflows.rules.wording import counted, named

LAST_DAY = {StepKind.DISABLE: "last day of service", StepKind.CLOSE: "end of the way back"}


def of(history: History) -> list[str]:
    """What happened, each kind of thing once and in order; votes and answers at the end, as counts."""
    told = dict.fromkeys(words for words in _told(history) if words)
    return [*told, *_counted(history)]


def archive(history: History, now: datetime) -> list[str]:
    """Which classes of its archive are due to go since then, or free to, and how that is asked for."""
    state = history.retirement
    over = pruning.over_between(state, history.since, now) if history.since is not None else ()
    due, free = (
        [one.kept.of for one in over if (one.due_at is not None) is is_due] for is_due in (True, False)
    )
    how = f"{SLASH_COMMAND} prune {state.id}"
    if state.holds:
        how = f"kept by {counted(len(state.holds), 'legal hold')}"
    said = {"due to go": due, "free to go": free}
    return [f"{named(of)} of its archive {what} ({how})" for what, of in said.items() if of]


def _told(history: History) -> Iterator[str]:
    plan = history.plan
    for event in history.events:
        match event:
            case events.Amended():
                yield _moved(plan, event, history.retirement)
            case _:
                yield words(event, history.retirement)
        if isinstance(event, events.Proposed | events.Revised | events.Amended):
            plan = event.plan


def words(event: events.AnyEvent, retirement: Retirement) -> str:  # noqa: PLR0911, PLR0912, PLR0915 - a case per event
    """The event in a few words; empty for one that is counted, or that only leads to another."""
    match event:
        case events.Proposed():
            return "proposed"
        case events.Revised():
            return "" if event.by == events.EMERITUS else "another plan, earlier votes void"
        case events.Approved():
            return "approved, silence counting as consent" if event.missing else "approved"
        case events.ApprovalLapsed():
            return "approval lapsed, voted on anew"
        case events.Rejected():
            return f"rejected by a veto of {event.role}"
        case events.RoundExtended():
            return "vote prolonged, its card came late"
        case events.RoundProlonged():
            return f"vote prolonged once, approvals missing: {', '.join(event.missing)}"
        case events.RoundReopened():
            return "an approval taken back, voted on again"
        case events.Expired():
            return f"expired, approvals missing: {', '.join(event.missing)}"
        case events.Reviewed():
            return f"{event.stage} looked back on"
        case events.Withdrawn():
            return "withdrawn"
        case events.CancellationProposed():
            return "vote on cancelling opened"
        case events.CancellationDropped():
            return "not cancelled"
        case events.Cancelled():
            return "cancelled by a vote"
        case events.ExtensionProposed():
            return "vote on more time opened"
        case events.ExtensionAgreed():
            return "more time by a vote"
        case events.ExtensionDropped():
            return f"vote on more time over: {event.because}" if event.because else "no more time by a vote"
        case events.ObjectionProposed():
            return f"vote opened on an objection of {_consumer(retirement, event.consumer_id)}"
        case events.ObjectionEnded():
            return f"objection of {_consumer(retirement, event.consumer_id)} {event.outcome}"
        case events.Announced():
            return f"announced to {counted(len(event.obligations), 'consumer')}"
        case events.ExtensionDecided():
            verdict = {"yes": "granted", "past": "overtaken"}.get(event.granted, "refused")
            return f"more time for {_consumer(retirement, event.consumer_id)} {verdict}"
        case events.Waived():
            return f"{_consumer(retirement, event.what)} waived"
        case events.CallersSeen():
            return f"{counted(len(event.callers), 'caller')} that nobody declares"
        case events.CallerClaimed() | events.CallerDeclared():
            return f"whose {_caller(retirement, event.consumer_id)} is was found"
        case events.ServiceMissed():
            return f"{counted(len(event.callers), 'caller')} of what is dark"
        case events.PartsChanged(added=added) if added:
            return f"{', '.join(one.name for one in added)} found beside the plan"
        case events.Weighed():
            return f"{told(event).removesuffix(',')} by the catalog"
        case events.IdsChanged() if event.merged_ids or event.apart_ids:
            return "consumers are others by the catalog"
        case events.Reopened():
            return f"{_consumer(retirement, event.calls.consumer_id)} still calls, open again"
        case events.StepHeld():
            return f"{event.step} held"
        case events.StepFailed():
            return f"{event.step} did not succeed"
        case events.ArchiveStored():
            return "archive made"
        case events.DrillPassed():
            return "restore drill passed"
        case events.ArchiveLost():
            return "archive did not hold"
        case events.ArchiveAudited(trouble=trouble) if trouble:
            return "archive is damaged"
        case events.ArchiveAudited(noticed=noticed) if noticed:
            return "archive is not as it was left"
        case events.MigrationClosed():
            return "last day to migrate passed"
        case events.SwitchDelayed():
            return "service not back yet" if event.action == "restore" else "switching off takes longer"
        case events.Disabled():
            return "switched off"
        case events.Closed():
            return "complete"
        case ReadGranted():
            return "archive may be read for a while"
        case events.HoldPlaced():
            return "legal hold placed"
        case events.HoldReleased():
            return "legal hold released"
        case events.ClassPruned():
            return f"{event.of} gone from the archive"
        case events.ArchivePruned():
            return "pruned: nothing left of the archive"
        case events.RestoreStarted():
            return "service being restored"
        case events.RolledBack():
            return "rolled back: service is restored"
        case BrownoutBegun():
            return f"brownout {event.number} held"
        case BrownoutAborted():
            return f"brownout {event.number} ended early"
        case BrownoutSkipped():
            return f"brownout {event.number} skipped"
        case events.BreakGlassAsked():
            return "break-glass asked for"
        case events.BreakGlassConfirmed():
            return f"break-glass: {counted(event.break_glass.notice_days, 'day')} of notice"
        case events.BreakGlassReviewed():
            return "its break-glass looked back on"
        case events.Paused():
            return "paused"
        case events.Resumed():
            return "resumed"
        case events.PlaybookMade():
            return "made a playbook"
        case events.HandedOver():
            return "handed over to another coordinator"
        case _:
            return ""


def _moved(before: Plan | None, event: events.Amended, retirement: Retirement) -> str:
    """Which date moved, from when to when: the last day of service, and once that is past, the end of it all."""
    if before is None:
        return ""
    zone = zone_of(retirement)
    for kind, name in LAST_DAY.items():
        old, new = before.step(kind).due_at, event.plan.step(kind).due_at
        if old != new:
            return f"{name} moved from {day(old, zone)} to {day(new, zone)} ({event.because})"
    return ""


def _counted(history: History) -> Iterator[str]:
    votes = sum(isinstance(event, events.Voted) for event in history.events)
    if votes:
        yield counted(votes, "vote")
    teams = Counter(
        _team(history.retirement, event.consumer_id)
        for event in history.events
        if isinstance(event, events.DutyChanged)
    )
    if teams:
        by_team = ", ".join(f"{team} {number}" for team, number in sorted(teams.items()))
        yield f"{counted(teams.total(), 'answer')} ({by_team})"


def _team(retirement: Retirement, consumer_id: str) -> str:
    owed = retirement.obligation(retirement.id_of(consumer_id))
    return impact.team_name(owed.consumer) if owed else impact.UNOWNED


def _consumer(retirement: Retirement, consumer_id: str) -> str:
    """The consumer's name; "traffic" and what is not known any more stand as they are."""
    owed = retirement.obligation(retirement.id_of(consumer_id))
    return owed.consumer.name if owed else _caller(retirement, consumer_id)


def _caller(retirement: Retirement, consumer_id: str) -> str:
    found = [one.consumer.name for one in retirement.callers if one.consumer.consumer_id == consumer_id]
    return found[0] if found else consumer_id
