"""What happened, as lines in the card's thread: one per event.

Only who acted is mentioned, and who has to act now: the others have a message of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from bot.views import limits
from bot.views.blocks import SLACK_ID, mention, place, quoted, safe, said, said_by, weekday
from bot.views.card import brownout_lines, closing, missed, switch_lines
from bot.views.card.steps import zone_of
from bot.views.consumers import callers, checks, duties
from bot.views.consumers.duty_lines import (
    consumer_name,
    duty_changed,
    extension_decided,
    owners_changed,
    waived_words,
    waiver_outdated,
)
from bot.views.graph import id_lines, parts
from bot.views.hindsight import playbooks, reviews
from bot.views.keeping import archive_lines, fixity, grants, holds, pruning
from bot.views.voting import attestations, break_glass, later_dates, objecting, vote_lines
from data import events
from data.events.brownouts import BrownoutEvent
from data.events.fixity import ArchiveMended
from data.events.granting import ArchiveRead, ReadEnded, ReadGranted, ReadRevoked
from data.records.progress import StepKind
from data.records.retirement import Retirement
from workflows.rules.telling.messages import is_person
from workflows.rules.wording import counted


def line(event: events.RetirementEvent, retirement: Retirement) -> str:  # noqa: PLR0911, PLR0912, PLR0915
    """The event as mrkdwn. `retirement` is the state now; it only lends names to ids.

    Long, because it is a table: one case per event, none left out.
    """
    by, zone = mention(event.by), zone_of(retirement)
    match event:
        case (
            events.Proposed()
            | events.Revised()
            | events.Voted()
            | events.Approved()
            | events.ApprovalLapsed()
            | events.Rejected()
            | events.RoundExtended()
            | events.RoundProlonged()
            | events.RoundReopened()
            | events.VotersChanged()
            | events.Expired()
            | events.Withdrawn()
            | events.CancellationProposed()
            | events.CancellationDropped()
            | events.Cancelled()
        ):
            return vote_lines.line(event, retirement)
        case events.ExtensionProposed() | events.ExtensionAgreed() | events.ExtensionDropped():
            return later_dates.line(event, retirement, consumer_name)
        case events.ObjectionProposed() | events.ObjectionEnded():
            return objecting.line(event, retirement, consumer_name(retirement, event.consumer_id))
        case events.Announced():
            return (
                f":mega: Announced: {counted(len(event.obligations), 'consumer')} must acknowledge and move"
            )
        case events.Amended():
            ends = weekday(event.plan.step(StepKind.DISABLE).due_at, zone)
            return (
                f":calendar: All remaining dates moved later; planned last day of service: {ends}"
                f"{quoted(event.because)}"
            )
        case events.DutyChanged():
            return duty_changed(event, retirement)
        case events.OwnersChanged():
            return owners_changed(event, retirement)
        case events.IdsChanged():
            return f":link: {id_lines.words(event, retirement)}"
        case events.TakenOver():
            return f":raising_hand: {by} took over {consumer_name(retirement, event.consumer_id)}"
        case events.ExtensionDecided():
            return extension_decided(event, consumer_name(retirement, event.consumer_id))
        case events.Waived():
            return waived_words(event, consumer_name(retirement, event.what))
        case events.WaiverContested():
            who = said_by(event.by, event.on_behalf_of)
            return (
                f":raised_hand: {who} contests the waiver of {consumer_name(retirement, event.consumer_id)}"
            )
        case events.WaiverOutdated():
            return waiver_outdated(event, consumer_name(retirement, event.consumer_id))
        case events.CallersSeen() | events.CallerClaimed() | events.CallerDeclared():
            return callers.line(event, retirement, "")
        case events.Reopened():
            return callers.line(event, retirement, consumer_name(retirement, event.calls.consumer_id))
        case events.ServiceMissed():
            return missed.line(event, retirement)
        case events.PartsChanged():
            return parts.line(event, retirement)
        case events.Weighed():
            return parts.weighed(event, retirement)
        case events.Reminded():
            whom = counted(len(event.people), "person", "people")
            return f":alarm_clock: Reminded {whom}{_reminded_when(event.milestone)}"
        case events.Snoozed():
            whom = mention(event.on_behalf_of) if event.on_behalf_of else by
            return f":zzz: {whom} is reminded again on {weekday(event.until, zone)}"
        case events.Escalated():
            late = duties.late_words(event.milestone, len(event.consumer_ids), len(event.handed_back))
            unknown = counted(len(event.unreachable), "owner")
            alone = f"; nobody above {unknown} is known" if event.unreachable else ""
            told = [_told(to, len(ids), event.told_as.get(to, "")) for to, ids in event.to.items()]
            left = f"; {_left(len(event.left))}" if event.left else ""
            return f":rotating_light: {late}: told {limits.joined(told, 1_000, between=', ')}{alone}{left}"
        case events.Unreached():
            return f":no_bell: {_lost(event, retirement)}"
        case events.StepStarted():
            return f":arrow_forward: {_step(event.step)} begins{_because(event.evidence)}"
        case events.StepHeld():
            return f":warning: {_step(event.step)} is held{_because(event.reasons)}"
        case events.StepFailed():
            return f":boom: {_step(event.step)} did not succeed: {safe(event.reason, limits.PROSE_MAX)}"
        case events.ArchiveStored() | events.DrillPassed() | events.ArchiveConfirmed() | events.ArchiveLost():
            return archive_lines.line(event)
        case events.ArchiveAudited() | ArchiveMended():
            return fixity.line(event)
        case events.MigrationClosed():
            left = f"{counted(len(event.open_ids), 'consumer')} still open hold the disable step"
            how = left if event.open_ids else "everybody has moved"
            return f":checkered_flag: The last day to migrate: {how}"
        case (
            events.EndpointDisabled()
            | events.EndpointGone()
            | events.EndpointRestored()
            | events.SwitchDelayed()
            | events.ManualReported()
            | events.ManualChecked()
            | events.ManualContradicted()
            | events.AskedAgain()
        ):
            return switch_lines.line(event, retirement)
        case events.BreakGlassAsked() | events.BreakGlassConfirmed() | events.BreakGlassReviewed():
            return break_glass.line(event)
        case BrownoutEvent():
            return brownout_lines.line(event, retirement)
        case events.ChecksDeclared() | events.ChecksStarted() | events.CheckEnded():
            return checks.line(event, retirement)
        case events.ChecksWaiverOutdated():
            return checks.waiver_outdated(event, retirement)
        case events.HoldPlaced() | events.HoldReleased():
            return holds.line(event)
        case ReadGranted() | ReadRevoked() | ReadEnded() | ArchiveRead():
            return grants.line(event, retirement)
        case events.Erased():
            texts = f"{counted(event.texts, 'text')} {'was' if event.texts == 1 else 'were'}"
            what = f"Of what people wrote in entry {event.entry}, {texts} erased from the record"
            held = "".join(f", in spite of legal hold {number}" for number in event.in_spite_of)
            return f":wastebasket: {what}{held}; {by} answers for it — {safe(event.because, 200)}"
        case (
            events.PruneAsked()
            | events.PruneConfirmed()
            | events.PruneDropped()
            | events.ClassPruned()
            | events.ArchivePruned()
        ):
            return pruning.line(event)
        case events.CloseConfirmed():
            return closing.line(event, retirement)
        case events.Attested():
            return attestations.line(event, retirement)
        case events.Disabled():
            return ":new_moon: *Dark*: nothing serves it any more; configuration and weights are kept"
        case events.Closed():
            return f":classical_building: *Archived*: the retirement is complete{archive_lines.where(retirement)}"
        case events.RestoreStarted():
            return f":rewind: {by} brings the service back{said(event.why)}"
        case events.RolledBack():
            gone = ", ".join(switch_lines.endpoint(retirement, one) for one in retirement.gone_ids)
            left = f"; {gone}, gone before, stays gone" if gone else ""
            return f":rewind: *Rolled back*: service is restored, the archive stays{left}"
        case events.Paused():
            return f":double_vertical_bar: {by} paused it: no step runs{said(event.why)}"
        case events.Resumed():
            return f":arrow_forward: {by} resumed it"
        case events.Reviewed():
            return reviews.line(event)
        case events.PlaybookMade() | events.PlaybookTakenBack():
            return playbooks.line(event)
        case events.HandedOver():
            return f":handshake: {by} handed over to {mention(event.coordinator_id)}, now the coordinator"
        case _:
            assert_never(event)


def _lost(event: events.Unreached, retirement: Retirement) -> str:
    instead = f"{mention(event.told)} is told instead" if event.told else "nobody is known above them"
    if not is_person(event.person):
        why = f"messages did not get into {place(event.person)} ({safe(event.why)})"
        return f"{why}; {mention(event.told)} was told instead"
    who = f"{mention(event.person)} cannot be reached ({safe(event.why)})"
    if event.person == retirement.coordinator_id:
        return f"{who}; {instead}, and owners of the model may act in their place"
    return f"{who}; {instead}, and {mention(retirement.coordinator_id)} finds who answers"


def _left(count: int) -> str:
    verb = "waits" if count == 1 else "wait"
    return f"{count:,} more {verb} until their owners have had them long enough at work"


TOLD = {
    "owner": "an owner",
    "delegate": "who stands in for an owner",
    "lead": "a lead",
    "coordinator": "the coordinator",
    "exhausted": "the coordinator",
    "nobody": "the coordinator",
}
"""By what the policy's tree calls them; all others are managers, as all were before there were trees."""


def _told(to: str, consumers: int, told_as: str) -> str:
    """Whoever is told has a message of their own, so is named without being called."""
    target, _, name = told_as.partition(":")
    if SLACK_ID.fullmatch(to):
        who = f"a member of {safe(name, 80)}" if name else TOLD.get(target, "a manager")
    else:
        who = place(to) if name else "the governance channel"
    return f"{who} about {consumers:,}"


def _step(kind: StepKind) -> str:
    return f"Step *{kind}*"


def _reminded_when(milestone: str) -> str:
    """A milestone's name is for the record: the day in it is that of Greenwich, which may be another one here."""
    days = milestone.partition("@")[0].rpartition("-")[2].removesuffix("d")
    if not days.isdecimal():
        return ""
    return (
        f": {counted(int(days), 'day')} before the last day to migrate"
        if int(days)
        else ": it is the last day"
    )


def _because(reasons: Sequence[str]) -> str:
    listed = [f"    • {safe(reason, limits.REASON_MAX)}" for reason in reasons]
    return "\n".join([":", *listed]) if listed else ""
