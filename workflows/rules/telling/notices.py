"""What must be told, to whom, as effects: the card, lines in its thread, messages to teams and people.

One card per retirement, edited from its state. Only what must notify is posted; everything else is an edit.
"""

from __future__ import annotations

from collections.abc import Iterable

from data import events
from data.records.decision import Effect
from data.records.progress import StepKind
from data.records.retirement import Duty, Retirement
from workflows.rules.consumers.obligations import of_person, people_of
from workflows.rules.hindsight import reviewing
from workflows.rules.keeping import locking
from workflows.rules.lifecycle import CALLED_OFF
from workflows.rules.plans import deprecation
from workflows.rules.telling import (
    announcement,
    attestation_notices,
    break_glass_notices,
    brownout_notices,
    caller_notices,
    check_notices,
    closing_notices,
    grant_notices,
    id_notices,
    impact_notices,
    informing,
    manual_notices,
    messages,
    milestones,
    pruning_notices,
    vote_notices,
)

CHANGES_EVERYTHING = (
    events.Amended,
    events.Cancelled,
    events.Closed,
    events.Disabled,
    events.Expired,
    events.Rejected,
    events.RolledBack,
    events.Revised,
    events.Paused,
    events.Resumed,
    events.Withdrawn,
)

CHANGES_WHAT_PEOPLE_SWITCH = (
    *CHANGES_EVERYTHING,
    events.ArchiveLost,
    events.CancellationDropped,
    events.CancellationProposed,
    events.DrillPassed,
    events.EndpointGone,
    events.ExtensionAgreed,
    events.ExtensionDropped,
    events.ExtensionProposed,
    events.ObjectionEnded,
    events.ObjectionProposed,
    events.RestoreStarted,
)

LINES_AT_ONCE = 100
"""Events in one message: as many consumers, at 80 characters each, as Slack takes words (bot/views/card/thread.py)."""

HEARERS_MAX = 30
"""So many people are named where somebody asks who will hear what; of more there is a file from the beginning."""

CALLS = (
    events.CallersSeen,
    events.CallerClaimed,
    events.CallerDeclared,
    events.Reopened,
    events.ServiceMissed,
    events.WaiverOutdated,
)

TELLS_ONLY = (events.Reminded, events.Snoozed, events.Escalated, events.AskedAgain, events.Reviewed)
"""Nothing on the card changes by these; an edit that shows nothing new would only take another's turn."""


def for_events(
    state: Retirement, happened: Iterable[events.RetirementEvent], *, before: Retirement
) -> tuple[Effect, ...]:
    """The effects these events lead to. `state` is the state after them."""
    happened = tuple(happened)
    if not happened:
        return ()
    effects: dict[str, Effect] = {}

    def want(*more: Effect) -> None:
        for effect in more:
            effects.setdefault(effect.key, effect)

    kinds = {type(event) for event in happened}
    is_new = events.Proposed in kinds
    if is_new:
        want(messages.post(state, messages.card_key(state), "card"))
    want(*check_notices.logs(state, happened))
    if not check_notices.are_logs(happened):
        want(*_lines(state, len(happened)))
    if not is_new and kinds.difference(TELLS_ONLY):
        want(messages.edit(messages.card_key(state), "card"))
    for version, event in enumerate(happened, start=state.version - len(happened) + 1):
        if isinstance(event, events.Proposed | events.Revised):
            want(*impact_notices.told(state, event, version))
        if isinstance(event, events.Revised):
            want(*vote_notices.void(before, state, event))
        if isinstance(event, CALLS):
            want(*caller_notices.for_event(before, state, event, version))
        if isinstance(event, events.Waived):
            want(*announcement.waived(before, state, event, version))
        want(*_for_event(before, state, event, version))
        if isinstance(event, events.Amended) and events.Announced not in kinds:
            want(*announcement.moved(before, state, version))
    want(*informing.for_events(before, state, kinds))
    want(*_requests(before, state))
    want(*break_glass_notices.changed(before, state))
    want(*closing_notices.changed(before, state))
    want(*pruning_notices.changed(before, state))
    want(*locking.wanted(state, kinds))
    want(*grant_notices.told(before, state, happened, state.version - len(happened) + 1))
    want(*brownout_notices.told(before, state, happened))
    want(*reviewing.asked(before, state, happened))
    if kinds.intersection(CHANGES_WHAT_PEOPLE_SWITCH):
        want(*manual_notices.redrawn(before))
    if kinds.intersection(deprecation.CHANGES_WHAT_CATALOGS_SAY):
        want(*deprecation.writing(state))
    return tuple(effects.values())


