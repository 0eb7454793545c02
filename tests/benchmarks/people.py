"""Sixty-four people at once, as Slack lets them through: signed requests over HTTP, each with a clock beside it."""

from __future__ import annotations

import http.client
import itertools
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from bot.ids import HTTP_PATH, SLASH_COMMAND, Action
from bot.listening import LOOPBACK
from tests.benchmarks.answering import GOVERNANCE, PROPOSER, SECRET
from tests.fakes.slack.delivery import ACK_SECONDS, Envelope, sealed

AT_ONCE = 64
_NUMBERS = itertools.count(1)


class Answer(NamedTuple):
    """`status` is 0 where Slack's patience ended before any came."""

    seconds: float
    status: int


class Person:
    """One connection to a bot, kept open as long as the bot does."""

    def __init__(self, port: int, *, patience: float = ACK_SECONDS) -> None:
        self._conn = http.client.HTTPConnection(LOOPBACK, port, timeout=patience)

    def sends(self, envelope: Envelope) -> Answer:
        began = time.perf_counter()
        try:
            self._conn.request("POST", HTTP_PATH, body=envelope.body, headers=envelope.headers)
            answer = self._conn.getresponse()
            answer.read()
            status = answer.status
        except (OSError, http.client.HTTPException):
            self._conn.close()
            status = 0
        return Answer(time.perf_counter() - began, status)

    def leaves(self) -> None:
        self._conn.close()


def asking(text: str, slack: str) -> Envelope:
    """`/retire TEXT`, as Slack sends it."""
    number = next(_NUMBERS)
    fields = {
        "token": "legacy-token",
        "team_id": "T1",
        "team_domain": "example",
        "channel_id": GOVERNANCE,
        "channel_name": "model-retirements",
        "user_id": PROPOSER,
        "user_name": "tom",
        "command": SLASH_COMMAND,
        "text": text,
        "api_app_id": "A1",
        "is_enterprise_install": "false",
        "response_url": f"{slack}/commands/T1/{number}",
        "trigger_id": f"{number}.command",
    }
    return sealed("command", fields, secret=SECRET, timestamp=int(time.time()))


def voting(voter: str, digest: str, slack: str, *, trigger: str) -> Envelope:
    """A press of Approve under the card of RET-1."""
    button: dict[str, Any] = {
        "type": "button",
        "action_id": Action.VOTE_APPROVE,
        "block_id": "votes",
        "value": f"RET-1|{digest}|1",
        "action_ts": "1772438400.000200",
    }
    payload = {
        "type": "block_actions",
        "token": "legacy-token",
        "api_app_id": "A1",
        "team": {"id": "T1", "domain": "example"},
        "user": {"id": voter, "username": voter, "name": voter, "team_id": "T1"},
        "enterprise": None,
        "is_enterprise_install": False,
        "container": {"type": "message", "message_ts": "1772438400.000100", "channel_id": GOVERNANCE},
        "channel": {"id": GOVERNANCE, "name": "model-retirements"},
        "trigger_id": trigger,
        "response_url": f"{slack}/actions/T1/{trigger}",
        "actions": [button],
    }
    return sealed("interaction", payload, secret=SECRET, timestamp=int(time.time()))


def crowd(port: int, envelope: Envelope, *, goes_on: Callable[[int], bool]) -> list[Answer]:
    """All ask at once, each again as soon as they have an answer; `goes_on` is told how often somebody has."""

    def one(_: int) -> list[Answer]:
        person = Person(port, patience=60)
        answers: list[Answer] = []
        while goes_on(len(answers)):
            answers.append(person.sends(envelope))
        person.leaves()
        return answers

    with ThreadPoolExecutor(AT_ONCE) as people:
        return [answer for answers in people.map(one, range(AT_ONCE)) for answer in answers]
