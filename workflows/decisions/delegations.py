"""Having somebody else answer for a while: who can, until when, and what both hear of its beginning and its end.

It moves what is asked of a person, and nothing else: who votes votes as themselves, so whoever answers for the proposer
has no vote on the plan either (rules/voting/barring.py). That is why whoever is named may decline.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from data import events
from data.errors import Invalid, Problem, Refused
from data.records.decision import Decision, Effect, Timer
from data.records.delegation import Account, Delegation
from data.records.facts import Facts
from data.records.retirement import Retirement
from workflows.commands import Delegate, EndDelegation, encoded
from workflows.rules.hours import zoned_day
from workflows.rules.people.delegating import chain, stands_in_for
from workflows.rules.permissions import check
from workflows.rules.telling.messages import direct, edit
from workflows.rules.wording import counted

STREAM = "delegation"
TIMER = "end"
HOW = "/retire delegate @someone until YYYY-MM-DD"

DelegationEvent = events.Delegated | events.DelegationEnded


def stream_of(person: str) -> str:
    return f"{STREAM}/{person}"


def person_of(stream: str) -> str:
    """Who delegates; empty for a stream of something else."""
    return stream.partition("/")[2] if stream.startswith(f"{STREAM}/") else ""


def evolve(state: Delegation, event: DelegationEvent) -> Delegation:
    state = replace(state, version=state.version + 1)
    match event:
        case events.Delegated():
            return replace(
                state,
                begun=state.version,
                to=event.to,
                since=event.at,
                until=event.until,
                last_on=event.last_on,
                ended_at=None,
            )
        case events.DelegationEnded():
            return replace(state, ended_at=event.at)


def begun_key(state: Delegation) -> str:
    return f"{stream_of(state.person)}/{state.begun}/begun"


def delegate(state: Delegation, command: Delegate, facts: Facts, now: datetime) -> Decision[DelegationEvent]:
    """From now on; another one before it is over takes its place. Asking for what is so changes nothing."""
    check("delegate", command.by, Retirement(id=""), facts)
    if command.by != state.person:
        raise Refused("Whoever delegates does so themselves", next_step=f"Ask them to run {HOW}")
    _check_may(command, facts)
    _check_can(command, facts)
    zone = facts.zone or "UTC"
    _check_day(command, facts, zone, now)
    reply = _reply(command, facts, zoned_day(now, zone))
    if state.is_in_force(now) and (state.to, state.last_on) == (command.to, command.until):
        return Decision(reply=reply)
    midnight = datetime.combine(command.until + timedelta(days=1), time(0), ZoneInfo(zone)).astimezone(UTC)
    delegated = events.Delegated(at=now, by=command.by, to=command.to, until=midnight, last_on=command.until)
    after = evolve(state, delegated)
    told = [_begun(after)]
    if _is_standing(state):
        if state.to != command.to:
            told.append(_over(state, after.version, state.to, by=command.by))
        told.append(_without_button(state, is_renewed=state.to == command.to))
    ends = encoded(EndDelegation(by=events.EMERITUS, person=state.person))
    return Decision(
        events=(delegated,),
        timers=(Timer(name=TIMER, due_at=midnight, command=ends),),
        effects=tuple(told),
        wakes=_moved(state, facts),
        reply=reply,
    )


def end(state: Delegation, command: EndDelegation, facts: Facts, now: datetime) -> Decision[DelegationEvent]:
    """Both hear of it: whoever says so as the answer, the other in a message."""
    check("end delegation", command.by, Retirement(id=""), facts)
    assert command.person == state.person, "each has a stream of their own"
    if command.by == events.EMERITUS:
        if not _is_standing(state) or (state.is_in_force(now) and not command.why):
            return Decision()
    else:
        if command.by not in (state.person, state.to):
            raise Refused(
                f"What <@{state.person}> delegated is not yours to end",
                reasons=["only they end it, and whoever answers for them"],
                next_step="Ask one of the two",
            )
        if not _is_standing(state) or not state.is_in_force(now):
            return Decision(
                reply=f"Nobody answers for {_whom(state, command)} now, so there is nothing to end"
            )
    ended = events.DelegationEnded(at=now, by=command.by, why=command.why)
    version = state.version + 1
    others = [one for one in (state.person, state.to) if one != command.by]
    redrawn = [_without_button(state)]
    if command.why:
        others.remove(state.to)  # it is they whom no message reaches
        redrawn = []
    return Decision(
        events=(ended,),
        cancels=(TIMER,),
        effects=(
            *(_over(state, version, one, by=command.by, why=command.why) for one in others),
            *redrawn,
        ),
        wakes=_moved(state, facts),
        reply=_ended(state, command),
    )


def _moved(state: Delegation, facts: Facts) -> tuple[str, ...]:
    """Whose messages have another reader from now on: theirs, and those of everybody whose own lead to them."""
    return (state.person, *stands_in_for(state.person, facts.delegations))


def _is_standing(state: Delegation) -> bool:
    """Has nobody been told yet that it is over?"""
    return bool(state.to) and state.ended_at is None


def _whom(state: Delegation, command: EndDelegation) -> str:
    return "you" if command.by == state.person else f"<@{state.person}>"


def _ended(state: Delegation, command: EndDelegation) -> str:
    if command.by == state.person:
        return f"What is asked of you comes to you again; <@{state.to}> is told"
    return f"You do not answer for <@{state.person}> any more; they are told"


def _check_may(command: Delegate, facts: Facts) -> None:
    """Raises `Refused` for who is no colleague: of what is asked of them others answer as members only."""
    if (account := facts.no_colleagues.get(command.by)) is not None:
        raise Refused(
            "You cannot have somebody else answer for you",
            reasons=[f"by Slack this account is {account}, and only a member's own name counts"],
            next_step="Ask the coordinator, whom /retire show names, to have somebody else asked; or whoever runs this "
            "workspace to make the account a member's",
        )


def _check_can(command: Delegate, facts: Facts) -> None:
    """Raises `Refused` for a delegate who cannot answer, or through whom it would come back."""
    whom = f"<@{command.to}>"
    if command.to == command.by:
        raise Refused("You cannot delegate to yourself", next_step=f"Name a colleague: {HOW}")
    trouble = ""
    if facts.account is not Account.MEMBER:
        trouble = f"this account is {facts.account}"
    elif command.to != facts.named_person:
        trouble = "the catalog knows no person with this Slack id, or they left"
    if trouble:
        raise Refused(
            f"{whom} cannot answer for you", reasons=[trouble], next_step=f"Name another colleague: {HOW}"
        )
    onward = chain(command.to, facts.delegations)
    if command.by in onward:
        way = [command.by, command.to, *onward[: onward.index(command.by) + 1]]
        raise Refused(
            f"{whom} cannot answer for you: it would come back to you",
            reasons=[" -> ".join(f"<@{one}>" for one in way)],
            next_step="Name somebody else, or have one of them run /retire delegate off",
        )


def _check_day(command: Delegate, facts: Facts, zone: str, now: datetime) -> None:
    """Raises `Invalid` for a day that is past, today, or further away than the policy lets answers be given away."""
    today = zoned_day(now, zone)
    latest = today + timedelta(days=facts.delegate_days_max)
    if today < command.until <= latest:
        return
    accepted = f"a day after {today}, which is today in {zone}"
    if command.until > latest:
        accepted = (
            f"{latest} at the latest: [delegation] days_max of the policy is "
            f"{counted(facts.delegate_days_max, 'day')}. Delegate again when it is over"
        )
    raise Invalid([Problem(field="until", value=command.until.isoformat(), accepted=accepted)])


def _reply(command: Delegate, facts: Facts, today: date) -> str:
    onward = chain(command.to, facts.delegations)
    to = f"<@{command.to}>"
    asked = f"<@{onward[-1]}>" if onward else to
    away = [
        f"{asked} is on leave from {first} to {last}: what can wait is held for them then. Name somebody who is there"
        for first, last in facts.leave
        if first <= command.until and today <= last
    ]
    if onward:
        to = f"<@{onward[-1]}> ({' -> '.join(f'<@{one}>' for one in (command.to, *onward))})"
    told = (
        f"Until {command.until:%a %Y-%m-%d} what is asked of you goes to {to}, who may answer it for you; so may you. "
        "Your votes stay yours. /retire delegate off ends it"
    )
    return ". ".join([told, *away])


def _begun(state: Delegation) -> Effect:
    key = begun_key(state)
    assert state.last_on is not None
    return direct(
        key,
        "delegation begun",
        state.to,
        person=state.person,
        until=state.last_on.isoformat(),
        version=str(state.begun),
    )


def _without_button(state: Delegation, *, is_renewed: bool = False) -> Effect:
    """What asked them to answer, drawn anew: there is nothing to decline in it any more."""
    assert state.last_on is not None
    return edit(
        begun_key(state),
        "delegation ended",
        person=state.person,
        until=state.last_on.isoformat(),
        renewed="yes" if is_renewed else "",
    )


def _over(state: Delegation, version: int, to: str, *, by: str, why: str = "") -> Effect:
    """`state`: the one that is over."""
    return direct(
        f"{stream_of(state.person)}/{version}/over/{to}",
        "delegation over",
        to,
        person=state.person,
        delegate=state.to,
        begun=begun_key(state),
        by=by,
        why=why,
    )