def redrawn(state: Retirement) -> tuple[Effect, ...]:
    """The card, every list of consumers and what catalogs say, anew: an old record that is back shows another."""
    everybody = tuple(duty.consumer.consumer_id for duty in state.obligations)
    drawn = {effect.key: effect for effect in announcement.redrawn(state, everybody)}
    card = messages.edit(messages.card_key(state), "card")
    return (card, *drawn.values(), *deprecation.writing(state))


def _for_event(  # noqa: PLR0912, PLR0915 - one case per event that notifies
    before: Retirement, state: Retirement, event: events.RetirementEvent, version: int
) -> Iterable[Effect]:
    match event:
        case events.Announced():
            yield from announcement.replaced(before)
            yield from announcement.posted(state)
            if before.announced:
                yield from informing.moved(
                    before, state, version, tuple(before.told_late), people_of(state.obligations)
                )
            yield from attestation_notices.asked(state, event.at)
            if len(people_of(state.obligations)) > HEARERS_MAX:
                yield messages.file(state, f"{state.id}/ahead/{state.version}", "ahead", state.version)
        case events.DrillPassed() | events.Weighed():
            yield from attestation_notices.asked(state, event.at)
        case events.Attested():
            yield from attestation_notices.attested(state, event)
        case events.DutyChanged():
            if event.duty is Duty.NEEDS_TIME and event.extension is not None:
                number = event.extension.number
                key = messages.extension_key(state, event.consumer_id, number)
                yield messages.in_thread(
                    state, key, "extension", consumer_id=event.consumer_id, number=str(number)
                )
            yield from announcement.named(state, event, version)
            yield from announcement.taken_back(before, event, version)
            yield from announcement.redrawn(state, (event.consumer_id,))
        case events.ExtensionDecided():
            key = messages.extension_key(state, event.consumer_id, event.number)
            yield messages.edit(
                key,
                "extension",
                consumer_id=event.consumer_id,
                number=str(event.number),
                granted=event.granted,
                by=event.by,
            )
            yield from announcement.redrawn(state, (event.consumer_id,))
        case events.ObjectionEnded():
            yield from announcement.redrawn(state, (event.consumer_id,))
            yield from announcement.heard(state, event)
        case events.TakenOver():
            yield from announcement.taken_over(before, state, event)
        case events.OwnersChanged():
            yield from announcement.redrawn(before, event.owners, patience_seconds=messages.HOUR)
            yield from announcement.joined(before, state, event.owners, version)
            yield from announcement.redrawn(state, event.owners, patience_seconds=messages.HOUR)
        case events.IdsChanged():
            yield from id_notices.for_event(before, state, event, version)
        case events.WaiverContested():
            yield from announcement.redrawn(state, (event.consumer_id,))
            key = f"{state.id}/contested-{state.version}/{state.coordinator_id}"
            body = {"consumer_id": event.consumer_id, "by": event.by, "on_behalf_of": event.on_behalf_of}
            yield messages.direct(key, "contested", state.coordinator_id, **body)
        case events.Waived():
            yield from announcement.redrawn(state, (event.what,))
            yield from caller_notices.redrawn(state, (event.what,))
        case (
            events.HandedOver()
            | events.ExtensionProposed()
            | events.ExtensionAgreed()
            | events.ExtensionDropped()
        ):
            yield from caller_notices.redrawn(state)  # each names who may vouch, and what is voted on
        case events.Reminded():
            for slack_id in event.people:
                key = f"{state.id}/remind/{event.milestone}/{slack_id}"
                yield messages.direct(key, "reminder", slack_id, milestone=event.milestone)
        case events.Escalated():
            # From here on its messages say that it is overdue.
            yield from announcement.redrawn(state, event.consumer_ids, patience_seconds=messages.HOUR)
            yield messages.edit(messages.card_key(state), "card")
            is_rest = milestones.is_begun(event.milestone, event.level, before)
            for to, consumer_ids in event.to.items():
                key = f"{state.id}/escalate/{event.milestone}/{event.level}/{to}"
                if is_rest:
                    key = f"{key}/{state.version}"  # of what was left when they were told first
                body = {
                    "milestone": event.milestone,
                    "level": str(event.level),
                    "consumer_ids": "\n".join(consumer_ids),
                    "as": event.told_as.get(to, ""),
                }
                yield messages.direct(key, "escalation", to, **body)
        case events.Unreached(person=person, told=told) if told and _is_asked(state, person):
            key = messages.unreached_key(state, person)
            yield messages.direct(key, "unreached", told, person=person, why=event.why)
        case events.ArchiveConfirmed(step=StepKind.DISABLE):
            yield from manual_notices.asked(state, "disable")
        case events.RestoreStarted():
            yield from manual_notices.asked(state, "restore")
        case events.AskedAgain():
            for to in event.to:
                key = f"{state.id}/asked again/{event.action}/{state.version}/{to}"
                body = {"endpoint_ids": "\n".join(event.endpoint_ids), "action": event.action}
                yield messages.direct(key, "asked again", to, **body)
        case events.ManualReported() | events.ManualChecked() | events.ManualContradicted():
            key = messages.manual_key(state, event.endpoint_id, event.action)
            yield messages.edit(key, "manual", endpoint_id=event.endpoint_id, action=event.action)
        case _ if isinstance(event, CHANGES_EVERYTHING):
            every = tuple(duty.consumer.consumer_id for duty in state.obligations)
            yield from announcement.redrawn(state, every, patience_seconds=messages.HOUR)
            yield from caller_notices.redrawn(state)
            yield from attestation_notices.redrawn(state)
            if state.state in CALLED_OFF:
                # An edit notifies nobody, and they would go on moving.
                for slack_id in people_of(state.obligations):
                    key = messages.called_off_key(state, slack_id)
                    yield messages.direct(key, "called off", slack_id)
        case _:
            return


