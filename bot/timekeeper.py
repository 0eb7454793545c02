"""When may somebody be written to? Slack says on whose clock they live and when they rest; the catalog, the rest.

Implements Timekeeper (workflows/ports.py). Nobody is asked about twice within a day, nor about their rest within ten
minutes. Where very many are unknown at once, they are asked about together: a page of all members, fifty at rest.
What Slack does not tell leaves what everybody has: the policy's zone, and no rest. A message never waits for that.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from msgspec.structs import replace
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack import Pace
from bot.slack_errors import FAILURES, is_final, retry_after
from data.catalog import Catalog
from data.public_holidays import public_holidays
from data.records.decision import NotDone
from data.records.hours import Hours, Windows
from data.zones import is_zone
from workflows.rules.windows import next_window

ZONE_AGE = timedelta(days=1)
REST_AGE = timedelta(minutes=10)
UNTOLD_AGE = timedelta(hours=1)
"""How long what Slack did not tell is left alone."""
AT_ONCE_MAX = 50  # docs.slack.dev/reference/methods/dnd.teamInfo: "for up to 50 users"
PAGE = 200  # docs.slack.dev/reference/methods/users.list: "no more than 200 results at a time" is recommended
TURN_SECONDS = 3.0  # of a method of tier 2: twenty a minute
AGAIN_SECONDS = 15.0
TRIES_MAX = 3
"""A call nobody answers is tried so often before it counts as one that Slack does not answer."""

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class _Told:
    zone: str
    until: datetime


@dataclass(frozen=True)
class _Rest:
    spans: tuple[Span, ...]
    until: datetime


class SlackTimekeeper:
    """`pace`: seconds of the calendar that pass per real second."""

    def __init__(
        self, client: WebClient, rates: Pace, catalog: Catalog, windows: Windows, *, pace: float = 1.0
    ) -> None:
        self._client, self._rates, self._catalog, self.windows = client, rates, catalog, windows
        self._pace = pace
        self._zones: dict[str, _Told] = {}
        self._rests: dict[str, _Rest] = {}
        self._unrested: dict[str, None] = {}
        self._cursor = ""
        self._failed: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def hours_of(self, slack_id: str, now: datetime) -> Hours | NotDone:
        """What is known of a person's working hours, asking anew for what is too old. Safe to repeat."""
        waits = self._ask_zone(slack_id, now)
        if waits is not None:
            return waits
        hours = self.known(slack_id, now)
        # Whoever would not be written to now need not be asked about: it is looked at again when they would.
        if not self.windows.do_not_disturb or next_window(now, replace(hours, quiet=()), since=now) > now:
            return hours
        return self._ask_rest(slack_id, now) or self.known(slack_id, now)

    def known(self, slack_id: str, now: datetime, *, zone: str = "") -> Hours:
        """The same without asking anybody. `zone`: on whose clock they were written to before."""
        there = self._catalog.snapshot()
        listed, person = there.person_by_slack(slack_id, listed=True), there.person_by_slack(slack_id)
        known = [one for one in dict.fromkeys((listed, person)) if one is not None]
        told, rest = self._zones.get(slack_id), self._rests.get(slack_id)
        by_catalog = person.zone if person and person.zone != "UTC" else ""
        country = next((one.country for one in known if one.country), self.windows.country)
        return Hours(
            windows=self.windows,
            zone=(told.zone if told else "") or zone or by_catalog or self.windows.default_zone,
            holidays=public_holidays(country, range(now.year - 1, now.year + 2)),
            quiet=rest.spans if rest else (),
            away=tuple(
                (date.fromisoformat(one.away_from), date.fromisoformat(one.away_until))
                for one in known
                if one.away_from
            ),
        )

    def _ask_zone(self, slack_id: str, now: datetime) -> NotDone | None:
        told = self._zones.get(slack_id)
        if told is not None and told.until > now:
            return None
        answer = self._call("users.info", slack_id, now, lambda: self._client.users_info(user=slack_id))
        if isinstance(answer, NotDone):
            return None if self._paged(slack_id, now) else answer
        if answer is None:
            # What was known before is better than what everybody has.
            self._zones[slack_id] = _Told(told.zone if told else "", now + UNTOLD_AGE)
        else:
            self._zones[slack_id] = _Told(_zone_of(answer.get("user")), now + ZONE_AGE)
        return None

    def _paged(self, slack_id: str, now: datetime) -> bool:
        """Look at the next page of all members: very many are asked about at once. Whether this one is known now."""
        answer = self._call(
            "users.list", "", now, lambda: self._client.users_list(limit=PAGE, cursor=self._cursor)
        )
        if answer is None or isinstance(answer, NotDone):
            return False
        for member in answer.get("members") or ():
            self._zones[str(member.get("id"))] = _Told(_zone_of(member), now + ZONE_AGE)
        self._cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        told = self._zones.get(slack_id)
        return told is not None and told.until > now

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
            return replace(answer, retry_at=answer.retry_at + self._seconds(turns * TURN_SECONDS))
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
            answer = self._call("dnd.info", one, now, lambda: self._client.dnd_info(user=one))
            return answer if answer is None or isinstance(answer, NotDone) else {one: answer}
        answer = self._call("dnd.teamInfo", "", now, lambda: self._client.dnd_teamInfo(users=asked))
        return answer if answer is None or isinstance(answer, NotDone) else answer.get("users") or {}

    def _call(
        self, method: str, about: str, now: datetime, call: Callable[[], Any]
    ) -> Mapping[str, Any] | NotDone | None:
        """What Slack answers; None where it does not tell, `NotDone` where it may a little later."""
        if seconds := self._rates.wait(method):
            return self._later(now, seconds)
        try:
            answer: Mapping[str, Any] = call().data
        except FAILURES as error:
            if (asked_away := retry_after(error)) is not None:
                self._rates.close(method, "", asked_away)
                return self._later(now, asked_away)
            self._failed[method, about] += 1
            is_over = isinstance(error, SlackApiError) and is_final(error)
            if is_over or self._failed[method, about] >= TRIES_MAX:
                del self._failed[method, about]
                return None
            return self._later(now, AGAIN_SECONDS)
        self._failed.pop((method, about), None)
        return answer

    def _later(self, now: datetime, seconds: float) -> NotDone:
        why = "Slack is asked about their working hours"
        return NotDone(retry_at=now + self._seconds(seconds), why=why, is_kept=True)

    def _seconds(self, wall_seconds: float) -> timedelta:
        return timedelta(seconds=wall_seconds * self._pace)


def _zone_of(user: Any) -> str:
    """Empty where Slack tells none that we know."""
    zone = user.get("tz") if isinstance(user, dict) else None
    return zone if isinstance(zone, str) and is_zone(zone) else ""


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
