"""What a failed call to Slack means for a message: not now, not ever, or nobody knows.

`Dead` only where no person can make it work; what an invitation, a scope or a new token would cure is held up and
tried again. Codes: docs.slack.dev/reference/methods/chat.postMessage, chat.update, conversations.open.
"""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable
from datetime import datetime
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError

from data.records.decision import Dead, HeldUp, NotDone, Result, Unknown

FAILURES = (SlackClientError, OSError, http.client.HTTPException)
"""Everything a call may raise that is not a bug of ours."""

RETRY_SECONDS = 5.0
PERSON_SECONDS = 600.0  # how often to look whether somebody has cured it
RATE_LIMIT_SECONDS = 60.0  # when a 429 does not say
MAYBE = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
TOO_FAST = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
PEOPLE = {
    "user_disabled": "their account is deactivated: name another owner in the catalog and import it",
    "user_not_found": "no such person in this workspace: correct the Slack id in the catalog and import it",
    "user_not_visible": "the bot cannot see this person: name somebody of this workspace in the catalog",
    "cannot_dm_bot": "this is a bot: name a person in the catalog",
}
GONE = {
    "message_not_found": "the message was deleted",
    "thread_not_found": "the card was deleted",
    "cannot_reply_to_message": "the card was deleted",
    "cant_update_message": "another app wrote this message",
    "edit_window_closed": "the workspace no longer lets it be edited",
}
BUGS = frozenset(
    {
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
    }
)
OF_CHANNELS = {
    "not_in_channel": "invite the bot: type /invite @Emeritus there",
    "channel_not_found": "the channel is unknown to the bot: invite it, or correct [channels] in the policy",
    "is_archived": "unarchive the channel, or name another in [channels] of the policy",
    "restricted_action": "let the app post there: see the channel's posting permissions",
    "restricted_action_read_only_channel": "let the app post there: see the channel's posting permissions",
}
OF_EMERITUS = {
    "not_enabled": "turn the Home Tab on in App Home of the app, or install manifest.yml again",
    "messages_tab_disabled": "turn the Messages Tab on in App Home of the app",
    "missing_scope": "reinstall the app with the scopes of manifest.yml; emeritus doctor lists them",
    "account_inactive": "the bot's token is dead: reinstall the app and set SLACK_BOT_TOKEN",
    "invalid_auth": "the bot's token is refused: set SLACK_BOT_TOKEN",
    "not_authed": "the bot has no token: set SLACK_BOT_TOKEN",
    "token_expired": "the bot's token has expired: reinstall the app and set SLACK_BOT_TOKEN",
    "token_revoked": "the bot's token was revoked: reinstall the app and set SLACK_BOT_TOKEN",
}

Later = Callable[[float], datetime]


def code_of(error: SlackApiError) -> str:
    """Slack's word for it; empty when the answer was none of Slack's."""
    data = error.response.data
    word = data.get("error", "") if isinstance(data, dict) else ""
    return word if isinstance(word, str) and " " not in word else ""


def reason_of(error: Exception) -> str:
    """The system's word for why nobody answered, or the kind of error."""
    reason = error.reason if isinstance(error, URLError) else error
    return getattr(reason, "strerror", None) or type(reason).__name__


def word_of(error: Exception) -> str:
    """In a word, why a call failed: Slack's, or the system's."""
    if isinstance(error, SlackApiError):
        return code_of(error) or "it has no answer"
    return reason_of(error)


def retry_after(error: Exception) -> float | None:
    """Seconds Slack asks us to stay away, or None when that is not what it says."""
    if not isinstance(error, SlackApiError):
        return None
    if error.response.status_code != http.HTTPStatus.TOO_MANY_REQUESTS and code_of(error) not in TOO_FAST:
        return None
    headers = {name.lower(): value for name, value in error.response.headers.items()}
    said = str(headers.get("retry-after", ""))
    return float(said) if said.isdigit() else RATE_LIMIT_SECONDS


NO_FILES = {
    "unknown_method": "this Slack takes no files",
    "missing_scope": "the app lacks the scope files:write; reinstall it with the scopes of manifest.yml",
    "file_uploads_disabled": "the workspace takes no files",
    "file_upload_size_restricted": "the workspace takes no file of this size",
    "storage_limit_reached": "the workspace has no room for more files",
}


def no_files(error: SlackApiError) -> str:
    """Why a file is refused for good, whoever asks how often; empty where it is something else that failed."""
    code = code_of(error)
    others = OF_CHANNELS.keys() | GONE.keys() | PEOPLE.keys() | OF_EMERITUS.keys()
    if _is_theirs(error) or retry_after(error) is not None or code in others - {"missing_scope"}:
        return ""
    return NO_FILES.get(code, f"Slack refuses it, {code}")


def result_of(error: Exception, *, to: str, later: Later) -> Result:
    """What the failed call means. `to`: the channel or person; `later`: an instant in so many seconds."""
    if isinstance(error, SlackApiError):
        return _refusal(error, to=to, later=later)
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ConnectionRefusedError | socket.gaierror):
        return NotDone(retry_at=later(RETRY_SECONDS), why=f"Slack cannot be reached: {reason}")
    return Unknown(retry_at=later(1), why=f"No answer from Slack: {type(error).__name__} {error}".rstrip())


def outcome_of(error: Exception) -> str:
    """One word for how a call failed, as it is counted."""
    if isinstance(error, SlackApiError):
        if retry_after(error) is not None:
            return "rate_limited"
        return "unknown" if _is_theirs(error) else "refused"
    reason = error.reason if isinstance(error, URLError) else error
    return "unreachable" if isinstance(reason, ConnectionRefusedError | socket.gaierror) else "unknown"


def _is_theirs(error: SlackApiError) -> bool:
    """Something broke at Slack, so the answer says nothing of what was asked."""
    code = code_of(error)
    return error.response.status_code >= http.HTTPStatus.INTERNAL_SERVER_ERROR or code in MAYBE or not code


def is_final(error: SlackApiError) -> bool:
    """Does Slack say no, rather than that something broke?"""
    return not _is_theirs(error)


def _refusal(error: SlackApiError, *, to: str, later: Later) -> Result:
    code, status = code_of(error), error.response.status_code
    seconds = retry_after(error)
    if seconds is not None:
        return NotDone(retry_at=later(seconds), why=f"Slack asks us to slow down for {seconds:.0f} s")
    if _is_theirs(error):
        return Unknown(retry_at=later(1), why=f"Slack answered {status} {code}".rstrip())
    cure = PEOPLE.get(code) or GONE.get(code)
    if code == "channel_not_found" and to[:1] in ("U", "W"):
        cure = PEOPLE["user_not_found"]
    if cure:
        return Dead(why=f"{to} {code}: {cure}")
    if code in BUGS:
        details = "; ".join(map(str, (error.response.get("response_metadata") or {}).get("messages", [])))
        return Dead(why=f"{to} {code}: Slack refuses what we built, please report this. {details}".rstrip())
    cure = OF_EMERITUS.get(code) or OF_CHANNELS.get(
        code, "look the code up in Slack's reference of the method"
    )
    if to[:1] in ("U", "W") and code not in OF_EMERITUS:
        cure = f"they take no message of the app; name another owner in the catalog, or {cure}"
    held_up = HeldUp.EMERITUS if code in OF_EMERITUS else HeldUp.PLACE
    return NotDone(retry_at=later(PERSON_SECONDS), why=f"{to} {code}: {cure}", held_up=held_up)
