"""Whose is a Slack account: a member's, a guest's, a bot's, or one of another workspace? Safe to repeat.

docs.slack.dev/reference/objects/user-object
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

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
NOT_TOLD = "Slack does not tell who somebody is"
FoundT = TypeVar("FoundT")


class SlackAccounts:
    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._own: tuple[str, str] | None = None
        """Our team and, in an organization of several, its id."""

    def account(self, slack_id: str) -> Account:
        """Slack tells of one that is off no more than that it is. Raises `Unavailable`."""
        found = told(lambda: self._client.users_info(user=slack_id), unknown=None)
        if found is None:
            return Account.UNKNOWN
        user = fields_of(found, "user")
        if not user.get("id") or any(not isinstance(user.get(flag), bool | None) for flag in FLAGS):
            raise Unavailable(f"{NOT_TOLD}: its answer cannot be read")
        if self._is_of_another(user):
            return Account.OUTSIDER
        return next((one for name, one in FLAGS.items() if user.get(name) is True), Account.MEMBER)

    def _is_of_another(self, user: Mapping[str, Any]) -> bool:
        """Whoever shares a channel with us from another workspace is no stranger to Slack.

        docs.slack.dev/apis/slack-connect/using-slack-connect-api
        """
        if self._own is None:
            self._own = self._our_teams()
        team_id, enterprise_id = self._own
        theirs = user.get("team_id")
        if not theirs or theirs in (team_id, enterprise_id):
            return False
        return not enterprise_id or fields_of(user, "enterprise_user").get("enterprise_id") != enterprise_id

    def _our_teams(self) -> tuple[str, str]:
        """Nothing is known of anybody while Slack does not tell us whose we are ourselves."""
        found = told(self._client.auth_test, unknown=None)
        team_id = found.get("team_id") if found is not None else None
        if not isinstance(team_id, str) or not team_id:
            raise Unavailable(f"{NOT_TOLD}: nor which workspace the app is in")
        assert found is not None
        return team_id, str(found.get("enterprise_id") or "")


def told(ask: Callable[[], FoundT], *, unknown: FoundT) -> FoundT:
    try:
        return ask()
    except FAILURES as error:
        if outcome_of(error) == "refused":
            return unknown
        raise Unavailable(f"{NOT_TOLD}: {word_of(error)}") from error


def fields_of(answer: Mapping[str, Any] | SlackResponse, name: str) -> Mapping[str, Any]:
    """An object in what Slack says; empty where there is none, whatever stands in its place."""
    found = answer.get(name)
    return found if isinstance(found, dict) else {}
