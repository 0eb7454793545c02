"""Everything wrong with the environment is told in one message, and no secret is ever repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import VARIABLES, Address, Settings, address, read
from data.errors import Invalid

SOCKET = {"SLACK_BOT_TOKEN": "xoxb-1-secret", "SLACK_APP_TOKEN": "xapp-1-secret"}


def problems(environ: dict[str, str], **more: str) -> list[str]:
    with pytest.raises(Invalid) as refused:
        read(environ, **more)
    return [str(problem) for problem in refused.value.problems]


def test_without_any_variable_everything_has_its_default() -> None:
    assert read({}) == Settings(store=Path("emeritus.db"), archive=Path("archive"))


def test_an_empty_variable_is_an_unset_one() -> None:
    assert read(dict.fromkeys((variable.name for variable in VARIABLES), "")) == read({})


def test_everything_wrong_is_told_at_once() -> None:
    environ = {
        "EMERITUS_STORE": "postgresql://me:hunter2@db.example/x",
        "EMERITUS_ARCHIVE": "s3://bucket/prefix",
        "EMERITUS_POLICY": "/no/eu.toml",
        "EMERITUS_HTTP": "everywhere",
        "SLACK_API_URL": "slack.com",
        "SLACK_BOT_TOKEN": "xoxp-1-secret",
    }

    assert problems(environ, slack="serve") == [
        "EMERITUS_STORE = postgresql://...@db.example/x: only a SQLite file is supported so far; give its path",
        "EMERITUS_ARCHIVE = s3://bucket/prefix: only a directory is supported so far; give its path",
        "EMERITUS_POLICY = /no/eu.toml: no such file; give a TOML file, or leave it out for the shipped policy",
        "SLACK_API_URL = slack.com: the address of a Slack Web API, e.g. https://slack.com/api/",
        "EMERITUS_HTTP = everywhere: [HOST:]PORT, e.g. 3000 or 0.0.0.0:3000",
        "SLACK_BOT_TOKEN is malformed: the bot token of the app, which begins with xoxb-",
        "SLACK_SIGNING_SECRET is missing: the signing secret of the app (Basic Information, App Credentials)",
    ]


def test_socket_mode_needs_its_own_token_and_http_the_secret() -> None:
    bot = {"SLACK_BOT_TOKEN": "xoxb-1"}

    assert [line.split()[0] for line in problems(bot, slack="serve")] == ["SLACK_APP_TOKEN"]
    assert [line.split()[0] for line in problems(bot, slack="serve", http="3000")] == ["SLACK_SIGNING_SECRET"]


def test_commands_that_do_not_talk_to_slack_ask_for_no_token() -> None:
    assert read({"EMERITUS_HTTP": "nonsense"}).http is None


def test_a_store_in_a_directory_that_is_not_there_is_named() -> None:
    (problem,) = problems({"EMERITUS_STORE": "/nowhere/at/all.db"})

    assert problem == (
        "EMERITUS_STORE = /nowhere/at/all.db: its directory does not exist; create it, or give another path"
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3000", Address(host="127.0.0.1", port=3000)),
        ("0.0.0.0:80", Address(host="0.0.0.0", port=80)),
        ("localhost:0", Address(host="localhost", port=0)),
        ("[::1]:3000", Address(host="::1", port=3000)),
        ("70000", None),
        ("host", None),
        ("host:", None),
        (":3000", None),
        ("::1:3000", None),
        ("3000 ", None),
    ],
)
def test_an_address_is_loopback_unless_a_host_is_named(text: str, found: Address | None) -> None:
    assert address(text) == found


def test_the_command_line_outdoes_the_environment() -> None:
    environ = {**SOCKET, "EMERITUS_HTTP": "1", "SLACK_SIGNING_SECRET": "secret-secret"}

    assert str(read(environ, slack="serve", http="2").http) == "127.0.0.1:2"


def test_settings_never_show_a_token() -> None:
    assert "secret" not in repr(read(SOCKET, slack="serve"))
