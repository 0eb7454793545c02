"""The manifest asks for what the bot uses and nothing else, and the file is what the command prints."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

import bot
from bot import manifest
from bot.ids import SLASH_COMMAND
from bot.typed.table import COMMANDS
from data.catalog.snapshot import Snapshot
from data.catalog.stored import Stored
from workflows.questions.names import Names
from workflows.questions.understanding import understood

NOBODYS = Names(Snapshot.of(Stored(1, {}, {}, {}, {}, {}, {})), (), ())
ROOT = Path(bot.__file__).parents[1]

# Web API method -> scopes for whatever kind of conversation it is used on (docs.slack.dev/reference/methods).
NEEDS = {
    "apps_connections_open": set(),  # an app-level token's
    "assistant_threads_setStatus": {"chat:write"},
    "auth_test": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history", "metadata.message:read"},
    "chat_getPermalink": set(),
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_list": {"channels:read", "groups:read"},
    "conversations_members": {"channels:read", "groups:read"},
    "conversations_open": {"im:write"},
    "conversations_replies": {"channels:history", "groups:history", "im:history", "metadata.message:read"},
    "dnd_info": {"dnd:read"},
    "dnd_teamInfo": {"dnd:read"},
    "files_completeUploadExternal": {"files:write"},
    "files_getUploadURLExternal": {"files:write"},
    "files_info": {"files:read"},  # as does the event file_shared
    "usergroups_users_list": {"usergroups:read"},
    "users_info": {"users:read"},
    "users_list": {"users:read"},
    "views_open": set(),
    "views_publish": set(),  # nor does the event app_home_opened ask for any
    "views_push": set(),
    "views_update": set(),
}
AGENT = {"assistant:write"}
"""What an app that is one of Slack's agents asks for: docs.slack.dev/reference/scopes/assistant.write"""
METHODS = re.compile(
    r"\.((?:apps|assistant|auth|chat|conversations|dnd|files|reactions|usergroups|users|views)_\w+)\("
)


def called() -> set[str]:
    sources = [path.read_text() for path in (ROOT / "bot").rglob("*.py") if "demo" not in path.parts]
    return set(METHODS.findall("\n".join(sources)))


def test_every_scope_that_is_used_is_asked_for_and_no_other() -> None:
    assert called() <= set(NEEDS), "say which scopes a new method needs"
    used = set().union(*(NEEDS[method] for method in called())) | {"commands"} | AGENT

    assert set(manifest.scopes(takes_files=True, reads_user_groups=True)) == used
    assert set(manifest.scopes(takes_files=False, reads_user_groups=True)) == used - {"files:read"}
    assert set(manifest.scopes(takes_files=True)) == used - {"usergroups:read"}


def test_the_file_is_what_the_command_prints() -> None:
    assert (ROOT / "manifest.yml").read_text(encoding="utf-8") == manifest.text()


def test_what_is_printed_is_the_manifest() -> None:
    assert yaml.safe_load(manifest.text()) == manifest.manifest()


def test_socket_mode_needs_no_address_and_http_names_it_everywhere() -> None:
    socket, http = manifest.manifest(), manifest.manifest(http_url="https://bot.example.com/")

    assert socket["settings"]["socket_mode_enabled"] is True
    assert "url" not in socket["features"]["slash_commands"][0]
    url = "https://bot.example.com/slack/events"
    assert http["settings"]["socket_mode_enabled"] is False
    assert http["features"]["slash_commands"][0]["url"] == url
    assert http["settings"]["interactivity"] == {
        "is_enabled": True,
        "request_url": url,
        "message_menu_options_url": url,
    }


def test_files_are_heard_of_and_read_only_with_an_import_channel() -> None:
    without, socket = manifest.manifest(), manifest.manifest(takes_files=True)
    http = manifest.manifest(http_url="https://bot.example.com", takes_files=True)

    assert without["settings"]["event_subscriptions"] == {"bot_events": ["app_home_opened", "message.im"]}
    assert "files:read" not in without["oauth_config"]["scopes"]["bot"]
    assert socket["settings"]["event_subscriptions"] == {
        "bot_events": ["app_home_opened", "message.im", "file_shared"]
    }
    assert "files:read" in socket["oauth_config"]["scopes"]["bot"]
    assert http["settings"]["event_subscriptions"] == {
        "request_url": "https://bot.example.com/slack/events",
        "bot_events": ["app_home_opened", "message.im", "file_shared"],
    }


def test_home_is_there_and_the_bot_hears_who_opens_it() -> None:
    http = manifest.manifest(http_url="https://bot.example.com")

    assert http["features"]["app_home"]["home_tab_enabled"] is True
    assert http["settings"]["event_subscriptions"] == {
        "request_url": "https://bot.example.com/slack/events",
        "bot_events": ["app_home_opened", "message.im"],
    }


def test_people_can_write_to_it_alone_and_it_hears_what() -> None:
    shown = manifest.manifest()

    assert shown["features"]["app_home"]["messages_tab_read_only_enabled"] is False
    assert "message.im" in shown["settings"]["event_subscriptions"]["bot_events"]
    assert "im:history" in shown["oauth_config"]["scopes"]["bot"]


def test_it_is_one_of_slacks_agents_and_every_prompt_is_a_question_it_understands() -> None:
    features = manifest.manifest()["features"]
    agent = features["agent_view"]

    assert "assistant_view" not in features, "apps have one of them"
    assert len(agent["agent_description"]) <= 300
    assert 1 <= len(agent["suggested_prompts"]) <= 4
    asked = [understood(one["message"], NOBODYS) for one in agent["suggested_prompts"]]
    assert [one.asks for one in asked] == list(manifest.PROMPTS)


def test_mentions_arrive_as_ids_and_lengths_are_slacks() -> None:
    shown = manifest.manifest()
    (command,) = shown["features"]["slash_commands"]

    assert (command["command"], command["should_escape"]) == (SLASH_COMMAND, True)
    assert len(command["usage_hint"]) <= 1_000
    assert set(command["usage_hint"].split(" | ")) <= set(COMMANDS)
    about = shown["display_information"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4_000
