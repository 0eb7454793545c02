"""Would it work? Everything Emeritus needs is looked at, and for what is missing it says how to get it.

Nothing is changed and nobody is told anything.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.channels import channel_of
from bot.manifest import SCOPES
from bot.settings import Settings, read
from bot.wiring import open_catalog, open_store, slack_client
from data.catalog import Catalog
from data.errors import EmeritusError, Invalid
from data.policy import read_policy
from data.records.base import Record
from data.records.policy import Policy, Role


class Finding(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One line: what was looked at, what was found, and when it is bad what to do."""

    what: str
    ok: bool
    found: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{'ok ' if self.ok else 'BAD'} {self.what}: {self.found}" + (
            f". {self.fix}" if self.fix else ""
        )


def examine(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Every finding, as soon as it is known. One that fails keeps no other from being looked at."""
    try:
        settings, has_tokens = read(environ, slack="serve"), True
        yield Finding(what="settings", ok=True, found="complete")
    except Invalid as wrong:
        has_tokens = False
        for problem in wrong.problems:
            yield Finding(what="settings", ok=False, found=str(problem))
        try:
            settings = read(environ)
        except Invalid:
            return
    policy: Policy | None = None
    try:
        policy = read_policy(settings.policy)
        yield Finding(what="policy", ok=True, found=f"{policy.name}, {policy.digest[:19]}")
    except Invalid as wrong:
        yield Finding(what="policy", ok=False, found=str(wrong), fix="See emeritus policy check FILE")
    yield from _store(settings, policy)
    yield _archive(settings)
    if has_tokens:
        yield from _slack(settings, policy)


def _store(settings: Settings, policy: Policy | None) -> Iterator[Finding]:
    if not settings.store.exists():
        yield Finding(what="store", ok=True, found=f"{settings.store} does not exist yet and will be made")
        fix = "Run emeritus import backstage PATH"
        yield Finding(what="catalog", ok=False, found="nothing was imported", fix=fix)
        return
    try:
        store = open_store(settings, read_only=True)
        try:
            checked = store.verify()
            held = f"{checked.entries} entries of {checked.streams} streams hold"
            fix = "Keep the file as it is, and bring back a copy from before" if checked.bad else ""
            yield Finding(what="store", ok=not checked.bad, found=checked.bad or held, fix=fix)
            yield from _catalog(open_catalog(store), policy)
        finally:
            store.close()
    except EmeritusError as error:
        yield Finding(what="store", ok=False, found=str(error))


def _catalog(catalog: Catalog, policy: Policy | None) -> Iterator[Finding]:
    models = len(catalog.models())
    fix = "" if models else "Run emeritus import backstage PATH"
    yield Finding(what="catalog", ok=bool(models), found=f"{models} models", fix=fix)
    for role in policy.roles if policy else ():
        yield _role(catalog, role)


def _role(catalog: Catalog, role: Role) -> Finding:
    """Can this role be filled? "model.owner" differs by model and is looked at when somebody proposes."""
    people, troubles = set(role.people), []
    for group in role.groups:
        if group == "model.owner":
            continue
        try:
            members = catalog.members(group)
        except EmeritusError as error:
            troubles.append(str(error))
            continue
        people.update(members)
        if not members:
            troubles.append(f'nobody of "{group}" has a Slack id in the catalog')
    is_by_model = "model.owner" in role.groups
    enough = is_by_model or len(people) >= role.approvals
    found = (
        "whoever owns the model" if is_by_model else f"{len(people)} people for {role.approvals} approvals"
    )
    fix = "" if enough and not troubles else "Correct the group in the policy, or the people in the catalog"
    return Finding(
        what=f"role {role.name}", ok=enough and not troubles, found="; ".join([found, *troubles]), fix=fix
    )


def _archive(settings: Settings) -> Finding:
    place = settings.archive.resolve()
    existing = next(parent for parent in (place, *place.parents) if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            return Finding(what="archive", ok=True, found=f"{settings.archive} can be written")
    except OSError as error:
        why = f"{existing} cannot be written ({error.strerror})"
        fix = "Give Emeritus the right to write there, or another directory in EMERITUS_ARCHIVE"
        return Finding(what="archive", ok=False, found=why, fix=fix)


def _slack(settings: Settings, policy: Policy | None) -> Iterator[Finding]:
    client = slack_client(settings)
    try:
        who = client.auth_test()
    except (SlackApiError, OSError) as error:
        fix = "Copy the Bot User OAuth Token of the app again (OAuth & Permissions)"
        yield Finding(what="bot token", ok=False, found=_why(error), fix=fix)
        return
    yield Finding(what="bot token", ok=True, found=f"{who.get('user')} in {who.get('team')}")
    yield _scopes(who.headers)
    if not settings.http:
        yield _app_token(settings)
    if policy:
        yield _channel(client, policy.governance_channel)


def _scopes(headers: Mapping[str, Any]) -> Finding:
    granted = next((str(value) for name, value in headers.items() if name.lower() == "x-oauth-scopes"), "")
    missing = sorted(set(SCOPES) - {scope.strip() for scope in granted.split(",")})
    if not missing:
        return Finding(what="scopes", ok=True, found=f"all {len(SCOPES)} granted")
    wanted = "; ".join(f"{scope} (to {SCOPES[scope]})" for scope in missing)
    fix = "Put the output of emeritus manifest into the app's manifest and install the app again"
    return Finding(what="scopes", ok=False, found=f"missing {wanted}", fix=fix)


def _app_token(settings: Settings) -> Finding:
    client = WebClient(
        token=settings.app_token, base_url=settings.slack_api_url, retry_handlers=[], timeout=10
    )
    try:
        client.apps_connections_open(app_token=settings.app_token)
        return Finding(what="app token", ok=True, found="a Socket Mode connection can be opened")
    except (SlackApiError, OSError) as error:
        fix = "Make an app-level token with connections:write, and turn Socket Mode on"
        return Finding(what="app token", ok=False, found=_why(error), fix=fix)


def _channel(client: WebClient, name: str) -> Finding:
    """Is the governance channel there, and Emeritus in it?"""
    what = f"channel {name}"
    try:
        found = channel_of(client, name)
    except (SlackApiError, OSError) as error:
        fix = "Check [channels] governance in the policy"
        return Finding(what=what, ok=False, found=_why(error), fix=fix)
    invite = "Invite the bot there: /invite @Emeritus"
    if found is None:
        return Finding(what=what, ok=False, found="no such channel that the bot can see", fix=invite)
    if not found.get("is_member"):
        return Finding(what=what, ok=False, found="the bot is not a member", fix=invite)
    return Finding(what=what, ok=True, found="the bot is a member")


def _why(error: SlackApiError | OSError) -> str:
    if isinstance(error, SlackApiError):
        return f"Slack says {error.response.get('error')}"
    return "Slack does not answer"


def report(environ: Mapping[str, str], say: Callable[[Finding], None]) -> bool:
    """Say every finding; whether all is well."""
    well = True
    for finding in examine(environ):
        say(finding)
        well = well and finding.ok
    return well
