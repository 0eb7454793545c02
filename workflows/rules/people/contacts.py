"""Who is it whom a step of the escalation tree names? As the people stand when it is due.

Of what somebody handed back nobody of its owners is asked, and nobody above them: it is not theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from data.records.facts import Facts
from data.records.retirement import Duty, Obligation, Retirement
from workflows.rules.people.delegating import receiver
from workflows.rules.people.lines import lead_of, next_above
from workflows.rules.restriction import channel_of, is_restricted

STANDS_IN = "delegate"


def contacts(
    target: str, duty: Obligation, state: Retirement, facts: Facts, *, without: Collection[str] = ()
) -> tuple[str, ...]:
    """Slack ids, or a channel: those whom this target means for this duty, and whom a message reaches.

    without    owners of whose silence nobody above them hears yet
    """
    owners = () if duty.duty is Duty.NOT_MINE else duty.asked
    named, _, rest = target.partition(":")
    match named:
        case "owner":
            found: Iterable[str] = owners
        case "delegate":
            found = (receiver(one, facts.delegations) for one in owners if one in facts.delegations)
        case "lead":
            told = [person for person in owners if person not in without]
            found = (lead_of(told, facts.managers, state.unreached),)
        case "group":
            found = facts.groups.get(rest, ())
        case "coordinator":
            found = (state.coordinator_id,)
        case "channel":
            # Elsewhere nobody may know of a restricted model.
            return (channel_of(state) if is_restricted(state) else rest or channel_of(state),)
        case _:  # manager, manager(2)
            floors = int(named.removeprefix("manager").strip("()") or 1)
            found = (_above(person, floors, state, facts) for person in owners if person not in without)
    return tuple(dict.fromkeys(one for one in found if one and one not in state.unreached))


def last_resort(state: Retirement) -> str:
    """Who hears when the tree is exhausted, or a step finds nobody: never nobody."""
    assert state.policy is not None
    is_there = state.coordinator_id and state.coordinator_id not in state.unreached
    if state.policy.tree.on_exhausted == "coordinator" and is_there:
        return state.coordinator_id
    return channel_of(state)


def _above(person: str, floors: int, state: Retirement, facts: Facts) -> str:
    """So many reachable people further up. Nobody is above themselves, however lines lead round."""
    passed = [person]
    for _ in range(floors):
        person = next_above(person, facts.managers, (*state.unreached, *passed))
        passed.append(person)
    return person
