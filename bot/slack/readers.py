"""Who reads the digest, as Slack tells: whose clock they go by, and where the bot may post. Safe to repeat.

Readers (workflows/ports.py) over slack_sdk's WebClient. What Slack refuses to tell, to an app without a scope or of
a channel that is private, is unknown; where it does not answer, the same question is asked again later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from slack_sdk import WebClient

from bot.slack.channels import channel_of
from bot.slack.errors import FAILURES, outcome_of, word_of
from bot.slack.zones import SlackZones
from data.errors import Unavailable
from data.records.decision import NotDone
from data.records.delegation import Account
from data.records.facts import ChannelSeen

PAGE, PAGES_MAX = 500, 20  # docs.slack.dev/reference/methods/conversations.members takes less than 1,000
ACCOUNTS = {
    "deleted": Account.DEACTIVATED,
    "is_bot": Account.BOT,
    "is_restricted": Account.GUEST,
    "is_ultra_restricted": Account.GUEST,
    "is_stranger": Account.OUTSIDER,
}
FoundT = TypeVar("FoundT")


class SlackReaders:
    """`governance`: the id or #name of the governance channel."""

    def __init__(self, client: WebClient, zones: SlackZones, governance: str) -> None:
        self._client, self._zones, self._governance = client, zones, governance

    def zone(self, slack_id: str, now: datetime) -> str:
        found = self._zones.zone(slack_id, now)
        if isinstance(found, NotDone):
            raise Unavailable(f"Slack does not tell on whose clock who reads the digest lives: {found.why}")
        return found

    def channel(self, channel_id: str) -> ChannelSeen | None:
        found = _told(lambda: channel_of(self._client, channel_id), unknown=None)
        if found is None:
            return None
        return ChannelSeen(
            has_bot=found.get("is_member") is True,
            is_archived=found.get("is_archived") is True,
            is_governance=self._governance in (found.get("id"), f"#{found.get('name')}"),
        )

    def is_in_governance(self, slack_id: str) -> bool:
        return _told(lambda: self._governs(slack_id), unknown=False)

    def account(self, slack_id: str) -> Account:
        """Whose account it is. Slack tells of one that is off no more than that it is."""
        found = _told(lambda: self._client.users_info(user=slack_id), unknown=None)
        return Account.UNKNOWN if found is None else _account(found.get("user") or {})

    def _governs(self, slack_id: str) -> bool:
        channel = channel_of(self._client, self._governance)
        cursor = ""
        for _ in range(PAGES_MAX if channel is not None else 0):
            assert channel is not None
            page = self._client.conversations_members(channel=str(channel["id"]), limit=PAGE, cursor=cursor)
            if slack_id in (page.get("members") or ()):
                return True
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                break
        return False


def _account(user: Mapping[str, Any]) -> Account:
    """docs.slack.dev/reference/objects/user-object"""
    for name, account in ACCOUNTS.items():
        if user.get(name) is True:
            return account
    return Account.MEMBER


def _told(ask: Callable[[], FoundT], *, unknown: FoundT) -> FoundT:
    try:
        return ask()
    except FAILURES as error:
        if outcome_of(error) == "refused":
            return unknown
        raise Unavailable(f"Slack does not tell who reads the digest: {word_of(error)}") from error
