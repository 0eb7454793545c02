"""Who is in a user group of Slack? Safe to repeat.

docs.slack.dev/reference/methods/usergroups.users.list. One that is disabled has no members there.
"""

from __future__ import annotations

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.errors import FAILURES, code_of, word_of
from data.errors import Unavailable
from data.records.facts import UserGroup

NOBODY = {
    "no_such_subteam": "Slack has no such user group",
    "missing_scope": "the app lacks the scope usergroups:read",
    "plan_upgrade_required": "this workspace's plan has no user groups",
    "unknown_method": "this Slack has no user groups",
    "access_denied": "the app may not see this user group",
    "permission_denied": "the app may not see this user group",
}
"""What Slack answers for as long as nobody changes anything. All else is a failure, and asked again."""
NOT_TOLD = "Slack does not tell who is in a user group"
EMPTY = "nobody is in this user group, or it is disabled"


def user_group(client: WebClient, group_id: str) -> UserGroup:
    """Raises `Unavailable`."""
    try:
        answer = client.usergroups_users_list(usergroup=group_id)
    except FAILURES as error:
        why = NOBODY.get(code_of(error), "") if isinstance(error, SlackApiError) else ""
        if why:
            return UserGroup(why_nobody=why)
        raise Unavailable(f"{NOT_TOLD}: {word_of(error)}") from error
    members = answer.get("users")
    if not isinstance(members, list) or not all(isinstance(one, str) and one for one in members):
        raise Unavailable(f"{NOT_TOLD}: its answer cannot be read")
    return UserGroup(members=tuple(members), why_nobody="" if members else EMPTY)
