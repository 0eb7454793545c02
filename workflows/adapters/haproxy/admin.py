"""What does an HAProxy say on its socket, and what is it told there? Telling twice is safe."""

from __future__ import annotations

import csv
import re
import socket
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from data.errors import Unavailable

TIMEOUT_SECONDS = 2.0
PAYLOAD_BYTES_MAX = 8_000
"""Of one command: HAProxy takes 16 kB, its tune.bufsize."""
_VERSION = re.compile(r"New version created: (\d+)")
_TABLE = re.compile(r"# table: \S+, type: \w+, size:(\d+), used:(\d+)")
_ROW = re.compile(r"0x[0-9a-f]+: key=(\S*) (.*)")
_FIELD = re.compile(r"(\w+)(?:\(\d+\))?=(\d+)")


class Process(NamedTuple):
    """`name` is another one after each start."""

    name: str
    started: datetime


class Table(NamedTuple):
    """`rows`: key -> counter -> how many."""

    size: int
    rows: dict[str, dict[str, int]]


class Admin:
    """`path`: of its stats socket, with level admin."""

    def __init__(self, path: str) -> None:
        self.path = path

    def process(self) -> Process:
        said = dict(line.split(": ", 1) for line in self._said("show info").splitlines() if ": " in line)
        try:
            started = int(said["Start_time_sec"])
            return Process(f"{said['Pid']}.{started}", datetime.fromtimestamp(started, UTC))
        except (KeyError, ValueError) as error:
            raise Unavailable(f"Who answers at {self.path} is no HAProxy, or one before 2.5") from error

    def entries(self, file: str) -> dict[str, str] | None:
        """Of the map with this file, as it goes by them; None where it has no such map."""
        said = self._said(f"show map {file}")
        if said.startswith("Unknown map"):
            return None
        rows = (line.split(" ", 2) for line in said.splitlines() if line.startswith("0x"))
        return {row[1]: row[2] if len(row) > 2 else "" for row in rows}

    def replace(self, file: str, entries: Mapping[str, str]) -> None:
        """All of them in one step. What a killed bot left half done is never in effect."""
        found = _VERSION.search(self._said(f"prepare map {file}"))
        if found is None:
            raise Unavailable(f"The HAProxy at {self.path} has no map {file}")
        version = found[1]
        for payload in _payloads(entries):
            self._done(f"add map @{version} {file} <<\n{payload}\n")
        self._done(f"commit map @{version} {file}")

    def table(self, name: str) -> Table:
        said = self._said(f"show table {name}")
        head = _TABLE.match(said)
        if head is None:
            raise Unavailable(f"The HAProxy at {self.path} has no table {name}: {said.strip()[:80]}")
        rows = filter(None, map(_ROW.match, said.splitlines()))
        counters = {row[1]: {name: int(count) for name, count in _FIELD.findall(row[2])} for row in rows}
        return Table(int(head[1]), counters)

    def under_way(self, backends: Collection[str]) -> int:
        """Calls that these were given and have not answered yet."""
        rows = csv.DictReader(self._said("show stat").removeprefix("# ").splitlines())
        mine = (row for row in rows if row.get("pxname") in backends and row.get("svname") == "BACKEND")
        return sum(int(row.get("scur") or 0) for row in mine)

    def _done(self, command: str) -> None:
        if said := self._said(command).strip():
            raise Unavailable(f"The HAProxy at {self.path} does not take what it is told: {said[:200]}")

    def _said(self, command: str) -> str:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(TIMEOUT_SECONDS)
                line.connect(self.path)
                line.sendall(f"{command}\n".encode())
                parts = []
                while part := line.recv(65_536):
                    parts.append(part)
        except OSError as error:
            raise Unavailable(f"The HAProxy at {self.path} does not answer ({error}); asked again") from error
        return b"".join(parts).decode(errors="replace")


def _payloads(entries: Mapping[str, str]) -> Iterator[str]:
    lines: list[str] = []
    for key, value in entries.items():
        line = f"{key} {value}\n"
        if sum(map(len, lines)) + len(line) > PAYLOAD_BYTES_MAX:
            yield "".join(lines)
            lines = []
        lines.append(line)
    yield "".join(lines)
