"""Which closed retirement can be an example for others, what is it called, and who is it found by?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from data.errors import Invalid, Problem, Refused
from data.records.base import Record
from data.records.plan import Reason
from data.records.policy import Policy
from data.records.progress import StepKind
from data.records.retirement import Retirement
from workflows.rules.hindsight.lessons import SHOWN_MAX
from workflows.rules.hours import day_of
from workflows.rules.lifecycle import CLOSED, is_living
from workflows.rules.plans.plan import earliest_target
from workflows.rules.voting.roles import Weighed

NAME_MAX = 40
_NAME = re.compile(rf"[a-z0-9-]{{1,{NAME_MAX}}}")
# Read as the number of a retirement, or as the word that takes a playbook back.
_MEANS_ELSE = re.compile(r"off|-*(?:ret-*)?[0-9]*-*")
ACCEPTED = f"up to {NAME_MAX} small letters, digits and hyphens, at least one letter, and no RET number: quarterly-move"


def check_name(name: str) -> None:
    """Raises `Invalid` for what nobody could type after `like`, or that would mean something else there."""
    if not _NAME.fullmatch(name) or _MEANS_ELSE.fullmatch(name):
        raise Invalid([Problem(field="NAME", value=f'"{name[:80]}"', accepted=ACCEPTED)])


def check_closed(state: Retirement) -> None:
    """Raises `Refused` for one that shows no way to the end."""
    if state.state in CLOSED:
        return
    raise Refused(
        f"{state.id} cannot be a playbook",
        reasons=[f"it is {state.state}, and only one that was closed shows a way to the end"],
        next_step=f"Wait until it is archived; /retire plan {state.id} has the dates"
        if is_living(state)
        else "/retire list all has those that are archived",
    )


def matching(states: Sequence[Retirement], words: str) -> tuple[Retirement, ...]:
    """The playbooks in which all words stand, however they are written; the newest first."""
    wanted = words.casefold().split()
    found = (one for one in reversed(states) if one.playbook)
    return tuple(one for one in found if all(word in _text(one) for word in wanted))


def for_reason(states: Sequence[Retirement], reason: Reason | None) -> tuple[Retirement, ...]:
    """A few of the playbooks that retired for it, the newest first."""
    same = (one for one in reversed(states) if one.playbook and one.plan and one.plan.reason is reason)
    return tuple(same)[:SHOWN_MAX]


class Draft(Record, frozen=True, kw_only=True):
    """What a proposal that follows a playbook begins with; whoever proposes it changes what does not fit."""

    reason: Reason
    why: str
    target_on: date


def draft(state: Retirement, *, subject: Weighed | None, policy: Policy, now: datetime) -> Draft:
    """As many days ahead as it had itself. `subject`: what retires; None while nobody has chosen it."""
    assert state.plan is not None
    assert state.policy is not None
    assert state.proposed_at is not None
    last_day = day_of(state.plan.step(StepKind.DISABLE).due_at, state.policy)
    target_on = day_of(now, policy) + (last_day - day_of(state.proposed_at, state.policy))
    if subject is not None:
        target_on = max(target_on, earliest_target(proposed_at=now, subject=subject, policy=policy))
    return Draft(reason=state.plan.reason, why=str(state.why), target_on=target_on)


def _text(one: Retirement) -> str:
    plan = one.plan
    about = (plan.subject.model_name, plan.reason, plan.successor_name) if plan else ()
    return "\n".join((one.playbook, one.id, *about, str(one.why))).casefold()
