"""Do those whom the policy names by their Slack id count, when they vote, attest, or shorten a notice?"""

from __future__ import annotations

from collections.abc import Iterator

from slack_sdk import WebClient

from bot.doctor.finding import Finding
from bot.slack.accounts import SlackAccounts
from data.errors import Unavailable
from data.records.delegation import Account
from data.records.policy import Policy

ASKED_MAX = 50
"""Slack takes a hundred such questions a minute: docs.slack.dev/reference/methods/users.info."""


def examine_people(client: WebClient, policy: Policy) -> Iterator[Finding]:
    """Who does not count, with where the policy names them. Nothing where nobody is named, or all are members."""
    accounts = SlackAccounts(client)
    try:
        for person, where in list(_named(policy).items())[:ASKED_MAX]:
            account = accounts.account(person)
            if account is not Account.MEMBER:
                found = f"{person} is {account} by Slack: nothing counts that they say"
                fix = f"Name a member of this workspace in {where} of the policy"
                yield Finding(what="people", ok=False, found=found, fix=fix)
    except Unavailable as error:
        yield Finding(what="people", ok=False, found=str(error), fix="Run emeritus doctor again")


def _named(policy: Policy) -> dict[str, str]:
    """Person -> the first table that names them."""
    found: dict[str, str] = {}
    tables = [
        *((f"[roles.{one.name}]", one.people) for one in policy.roles),
        *((f"[attestations.{one.name}]", one.people) for one in policy.attestations),
        ("[break_glass]", policy.break_glass_people),
        ("[holds]", policy.holds_people),
        ("[grants]", policy.grants_people),
    ]
    for where, people in tables:
        for person in people:
            found.setdefault(person, where)
    return found
