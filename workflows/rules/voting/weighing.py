"""What does a retirement owe by the tier and the regulation of its model? What either asks for, the plan that was voted

on or the catalog since: a model that became less strict is retired as it was voted on, one that became stricter as it
is. Whatever the policy makes depend on these two goes through here; of an unknown tier it is what the strictest owes.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from data import events
from data.records.artifacts import ArtifactClass
from data.records.attestations import Attestation
from data.records.facts import Facts
from data.records.policy import Policy
from data.records.progress import Progress, StepKind
from data.records.retirement import Retirement, Weight
from workflows.rules.gating.gates import Gate
from workflows.rules.hours import day_of
from workflows.rules.lifecycle import is_living
from workflows.rules.voting import roles
from workflows.rules.voting.roles import Weighed

CONSENTED_TO_BY_SILENCE = frozenset({2, 3})


def weights(state: Retirement) -> tuple[Weighed, ...]:
    """As it was voted on, and as the catalog has it since where that is otherwise."""
    if state.plan is None:
        return ()
    return (state.plan.subject,) if state.weighed is None else (state.plan.subject, state.weighed)


def as_known(state: Retirement, facts: Facts) -> Retirement:
    """The same retirement with the model as its catalog has it at this moment, where somebody looked."""
    if state.plan is None or facts.tier is None or facts.regulated is None:
        return state
    voted, now = state.plan.subject, Weight(tier=facts.tier, regulated=facts.regulated)
    is_same = (voted.tier, voted.regulated) == (now.tier, now.regulated)
    return replace(state, weighed=None if is_same else now)


def changed(state: Retirement, facts: Facts, now: datetime) -> tuple[events.Weighed, ...]:
    """What the catalog says otherwise than it was known to, as long as that is of any consequence."""
    if as_known(state, facts) == state or not is_living(state):
        return ()
    assert facts.tier is not None
    return (events.Weighed(at=now, by=events.EMERITUS, tier=facts.tier, regulated=facts.regulated or ""),)


def after(state: Retirement, event: events.Weighed) -> Retirement:
    return as_known(state, Facts(observed_at=event.at, tier=event.tier, regulated=event.regulated))


def is_closed_by_two(state: Retirement) -> bool:
    """Do two people confirm its end?"""
    return any(_policy(state).is_closed_by_two(one.tier) for one in weights(state))


def needs_checks(state: Retirement) -> bool:
    """Has each of its consumers to have a check?"""
    return any(_policy(state).needs_checks(one.tier) for one in weights(state))


def attestations(state: Retirement) -> tuple[Attestation, ...]:
    """What has to be attested of it, in the order of its policy."""
    if state.policy is None:
        return ()
    known = {row.tier for row in state.policy.tiers}
    tiers = {one.tier for one in weights(state)}
    return tuple(
        one
        for one in state.policy.attestations
        if any(tier in one.tiers or tier not in known for tier in tiers)
    )


def archives(state: Retirement) -> tuple[ArtifactClass, ...]:
    """Of which classes its archive has to have something."""
    wanted = {of for one in weights(state) for of in _policy(state).archives(one.tier)}
    return tuple(one for one in ArtifactClass if one in wanted)


def is_regulated(state: Retirement) -> bool:
    return any(one.regulated for one in weights(state))


def regulations(state: Retirement) -> tuple[str, ...]:
    """What it is under, as the catalog calls it."""
    return tuple(dict.fromkeys(one.regulated for one in weights(state) if one.regulated))


def may_be_agreed_to_by_silence(state: Retirement) -> bool:
    """Not of the strictest tier, of none that anybody knows, or under a regulation."""
    return all(one.tier in CONSENTED_TO_BY_SILENCE for one in weights(state)) and not is_regulated(state)


def notice_days(state: Retirement) -> int:
    """From the announcement to the last day of service, at least."""
    return max(roles.notice_days(_policy(state), one) for one in weights(state))


def gates(state: Retirement, facts: Facts, now: datetime) -> list[Gate]:
    """What it is by now may need more approvals, more notice or more of an answer than its plan was voted on with."""
    if state.weighed is None or state.plan is None:
        return []
    weighed, then, policy = state.weighed, state.plan.subject, _policy(state)
    voted = roles.asked(policy, then).quorum
    more = [role for role in roles.asked(policy, weighed).quorum if role not in voted]
    is_hastened = state.break_glass is not None and bool(state.break_glass.confirmed_by)
    days = roles.notice_days(policy, weighed)
    is_short = not is_hastened and noticed_days(state, policy, now) < days
    is_unguided = policy.needs_guide(weighed.tier) and not policy.needs_guide(then.tier)
    needs = [
        *(f"the approval of {role}" for role in more),
        *([f"{days} days of notice"] if is_short else []),
        *(
            ["a page that says how to move"]
            if is_unguided and state.plan.successor_id and not facts.guide
            else []
        ),
    ]
    if not needs:
        return []
    why = (
        f"by the catalog {then.model_name} is {told(weighed)} by now, and needs {' and '.join(needs)}: press Edit plan "
        "on the card for a new vote, or correct the catalog and import it"
    )
    return [Gate(f"stricter/{weighed.tier}/{weighed.regulated}", why)]


def noticed_days(state: Retirement, policy: Policy, now: datetime) -> int:
    """As many as its plan gives, from the day it is, or was, announced on. What is held meanwhile gives more."""
    assert state.plan is not None
    announced = state.progress(StepKind.ANNOUNCE)
    begins_at = state.plan.step(StepKind.ANNOUNCE).due_at
    ends_at = state.plan.step(StepKind.DISABLE).due_at
    if announced.progress is Progress.DONE and announced.at is not None:
        begins_at, ends_at = announced.at, max(ends_at, now)
    return (day_of(ends_at, policy) - day_of(begins_at, policy)).days


def told(weighed: Weighed) -> str:
    """In words, "of tier 1, regulated by the EU AI Act,"."""
    tier = f"of tier {weighed.tier}" if weighed.tier else "of an unknown tier"
    return f"{tier}, regulated by {weighed.regulated}," if weighed.regulated else tier


def _policy(state: Retirement) -> Policy:
    assert state.policy is not None
    return state.policy
