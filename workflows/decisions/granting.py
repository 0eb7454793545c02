"""Reading an archive for a while: who lets whom, for how long, and how that ends. Files are given elsewhere.

Nobody becomes anything by it: whoever may read the archive of a restricted model sees nothing else of it, and is
asked and told nothing besides. A member or a guest may; no bot, nor who left, nor who is of another workspace.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from data.errors import Invalid, Problem, Refused
from data.events import EMERITUS
from data.events.granting import ArchiveRead, ReadEnded, ReadGranted, ReadRevoked
from data.records.archived import Archived
from data.records.delegation import Account
from data.records.facts import Facts
from data.records.retirement import Retirement, State
from workflows.commands import EndRead, GiveFiles, GrantRead, RevokeRead
from workflows.decisions.decided import RetirementDecision, decided, folded, grant_timers, nothing
from workflows.rules.keeping.granting import hours_max, latest_of, links_live, links_until, readable_by
from workflows.rules.permissions import check
from workflows.rules.voting.barring import check_is_colleague
from workflows.rules.voting.proving import check_proof
from workflows.rules.wording import counted


def grant(state: Retirement, command: GrantRead, facts: Facts, now: datetime) -> RetirementDecision:
    """From now on. Whoever may read it already goes on by that one."""
    entitled = tuple(dict.fromkeys((*facts.owners, *facts.granters)))
    check("grant read", command.by, state, facts, doing="let anybody read the archive of", people=entitled)
    check_is_colleague(facts, "A read grant of yours")
    archive_to_read(state)
    _check_reader(state, command, facts, now)
    _check_hours(state, command.hours)
    until = now + timedelta(hours=command.hours)
    event = ReadGranted(
        at=now,
        by=command.by,
        number=state.granted + 1,
        to=command.to,
        until=until,
        why=command.why,
        entitled=entitled,
        proof=check_proof(facts),
    )
    before = latest_of(state, command.to)
    # Where the clock rings late, that one has ended all the same, and is on record before this one.
    is_over = before is not None and before.ended_at is None
    ended = [ReadEnded(at=now, by=EMERITUS, number=before.number, to=before.to)] if before and is_over else []
    happened: tuple[ReadEnded | ReadGranted, ...] = (*ended, event)
    after = folded(state, happened)
    reply = (
        f"<@{command.to}> may read the archive of {state.id} until {until:%Y-%m-%d %H:%M} UTC, and is told so. "
        f"/retire revoke {state.id} @them REASON ends it before"
    )
    if state.audit is not None and state.audit.trouble:
        reply += (
            f". The archive is damaged, and they read that beside its files: /retire show {state.id} says how"
        )
    return decided(state, *happened, timers=grant_timers(after), reply=reply, after=after)


def revoke(state: Retirement, command: RevokeRead, facts: Facts, now: datetime) -> RetirementDecision:
    """Before its time: by who could grant it, who leads or votes on the retirement, or who has it."""
    found = latest_of(state, command.to)
    if found is None or command.by not in (found.by, found.to):
        check("revoke read", command.by, state, facts, doing="revoke who may read the archive of")
    if found is None or not found.is_in_force(now):
        over = f", since {found.ended_at or found.until:%Y-%m-%d %H:%M} UTC" if found else ""
        raise Refused(
            f"<@{command.to}> may not read the archive of {state.id} anyway{over}",
            next_step=f"/retire show {state.id} names who may",
        )
    event = ReadRevoked(at=now, by=command.by, number=found.number, to=found.to, why=command.why)
    reply = f"<@{found.to}> may not read the archive of {state.id} any more, and is told so"
    if found.used:
        reply += f". A link they got before works for {links_live(state.policy)} at most"
    return decided(state, event, cancels=(f"grant/{found.number}",), reply=reply)


def end(state: Retirement, command: EndRead, facts: Facts, now: datetime) -> RetirementDecision:
    """By the clock; what was revoked before has ended already."""
    check("end read", command.by, state, facts)
    found = next((one for one in state.grants if one.number == command.number), None)
    if found is None or found.ended_at is not None or found.is_in_force(now):
        return nothing()
    return decided(state, ReadEnded(at=now, by=command.by, number=found.number, to=found.to))


def give(state: Retirement, command: GiveFiles, facts: Facts, now: datetime) -> RetirementDecision:
    """On record before anything is given: who asked, and for which files."""
    check("give files", command.by, state, facts)
    found = readable_by(state, command.by, now)
    archive_to_read(state)
    assert state.policy is not None
    until = links_until(state.policy, found, now) if command.paths else None
    event = ArchiveRead(at=now, by=command.by, number=found.number, paths=command.paths, links_until=until)
    return decided(state, event)


def archive_to_read(state: Retirement) -> Archived:
    """Raises `Refused` where there is none, or nothing is left of it."""
    if state.archived is None or state.state is State.PRUNED:
        what = (
            "has no archive yet" if state.archived is None else "was pruned: nothing is left of its archive"
        )
        raise Refused(
            f"There is nothing to read of {state.id}: it {what}",
            next_step=f"/retire retention {state.id} says what is kept, and /retire plan {state.id} when it is made",
        )
    return state.archived


def _check_reader(state: Retirement, command: GrantRead, facts: Facts, now: datetime) -> None:
    whom = f"<@{command.to}>"
    if command.to == command.by:
        raise Refused(
            "You cannot let yourself read it",
            reasons=["it takes somebody who lets, and somebody who reads"],
            next_step=f"Ask somebody else who may; /retire show {state.id} names the owners",
        )
    account = facts.no_colleagues.get(command.to, Account.MEMBER)
    if account not in (Account.MEMBER, Account.GUEST):
        raise Refused(
            f"{whom} cannot read the archive of {state.id}",
            reasons=[f"by Slack this account is {account}"],
            next_step="Name a member or a guest of this workspace",
        )
    found = latest_of(state, command.to)
    if found is not None and found.is_in_force(now):
        raise Refused(
            f"{whom} may read the archive of {state.id} already, until {found.until:%Y-%m-%d %H:%M} UTC",
            reasons=[f"<@{found.by}> let them"],
            next_step=f"Let them again when that is over, or run /retire revoke {state.id} @them REASON first",
        )


def _check_hours(state: Retirement, hours: int) -> None:
    assert state.policy is not None
    if 0 < hours <= hours_max(state.policy):
        return
    most = counted(state.policy.grant_days_max, "day")
    accepted = (
        f"1h at least, and {most} at most: [grants] days_max of the policy. Grant it again when it is over"
    )
    raise Invalid([Problem(field="time", value=counted(hours, "hour"), accepted=accepted)])
