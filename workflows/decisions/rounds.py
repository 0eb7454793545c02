"""Opening a round of votes: can everybody needed vote in it, and when is it looked at?"""

from __future__ import annotations

from datetime import datetime, timedelta

from data import events
from data.errors import Refused
from data.records.decision import Timer
from data.records.facts import Facts
from data.records.policy import Policy
from data.records.rounds import Purpose, Round
from workflows.commands import CloseRound, encoded
from workflows.rules.voting import quorum, seating
from workflows.rules.voting.roles import asked
from workflows.rules.wording import named, one_of


def opened_round(
    *,
    number: int,
    purpose: Purpose,
    opened_by: str,
    review_until: datetime,
    facts: Facts,
    policy: Policy,
    now: datetime,
    barred: frozenset[str] = frozenset(),
    instead: str = "press Edit plan",
    opened_for: str = "",
) -> Round:
    """A round everybody needed can vote in. Raises `Refused` naming the roles that cannot be filled.

    opened_for   in whose place whoever opens it does
    barred   who is in a role and may not fill it besides, see rules/voting/barring.py
    instead  what somebody who may not vote anyway could do in the place of whoever opens it; empty for nothing
    """
    barred = (barred | {opened_by, opened_for}) - {""}
    if short := _short_of_people(policy, facts, barred):
        raise Refused(
            "No vote can be held",
            reasons=short,
            next_step=_way_out(policy, facts, barred, opened_by, instead),
        )
    return begun_round(
        number=number,
        purpose=purpose,
        opened_by=opened_by,
        review_until=review_until,
        members=facts.members,
        policy=policy,
        now=now,
        opened_for=opened_for,
    )


def begun_round(
    *,
    number: int,
    purpose: Purpose,
    opened_by: str,
    review_until: datetime,
    members: dict[str, tuple[str, ...]],
    policy: Policy,
    now: datetime,
    opened_for: str = "",
) -> Round:
    """A round that nobody was there to refuse: where a role has too few people, the card says so until it has."""
    return Round(
        number=number,
        purpose=purpose,
        opened_at=now,
        review_until=review_until,
        expires_at=now + timedelta(days=policy.round_expires_days),
        opened_by=opened_by,
        members=members,
        opened_for=opened_for,
    )


def _way_out(policy: Policy, facts: Facts, barred: frozenset[str], opened_by: str, instead: str) -> str:
    """Where it is only whoever asks that is missing as a voter, somebody who may not vote anyway can ask instead."""
    fill = "ill the groups, in the catalog or in Slack, or the policy's roles with people who have a Slack id"
    others = barred - {opened_by}
    if not instead or not others or _short_of_people(policy, facts, others):
        return f"F{fill}"
    who = one_of([f"<@{person}>" for person in sorted(others)])
    return f"Ask {who}, who cannot vote on it anyway, to {instead} in your place; or f{fill}"


def _short_of_people(policy: Policy, facts: Facts, barred: frozenset[str]) -> list[str]:
    """Every role too few can vote in; failing that, the roles that share too few people, each filling one only."""
    short = []
    barred |= facts.no_colleagues.keys()
    assert facts.subject is not None
    policy = asked(policy, facts.subject)
    for role in policy.roles:
        there = facts.members.get(role.name, ())
        able = [person for person in there if person not in barred]
        if len(able) < role.approvals:
            why = {one: f"{one}: {said}" for one, said in facts.nobody_in.items()}
            groups = ", ".join((*(why.get(one, one) for one in role.groups), *role.people)) or "nobody"
            off = [f"<@{one}> is {facts.no_colleagues[one]}" for one in there if one in facts.no_colleagues]
            by_slack = f"; by Slack {named(off)}" if off else ""
            short.append(f"{role.name} needs {role.approvals} and {len(able)} can vote ({groups}{by_slack})")
    if short:
        return short
    people = dict.fromkeys(person for members in facts.members.values() for person in members)
    eligible = {person: quorum.seats(person, facts.members) for person in people if person not in barred}
    found = seating.shortage(eligible, policy.quorum)
    if found is None:
        return []
    able_to = f"only {len(found.people)} can vote in any of them"
    return [f"{' and '.join(found.roles)} together need {found.needed} different people and {able_to}"]


def round_timers(round_: Round) -> tuple[Timer, ...]:
    """The round is looked at when its review period ends and when it expires."""
    command = encoded(CloseRound(by=events.EMERITUS, number=round_.number))
    return (
        Timer(name="round/review", due_at=round_.review_until, command=command),
        Timer(name="round/expiry", due_at=round_.expires_at, command=command),
    )
