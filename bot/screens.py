"""Opening and changing modals: the one thing that cannot wait, as a trigger lives three seconds.

Never repeated: a trigger works once, and a person whose window did not open presses again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import payloads
from bot.slack.errors import FAILURES
from bot.views.consumers import obligations
from data.errors import Refused, Unavailable
from data.records.retirement import Retirement
from workflows.rules.people.delegating import NOBODY, InForce

log = logging.getLogger(__name__)

Payload = dict[str, Any]

_TOO_LATE = {"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"}
_GONE = {"not_found", "hash_conflict", "view_not_found"}


def opened(client: WebClient, body: Mapping[str, Any], view: Payload) -> None:
    """Show the modal, on top of the one that was pressed in if there is one. Slack is called at once."""
    trigger = payloads.trigger_id(body)
    view = _answerable(view, body, over={**payloads.list_shown(body), **payloads.home_shown(body)})
    try:
        if payloads.screen(body).id:
            client.views_push(trigger_id=trigger, view=view)
        else:
            client.views_open(trigger_id=trigger, view=view)
    except SlackApiError as error:
        raise _ours(error) from error
    except OSError as error:
        raise Unavailable("Slack did not answer, so the window could not open. Press again") from error


def changed(client: WebClient, body: Mapping[str, Any], view: Payload) -> None:
    """Redraw the modal that was pressed in. Nothing happens when it was closed or changed meanwhile."""
    screen = payloads.screen(body)
    try:
        client.views_update(view_id=screen.id, hash=screen.hash, view=_answerable(view, body))
    except SlackApiError as error:
        if error.response.get("error") not in _GONE:
            raise _ours(error) from error
    except OSError as error:
        raise Unavailable("Slack did not answer, so the window could not change. Choose again") from error


def redrawn(
    client: WebClient,
    reply_to: Mapping[str, str],
    retirement: Retirement | None,
    delegations: InForce = NOBODY,
) -> None:
    """Redraw the list of consumers somebody acted in, once it is decided: as it stands, also when refused.

    Whatever became of the window meanwhile, nothing depends on it, and another press draws it anew.
    """
    if retirement is None or not reply_to.get("view"):
        return
    page = payloads.number(reply_to.get("page", ""))
    shown = obligations.all_modal(
        retirement,
        reply_to.get("user", ""),
        page,
        team=reply_to.get("team", ""),
        delegations=delegations,
    )
    try:
        # Without the hash: of two presses in a row the second would find that the first has changed it.
        client.views_update(view_id=reply_to["view"], view=_answerable(shown, reply_to))
    except FAILURES as error:
        log.info("a list of consumers was not redrawn: %s", type(error).__name__)


def _answerable(view: Payload, body: Mapping[str, Any], *, over: Mapping[str, str] | None = None) -> Payload:
    """The modal, remembering where it was opened and on what: Slack does not say so when it is sent off."""
    channel = payloads.reply_to(body).get("channel", "")
    carried = {
        **json.loads(view["private_metadata"]),
        **(over or {}),
        **({"channel": channel} if channel else {}),
    }
    return {**view, "private_metadata": json.dumps(carried, separators=(",", ":"))}


def _ours(error: SlackApiError) -> Refused | Unavailable | SlackApiError:
    """The error as a person should see it; anything else is a bug of ours and stays as it is."""
    code = error.response.get("error")
    if code in _TOO_LATE:
        return Refused(
            "Slack gives a window three seconds to open, and they were over", next_step="Press again"
        )
    if code == "push_limit_reached":
        return Refused(
            "Slack shows at most three windows on top of each other", next_step="Close one, then press again"
        )
    if code in ("ratelimited", "fatal_error", "internal_error", "service_unavailable"):
        return Unavailable("Slack is too busy to open the window. Press again in a moment")
    return error
