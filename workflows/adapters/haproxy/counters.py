"""What an HAProxy counted since the last look, from its stick table: by caller, arm and how long it took. Pure.

A table holds so many callers, and one of whom nothing was heard for so long is forgotten: where the bot looked too
late, what is in between is unknown.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from urllib.parse import unquote

from data.records.traffic import SLOWER_THAN, Arm
from workflows.adapters.caller_names import ANONYMOUS, caller_of
from workflows.adapters.engines.counts import REFUSED, Note, Seen, Span, Tally, minute_of
from workflows.adapters.haproxy.admin import Process, Table

CALLERS, KEPT_DAYS = 100_000, 20
KEY_BYTES = 300
"""A hundred characters, each of three signs where they are encoded."""
CALLS, ERRORS, TIMEOUTS, SLOWER = 0, 1, 2, 3
EACH = SLOWER + len(SLOWER_THAN)
FIRST = {Arm.OLD: 0, Arm.NEW: EACH}
REFUSED_AT = 2 * EACH
COUNTERS = REFUSED_AT + 1
REQUESTS = "http_req_cnt"
"""Whoever called, also who went away before there was an answer."""


def seen_in(table: Table, process: Process, last: Note, now: datetime) -> Seen:
    is_same = last.more.get("process") == process.name
    before = last.more["rows"] if is_same else {}
    is_whole = last.at is None or (is_same and now - last.at < timedelta(days=KEPT_DAYS))
    span = Span(minute_of(last.at if last.at and is_same else process.started).begins, minute_of(now).ends)
    calls: Counter[tuple[Span, str]] = Counter()
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    rows = {key: _row(found) for key, found in table.rows.items()}
    for key, row in rows.items():
        new = _since(row, before.get(key, []))
        caller = caller_of(unquote(key)) or ANONYMOUS
        if new[-1]:
            calls[span, caller] += new[-1]
        if new[REFUSED_AT]:
            tallies[REFUSED, caller].calls += new[REFUSED_AT]
        for arm, first in FIRST.items():
            if any(new[first : first + EACH]):
                tallies[arm, caller].add(_tally(new[first : first + EACH]))
    return Seen(
        started=process.started,
        more={"process": process.name, "rows": rows},
        calls=calls,
        tallies=tallies,
        is_whole=is_whole and len(rows) < table.size,
    )


def _row(found: dict[str, int]) -> list[int]:
    """Its counters, and last how often it called."""
    return [found.get(f"gpc{number}", 0) for number in range(COUNTERS)] + [found.get(REQUESTS, 0)]


def _since(row: list[int], before: list[int]) -> list[int]:
    """One that was forgotten meanwhile, and began anew, has fewer calls than before."""
    if not before or row[-1] < before[-1]:
        return row
    return [max(0, one - other) for one, other in zip(row, before, strict=True)]


def _tally(counted: list[int]) -> Tally:
    slower = {bound: n for bound, n in zip(SLOWER_THAN, counted[SLOWER:], strict=True) if n}
    return Tally(calls=counted[CALLS], errors=counted[ERRORS], timeouts=counted[TIMEOUTS], slower=slower)
