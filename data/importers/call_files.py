"""Access logs as they lie on disk, packed or not, of any size: call by call, never a whole file in memory.

What a file is, its content says: lines in any of the formats of call_lines.py, which may be mixed, or one document
of JSON with a list of events, as CloudTrail writes them. A line that cannot be read is told, not passed over.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, NamedTuple

import ijson

from data.errors import Invalid, Problem
from data.importers import cloudtrail
from data.importers.call_fields import Call, FieldNames
from data.importers.call_lines import fields_in, fields_of, object_of
from data.importers.sources import paths_under

LINE_MAX = 1 << 18
"""Bytes; an event of CloudTrail has at most as many."""
DEEP_MAX, PARTS_MAX = 64, 1 << 17
"""How deep an event may be nested, and of how many parts: one has fewer parts than bytes."""
HEAD_BYTES = 1 << 16
GZIP = b"\x1f\x8b"
# There is one way only to read a name: with several for each sign, one that is no log is tried in all of them.
_LOG = re.compile(r".*\.log([-.]?\w)*|.*\.(json|jsonl|ndjson)(\.gz)?", re.IGNORECASE)
_MEANT = "*.log, *.json, *.jsonl or *.ndjson, packed or rotated"


class Told(NamedTuple):
    """One line or event by its number: a call, or none. `is_read`: it could be read, and tells of something else.

    is_cut  whether it may be the beginning of one: a name in it may be that of another caller
    """

    number: int
    call: Call | None
    is_read: bool
    is_cut: bool = False


@dataclass(slots=True, frozen=True)
class Log:
    """`shown` is the path as the person gave it; `name` the same on every machine."""

    shown: str
    name: str
    path: Path
    digest: str
    credentials: int = 0  # it is asked for none: what it says of who calls is looked at name by name


def logs_of(paths: Sequence[Path]) -> tuple[Log, ...]:
    """The logs that are named, and those in directories. Raises `Invalid` with all that cannot be looked at."""
    found: dict[Path, Log] = {}
    for shown, name in _paths_of(paths):
        path = shown.resolve()
        found.setdefault(path, Log(str(shown), name, path, _digest(shown)))
    return tuple(found.values())


def openable(paths: Sequence[Path]) -> int:
    """How many logs there are. Raises `Invalid` as `logs_of`, and reads none of them."""
    found = _paths_of(paths)
    for shown, _ in found:
        try:
            shown.open("rb").close()
        except OSError as error:
            raise Invalid([_unread(shown, error)]) from error
    return len({shown.resolve() for shown, _ in found})


def _paths_of(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """Each as it is shown, and its name."""
    found: list[tuple[Path, str]] = []
    problems: list[Problem] = []
    for root in paths:
        try:
            for shown, is_walked in paths_under(root, lambda path: bool(_LOG.fullmatch(path.name)), _MEANT):
                found.append((shown, str(shown.relative_to(root)) if is_walked else shown.name))
        except Invalid as error:
            problems += error.problems
    if problems:
        raise Invalid(problems)
    return found


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Invalid([_unread(path, error)]) from error


def told_in(log: Log, names: FieldNames) -> Iterator[Told]:
    """Everything the log tells, in order. Raises `Invalid` for a file that is cut off or broken as a whole."""
    try:
        with log.path.open("rb") as raw:
            packed = raw.read(2) == GZIP
            raw.seek(0)
            if not packed:
                yield from _told(raw, log, names)
                return
            with gzip.open(raw) as file, BufferedReader(file) as unpacked:
                yield from _told(unpacked, log, names)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Invalid([_problem(log.shown, "not readable as gzip; is the file complete?")]) from error
    except OSError as error:
        raise Invalid([_unread(log.shown, error)]) from error


def _told(file: IO[bytes], log: Log, names: FieldNames) -> Iterator[Told]:
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if events := _events_in(head):
        yield from _from_document(file, log, names, events)
    else:
        yield from _from_lines(file, names)


def _events_in(head: bytes) -> str:
    """Where a document of JSON has its events; empty where the file is lines."""
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if re.match(rb"\[\s*[{\]]", begin):
        return "item"
    return "Records.item" if re.match(rb'\{\s*"Records"\s*:\s*\[', begin) else ""


def _from_document(file: IO[bytes], log: Log, names: FieldNames, events: str) -> Iterator[Told]:
    number = 0
    try:
        for number, value in enumerate(ijson.items(ijson.parse(_bounded(file, log, events)), events), 1):
            yield _from_object(number, value, names)
    except (ijson.JSONError, UnicodeDecodeError) as error:
        accepted = f"not readable as JSON after event {number}; is the file complete?"
        raise Invalid([_problem(log.shown, accepted)]) from error


def _bounded(file: IO[bytes], log: Log, events: str) -> Iterator[tuple[str, Any]]:
    """The parts of a document, as long as no event of it is without end: each level is one more name to carry."""
    depth = parts = 0
    list_depth = events.count(".") + 1
    for part, value in ijson.basic_parse(file, use_float=True):
        depth += part.startswith("start_") - part.startswith("end_")
        parts = 0 if depth <= list_depth else parts + 1
        if depth > DEEP_MAX or parts > PARTS_MAX:
            accepted = f"events of at most {DEEP_MAX} levels and {PARTS_MAX:,} parts each are read"
            raise Invalid([_problem(log.shown, accepted)])
        yield part, value


def _from_lines(file: IO[bytes], names: FieldNames) -> Iterator[Told]:
    pieces: Iterable[bytes] = iter(partial(file.readline, LINE_MAX), b"")
    number, is_rest = 1, False
    for piece in pieces:
        is_whole = piece.endswith(b"\n") or len(piece) < LINE_MAX
        if is_rest or not is_whole:
            if not is_rest:
                yield Told(number, None, is_read=False)
        elif line := piece.decode("utf-8-sig", "replace").strip():
            told = _from_line(number, line, names)
            # JSON that can be read is whole.
            is_cut = not piece.endswith(b"\n") and not (told.is_read and line.startswith("{"))
            yield told._replace(is_cut=is_cut)
        is_rest = not is_whole
        number += is_whole


def _from_line(number: int, line: str, names: FieldNames) -> Told:
    if line.startswith("{"):
        return _from_object(number, object_of(line), names)
    fields = fields_of(line)
    call = names.call(fields) if fields is not None else None
    return Told(number, call, is_read=call is not None)


def _from_object(number: int, value: Any, names: FieldNames) -> Told:
    if not isinstance(value, dict):
        return Told(number, None, is_read=False)
    if cloudtrail.is_event(value):
        is_call = cloudtrail.is_invocation(value)
        call = cloudtrail.call(value) if is_call else None
        return Told(number, call, is_read=call is not None or not is_call)
    call = names.call(fields_in(value))
    return Told(number, call, is_read=call is not None)


def _unread(shown: Path | str, error: OSError) -> Problem:
    return _problem(str(shown), f"cannot be read: {error.strerror}")


def _problem(shown: str, why: str) -> Problem:
    return Problem(field=shown, value="", accepted=why)
