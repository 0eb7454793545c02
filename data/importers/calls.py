"""Calls that were seen, from access logs: who called which endpoint, from which day to which, how often a day.

An endpoint is one the catalog declares (call_targets.py), and so is a caller, by id or alias. A caller nobody
declares becomes an unknown consumer (data/catalog/callers.py): whoever depends on a model is never left out because no
catalog knows them. Every request counts, whatever its answer. Logs are partial by nature: what one of them does not
tell any more is neither gone nor unseen. How much is told by others, too; who, only by logs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from data.catalog.called import is_shared
from data.catalog.callers import unknown
from data.credentials import is_credential
from data.errors import Invalid, Problem
from data.importers.call_fields import Call, FieldNames
from data.importers.call_files import Log, logs_of, told_in
from data.importers.call_names import Caller, hides, kept, names
from data.importers.call_targets import Meant, Targets
from data.importers.draft import Draft
from data.importers.known import Known
from data.importers.refs import Found
from data.importers.report import Reading
from data.records.catalog import Entity, Group, Person, Sighting

UNKNOWN_MAX = 1_000
OTHERS = f"callers beyond {UNKNOWN_MAX:,} names"
"""Whoever makes up a name with every call fills no catalog."""
EARLIEST = "1995-01-01"
"""Before there was any log of a web server: a clock that was not set, and days no average may be taken over."""
FIELDS_SHOWN = 8
TARGETS_MAX, TARGETS_SHOWN, LINES_SHOWN = 1_000, 10, 5
CUT_OFF = "no line break ends it, so it may be cut off; it counts once one does"
NOT_CALLED = "no endpoint is called so: give the one that is meant an alias"
CREDENTIAL = (
    "say who calls by what looks like a credential, which is not kept: the next field that names somebody counts. Have "
    "the log leave it out"
)
UNNAMED = (
    "no field that we know says who calls. If one of these does, name it: {fields}; as --field client={first}"
)
SIZE = 65_536


class Logged(NamedTuple):
    """Calls of one caller on one day that somebody has counted already, and where."""

    call: Call
    calls: int
    where: str
    log: Log


@dataclass(slots=True)
class _Seen:
    first: str
    last: str
    calls: int
    where: str
    path: Path


class _Book:
    """What all logs tell together. `latest`: no call lies after this day."""

    def __init__(self, entities: Sequence[Entity], latest: str) -> None:
        self.latest = latest
        self.lines = 0
        self.days: set[str] = set()
        self.seen: dict[tuple[str, str], _Seen] = {}
        self.unknown: dict[str, str] = {}
        self.notes: dict[str, tuple[str, str]] = {}
        self.credentials = 0
        self.nameless = 0
        self.unread: dict[str, None] = {}
        self.bent: Counter[tuple[str, str]] = Counter()
        self.unmatched: Counter[tuple[str, str]] = Counter()
        # A name that was shared in Slack first does not come to mean who calls by it, nor what is called.
        callers = [one for one in entities if not is_shared(one)]
        self._known = Known(callers)
        self._of_csv = frozenset(one.id for one in callers if one.id.startswith("csv:"))
        # Logs say the same thing again and again, and of what they say there is no end.
        self._declared_targets = Targets(callers)
        self._shared_targets = Targets(one for one in entities if is_shared(one))
        self._target = lru_cache(maxsize=SIZE)(self._meant)
        self._caller = lru_cache(maxsize=SIZE)(self._who)

    def add(self, call: Call, calls: int, where: str, path: Path) -> None:
        self.days.add(call.day)
        target = self._target(call.targets)
        if target is None or not target.ids:
            missed = (_address(call.targets[0]), target.note if target is not None else NOT_CALLED)
            if len(self.unmatched) >= TARGETS_MAX and missed not in self.unmatched:
                missed = ("others", NOT_CALLED)
            self.unmatched[missed] += calls
            return
        bent = (_address(call.targets[0]), target.note)
        if target.note and (len(self.bent) < TARGETS_MAX or bent in self.bent):
            self.bent[bent] += calls
        caller_id, hides_credential = self._caller(call.caller)
        self.credentials += calls if hides_credential else 0
        if call.unread:
            self.nameless += calls
            self.unread |= dict.fromkeys(call.unread[: FIELDS_SHOWN - len(self.unread)])
        for called_id in target.ids:
            self._see((caller_id, called_id), call.day, calls, where, path)

    def _see(self, ends: tuple[str, str], day: str, calls: int, where: str, path: Path) -> None:
        before = self.seen.get(ends)
        if before is None:
            self.seen[ends] = _Seen(day, day, calls, where, path)
            return
        before.calls += calls
        before.first = min(before.first, day)
        if day >= before.last:
            before.last, before.where, before.path = day, where, path

    def _meant(self, targets: tuple[str, ...]) -> Meant | None:
        return self._declared_targets.find(targets) or self._shared_targets.find(targets)

    def _who(self, caller: Caller) -> tuple[str, bool]:
        """The id of what the catalog declares by one of its names, or of an unknown consumer; whether a credential of
        it is not kept."""
        if declared := self._declared(caller):
            return declared, caller.had_credential
        return self._unknown(kept(caller)), caller.had_credential or hides(caller)

    def _declared(self, caller: Caller) -> str:
        for name in names(caller):
            if (thing_id := f"csv:{name.casefold()}") in self._of_csv:
                return thing_id
            found = self._known.find(name, is_by_name=False)
            if isinstance(found, Found):
                if found.note:
                    self._note(name, found.note)
                return found.id
            if found is not None:
                self._note(name, found.why)
        return ""

    def _unknown(self, name: str) -> str:
        caller_id = unknown(name, "").id
        if caller_id not in self.unknown and len(self.unknown) >= UNKNOWN_MAX:
            name, caller_id = OTHERS, unknown(OTHERS, "").id
        if caller_id not in self.unknown and (alike := self._known.find(name)) is not None:
            ids = (alike.id,) if isinstance(alike, Found) else alike.tried
            note = f'called like {" and ".join(ids)}; if it is the same, give that the alias "{name}"'
            self._note(name, note)
        self.unknown.setdefault(caller_id, name)
        return caller_id

    def _note(self, name: str, note: str) -> None:
        """Once, however it is spelt: a name of twenty letters has a million spellings."""
        self.notes.setdefault(name.strip().casefold(), (name, note))


def read_calls(
    paths: Sequence[Path],
    *,
    known: Iterable[Entity | Group | Person],
    now: datetime,
    fields: FieldNames | None = None,
    logged: Iterable[Logged] = (),
) -> Reading:
    """Read logs, and directories with some, as one source.

    known    all that is declared, by whomever
    fields   what the fields of these logs are called, where that is not known
    logged   what was counted already
    Raises `Invalid` for a file in which nothing can be read, or that is cut off; then nothing counts as read.
    """
    entities = [one for one in known if isinstance(one, Entity) and not one.seen_as]
    book = _Book(entities, f"{now.date() + timedelta(days=1)}")
    draft = Draft(Known())
    names_of_fields = fields or FieldNames()
    logs = {log.path: log for log in logs_of(paths)}
    for log in logs.values():
        _read(log, names_of_fields, book, draft)
    if logs and not book.lines:
        accepted = "holds no whole line; one that no line break ends may be cut off"
        raise Invalid([Problem(field=log.shown, value="", accepted=accepted) for log in logs.values()])
    for one in logged:
        if one.log.path not in logs:
            logs[one.log.path] = one.log
            draft.read()
        draft.document(f"calls:{one.log.path}", one.log.path)
        book.add(one.call, one.calls, one.where, one.log.path)
    _tell(book, draft)
    # What one log does not tell is told by another one: nothing becomes unseen by an import of calls.
    return draft.reading(tuple(logs.values()), [])


def _read(log: Log, names_of_fields: FieldNames, book: _Book, draft: Draft) -> None:
    """Raises `Invalid` where nothing in it can be read."""
    lost: list[int] = []
    lost_count = read = 0
    for told in told_in(log, names_of_fields):
        is_possible = told.call is None or EARLIEST <= told.call.day <= book.latest
        if told.is_cut and (read or told.is_read):
            draft.note(f"{log.shown}:{told.number}", "last line", CUT_OFF)
        elif not told.is_read or not is_possible:
            lost_count += 1
            lost += [told.number] if len(lost) < LINES_SHOWN else []
        else:
            read += 1
            if told.call is not None:
                book.add(told.call, 1, f"{log.shown}:{told.number}", log.path)
    if lost and not read:
        accepted = "in no line is an access log that can be read, with a time and an address"
        raise Invalid([Problem(field=f"{log.shown}:{lost[0]}", value="", accepted=accepted)])
    book.lines += read
    draft.read()
    # A log of which nothing is kept tells that nothing was called, and is no empty catalog.
    draft.document(f"calls:{log.path}", log.path)
    if lost:
        shown = ", ".join(map(str, lost)) + (", ..." if lost_count > len(lost) else "")
        note = f"cannot be read, and tell of no call here: {shown}"
        draft.note(f"{log.shown}:{lost[0]}", f"{lost_count:,} of {lost_count + read:,} lines", note)


def _tell(book: _Book, draft: Draft) -> None:
    """What was seen, who was, and what was called that nobody declares."""
    days = _days(book.days)
    for (from_id, to_id), seen in book.seen.items():
        if (name := book.unknown.get(from_id)) is not None:
            draft.declare(unknown(name, seen.where), seen.path)
        sighting = Sighting(
            from_id=from_id,
            to_id=to_id,
            seen_in=seen.where,
            first_seen=seen.first,
            last_seen=seen.last,
            calls_per_day=round(seen.calls / days, 3),
        )
        draft.seen(sighting, what=f"{from_id} -> {to_id}")
    if book.credentials:
        draft.note("caller", f"{book.credentials:,} call{'' if book.credentials == 1 else 's'}", CREDENTIAL)
    if book.nameless:
        note = UNNAMED.format(fields=", ".join(book.unread), first=next(iter(book.unread)))
        draft.note("caller", f"{book.nameless:,} call{'' if book.nameless == 1 else 's'}", note)
    for name, note in book.notes.values():
        draft.note("caller", f'"{name}"', note)
    for (called, note), calls in book.bent.items():
        draft.note("calls", f"of {called} ({calls:,})", note)
    for (target, why), calls in book.unmatched.most_common(TARGETS_SHOWN):
        draft.skip_edge("calls", f"of {target} ({calls:,})", why)
    others = book.unmatched.most_common()[TARGETS_SHOWN:]
    if others:
        calls = sum(count for _, count in others)
        draft.skip_edge("calls", f"of {len(others):,} more ({calls:,})", NOT_CALLED)


@lru_cache(maxsize=SIZE)
def _address(target: str) -> str:
    return "an address with a credential in it" if is_credential(target) else target


def _days(days: set[str]) -> int:
    """How many the logs cover, from the first to the last."""
    if not days:
        return 1
    return (date.fromisoformat(max(days)) - date.fromisoformat(min(days))).days + 1
