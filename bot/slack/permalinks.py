"""What an answer needs of Slack beside being posted: addresses of the messages it rests on, and a sign that it comes.

All of it is best effort: a message without an address is named without a link, and where Slack shows no status of an
agent, as it does to apps that are none, the answer comes all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.errors import FAILURES, code_of
from workflows.questions.answers import Answer, Entry
from workflows.rules.telling.messages import is_log

STATUS = "looks it up on the record"
LINKS_MAX = 8
"""Of one answer: each is a call to Slack while somebody waits."""


def is_coming(client: WebClient, channel: str, thread_ts: str) -> bool:
    """Say below a question that its answer comes: shown until that is there, for two minutes at most.

    False where this Slack knows of no agents, and so has no feedback on them either.
    """
    try:
        client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread_ts, status=STATUS)
    except FAILURES as error:
        return not (isinstance(error, SlackApiError) and code_of(error) == "unknown_method")
    return True


def address_of(client: WebClient, channel: str, ts: str) -> str:
    """Empty where Slack does not say."""
    try:
        return str(client.chat_getPermalink(channel=channel, message_ts=ts)["permalink"])
    except FAILURES:
        return ""


def log_addresses(client: WebClient, places: Mapping[str, str]) -> dict[str, str]:
    """Of the messages that hold logs of checks: key -> address.

    Slack is asked for the first in a thread only: the others there differ in nothing but their place.
    """
    found: dict[str, str] = {}
    asked: dict[str, tuple[str, str]] = {}
    for key in filter(is_log, places):
        channel, ts = places[key].split(" ")
        thread = key.partition("/")[0]
        if thread not in asked:
            asked[thread] = (ts, address_of(client, channel, ts))
        first, url = asked[thread]
        found[key] = url.replace(_place(first), _place(ts), 1) if _place(first) in url else ""
    return found


def _place(ts: str) -> str:
    """How it stands in an address: docs.slack.dev/reference/methods/chat.getPermalink."""
    return f"/p{ts.replace('.', '')}"


def addresses(client: WebClient, answer: Answer) -> dict[str, str]:
    """Place -> address, of the messages an answer rests on; those that are told first, first."""
    places = {one.place: one for one in _entries(answer)}
    few = list(places.items())[:LINKS_MAX]
    found = {place: address_of(client, one.channel, one.ts) for place, one in few}
    return {place: url for place, url in found.items() if url}


def _entries(answer: Answer) -> Iterable[Entry]:
    of_points = (one.entry for one in answer.points if one.entry is not None)
    return (one for one in (*of_points, *answer.newest) if one.ts)
