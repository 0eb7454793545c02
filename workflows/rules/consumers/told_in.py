"""Of which callers does only one file tell? Whoever makes up many in a log has them vouched for in one act, too.

A caller of which others tell as well was seen by them: somebody has to say of it alone what it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from data.errors import NotFound, Refused
from data.records.callers import Caller, Calls
from data.records.retirement import Retirement
from data.records.waivers import TRAFFIC
from workflows.rules.consumers.callers import ASKED_IN, open_ones
from workflows.rules.consumers.vouching import vouched
from workflows.rules.wording import one_of

FILE = "file:"
"""Before the name of a file, which anybody may have called as something else is called."""


class Told(NamedTuple):
    """Callers that nobody claims: `only` this file tells of, `done` of these was vouched for.

    left   of these whoever told of the file tells, and others as well
    """

    file: str
    only: tuple[Caller, ...] = ()
    done: tuple[Caller, ...] = ()
    left: tuple[Caller, ...] = ()

    @property
    def name(self) -> str:
        return _name(self.file)


def by_file(state: Retirement, now: Iterable[Calls] = ()) -> dict[str, Told]:
    """By the latest calls of each, as they were seen when it was asked about, or are `now`: a source that tells

    of them in one file after the other is still one.
    """
    if state.state not in ASKED_IN:
        return {}
    latest = {calls.consumer_id: calls for calls in now}
    settled = vouched(state)
    found: dict[str, Told] = {}
    sources: dict[str, str] = {}
    several: list[tuple[Caller, Calls]] = []
    for one in open_ones(state):
        calls = latest.get(one.consumer.consumer_id, one.calls)
        if one.team_id or calls is None or not calls.seen_in:
            continue
        is_done = one.consumer.consumer_id in settled
        if len(calls.sources) != 1:
            several += [] if is_done else [(one, calls)]
            continue
        for file in {_file(seen.seen_in): seen for seen in (one.calls, calls) if seen and seen.seen_in}:
            sources[file] = calls.sources[0]
            told = found.get(file, Told(file))
            found[file] = (
                told._replace(done=(*told.done, one)) if is_done else told._replace(only=(*told.only, one))
            )
    return {
        file: told._replace(left=tuple(one for one, calls in several if sources[file] in calls.sources))
        for file, told in found.items()
    }


def meant(state: Retirement, what: str, now: Iterable[Calls] = ()) -> Told | None:
    """The file with this name, or whole place; None where something else has that name, or no file does.

    Said to be a file, it is one, whatever else is called so. Raises `Refused` where several have the name, and
    `NotFound` for a file that nothing else can be meant by.
    """
    is_file = what.startswith(FILE)
    wanted, is_named = what.removeprefix(FILE), what == TRAFFIC or _is_named(state, what)
    if is_named and not is_file:
        return None
    files = by_file(state, now)
    fits = [wanted] if wanted in files else sorted(file for file in files if _name(file) == wanted)
    if len(fits) > 1:
        raise Refused(
            f'{len(fits)} files that told of callers are called "{wanted}"',
            next_step=f"Say which in full: {one_of([FILE + one for one in fits])}",
        )
    if is_file and not fits and not is_named:
        there = tuple(FILE + _called(one, files) for one in sorted(files))[:5]
        raise NotFound(f"file that told of callers of {state.id}", wanted, closest=there)
    return files[fits[0]] if fits else None


def offered(told: Told, files: Iterable[str]) -> str:
    """What to type for this one of these files, so that nothing else is meant."""
    return FILE + _called(told.file, files)


def _called(file: str, files: Iterable[str]) -> str:
    """The name, where no other has it."""
    return _name(file) if sum(_name(one) == _name(file) for one in files) == 1 else file


def _file(place: str) -> str:
    """Without the line."""
    file, _, line = place.rpartition(":")
    return file if line.isdecimal() else place


def _name(file: str) -> str:
    return file.rpartition("/")[2]


def _is_named(state: Retirement, what: str) -> bool:
    """Whether a consumer, a caller or an endpoint has this name or id."""
    consumers = [one.consumer for one in state.obligations] + [one.consumer for one in open_ones(state)]
    endpoints = state.plan.subject.endpoints if state.plan is not None else ()
    return any(what in (one.consumer_id, one.name) for one in consumers) or any(
        what in (one.id, one.name) for one in endpoints
    )
