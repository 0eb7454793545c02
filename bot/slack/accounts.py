"""Whose is a Slack account: a member's, a guest's, a bot's, or one of another workspace? Safe to repeat.

docs.slack.dev/reference/objects/user-object
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from slack_sdk import WebClient

from bot.slack.errors import FAILURES, outcome_of, word_of
from data.errors import Unavailable
from data.records.delegation import Account

FLAGS = {
    "deleted": Account.DEACTIVATED,
    "is_bot": Account.BOT,
    "is_restricted": Account.GUEST,
    "is_ultra_restricted": Account.GUEST,
    "is_stranger": Account.OUTSIDER,
}
FoundT = TypeVar("FoundT")


class SlackAccounts:
    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._own: tuple[str | None, str | None] | None = None
        """Our team and, in an organization of several, its id."""

    def account(self, slack_id: str) -> Account:
        """Slack tells of one that is off no more than that it is. Raises `Unavailable`."""
        found = told(lambda: self._client.users_info(user=slack_id), unknown=None)
        if found is None:
            return Account.UNKNOWN
        user = found.get("user") or {}
        if self._is_of_another(user):
            return Account.OUTSIDER
        return next((one for name, one in FLAGS.items() if user.get(name) is True), Account.MEMBER)

    def _is_of_another(self, user: Mapping[str, Any]) -> bool:
        """Whoever shares a channel with us from another workspace is no stranger to Slack.

        docs.slack.dev/apis/slack-connect/using-slack-connect-api
        """
        if self._own is None:
            own = told(self._client.auth_test, unknown=None)
            self._own = (own.get("team_id"), own.get("enterprise_id")) if own else (None, None)
        team_id, enterprise_id = self._own
        theirs = user.get("team_id")
        if not theirs or not team_id or theirs in (team_id, enterprise_id):
            return False
        of = user.get("enterprise_user") or {}
        return not enterprise_id or of.get("enterprise_id") != enterprise_id


def told(ask: Callable[[], FoundT], *, unknown: FoundT) -> FoundT:
    try:
        return ask()
    except FAILURES as error:
        if outcome_of(error) == "refused":
            return unknown
        raise Unavailable(f"Slack does not tell who somebody is: {word_of(error)}") from error
