"""Where a message is, as an address a person can open. Best effort: what has none is named without a link."""

from __future__ import annotations

from collections.abc import Iterable

from slack_sdk import WebClient

from bot.slack_errors import FAILURES
from workflows.questions.answers import Answer, Entry

LINKS_MAX = 8
"""Of one answer: each is a call to Slack while somebody waits."""


def address_of(client: WebClient, channel: str, ts: str) -> str:
    """Empty where Slack does not say."""
    try:
        return str(client.chat_getPermalink(channel=channel, message_ts=ts)["permalink"])
    except FAILURES:
        return ""


def addresses(client: WebClient, answer: Answer) -> dict[str, str]:
    """Place -> address, of the messages an answer rests on; those that are told first, first."""
    places = {one.place: one for one in _entries(answer)}
    few = list(places.items())[:LINKS_MAX]
    found = {place: address_of(client, one.channel, one.ts) for place, one in few}
    return {place: url for place, url in found.items() if url}


def _entries(answer: Answer) -> Iterable[Entry]:
    return (one.entry for one in answer.points if one.entry is not None and one.entry.ts)
