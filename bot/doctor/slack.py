"""The doctor's look at Slack: tokens, scopes, the governance channel; and which cure fits what a call failed of."""

from __future__ import annotations

import http
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.doctor.finding import Finding
from bot.doctor.hours import examine_clocks
from bot.doctor.people import examine_people
from bot.logs import unheard
from bot.manifest import scopes
from bot.settings import Settings
from bot.slack.channels import channel_of
from bot.slack.errors import FAILURES, MAYBE, code_of, reason_of, retry_after
from bot.slack.messenger import web_client
from data.records.policy import Policy
from workflows.user_groups import named_in

# docs.slack.dev/reference/methods/auth.test, apps.connections.open: what only another token cures.
TOKENS = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "not_allowed_token_type",
        "not_authed",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
NEW_BOT = "Copy the Bot User OAuth Token of the app (OAuth & Permissions) into SLACK_BOT_TOKEN again"
NEW_APP = (
    "Make an app-level token with connections:write (Basic Information, App-Level Tokens), "
    "put it into SLACK_APP_TOKEN, and turn Socket Mode on"
)
REINSTALL = "Put the output of emeritus manifest into the app's manifest and install the app again"
INVITE = "Invite the bot there: /invite @Emeritus"
NO_CHANNEL = "Invite the bot there with /invite @Emeritus, or correct {where}"
MAKE_PRIVATE = "Make it private, or name another channel as [channels] restricted in the policy"
AGAIN = "and run emeritus doctor again"


def examine_slack(settings: Settings, policy: Policy | None, wrong: frozenset[str]) -> Iterator[Finding]:
    """Every finding; `wrong` are the variables that are known to be, and are not tried."""
    if "SLACK_API_URL" in wrong:
        return
    client = web_client(settings.bot_token, settings.slack_api_url, logger=unheard())
    import_channel = settings.imports.channel
    has_bot = False
    if "SLACK_BOT_TOKEN" not in wrong:
        try:
            who = client.auth_test()
        except FAILURES as error:
            yield _failed("bot token", error, settings, token=NEW_BOT, scope=REINSTALL)
            if not isinstance(error, SlackApiError):
                return  # nothing else would get there either
        else:
            has_bot = True
            yield Finding(what="bot token", ok=True, found=f"{who.get('user')} in {who.get('team')}")
            named = policy is not None and named_in(policy, settings.in_force().review)
            needed = scopes(takes_files=bool(import_channel), reads_user_groups=bool(named))
            yield _scopes(who.headers, needed)
            if policy:
                windows = settings.in_force().windows
                yield from examine_clocks(client, str(who.get("user_id")), windows)
    if not settings.http and not wrong & {"SLACK_APP_TOKEN", "EMERITUS_HTTP", "--http"}:
        yield _app_token(settings)
    if has_bot and policy:
        yield from examine_people(client, policy)
        yield _channel(
            client, policy.governance_channel, settings, where="[channels] governance in the policy"
        )
        for one in policy.audiences:
            for channel in one.channels:
                where = f"[audiences.{one.audience}] channels in the policy"
                yield _channel(client, channel, settings, where=where, part=f"{one.audience} ")
    if has_bot and policy and policy.restricted_channel:
        where = "[channels] restricted in the policy"
        yield _channel(
            client, policy.restricted_channel, settings, where=where, part="restricted ", is_private=True
        )
    if has_bot and import_channel:
        yield _channel(
            client,
            import_channel,
            settings,
            where="channel in the file EMERITUS_IMPORTS names",
            part="import ",
        )


def _scopes(headers: Mapping[str, Any], needed: Mapping[str, str]) -> Finding:
    granted = next((str(value) for name, value in headers.items() if name.lower() == "x-oauth-scopes"), "")
    missing = sorted(set(needed) - {scope.strip() for scope in granted.split(",")})
    if not missing:
        return Finding(what="scopes", ok=True, found=f"all {len(needed)} granted")
    wanted = "; ".join(f"{scope} ({needed[scope]})" for scope in missing)
    return Finding(what="scopes", ok=False, found=f"missing {wanted}", fix=REINSTALL)


def _app_token(settings: Settings) -> Finding:
    client = web_client(settings.app_token, settings.slack_api_url, logger=unheard())
    try:
        client.apps_connections_open(app_token=settings.app_token)
    except FAILURES as error:
        return _failed("app token", error, settings, token=NEW_APP, scope=NEW_APP)
    return Finding(what="app token", ok=True, found="a Socket Mode connection can be opened")


def _channel(
    client: WebClient, name: str, settings: Settings, *, where: str, part: str = "", is_private: bool = False
) -> Finding:
    """Is a channel there, and Emeritus in it? `where` it is named; `is_private`: whether it has to be."""
    what, no_channel = f"{part}channel {name}", NO_CHANNEL.format(where=where)
    try:
        found = channel_of(client, name)
    except FAILURES as error:
        if isinstance(error, SlackApiError) and code_of(error) == "channel_not_found":
            return Finding(what=what, ok=False, found=_why(error, settings), fix=no_channel)
        return _failed(what, error, settings, token=NEW_BOT, scope=REINSTALL)
    if found is None:
        return Finding(what=what, ok=False, found="no such channel that the bot can see", fix=no_channel)
    if not found.get("is_member"):
        return Finding(what=what, ok=False, found="the bot is not a member", fix=INVITE)
    if is_private and found.get("is_private") is not True:
        return Finding(what=what, ok=False, found="everybody may read it", fix=MAKE_PRIVATE)
    return Finding(what=what, ok=True, found="the bot is a member")


def _failed(what: str, error: Exception, settings: Settings, *, token: str, scope: str) -> Finding:
    return Finding(
        what=what, ok=False, found=_why(error, settings), fix=_cure(error, token=token, scope=scope)
    )


def _why(error: Exception, settings: Settings) -> str:
    if isinstance(error, SlackApiError):
        code = code_of(error)
        return (
            f"Slack says {code}" if code else f"the answer is none of Slack's ({error.response.status_code})"
        )
    return f"Slack does not answer at {urlsplit(settings.slack_api_url).hostname} ({reason_of(error)})"


def _cure(error: Exception, *, token: str, scope: str) -> str:
    """By kind: the network, Slack itself, the token, what the token may do."""
    if not isinstance(error, SlackApiError):
        return f"Let this machine reach it (network, proxy, firewall), or correct SLACK_API_URL, {AGAIN}"
    code = code_of(error)
    if (seconds := retry_after(error)) is not None:
        return f"Wait {seconds:.0f} seconds {AGAIN}"
    if code in TOKENS or code == "missing_scope":
        return token if code in TOKENS else scope
    if code in MAYBE or error.response.status_code >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"Slack has a fault of its own: see slack-status.com, {AGAIN}"
    if not code:
        return f"Correct SLACK_API_URL, {AGAIN}"
    return f"Look {code} up at docs.slack.dev/reference/methods"
