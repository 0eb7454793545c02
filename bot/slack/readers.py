"""Who somebody is, as Slack tells: whose account and clock it is, and where the bot may post. Safe to repeat.

Readers (workflows/ports.py) over slack_sdk's WebClient. What Slack refuses to tell, to an app without a scope or of
a channel that is private, is unknown; where it does not answer, the same question is asked again later.
"""

from __future__ import annotations

from datetime import datetime

from slack_sdk import WebClient

from bot.slack.accounts import SlackAccounts, told
from bot.slack.channels import channel_of
from bot.slack.user_groups import user_group
from bot.slack.zones import SlackZones
from data.errors import Unavailable
from data.records.decision import NotDone
from data.records.delegation import Account
from data.records.facts import ChannelSeen, UserGroup

PAGE, PAGES_MAX = 500, 20  # docs.slack.dev/reference/methods/conversations.members takes less than 1,000


class SlackReaders:
    """`governance`: the id or #name of the governance channel."""

    def __init__(self, client: WebClient, zones: SlackZones, governance: str) -> None:
        self._client, self._zones, self._governance = client, zones, governance
        self._accounts = SlackAccounts(client)

    def zone(self, slack_id: str, now: datetime) -> str:
        found = self._zones.zone(slack_id, now)
        if isinstance(found, NotDone):
            raise Unavailable(f"Slack does not tell on whose clock who reads the digest lives: {found.why}")
        return found

    def channel(self, channel_id: str) -> ChannelSeen | None:
        found = told(lambda: channel_of(self._client, channel_id), unknown=None)
        if found is None:
            return None
        return ChannelSeen(
            has_bot=found.get("is_member") is True,
            is_archived=found.get("is_archived") is True,
            is_governance=self._governance in (found.get("id"), f"#{found.get('name')}"),
        )

    def is_in_governance(self, slack_id: str) -> bool:
        return told(lambda: self._governs(slack_id), unknown=False)

    def account(self, slack_id: str) -> Account:
        return self._accounts.account(slack_id)

    def user_group(self, group_id: str) -> UserGroup:
        return user_group(self._client, group_id)

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
