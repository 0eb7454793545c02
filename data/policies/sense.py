"""What is fine by itself must also fit together: all that can be judged of a policy is, whatever else is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

from data.policies.brownouts import check_brownouts
from data.policies.checks import TIERS
from data.records.policy import Role
from data.toml_tables import Tables

TOGETHER_MAX = 10
"""Of more roles that are given by people only, not every combination is looked at."""


def check_sense(reading: Tables, said: dict[str, Any]) -> None:
    """Refuses what contradicts something else in the file. What is malformed has been refused, and is not judged."""
    are_fine = reading.judging()
    _check_dates(reading, said, are_fine)
    if are_fine("tiers.notice_days"):
        _check_notice(reading, said, are_fine)
    check_brownouts(reading, said, are_fine)
    _check_roles(reading, said, reading.unfit())
    if are_fine("channels") and said["restricted_channel"] == said["governance_channel"]:
        accepted = "a private channel, other than [channels] governance"
        reading.refuse("channels", "restricted", said["restricted_channel"], accepted)
    if are_fine("windows.from_hour", "windows.until_hour") and said["until_hour"] <= said["from_hour"]:
        accepted = f"an hour after from_hour, {said['from_hour']}"
        reading.refuse("windows", "until_hour", said["until_hour"], accepted)
    strict = [f"[tiers.{row.tier}]" for row in said["tiers"] if row.checks_required == "yes"]
    is_judged = are_fine("tiers.checks_required", "disable.checks_valid_hours")
    if is_judged and strict and not said["checks_valid_hours"]:
        accepted = f"at least 1, where {' and '.join(strict)} checks_required = true: with 0 none is run"
        reading.refuse("disable", "checks_valid_hours", 0, accepted)
    alone = said["break_glass_people"]
    if are_fine("break_glass") and len(alone) == 1 and not said["break_glass_groups"]:
        accepted = "two people or more, or groups beside them: it takes two to shorten a notice"
        reading.refuse("break_glass", "people", alone, accepted)


def _check_dates(reading: Tables, said: dict[str, Any], are_fine: Callable[..., bool]) -> None:
    archive, migrate = said["archive_lead_days"], said["migrate_lead_days"]
    if are_fine("migrate.lead_days", "archive.lead_days") and migrate >= archive:
        accepted = f"less than [archive] lead_days, {archive}: the archive is proven first"
        reading.refuse("migrate", "lead_days", migrate, accepted)
    review, expires = said["review_days"], said["round_expires_days"]
    if are_fine("rounds.review_days", "rounds.expires_days") and expires <= review:
        accepted = f"more than review_days, {review}: a round must be able to close before it expires"
        reading.refuse("rounds", "expires_days", expires, accepted)

    cool_off, keeps = said["cool_off_hours"], said["approval_days"]
    if are_fine("rounds.cool_off_hours", "rounds.approval_days") and 0 < keeps * 24 <= cool_off:
        accepted = f"0, or more than cool_off_hours, {cool_off}: an approval must outlast it to be announced"
        reading.refuse("rounds", "approval_days", keeps, accepted)


def _check_notice(reading: Tables, said: dict[str, Any], are_fine: Callable[..., bool]) -> None:
    """What has to have room in it."""
    notice = {row.tier: row.notice_days for row in said["tiers"]}
    for tier in (1, 2):
        if notice[tier] < notice[tier + 1]:
            accepted = f"at least the {notice[tier + 1]} of tier {tier + 1}: tier 1 is the strictest"
            reading.refuse(f"tiers.{tier}", "notice_days", notice[tier], accepted)
    shortest, longest = min(notice.values()), max((*notice.values(), said["regulated_notice_days"]))
    if are_fine("archive.lead_days") and said["archive_lead_days"] > shortest:
        accepted = (
            f"at most the shortest notice, {shortest}: nothing is archived for a switch-off not yet announced"
        )
        reading.refuse("archive", "lead_days", said["archive_lead_days"], accepted)
    last_reachable = shortest - said["migrate_lead_days"]
    is_judged = are_fine("migrate.lead_days", "escalation.acknowledge_days")
    if are_fine("migrate.lead_days") and last_reachable <= 0 and not are_fine("archive.lead_days"):
        accepted = f"less than the shortest notice, {shortest}: whoever moves is told before"
        reading.refuse("migrate", "lead_days", said["migrate_lead_days"], accepted)
    if is_judged and 0 < last_reachable < said["acknowledge_days"]:
        accepted = f"at most {last_reachable}: consumers must have moved by then where the notice is shortest"
        reading.refuse("escalation", "acknowledge_days", said["acknowledge_days"], accepted)
    hastened = said["break_glass_notice_days"]
    if are_fine("break_glass.notice_days_min", "regulated.notice_days") and hastened >= longest:
        accepted = f"less than the longest notice, {longest}: it would shorten none"
        reading.refuse("break_glass", "notice_days_min", hastened, accepted)


def _check_roles(reading: Tables, said: dict[str, Any], unfit: frozenset[str]) -> None:
    """Is there a role for every model, and could the people who are named fill theirs? `unfit`: tables not judged."""
    every: Sequence[Role] = said["roles"]
    roles = [one for one in every if f"roles.{one.name}" not in unfit]
    tiers = [int(tier) for tier in TIERS]
    left = [
        f"{tier}"
        for tier in tiers
        if not any(one.is_needed(tier, is_regulated=False, is_known=True) for one in roles)
    ]
    if left and len(roles) == len(every) > 0:
        of = f"tier {left[0]}" if len(left) == 1 else f"tiers {' and '.join(left)}"
        accepted = f"at least one that votes on models of {of} that no regulation names"
        reading.refuse("", "[roles]", None, accepted)
    for role in roles:
        if not role.groups and len(role.people) < role.approvals:
            accepted = f"at most the number of its people, {len(role.people)}"
            reading.refuse(f"roles.{role.name}", "approvals", role.approvals, accepted)
    for few in _short_of_people(roles, tiers):
        names, people = [one.name for one in few], {person for one in few for person in one.people}
        needed = sum(one.approvals for one in few)
        accepted = (
            f"more people, or groups: {', '.join(names[:-1])} and {names[-1]} vote on the same models and together "
            f"need {needed} different people, each filling one role, and name {len(people)}"
        )
        reading.refuse(f"roles.{names[-1]}", "people", list(few[-1].people), accepted)


def _short_of_people(roles: Sequence[Role], tiers: Sequence[int]) -> Iterator[tuple[Role, ...]]:
    """The smallest combinations that need more people than they name; whoever is in a group nobody knows here.

    Whether all can be filled is Hall's condition: every combination of them has people enough.
    """
    named = [one for one in roles if not one.groups and len(one.people) >= one.approvals][:TOGETHER_MAX]
    found: list[tuple[Role, ...]] = []
    for many in range(2, len(named) + 1):
        for some in combinations(named, many):
            people = {person for one in some for person in one.people}
            is_short = sum(one.approvals for one in some) > len(people)
            if is_short and _vote_together(some, tiers) and not any(set(one) <= set(some) for one in found):
                found.append(some)
                yield some


def _vote_together(some: Sequence[Role], tiers: Sequence[int]) -> bool:
    """Is there a model, if only one of an unknown tier, that needs all of them? A regulation needs nobody less."""
    return any(all(one.is_needed(tier, is_regulated=True, is_known=True) for one in some) for tier in tiers)