def _is_asked(state: Retirement, person: str) -> bool:
    """Does something wait for this person here? Of anybody else there is nothing to say to those above."""
    return bool(of_person(state, person)) or person == state.coordinator_id


def _requests(before: Retirement, state: Retirement) -> Iterable[Effect]:
    """A request for more time that nobody waits for any more says so.

    One that waits says whether people vote on it, and the date there is.
    """
    waiting = _waiting(state)
    says_otherwise = before.later != state.later or before.plan != state.plan
    for consumer_id, number in _waiting(before):
        if says_otherwise or (consumer_id, number) not in waiting:
            key = messages.extension_key(state, consumer_id, number)
            yield messages.edit(key, "extension", consumer_id=consumer_id, number=str(number))


def _waiting(state: Retirement) -> tuple[tuple[str, int], ...]:
    """Consumer and number of every request for more time that can be decided."""
    if not state.is_migrating:
        return ()
    return tuple(
        (duty.consumer.consumer_id, duty.extension.number)
        for duty in state.obligations
        if duty.extension is not None
    )


def _lines(state: Retirement, count: int) -> Iterable[Effect]:
    """One message, which may take others along; of very many events more, so that none is left out."""
    end = state.version + 1
    for first in range(end - count, end, LINES_AT_ONCE):
        yield messages.in_thread(
            state,
            f"{state.id}/lines/{first}",
            "lines",
            # Very many are a batch of their own each, which others neither join nor overtake.
            batch=f"{state.id}/lines" if count <= LINES_AT_ONCE else f"{state.id}/lines/{first}",
            first=str(first),
            last=str(min(first + LINES_AT_ONCE, end) - 1),
        )
