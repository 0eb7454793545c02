"""Is there somebody in every team and user group that the policy names, to vote, attest, or shorten a notice?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from bot.doctor.finding import Finding
from bot.doctor.slack import REINSTALL
from bot.logs import unheard
from bot.settings import Settings
from bot.slack.messenger import web_client
from bot.slack.user_groups import EMPTY, NOBODY, user_group
from data.catalog.catalog import Catalog
from data.errors import EmeritusError
from data.records.attestations import Attestation
from data.records.facts import UserGroup
from data.records.policy import USER_GROUP, Policy, Role
from workflows.rules.people.escalation import targets

CORRECT_GROUP = "Correct the group in the policy, or the people in the catalog"
CORRECT_USER_GROUP = "Correct the user group in the policy, or its members in Slack"
OTHERS = "Name teams of the catalog or people in the policy instead"
NOT_TOLD = "Slack does not tell who is in it"

Asked = Mapping[str, UserGroup]
"""User groups, as the policy names them, of which Slack told; none of those where it did not answer."""
Looked = Callable[[str], tuple[tuple[str, ...], str]]
"""Who is in a group of the policy, and why nobody is."""


def examine_user_groups(
    settings: Settings, names: Iterable[str], asked: dict[str, UserGroup]
) -> Iterator[Finding]:
    """What Slack tells of each is put into `asked`."""
    client = web_client(settings.bot_token, settings.slack_api_url, logger=unheard())
    cures = {NOBODY["missing_scope"]: REINSTALL, EMPTY: CORRECT_USER_GROUP}
    cures |= dict.fromkeys((NOBODY["plan_upgrade_required"], NOBODY["unknown_method"]), OTHERS)
    for name in names:
        what = f"user group {name}"
        try:
            told = asked[name] = user_group(client, name.removeprefix(USER_GROUP))
        except EmeritusError as error:
            yield Finding(what=what, ok=False, found=str(error), fix="Run emeritus doctor again")
            continue
        why = told.why_nobody
        fix = cures.get(why, "Correct its id in the policy: Slack shows it in the menu of the user group")
        found = why or f"{len(told.members)} members"
        yield Finding(what=what, ok=not why, found=found, fix=fix if why else "")


def examine_teams(catalog: Catalog, policy: Policy, asked: Asked) -> Iterator[Finding]:
    """By catalog and Slack together, what nobody could do."""

    def looked(name: str) -> tuple[tuple[str, ...], str]:
        if name.startswith(USER_GROUP):
            told = asked.get(name, UserGroup(why_nobody=NOT_TOLD))
            return told.members, f"{name}: {told.why_nobody}" if told.why_nobody else ""
        return _members(catalog, name)

    for role in policy.roles:
        yield _role(looked, role)
    for attestation in policy.attestations:
        if trouble := _nobody_attests(looked, attestation):
            fix = _cure(attestation.groups)
            yield Finding(what=f"attestation {attestation.name}", ok=False, found=trouble, fix=fix)
    if trouble := _too_few_for_two(looked, policy):
        fix = f"{_cure(policy.break_glass_groups)}, or name nobody"
        yield Finding(what="break-glass", ok=False, found=trouble, fix=fix)
    for target in targets(policy.tree.steps):
        kind, _, group = target.partition(":")
        if kind == "group" and (trouble := _members(catalog, group)[1]):
            yield Finding(what=f"escalation to {target}", ok=False, found=trouble, fix=CORRECT_GROUP)


def _cure(groups: Iterable[str]) -> str:
    every_is_of_slack = all(one.startswith(USER_GROUP) for one in groups)
    return CORRECT_USER_GROUP if every_is_of_slack else CORRECT_GROUP


def _members(catalog: Catalog, group: str) -> tuple[tuple[str, ...], str]:
    try:
        members = catalog.members(group)
    except EmeritusError as error:
        return (), str(error)
    return members, "" if members else f'nobody of "{group}" has a Slack id in the catalog'


def _role(looked: Looked, role: Role) -> Finding:
    """Can this role be filled? "model.owner" differs by model and is looked at when somebody proposes."""
    people = set(role.people)
    troubles: dict[str, str] = {}
    for group in role.groups:
        if group == "model.owner":
            continue
        members, trouble = looked(group)
        people.update(members)
        troubles |= {group: trouble} if trouble else {}
    is_by_model = "model.owner" in role.groups
    enough = is_by_model or len(people) >= role.approvals
    found = (
        "whoever owns the model" if is_by_model else f"{len(people)} people for {role.approvals} approvals"
    )
    return Finding(
        what=f"role {role.name}",
        ok=enough and not troubles,
        found="; ".join([found, *troubles.values()]),
        fix="" if enough and not troubles else _cure(troubles or role.groups),
    )


def _nobody_attests(looked: Looked, attestation: Attestation) -> str:
    """Why nobody could put their name to it; empty where somebody can, or a voting role does, which is looked at."""
    if attestation.people or attestation.roles or "model.owner" in attestation.groups:
        return ""
    seen = [looked(group) for group in attestation.groups]
    return "" if any(members for members, _ in seen) else "; ".join(why for _, why in seen)


def _too_few_for_two(looked: Looked, policy: Policy) -> str:
    """Why no two people can shorten a notice although the policy names some; owners differ by model."""
    groups, people = policy.break_glass_groups, set(policy.break_glass_people)
    if "model.owner" in groups or not (groups or people):
        return ""
    seen = [looked(group) for group in groups]
    people.update(member for members, _ in seen for member in members)
    few = f"{len(people)} people, and it takes two" if len(people) < 2 else ""
    return "; ".join(filter(None, [few, *(why for _, why in seen)]))
