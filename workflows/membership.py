"""Who is in a voting role, and who is still there? By the catalog as it stands, and Slack's user groups with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from msgspec.structs import replace

from data.catalog.snapshot import Snapshot
from data.errors import EmeritusError
from data.records.delegation import Account
from data.records.facts import Facts
from data.records.policy import USER_GROUP, Policy, Review
from data.records.retirement import Retirement
from workflows.rules.people.delegating import InForce
from workflows.rules.people.escalation import targets
from workflows.rules.voting.roles import asked, voting

MODEL_OWNER = "model.owner"
ASKED_MAX = 12
MAY_VOTE = (Account.MEMBER, Account.UNKNOWN)
"""At the proposal: whom Slack does not know may be known by the day of the vote, which asks again."""


def active(there: Snapshot, slack_id: str) -> str:
    """The same Slack id, when it is that of a person the catalog knows and still has."""
    person = there.person_by_slack(slack_id)
    return slack_id if person is not None and person.id not in there.unseen else ""


def leave(there: Snapshot, slack_id: str) -> tuple[tuple[date, date], ...]:
    """First and last day of every leave of theirs that the catalog has."""
    every = (there.person_by_slack(slack_id, listed=True), there.person_by_slack(slack_id))
    return tuple(
        (date.fromisoformat(one.away_from), date.fromisoformat(one.away_until))
        for one in dict.fromkeys(every)
        if one is not None and one.away_from
    )


def members(there: Snapshot, policy: Policy, owners: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """role -> Slack ids, as the groups stand in this catalog. A group nobody knows has no members."""
    found = {}
    for role in policy.roles:
        found[role.name] = tuple(dict.fromkeys((*role.people, *_named(there, role.groups, (), owners))))
    return found


def weighed_now(known: Facts, state: Retirement, there: Snapshot) -> Facts:
    """With the model as its catalog weighs it, and whoever votes on that."""
    assert state.plan is not None
    assert state.policy is not None
    model = there.entity(state.plan.subject.model_id)
    subject = replace(state.plan.subject, tier=model.tier, regulated=model.regulated)
    voters = members(there, asked(state.policy, subject), known.owners)
    return replace(known, subject=subject, members=voters)


def people_now(state: Retirement, there: Snapshot, delegations: InForce, now: datetime) -> Facts:
    """Who may do what about a retirement, by this catalog; nothing else is looked at."""
    assert state.plan is not None
    assert state.policy is not None
    subject = state.plan.subject
    owners, model = there.owners_now([subject.model_id]), there.find(subject.model_id)
    return Facts(
        observed_at=now,
        # Whatever moves in the catalog from here on makes the facts stale.
        catalog_version=there.version,
        policy=state.policy,
        subject=subject,
        members=members(there, voting(state), owners),
        owners=owners,
        endpoint_owners=there.owners_now(endpoint.id for endpoint in subject.endpoints),
        delegations=dict(delegations),
        tier=model.tier if model is not None else None,
        regulated=model.regulated if model is not None else None,
    )


def no_colleagues(known: Facts, account_of: Callable[[str], Account]) -> dict[str, Account]:
    """Who in the roles of a vote has none by Slack: of each role people are asked about until there are enough.

    Somebody waits for it, so no more than a few; whoever nobody asked about is told when they vote.
    """
    found: dict[str, Account] = {}
    for role in known.policy.roles if known.policy else ():
        left = role.approvals + 1
        for person in known.members.get(role.name, ()):
            if left == 0 or len(found) == ASKED_MAX:
                break
            if person not in found:
                found[person] = account_of(person)
            left -= found[person] in MAY_VOTE
    return {person: account for person, account in found.items() if account not in MAY_VOTE}


def attesters(there: Snapshot, policy: Policy, owners: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """attestation -> Slack ids of who may put their name to it, as roles and groups stand in this catalog."""
    seated = members(there, policy, owners)
    found = {}
    for one in policy.attestations:
        of_roles = [person for role in one.roles for person in seated.get(role, ())]
        named = _named(there, one.groups, one.people, owners)
        found[one.name] = tuple(dict.fromkeys((*of_roles, *named)))
    return found


def glass_breakers(there: Snapshot, policy: Policy, owners: Sequence[str]) -> tuple[str, ...]:
    """Slack ids of those two of whom may shorten the notice, as groups stand in this catalog."""
    return _named(there, policy.break_glass_groups, policy.break_glass_people, owners)


def holders(there: Snapshot, policy: Policy, owners: Sequence[str]) -> tuple[str, ...]:
    """Slack ids of who may release a legal hold, as groups stand in this catalog."""
    return _named(there, policy.holds_groups, policy.holds_people, owners)


def granters(there: Snapshot, policy: Policy, owners: Sequence[str]) -> tuple[str, ...]:
    """Slack ids of who may let somebody read an archive, as groups stand in this catalog."""
    return _named(there, policy.grants_groups, policy.grants_people, owners)


def with_keepers(known: Facts, there: Snapshot, policy: Policy) -> Facts:
    """The same facts, with whom the policy names for archives.

    policy   the one in force: who releases a hold is said by it, as a hold may outlive whoever could by the policy
             that was voted on; and who grants is, where the retirement has none
    """
    return replace(
        known,
        holders=holders(there, policy, known.owners),
        granters=granters(there, known.policy or policy, known.owners),
    )


def reviewers(there: Snapshot, review: Review) -> tuple[str, ...]:
    """Slack ids of who looks through the policy, as groups stand in this catalog."""
    found = [person for group in review.review_groups for person in _group(there, group)]
    return tuple(dict.fromkeys((*found, *review.review_people)))


def groups(there: Snapshot, policy: Policy) -> dict[str, tuple[str, ...]]:
    """Each group that the policy's escalation names -> Slack ids of its members now."""
    named = (target.partition(":") for target in targets(policy.tree.steps))
    return {name: _group(there, name) for kind, _, name in named if kind == "group"}


def _named(
    there: Snapshot, groups: Sequence[str], people: Sequence[str], owners: Sequence[str]
) -> tuple[str, ...]:
    found: list[str] = []
    for group in groups:
        found += owners if group == MODEL_OWNER else _group(there, group)
    return tuple(dict.fromkeys((*found, *people)))


def _group(there: Snapshot, name: str) -> tuple[str, ...]:
    if name.startswith(USER_GROUP):
        return there.user_groups.get(name, ())
    try:
        return there.members(name)
    except EmeritusError:
        return ()
