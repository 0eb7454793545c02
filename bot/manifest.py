"""Which Slack app is this? The manifest, from the same tables the bot runs on, so that the two cannot differ.

Every scope is there for a call the bot makes. Everything begins with a command, a button, a form or a question, so no
event is subscribed to but that somebody opens the app's Home or writes to it alone, and files that are shared where a
channel's are imported. Who is in Slack's user groups is asked where the policy names some.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import yaml

from bot.ids import FILE_SHARED, HOME_OPENED, HTTP_PATH, MESSAGE_IM, SLASH_COMMAND
from workflows.questions.table import BY_ASKS, Asks

# Scope -> what it is for. `emeritus doctor` compares these with what a token was granted.
SCOPES = {
    "assistant:write": "be one of Slack's agents: be found and asked where people find those, with prompts",
    "channels:history": "look up in public channels whether a message whose outcome is unknown was posted",
    "channels:read": "find the governance channel and whether Emeritus is in it",
    "chat:write": "post and edit cards, threads and direct messages",
    "commands": f"{SLASH_COMMAND}",
    "dnd:read": "write to nobody who wants not to be disturbed",
    "files:write": "put pictures and lists of consumers, and the chart of the digest, into threads",
    "groups:history": "the same look-up in private channels",
    "groups:read": "the governance channel, when it is private",
    "im:history": "the same look-up in direct messages, and to hear what is asked there",
    "im:write": "open a direct message to edit one or look one up",
    "metadata.message:read": "recognise our own messages in those look-ups",
    "users:read": "whose account a vote comes from, and on whose clock people live: nobody is written to at night",
}
FILE_SCOPES = {"files:read": "hear of files shared in the import channel, and read them"}
USER_GROUP_SCOPES = {"usergroups:read": "who is in the user groups that the policy names"}
DESCRIPTION = "Retires machine-learning models: proposed, voted, handed over, archived, proven, switched off."
LONG_DESCRIPTION = (
    "Emeritus retires machine-learning models the way a good institution retires people: announced, voted, "
    "handed over, archived with honours, and never lost. Somebody proposes a retirement; the functions that "
    "must agree vote on a dated plan; every team that depends on the model acknowledges and moves; the "
    "artifacts are archived and proven before anything is switched off, and what was switched off can be "
    "brought back. Everything that happened is on a record that can be verified."
)
AGENT_DESCRIPTION = (
    "Ask what blocks a retirement, who has not answered, what happens next week, or why a model was retired and where "
    "it is now. Answers come from the record, with links to what they rest on."
)
PROMPTS = (Asks.DUE, Asks.SILENT, Asks.MINE, Asks.HELP)
"""What can be asked by everybody, without a name. Slack shows four: docs.slack.dev/reference/app-manifest."""
_HOST = re.compile(r"[0-9a-f:]+|(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*\.?")
_PATH = re.compile(r"(/[A-Za-z0-9._~%!$&'()*+,;=:@-]*)*")
USAGE_HINT = "propose | list | show | plan | impact | help"


def scopes(*, takes_files: bool, reads_user_groups: bool = False) -> dict[str, str]:
    """`takes_files`: with an import channel. `reads_user_groups`: the policy names some."""
    return SCOPES | (FILE_SCOPES if takes_files else {}) | (USER_GROUP_SCOPES if reads_user_groups else {})


def manifest(
    *, http_url: str = "", takes_files: bool = False, reads_user_groups: bool = False
) -> dict[str, Any]:
    """For Socket Mode, or for HTTP at this public address; the rest as for `scopes`."""
    # Who gives the whole address means the same: Slack never asks at a path that ends with ours twice.
    url = f"{http_url.rstrip('/').removesuffix(HTTP_PATH)}{HTTP_PATH}" if http_url else ""
    command: dict[str, Any] = {
        "command": SLASH_COMMAND,
        "description": "Retire a machine-learning model",
        "usage_hint": USAGE_HINT,
        # Mentions arrive as ids, not as names that anybody may carry.
        "should_escape": True,
    }
    interactivity: dict[str, Any] = {"is_enabled": True}
    if url:
        command["url"] = url
        interactivity |= {"request_url": url, "message_menu_options_url": url}
    asked = scopes(takes_files=takes_files, reads_user_groups=reads_user_groups)
    events: dict[str, Any] = {
        "bot_events": [HOME_OPENED, MESSAGE_IM, *([FILE_SHARED] if takes_files else [])]
    }
    if url:
        events = {"request_url": url, **events}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Emeritus",
            "description": DESCRIPTION,
            "long_description": LONG_DESCRIPTION,
            "background_color": "#3b2f4a",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "agent_view": {
                "agent_description": AGENT_DESCRIPTION,
                "suggested_prompts": [
                    {"title": BY_ASKS[one].example, "message": BY_ASKS[one].example} for one in PROMPTS
                ],
            },
            "bot_user": {"display_name": "Emeritus", "always_online": True},
            "slash_commands": [command],
        },
        "oauth_config": {"scopes": {"bot": list(asked)}},
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def is_public(url: str) -> bool:
    """Whether this could be where Slack finds a bot: scheme and host, and no more than a path behind them.

    urlsplit drops what breaks a line, and an empty query, so they are looked for in the whole.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # a port that is none, brackets that do not match
        return False
    return (
        parts.scheme in ("http", "https")
        and _HOST.fullmatch(host) is not None
        and port != 0
        and _PATH.fullmatch(parts.path) is not None
        and not set(url) & set("?#@\t\r\n")
    )


def text(*, http_url: str = "", takes_files: bool = False, reads_user_groups: bool = False) -> str:
    """As a file, to be pasted where Slack asks for a manifest."""
    told = manifest(http_url=http_url, takes_files=takes_files, reads_user_groups=reads_user_groups)
    dumped: str = yaml.safe_dump(told, sort_keys=False, width=100, allow_unicode=True)
    return f"# Made by `emeritus manifest`; change bot/manifest.py instead.\n{dumped}"
