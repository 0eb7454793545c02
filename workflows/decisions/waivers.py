"""What somebody takes responsibility for by name: a consumer that does not move, traffic nobody can measure, an
endpoint that is gone already, or goes on beside the plan, or a class of artifacts that its archive goes without.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from data import events
from data.errors import NotFound, Refused
from data.records.catalog import EndpointKind
from data.records.checks import CHECKS
from data.records.facts import Facts, Reading
from data.records.plan import Endpoint
from data.records.progress import StepKind
from data.records.retirement import Retirement
from data.records.waivers import ARCHIVE, BROWNOUTS, TRAFFIC
from workflows.commands import Waive
from workflows.decisions.darkness import as_served_as_it_is
from workflows.decisions.decided import RetirementDecision, decided, folded, held_again, nothing
from workflows.decisions.duties import check_open, disable_again
from workflows.decisions.extensions import overtaken
from workflows.rules.consumers import checking, obligations, told_in
from workflows.rules.consumers.callers import ASKED_IN, open_ones
from workflows.rules.consumers.told_in import Told
from workflows.rules.consumers.vouching import who_vouches
from workflows.rules.gating import completeness
from workflows.rules.gating.readiness import RUNS_IN
from workflows.rules.lifecycle import is_coming_back, maybe_dark
from workflows.rules.permissions import check
from workflows.rules.plans import parts
from workflows.rules.voting.barring import check_is_colleague
from workflows.rules.wording import counted, named, one_of, typed


def waive(state: Retirement, command: Waive, facts: Facts, now: datetime) -> RetirementDecision:
    """Waiving twice changes nothing."""
    check("waive", command.by, state, facts)
    check_is_colleague(facts, "Your waiver")
    if told := told_in.meant(state, command.what, facts.calls):
        return _all_of(told, state, command, now)
    is_unasked = state.state in ASKED_IN and bool(_callers(state, command.what))
    goes_on = None if is_coming_back(state) else parts.meant(state, command.what)
    is_of_archive = command.what.startswith(ARCHIVE)
    if not is_coming_back(state) and not is_unasked and goes_on is None and not is_of_archive:
        check_open(state)
    _check_reason(state, command)
    what, said_already = _waived(state, command.what, facts)
    if said_already:
        return nothing(said_already)
    told_by: Literal["", "shared"] = "shared" if what in facts.of_shared else ""
    waived = events.Waived(at=now, by=command.by, what=what, reason=command.reason, told_by=told_by)
    reply = f"You waived {what}, with your reason."
    if is_coming_back(state) and not is_of_archive:
        # Service comes back without what cannot: nothing waits for it any more.
        gone = events.EndpointGone(at=now, by=command.by, endpoint_id=what, vouched_by=command.by)
        return decided(state, *as_served_as_it_is(state, (waived, gone), command.by, now), reply=reply)
    after = folded(state, (waived,))
    is_caller = any(what == one.consumer.consumer_id for one in open_ones(state))
    is_looked_at = is_caller or goes_on is not None or is_of_archive
    timers = held_again(after, now) if is_looked_at else disable_again(after, now)
    over = overtaken(after, now)
    return decided(
        state, waived, *over.events, timers=(*timers, *over.timers), cancels=over.cancels, reply=reply
    )


def _check_reason(state: Retirement, command: Waive) -> None:
    if not command.reason:
        raise Refused(
            "A waiver needs a reason", next_step=f"/retire waive {state.id} {typed(command.what)} REASON"
        )


def _all_of(told: Told, state: Retirement, command: Waive, now: datetime) -> RetirementDecision:
    """Every caller of whom only this file tells, each on the record by itself."""
    _check_reason(state, command)
    of_whom = f"of whom only {told.name} tells"
    names = named([one.consumer.name for one in told.left])
    does = (
        "1 more, of which others tell as well, is"
        if len(told.left) == 1
        else (f"{len(told.left):,} more, of which others tell as well, are")
    )
    left = f" {does} left: {names}." if told.left else ""
    if not told.only:
        return nothing(f"Every caller {of_whom} is waived already.{left}")
    waived = tuple(
        events.Waived(at=now, by=command.by, what=one.consumer.consumer_id, reason=command.reason)
        for one in told.only
    )
    after = folded(state, waived)
    over = overtaken(after, now)
    return decided(
        state,
        *waived,
        *over.events,
        timers=(*held_again(after, now), *over.timers),
        cancels=over.cancels,
        reply=f"You waived the {counted(len(told.only), 'caller')} {of_whom}, with your reason.{left}",
    )


def _waived(  # noqa: PLR0911 - one for each kind of thing
    state: Retirement, what: str, facts: Facts
) -> tuple[str, str]:
    """The exact id of what may be waived, and why there is nothing to waive any more."""
    if what.startswith(ARCHIVE):
        return what, _archive(state, what.removeprefix(ARCHIVE))
    endpoint = _endpoint_named(state, what)
    if is_coming_back(state):
        if endpoint is None:
            raise NotFound(f"endpoint of {state.id}", what, closest=tuple(sorted(maybe_dark(state))))
        return endpoint.id, _endpoint(state, endpoint, facts)
    if (part := parts.meant(state, what)) is not None:
        return part.id, f"{part.name} is waived already." if parts.is_vouched(state, part.id) else ""
    if what == TRAFFIC:
        return TRAFFIC, _traffic(state, facts)
    if what == BROWNOUTS:
        return BROWNOUTS, _brownouts(state)
    if what.startswith(CHECKS):
        return _checks(state, what.removeprefix(CHECKS))
    if caller := _caller(state, what):
        return caller, f"{what} is waived already." if who_vouches(state, caller) else ""
    try:
        duty = obligations.named(state, what)
    except NotFound:
        if endpoint is None:
            raise
        return endpoint.id, _endpoint(state, endpoint, facts)
    if endpoint is not None and endpoint.name == duty.consumer.name == what:
        raise Refused(
            f"{what} names a consumer and an endpoint",
            next_step=f"Say which by its id: {duty.consumer.consumer_id} or {endpoint.id}",
        )
    if duty.wish is not None:
        says = "objects" if duty.objection is not None else "needs more time, which people vote on"
        raise Refused(
            f"{duty.consumer.name} {says}: nobody goes on without it in their own name",
            next_step=f"Vote on its card, or ask <@{duty.changed_by}> to take it back",
        )
    return (
        duty.consumer.consumer_id,
        f"{duty.consumer.name} is {duty.duty} already." if duty.is_settled else "",
    )


def _checks(state: Retirement, name: str) -> tuple[str, str]:
    """Those of a consumer that is asked to move, by its exact id or name."""
    consumer = obligations.named(state, name).consumer
    is_waited_for = any(one.consumer == consumer for one in checking.checked(state))
    said = "" if is_waited_for else f"Nobody waits for checks of {consumer.name} any more."
    return f"{CHECKS}{consumer.consumer_id}", said


def _archive(state: Retirement, name: str) -> str:
    """A class of artifacts that the archive is to have, as long as it is not there."""
    if state.state not in RUNS_IN[StepKind.ARCHIVE]:
        raise Refused(
            f"{state.id} archives nothing now: it is {state.state}", next_step=f"/retire show {state.id}"
        )
    absent = (*completeness.lacking(state), *state.progress(StepKind.ARCHIVE).lacks)
    if name in completeness.waived(state):
        return f"{ARCHIVE}{name} is waived already."
    if name not in absent:
        raise NotFound(f"class that the archive of {state.id} lacks", name, closest=tuple(absent))
    return ""


def _brownouts(state: Retirement) -> str:
    """Those that are ahead, and those that were not held to their end."""
    if state.plan is None or not state.plan.windows:
        raise Refused(f"{state.id} has no brownouts", next_step=f"/retire plan {state.id}")
    return "Brownouts are waived already." if who_vouches(state, BROWNOUTS) else ""


def _callers(state: Retirement, what: str) -> list[str]:
    """Ids of callers nobody declares that are meant, and are not asked to move yet."""
    return [
        one.consumer.consumer_id
        for one in open_ones(state)
        if what in (one.consumer.consumer_id, one.consumer.name)
        and state.obligation(one.consumer.consumer_id) is None
    ]


def _caller(state: Retirement, what: str) -> str:
    """The exact id of a caller; empty where none is meant. Raises `Refused` when something else is called so, too."""
    found = _callers(state, what)
    others = [duty.consumer.consumer_id for duty in state.obligations if duty.consumer.name == what]
    if found and len(found + others) > 1:
        raise Refused(
            f'"{what}" names {len(found + others)} callers and consumers of {state.id}',
            next_step=f"Say which by its id: {one_of([*found, *others])}",
        )
    return found[0] if found else ""


def _endpoint_named(state: Retirement, what: str) -> Endpoint | None:
    """The endpoint of the plan with this exact id or name; None when none has it. Raises `Refused` when several do."""
    assert state.plan is not None
    found = [one for one in state.plan.subject.endpoints if what in (one.id, one.name)]
    if len(found) > 1:
        raise Refused(
            f'{len(found)} endpoints of {state.id} are called "{what}"',
            next_step=f"Say which by its id: {one_of([one.id for one in found])}",
        )
    return found[0] if found else None


def _traffic(state: Retirement, facts: Facts) -> str:
    if not any(reading.status == "serving" and reading.calls < 0 for reading in facts.readings):
        raise Refused(
            "Traffic cannot be waived",
            reasons=[f"{reading.endpoint_id} {_why_not_waived(reading)}" for reading in facts.readings],
            next_step="Wait until it shows no calls; /retire show lists who calls",
        )
    return "Traffic is waived already." if who_vouches(state, TRAFFIC) else ""


def _endpoint(state: Retirement, endpoint: Endpoint, facts: Facts) -> str:
    if endpoint.kind is EndpointKind.MANUAL and is_coming_back(state) and endpoint.id not in state.gone_ids:
        return _by_hand(state, endpoint)
    status = next((one.status for one in facts.readings if one.endpoint_id == endpoint.id), "unknown")
    # What is off and cannot be started again is as good as gone to whoever waits for service.
    is_lost = is_coming_back(state) and endpoint.id in state.disabled_ids and status != "serving"
    if status != "absent" and not is_lost:
        seen = (
            "does not answer, so nobody can say whether it is gone" if status == "unknown" else f"is {status}"
        )
        raise Refused(
            f"{endpoint.name} cannot be waived",
            reasons=[f"only an endpoint that is gone can be, and it {seen}"],
            next_step=f"/retire show {state.id} shows what the step waits for",
        )
    is_said = endpoint.id in state.gone_ids if is_coming_back(state) else who_vouches(state, endpoint.id)
    return f"{endpoint.name} is waived already." if is_said else ""


def _by_hand(state: Retirement, endpoint: Endpoint) -> str:
    """Nobody but people sees whether it is there: who takes it for gone needs the word of two that it is off."""
    if endpoint.id not in state.disabled_ids:
        raise Refused(
            f"{endpoint.name} cannot be waived",
            reasons=["two people have not vouched that it is off"],
            next_step="Look whether it serves, and confirm that in the thread of the card",
        )
    return ""


def _why_not_waived(reading: Reading) -> str:
    if reading.status == "unknown":
        return "does not answer, so nobody can say whether it serves"
    return f"is {reading.status} already" if reading.status != "serving" else "has a meter"
