"""Slack's Home tab, outbound: one view for one person, guarded by what it shows. docs.slack.dev, views.publish."""

from __future__ import annotations

from collections.abc import Callable

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.slack.errors import code_of
from bot.views.asked.home import drawn
from data.errors import Stale
from data.records.decision import Dead, Done, NotDone, Result, Unknown
from workflows.effects.home import DIGEST, HASH
from workflows.home import Home

METHOD = "views.publish"

Call = Callable[[str, Callable[[], SlackResponse]], SlackResponse | NotDone | Unknown | Dead]


class _Nobody(Exception):
    """Slack shows nobody of this id anything: a deactivated person, or one of another workspace."""


def published(client: WebClient, home: Home, seen: str, *, call: Call) -> Result:
    """Make somebody's Home look so. Safe to repeat. Raises `Stale` where it is not `seen` that is there.

    call   makes a call of Slack's as the messenger does: within its limits, its failures told as results
    """
    view, digest = drawn(home)

    def publish() -> SlackResponse:
        try:
            return client.views_publish(user_id=home.person_id, view=view, hash=seen or None)
        except SlackApiError as error:
            if code_of(error) == "hash_conflict":
                raise Stale("Their Home shows something else by now") from error
            if _is_of_nobody(error):
                raise _Nobody from error
            raise

    try:
        outcome = call(METHOD, publish)
    except _Nobody:
        return Done()
    if not isinstance(outcome, SlackResponse):
        return outcome
    return Done(found={HASH: str(outcome["view"]["hash"]), DIGEST: digest})


def _is_of_nobody(error: SlackApiError) -> bool:
    """Slack has one word for whatever is wrong with the arguments, and says which it is beside it."""
    said = (error.response.get("response_metadata") or {}).get("messages") or ()
    return code_of(error) == "user_not_found" or (
        code_of(error) == "invalid_arguments" and any("user_id" in str(one) for one in said)
    )
