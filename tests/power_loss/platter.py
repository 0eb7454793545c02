"""What may be left of a disk when the power goes?

Everything synced, and of the rest any subset: each sector, each file's length and each name is as it was at any
moment since its last sync, independently of all others. So writes tear, overtake each other and get lost. Only a cut
to a shorter length happens as a whole.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import TypeVar

from tests.power_loss.disk import Change, Named, NamesSynced, Resized, Synced, Wrote

V = TypeVar("V")

SECTOR = 512
"""What is tracked; sectors of 4096 bytes are eight that share their fate."""
BEFORE = -1
"""As of the last sync."""

Survival = Callable[[object, Sequence[int]], int]
"""Given a file (or the directory) and when something of it changed: as of when it is found."""


class _File:
    def __init__(self, content: bytes = b"") -> None:
        self._durable = bytes(content)
        self._now = bytearray(content)
        # Since the last sync: how long it was, to what it was cut, what each sector held; all as (when, what).
        self.sizes: list[tuple[int, int]] = []
        self._cuts: list[tuple[int, int]] = []
        self.sectors: dict[int, list[tuple[int, bytes]]] = {}

    def write(self, at: int, offset: int, data: bytes) -> None:
        end = offset + len(data)
        if end > len(self._now):
            self._now.extend(bytes(end - len(self._now)))
            self.sizes.append((at, end))
        self._now[offset:end] = data
        for number in range(offset // SECTOR, (end - 1) // SECTOR + 1):
            held = bytes(self._now[number * SECTOR : (number + 1) * SECTOR]).ljust(SECTOR, b"\0")
            self.sectors.setdefault(number, []).append((at, held))

    def resize(self, at: int, size: int) -> None:
        if size < len(self._now):
            self._cuts.append((at, size))
        del self._now[size:]
        self._now.extend(bytes(size - len(self._now)))
        self.sizes.append((at, size))

    def sync(self) -> None:
        self._durable = bytes(self._now)
        self.sizes.clear()
        self._cuts.clear()
        self.sectors.clear()

    def left(self, survives: Survival, sector_bytes: int, junk: Callable[[int], bytes]) -> bytes:
        sized_at = survives(self, [at for at, _ in self.sizes])
        size = _as_of(self.sizes, sized_at, len(self._durable))
        found = bytearray(-(-size // SECTOR) * SECTOR)
        kept = min([len(found), len(self._durable), *(to for at, to in self._cuts if at <= sized_at)])
        found[:kept] = self._durable[:kept]
        together: dict[int, dict[int, list[tuple[int, bytes]]]] = {}
        for number in sorted(self.sectors):
            if number * SECTOR < size:
                held, is_new = self._held(number, sized_at)
                together.setdefault(number * SECTOR // sector_bytes, {})[number] = held
                if is_new:
                    # A block that a file was given but that was never written holds whatever was there.
                    found[number * SECTOR : (number + 1) * SECTOR] = junk(SECTOR)
        for group in together.values():
            moment = survives(self, sorted({at for held in group.values() for at, _ in held}))
            for number, held in group.items():
                before = bytes(found[number * SECTOR : (number + 1) * SECTOR])
                found[number * SECTOR : (number + 1) * SECTOR] = _as_of(held, moment, before)
        return bytes(found[:size])

    def _held(self, number: int, sized_at: int) -> tuple[list[tuple[int, bytes]], bool]:
        """What the sector may hold, given when the length is from; and whether its block is a new one.

        A cut gives blocks away at once: before it the old ones are there, after it others, never some of each.
        """
        cuts = [at for at, size in self._cuts if size < (number + 1) * SECTOR]
        first = max((at for at in cuts if at <= sized_at), default=BEFORE)
        last = min((at for at in cuts if at > sized_at), default=None)
        held = [(at, what) for at, what in self.sectors[number] if at > first and (last is None or at < last)]
        return held, first != BEFORE or number * SECTOR >= len(self._durable)


class Platter:
    """A disk as its journal is played: what is durable by now, and what may or may not be."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = {file: _File(data) for file, data in enumerate(files.values())}
        self._names: dict[str, int | None] = {name: file for file, name in enumerate(files)}
        self._renamed: dict[str, list[tuple[int, int | None]]] = {}
        self.clock = 0

    def play(self, change: Change) -> None:
        match change:
            case Wrote(file, offset, data):
                self._files[file].write(self.clock, offset, data)
            case Resized(file, size):
                self._files[file].resize(self.clock, size)
            case Synced(file):
                self._files[file].sync()
            case Named(name, new):
                if new is not None:
                    self._files[new] = _File()
                self._renamed.setdefault(name, []).append((self.clock, new))
            case NamesSynced():
                self._names.update({name: held[-1][1] for name, held in self._renamed.items()})
                self._renamed.clear()
        self.clock += 1

    def unsynced(self) -> list[int]:
        """When anything changed that a cut now could take back."""
        times = {at for held in self._renamed.values() for at, _ in held}
        for file in self._files.values():
            times.update(at for at, _ in file.sizes)
            times.update(at for held in file.sectors.values() for at, _ in held)
        return sorted(times)

    def left(self, survives: Survival, sector_bytes: int, junk: Callable[[int], bytes]) -> dict[str, bytes]:
        """The files as they are found when the power is back."""
        names = dict(self._names)
        for name, held in self._renamed.items():
            moment = survives(self, [at for at, _ in held])
            names[name] = _as_of(held, moment, self._names.get(name))
        return {
            name: self._files[file].left(survives, sector_bytes, junk)
            for name, file in names.items()
            if file is not None
        }


