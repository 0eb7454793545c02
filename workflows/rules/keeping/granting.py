"""Who may read an archive now, who could before, and how long does a link live?"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from data.errors import Refused
from data.events import EMERITUS
from data.events.granting import ArchiveRead, OnGrants, ReadEnded, ReadGranted, ReadRevoked
from data.records.grants import Grant
from data.records.policy import Policy
from data.records.retirement import Retirement
from workflows.rules.wording import counted

HOURS_A_DAY = 24


def after(state: Retirement, event: OnGrants) -> Retirement:
    """The retirement once one of these has happened."""
    match event:
        case ReadGranted():
            granted = Grant(
                number=event.number, to=event.to, by=event.by, at=event.at, until=event.until, why=event.why
            )
            others = tuple(one for one in state.grants if one.to != event.to)
            return replace(state, grants=(*others, granted), granted=event.number)
        case ReadRevoked():
            return _changed(state, event.number, ended_at=event.at, ended_by=event.by, ended_why=event.why)
        case ReadEnded():
            return _changed(state, event.number, ended_at=event.at, ended_by=event.by)
        case ArchiveRead():
            used = next((one.used for one in state.grants if one.number == event.number), 0)
            return _changed(state, event.number, used=used + 1, used_at=event.at)


def latest_of(state: Retirement, person: str) -> Grant | None:
    """The last one this person had, in force or not."""
    return next((one for one in state.grants if one.to == person), None)


def in_force(state: Retirement, at: datetime) -> tuple[Grant, ...]:
    return tuple(one for one in state.grants if one.is_in_force(at))


def readable_by(state: Retirement, person: str, at: datetime) -> Grant:
    """What lets this person read the archive now. Raises `Refused` with how theirs ended, and whom to ask."""
    found = latest_of(state, person)
    if found is not None and found.is_in_force(at):
        return found
    if found is None:
        reasons = ["nobody has let you read it"]
    elif found.ended_at is None or found.ended_by == EMERITUS:
        reasons = [f"your time was over on {found.until:%Y-%m-%d %H:%M} UTC, and so are all links"]
    else:
        said = f": {found.ended_why}" if found.ended_why else ""
        reasons = [
            f"<@{found.ended_by}> revoked it on {found.ended_at:%Y-%m-%d %H:%M} UTC{said}",
            f"a link you got before works for {links_live(state.policy)} at most",
        ]
    raise Refused(
        f"The archive of {state.id} is closed to you",
        reasons=reasons,
        next_step=f"Ask <@{found.by}>, or an owner of the model, for /retire grant {state.id} @you 7d REASON"
        if found
        else f"Ask an owner of the model for /retire grant {state.id} @you 7d REASON",
    )


def links_until(policy: Policy, grant: Grant, at: datetime) -> datetime:
    """When a link that is given now is over: soon, and never after the grant."""
    return min(grant.until, at + timedelta(minutes=policy.grant_link_minutes))


def links_live(policy: Policy | None) -> str:
    return counted(policy.grant_link_minutes if policy else 60, "minute")


def hours_max(policy: Policy) -> int:
    return policy.grant_days_max * HOURS_A_DAY


def _changed(state: Retirement, number: int, **how: object) -> Retirement:
    grants = tuple(replace(one, **how) if one.number == number else one for one in state.grants)
    return replace(state, grants=grants)
