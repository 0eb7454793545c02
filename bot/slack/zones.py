"""On whose clock do people live, as Slack has it? Asked for the hours of messages and for mornings of the digest alike.

Nobody is asked about twice within a day. Where very many are unknown at once, they are asked about together: a page
of all members. Safe to repeat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient

from bot.slack.questions import SlackQuestions
from data.records.decision import NotDone
from data.zones import is_zone

ZONE_AGE = timedelta(days=1)
UNTOLD_AGE = timedelta(hours=1)
"""How long what Slack did not tell is left alone."""
PAGE = 200  # docs.slack.dev/reference/methods/users.list: "no more than 200 results at a time" is recommended


@dataclass(frozen=True)
class _Told:
    zone: str
    until: datetime


class SlackZones:
    def __init__(self, client: WebClient, questions: SlackQuestions) -> None:
        self._client, self._questions = client, questions
        self._told: dict[str, _Told] = {}
        self._cursor = ""

    def zone(self, slack_id: str, now: datetime) -> str | NotDone:
        """The IANA zone of this person's clock; empty where Slack tells none that is known here."""
        told = self._told.get(slack_id)
        if told is not None and told.until > now:
            return told.zone
        answer = self._questions.ask(
            "users.info", slack_id, now, lambda: self._client.users_info(user=slack_id)
        )
        if isinstance(answer, NotDone):
            return self.known(slack_id) if self._paged(slack_id, now) else answer
        if answer is None:
            # What was known before is better than what everybody has.
            self._told[slack_id] = _Told(self.known(slack_id), now + UNTOLD_AGE)
        else:
            self._told[slack_id] = _Told(_zone_of(answer.get("user")), now + ZONE_AGE)
        return self.known(slack_id)

    def known(self, slack_id: str) -> str:
        """The same without asking anybody: what Slack told last."""
        told = self._told.get(slack_id)
        return told.zone if told else ""

    def _paged(self, slack_id: str, now: datetime) -> bool:
        """Look at the next page of all members: very many are asked about at once. Whether this one is known now."""
        answer = self._questions.ask(
            "users.list", "", now, lambda: self._client.users_list(limit=PAGE, cursor=self._cursor)
        )
        if answer is None or isinstance(answer, NotDone):
            return False
        for member in answer.get("members") or ():
            self._told[str(member.get("id"))] = _Told(_zone_of(member), now + ZONE_AGE)
        self._cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        told = self._told.get(slack_id)
        return told is not None and told.until > now


def _zone_of(user: Any) -> str:
    zone = user.get("tz") if isinstance(user, dict) else None
    return zone if isinstance(zone, str) and is_zone(zone) else ""