def drawn(platter: Platter, rng: Random) -> tuple[dict[str, bytes], str]:
    """One image of those a cut now could leave, and how it was drawn."""
    unsynced = platter.unsynced() or [BEFORE]
    moment = rng.choice(unsynced)
    fate = rng.choice(["none", "all", "earlier", "later", "whole files", "some", "some", "some"])
    survives = _FATES[fate](rng, moment)
    if rng.random() < 0.5:
        survives = _with_names(survives, platter)
    sector_bytes = rng.choice([512, 4096])
    junk = rng.randbytes if rng.random() < 0.3 else bytes
    return platter.left(survives, sector_bytes, junk), f"{fate}, sectors of {sector_bytes}"


def _as_of(held: Sequence[tuple[int, V]], moment: int, before: V) -> V:
    count = bisect_right([at for at, _ in held], moment)
    return held[count - 1][1] if count else before


def _none(rng: Random, moment: int) -> Survival:
    return lambda _, times: BEFORE


def _all(rng: Random, moment: int) -> Survival:
    return lambda _, times: times[-1] if times else BEFORE


def _earlier(rng: Random, moment: int) -> Survival:
    return lambda _, times: moment


def _later(rng: Random, moment: int) -> Survival:
    return lambda _, times: times[-1] if times and times[-1] >= moment else BEFORE


def _whole_files(rng: Random, moment: int) -> Survival:
    kept: dict[int, bool] = {}
    return lambda file, times: (
        times[-1] if times and kept.setdefault(id(file), rng.random() < 0.5) else BEFORE
    )


def _some(rng: Random, moment: int) -> Survival:
    share = rng.choice([0.1, 0.5, 0.9])
    return lambda _, times: rng.choice(times) if times and rng.random() < share else BEFORE


def _with_names(survives: Survival, platter: Platter) -> Survival:
    """Journalling file systems write names early: all of them survive, and the rest as it comes."""
    return lambda of, times: (times[-1] if times else BEFORE) if of is platter else survives(of, times)


_FATES: dict[str, Callable[[Random, int], Survival]] = {
    "none": _none,
    "all": _all,
    "earlier": _earlier,
    "later": _later,
    "whole files": _whole_files,
    "some": _some,
}
