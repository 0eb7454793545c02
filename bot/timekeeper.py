"""When may somebody be written to? Slack says on whose clock they live and when they rest; the catalog, the rest.

Implements Timekeeper (workflows/ports.py). Nobody is asked about their rest twice within ten minutes; where very many
are unknown at once, they are asked about together, fifty at a time.
What Slack does not tell leaves what everybody has: the policy's zone, and no rest. A message never waits for that.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace
from slack_sdk import WebClient

from bot.catalog_hours import hours_by_catalog
from bot.slack.questions import SlackQuestions
from bot.slack.zones import UNTOLD_AGE, SlackZones
from data.catalog.catalog import Catalog
from data.records.decision import NotDone
from data.records.hours import Hours, Windows
from workflows.rules.people.windows import next_window

REST_AGE = timedelta(minutes=10)
AT_ONCE_MAX = 50  # docs.slack.dev/reference/methods/dnd.teamInfo: "for up to 50 users"
TURN_SECONDS = 3.0  # of a method of tier 2: twenty a minute

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class _Rest:
    spans: tuple[Span, ...]
    until: datetime


class SlackTimekeeper:
    def __init__(
        self,
        client: WebClient,
        questions: SlackQuestions,
        zones: SlackZones,
        catalog: Catalog,
        windows: Windows,
    ) -> None:
        self._client, self._questions, self._zones = client, questions, zones
        self._catalog, self.windows = catalog, windows
        self._rests: dict[str, _Rest] = {}
        self._unrested: dict[str, None] = {}
        self._lock = threading.Lock()

    def hours_of(self, slack_id: str, now: datetime, *, is_ahead: bool = False) -> Hours | NotDone:
        """What is known of a person's working hours, asking anew for what is too old. Safe to repeat."""
        zone = self._zones.zone(slack_id, now)
        if isinstance(zone, NotDone):
            return zone
        hours = self.known(slack_id, now)
        # Whoever would not be written to now need not be asked about: it is looked at again when they would.
        is_free = is_ahead or next_window(now, replace(hours, quiet=()), since=now) <= now
        if not self.windows.do_not_disturb or not is_free:
            return hours
        return self._ask_rest(slack_id, now) or self.known(slack_id, now)

    def known(self, slack_id: str, now: datetime, *, zone: str = "") -> Hours:
        """The same without asking anybody. `zone`: on whose clock they were written to before."""
        rest = self._rests.get(slack_id)
        by_slack = self._zones.known(slack_id) or zone
        hours = hours_by_catalog(self._catalog.snapshot(), self.windows, slack_id, now, zone=by_slack)
        return replace(hours, quiet=rest.spans if rest else ())

    def _ask_rest(self, slack_id: str, now: datetime) -> NotDone | None:
        """Slack is asked for all that wait to be asked about, this one among them."""
        rest = self._rests.get(slack_id)
        if rest is not None and rest.until > now:
            return None
        with self._lock:
            self._unrested.setdefault(slack_id)
            waiting = list(self._unrested)
        asked = waiting[:AT_ONCE_MAX]
        if slack_id not in asked:
            asked[-1] = slack_id
        answer = self._rest_of(asked, now)
        if isinstance(answer, NotDone):
            turns = waiting.index(slack_id) // AT_ONCE_MAX
            return replace(answer, retry_at=answer.retry_at + self._questions.seconds(turns * TURN_SECONDS))
        if answer is None and len(asked) > 1:
            # One of them may be whom Slack does not show us.
            asked = [slack_id]
            answer = self._rest_of(asked, now)
            if isinstance(answer, NotDone):
                return answer
        with self._lock:
            for one in asked:
                self._unrested.pop(one, None)
        for one in asked:
            spans = _spans((answer or {}).get(one))
            self._rests[one] = _Rest(spans, now + (REST_AGE if answer is not None else UNTOLD_AGE))
        return None

    def _rest_of(self, asked: list[str], now: datetime) -> Mapping[str, Any] | NotDone | None:
        """Person -> what Slack says of their rest; None where it does not say."""
        if len(asked) == 1:
            one = asked[0]
            answer = self._questions.ask("dnd.info", one, now, lambda: self._client.dnd_info(user=one))
            return answer if answer is None or isinstance(answer, NotDone) else {one: answer}
        answer = self._questions.ask("dnd.teamInfo", "", now, lambda: self._client.dnd_teamInfo(users=asked))
        return answer if answer is None or isinstance(answer, NotDone) else answer.get("users") or {}


def _spans(said: Any) -> tuple[Span, ...]:
    """Slack tells of the rest they are in, or else of the next one; and of a pause they are in, where it does."""
    if not isinstance(said, dict):
        return ()
    found = []
    if said.get("dnd_enabled"):
        found.append((said.get("next_dnd_start_ts"), said.get("next_dnd_end_ts")))
    if said.get("snooze_enabled"):
        found.append((0, said.get("snooze_endtime")))
    return tuple(
        (datetime.fromtimestamp(begins, UTC), datetime.fromtimestamp(ends, UTC))
        for begins, ends in found
        if isinstance(begins, int) and isinstance(ends, int) and begins < ends
    )
