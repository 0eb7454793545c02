"""Who calls what retires, and nobody declares? Who said to have moved, and was seen calling since?

A caller nobody declares holds every step until a team says it is theirs, a named person takes responsibility for it,
or the catalog declares it. What is seen are days: calls on the day somebody said to have moved may have been before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC

from msgspec.structs import replace

from data import events
from data.errors import NotFound, Refused
from data.records.base import Prose
from data.records.callers import SHARED_BY, Caller, Calls, teller
from data.records.catalog import Impacted
from data.records.facts import Facts
from data.records.progress import StepKind
from data.records.retirement import Duty, Obligation, Retirement, State
from workflows.rules import wording
from workflows.rules.consumers import obligations
from workflows.rules.consumers.impact import is_unclaimed
from workflows.rules.consumers.vouching import vouched, waivers, who_vouches
from workflows.rules.gating.gates import Gate
from workflows.rules.wording import counted, one_of

ASKED_IN = (State.PROPOSED, State.APPROVED, State.MIGRATING, State.BROWNOUT)
"""While there is a next stage to hold. What is dark reaches nobody."""
CATALOG, SHARED = "the catalog", "a file shared in Slack"
AT_ONCE, MESSAGES_MAX = 10, 5
"""Callers in one message that asks, and such messages of one import; the list of all is `emeritus impact`."""


def moved(state: Retirement) -> frozenset[str]:
    """Callers that were found and have moved since: of them a vote has nothing to decide any more."""
    ids = {state.id_of(one.declared_as) or one.consumer.consumer_id for one in state.callers}
    return frozenset(one.consumer.consumer_id for one in state.obligations if one.is_settled) & ids


def voted_on(state: Retirement) -> frozenset[str]:
    """Callers that people who voted on the plan knew of, by either name.

    The plan has them, or the thread had asked whose they are before the round closed.
    """
    assert state.plan is not None
    return both_names(state, {*state.plan.consumer_ids, *state.known_callers})


def both_names(state: Retirement, caller_ids: Collection[str]) -> frozenset[str]:
    """These callers as they were seen, and as the catalog declares them since."""
    found = [one for one in state.callers if one.consumer.consumer_id in caller_ids]
    names = (name for one in found for name in (one.consumer.consumer_id, state.id_of(one.declared_as)))
    return frozenset(name for name in names if name)


def open_ones(state: Retirement) -> tuple[Caller, ...]:
    """Callers that were asked about, and that nothing declares."""
    return tuple(one for one in state.callers if not one.declared_as)


def waiting(state: Retirement) -> tuple[Caller, ...]:
    """Callers of whom nobody has said yet whose they are, while anybody is asked."""
    settled = vouched(state)
    found = (one for one in open_ones(state) if not one.team_id and one.consumer.consumer_id not in settled)
    return tuple(found) if state.state in ASKED_IN else ()


def unclaimed(state: Retirement, impact: Iterable[Impacted]) -> tuple[Impacted, ...]:
    """Callers that nobody declares, claims or vouches for."""
    settled = vouched(state) | {one.consumer.consumer_id for one in open_ones(state) if one.team_id}
    return tuple(one for one in impact if is_unclaimed(one) and one.consumer_id not in settled)


def to_ask(state: Retirement, facts: Facts) -> tuple[Caller, ...]:
    """Those nobody was asked about yet, or was only by what somebody shared in Slack, of which others tell by now."""
    calls = {one.consumer_id: one for one in facts.calls}
    open_now = {one.consumer.consumer_id: one for one in open_ones(state)}
    anew = {one for one, asked in open_now.items() if _is_told_by_more(state, asked, calls.get(one))}
    fresh = (one for one in unclaimed(state, facts.impact) if one.consumer_id not in open_now)
    again = (one for one in facts.impact if one.consumer_id in anew and is_unclaimed(one))
    return tuple(Caller(consumer=one, calls=calls.get(one.consumer_id)) for one in (*fresh, *again))


def _is_told_by_more(state: Retirement, asked: Caller, now: Calls | None) -> bool:
    """Whoever vouched for what was shared in Slack, which may be made up, did not for what others see.

    One file after the other of the same person is no reason to ask again.
    """
    if (
        asked.calls is None
        or now is None
        or asked.team_id
        or not who_vouches(state, asked.consumer.consumer_id)
    ):
        return False
    before = asked.calls.sources
    is_of_slack = bool(before) and all(one.startswith(SHARED_BY) for one in before)
    return is_of_slack and not set(map(teller, now.sources)) <= set(map(teller, before))


def unknown(state: Retirement, facts: Facts) -> list[Gate]:
    """Callers of whom nobody knows whose they are keep every step from running."""
    found = unclaimed(state, facts.impact)
    if not found:
        return []
    calls = {one.consumer_id: one for one in facts.calls}
    said = wording.named([f"{one.name}{_numbers(calls.get(one.consumer_id))}" for one in found])
    verb = "uses" if len(found) == 1 else "use"
    stays = _by(CATALOG, found, facts.staying, "which the plan does not have: press Edit plan")
    unowned = _by(CATALOG, found, facts.unowned, "of which nobody can be reached: give it an owner there")
    shared = _by(SHARED, found, facts.shared, "which answers nothing: import it on the machine")
    why = (
        f"{counted(len(found), 'caller')} nobody declares {verb} it ({said}): say whose in the "
        f"thread of its card, or /retire claim {state.id} CALLER, or /retire waive {state.id} CALLER REASON"
    )
    return [Gate(f"callers/{','.join(one.consumer_id for one in found)}", f"{why}{stays}{unowned}{shared}")]


def _by(who: str, found: Iterable[Impacted], things: Mapping[str, str], why: str) -> str:
    """What somebody says of these that answers nothing."""
    parts = [f"{one.name} is {things[one.consumer_id]}" for one in found if one.consumer_id in things]
    return f"; by {who} {wording.named(parts)}, {why}" if parts else ""


def not_moved(state: Retirement, facts: Facts) -> list[Gate]:
    """Their obligations are opened again; until they are, nothing is switched off."""
    found = seen_since(state, facts)
    which = wording.named([f"{one.consumer_id}, {numbers(one)}" for one in found])
    remedy = "correct that day where it is told, or find what still calls, then import that again"
    why = f"calls were seen after the day they said to have moved ({which}): {remedy}"
    return [Gate(f"seen since/{','.join(one.consumer_id for one in found)}", why)] if found else []


def _numbers(calls: Calls | None) -> str:
    words = numbers(calls) if calls is not None else ""
    return f": {words}" if words else ""


def numbers(calls: Calls) -> str:
    """ "12 calls a day, last on 2026-03-20, first on 2026-03-02"; what nobody tells is left out."""
    a_day = calls.calls_per_day
    words = [f"{float(a_day):,.6g} {'call' if a_day == '1' else 'calls'} a day"] if a_day else []
    words += [f"last on {calls.last_seen}"] if calls.last_seen else []
    words += [f"first on {calls.first_seen}"] if calls.first_seen not in ("", calls.last_seen) else []
    return ", ".join(words)


def seen_since(state: Retirement, facts: Facts) -> tuple[Calls, ...]:
    """Calls on days after the one on which a consumer said to have moved."""
    return tuple(
        calls
        for calls in facts.calls
        if (duty := state.obligation(calls.consumer_id)) is not None
        and duty.duty is Duty.MIGRATED
        and duty.changed_at is not None
        and calls.last_seen > f"{duty.changed_at.astimezone(UTC):%Y-%m-%d}"
    )


def named(state: Retirement, what: str) -> Caller:
    """A caller that was asked about, by exact id or name. Raises `NotFound`, or `Refused` where several have it."""
    matching = [one for one in open_ones(state) if what in (one.consumer.consumer_id, one.consumer.name)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise Refused(
            f'{len(matching)} callers of {state.id} are called "{what}"',
            next_step=f"Say which by its id: {one_of([one.consumer.consumer_id for one in matching])}",
        )
    there = tuple(one.consumer.name for one in open_ones(state))[:5]
    raise NotFound(
        f"caller of {state.id} that nobody declares",
        what,
        closest=there,
        next_step="Its thread asks about each; emeritus impact MODEL lists them",
    )


def met(
    state: Retirement,
    event: events.CallersSeen | events.CallerClaimed | events.CallerDeclared | events.Reopened,
) -> Retirement:
    """The state after what was seen, or said, of who calls."""
    match event:
        case events.CallersSeen():
            return _asked(state, event)
        case events.CallerClaimed():
            after = _claimed(state, event)
        case events.CallerDeclared():
            after = _declared(state, event)
        case events.Reopened():
            after = _reopened(state, event)
    return obligations.handed_on(replace(after, obligations=state.obligations), after.obligations)


def _asked(state: Retirement, event: events.CallersSeen) -> Retirement:
    """The state once the thread asks. Who was declared and is not any more is asked about anew, and so is whoever was
    vouched for by what a shared file told: that answers nothing any more."""
    again = {one.consumer.consumer_id for one in event.callers}
    kept = tuple(one for one in state.callers if one.consumer.consumer_id not in again)
    fresh = tuple(
        replace(one, asked=state.version, part=number // AT_ONCE) for number, one in enumerate(event.callers)
    )
    owed = (one for one in state.obligations if one.duty is Duty.WAIVED)
    waived = {one.consumer.consumer_id for one in owed} & again
    return replace(
        state,
        callers=(*kept, *fresh),
        waivers=tuple(one for one in state.waivers if one.what not in again),
        obligations=tuple(one for one in state.obligations if one.consumer.consumer_id not in waived),
    )


def _claimed(state: Retirement, event: events.CallerClaimed) -> Retirement:
    """Where consumers are asked to move, the team is asked like all others."""
    callers = tuple(
        replace(one, claimed_by=event.by, team_id=event.owners.team_id, team_name=event.owners.team_name)
        if one.consumer.consumer_id == event.consumer_id
        else one
        for one in state.callers
    )
    caller = next(one for one in callers if one.consumer.consumer_id == event.consumer_id)
    state = replace(state, callers=callers)
    if not state.is_migrating or event.answer_by is None:
        return state
    assert state.plan is not None
    duty = Obligation(
        consumer=replace(caller.consumer, owners=event.owners),
        duty=Duty.OPEN,
        acknowledge_by=event.answer_by,
        migrate_by=state.plan.step(StepKind.MIGRATE).due_at,
    )
    return replace(state, obligations=_put(state, event.consumer_id, duty))


def _declared(state: Retirement, event: events.CallerDeclared) -> Retirement:
    """What it turned out to be has its duty; one it had before stays as it is."""
    callers = tuple(
        replace(one, declared_as=event.declared_as) if one.consumer.consumer_id == event.consumer_id else one
        for one in state.callers
    )
    state = replace(state, callers=callers)
    duty = state.obligation(event.consumer_id)
    others = tuple(one for one in state.obligations if one is not duty)
    is_asked = event.consumer is not None and any(
        one.consumer.consumer_id == event.consumer.consumer_id for one in others
    )
    if event.consumer is None or is_asked:
        return replace(state, obligations=others)
    if duty is None:
        return _asked_by_now(state, event, event.consumer)
    if duty.duty is Duty.WAIVED and event.asks == "all":
        moved = duty
    else:
        moved = obligations.owned_by(duty, event.consumer.owners, event.answer_by, "people")
    return replace(state, obligations=_put(state, event.consumer_id, replace(moved, consumer=event.consumer)))


def _asked_by_now(state: Retirement, event: events.CallerDeclared, consumer: Impacted) -> Retirement:
    """Where consumers are asked to move, whoever answers for it is asked, unless somebody vouched for it."""
    if event.asks == "owing" or not state.is_migrating or event.answer_by is None:
        return state
    assert state.plan is not None
    migrate_by = state.plan.step(StepKind.MIGRATE).due_at
    waiver = waivers(state).get(consumer.consumer_id)
    fresh = obligations.asked(consumer, event.answer_by, migrate_by, waiver)
    return replace(state, obligations=_put(state, consumer.consumer_id, fresh))


def _reopened(state: Retirement, event: events.Reopened) -> Retirement:
    """It is asked as if it had never answered, with days of its own to acknowledge."""
    duty = state.obligation(event.calls.consumer_id)
    if duty is None:
        return state
    fresh = Obligation(
        consumer=replace(duty.consumer, owners=event.owners),
        duty=Duty.OPEN,
        acknowledge_by=event.answer_by,
        migrate_by=obligations.moves_by(duty, state),
        note=Prose(prose=f"seen calling after it had migrated: {numbers(event.calls)}"),
    )
    return replace(state, obligations=_put(state, event.calls.consumer_id, fresh))


def _put(state: Retirement, consumer_id: str, duty: Obligation) -> tuple[Obligation, ...]:
    """In the place of the one this consumer has; at the end where it has none."""
    if state.obligation(consumer_id) is None:
        return (*state.obligations, duty)
    return tuple(duty if one.consumer.consumer_id == consumer_id else one for one in state.obligations)
