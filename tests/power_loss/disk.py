"""What is on a disk while it has power, and in which order did it get there?

A disk in memory that keeps a journal of every change and every sync. Where a cut leaves it is read from the
journal afterwards (`platter.py`), so one run can be cut at each of its moments.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Wrote(NamedTuple):
    file: int
    offset: int
    data: bytes


class Resized(NamedTuple):
    """Cut to `size`, or made longer with zeros."""

    file: int
    size: int


class Synced(NamedTuple):
    file: int


class Named(NamedTuple):
    """From now on `name` is that file; None when the name was removed."""

    name: str
    file: int | None


class NamesSynced(NamedTuple):
    """The directory was synced."""


Change = Wrote | Resized | Synced | Named | NamesSynced


class Lie(StrEnum):
    """What a broken disk acknowledges without doing it; they prove that the harness finds losses."""

    NONE = "none"
    SYNC = "sync"
    NAMES = "names"


class Disk:
    """Files by name. `journal` grows with every change; its length is the disk's clock."""

    def __init__(self, files: Mapping[str, bytes], *, lie: Lie = Lie.NONE) -> None:
        self.journal: list[Change] = []
        self._lie = lie
        self._contents = {file: bytearray(content) for file, content in enumerate(files.values())}
        self._names = {name: file for file, name in enumerate(files)}

    @property
    def clock(self) -> int:
        return len(self.journal)

    def file(self, name: str) -> int | None:
        return self._names.get(name)

    def create(self, name: str) -> int:
        file = len(self._contents)
        self._contents[file] = bytearray()
        self._names[name] = file
        self.journal.append(Named(name, file))
        return file

    def remove(self, name: str) -> None:
        del self._names[name]
        self.journal.append(Named(name, None))

    def size(self, file: int) -> int:
        return len(self._contents[file])

    def read(self, file: int, amount: int, offset: int) -> bytes:
        return bytes(self._contents[file][offset : offset + amount])

    def write(self, file: int, offset: int, data: bytes) -> None:
        content = self._contents[file]
        if len(content) < offset:
            content.extend(bytes(offset - len(content)))
        content[offset : offset + len(data)] = data
        self.journal.append(Wrote(file, offset, data))

    def resize(self, file: int, size: int) -> None:
        content = self._contents[file]
        del content[size:]
        content.extend(bytes(size - len(content)))
        self.journal.append(Resized(file, size))

    def sync(self, file: int) -> None:
        if self._lie is not Lie.SYNC:
            self.journal.append(Synced(file))

    def sync_names(self) -> None:
        if self._lie is Lie.NONE:
            self.journal.append(NamesSynced())
