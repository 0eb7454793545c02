"""How does SQLite get to a disk that is not there? A VFS of apsw's: each call of SQLite's goes to a `Disk`.

It promises what SQLite's own VFS for Unix promises, and syncs the directory exactly where that one does.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import cast

import apsw

from tests.power_loss.disk import Disk

_numbers = itertools.count()

# os_unix.c (findCreateFileMode, unixOpen): the first sync of these, once created, also syncs the directory.
_SYNCS_NAMES = apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL


class _Vfs(apsw.VFS):
    def __init__(self, name: str, disk: Disk, rng: Random, scratch: Path) -> None:
        self._disk, self._rng, self._scratch = disk, rng, scratch
        # SQLite takes its randomness from the default VFS: seeded, a run writes the same bytes again.
        super().__init__(name, base="unix", makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        if name is None:
            # A temporary file: nobody looks for it after a cut.
            return _served(_File(Disk({"": b""}), 0, flags))
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        file = self._disk.file(path)
        is_new = file is None
        if file is None:
            if not flags[0] & apsw.SQLITE_OPEN_CREATE:
                raise apsw.CantOpenError(path)
            file = self._disk.create(path)
        if flags[0] & apsw.SQLITE_OPEN_MAIN_DB:
            return _Record(self._disk, file, flags, str(self._scratch / path))
        return _served(_File(self._disk, file, flags, syncs_names=is_new and bool(flags[0] & _SYNCS_NAMES)))

    def xDelete(self, filename: str, syncdir: bool) -> None:
        if self._disk.file(filename) is None:
            raise apsw.exception_for(apsw.SQLITE_IOERR_DELETE_NOENT)
        self._disk.remove(filename)
        if syncdir:
            self._disk.sync_names()

    def xAccess(self, pathname: str, flags: int) -> bool:
        return self._disk.file(pathname) is not None

    def xFullPathname(self, name: str) -> str:
        return name

    def xRandomness(self, numbytes: int) -> bytes:
        return self._rng.randbytes(numbytes)


class _File:
    def __init__(self, disk: Disk, file: int, flags: list[int], *, syncs_names: bool = False) -> None:
        flags[1] = flags[0]
        self._disk, self._file, self._syncs_names = disk, file, syncs_names

    def xRead(self, amount: int, offset: int) -> bytes:
        return self._disk.read(self._file, amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.write(self._file, offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:
        self._disk.resize(self._file, newsize)

    def xSync(self, flags: int) -> None:
        self._disk.sync(self._file)
        if self._syncs_names:
            self._disk.sync_names()
            self._syncs_names = False

    def xFileSize(self) -> int:
        return self._disk.size(self._file)

    def xSectorSize(self) -> int:
        return 4096  # os_unix.c, SQLITE_DEFAULT_SECTOR_SIZE

    def xDeviceCharacteristics(self) -> int:
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE  # os_unix.c, without which the log would be padded

    def xFileControl(self, op: int, ptr: int) -> bool:
        return False

    def xLock(self, level: int) -> None:
        """Only the record itself is locked."""

    def xUnlock(self, level: int) -> None:
        """Likewise."""

    def xCheckReservedLock(self) -> bool:
        return False

    def xClose(self) -> None:
        """The disk keeps everything."""


class _Record(_File, apsw.VFSFile):
    """An empty real file stands behind the record: its locks and its shared memory are SQLite's own."""

    def __init__(self, disk: Disk, file: int, flags: list[int], real: str) -> None:
        apsw.VFSFile.__init__(self, "unix", real, flags)
        _File.__init__(self, disk, file, flags)

    def xLock(self, level: int) -> None:
        apsw.VFSFile.xLock(self, level)

    def xUnlock(self, level: int) -> None:
        apsw.VFSFile.xUnlock(self, level)

    def xCheckReservedLock(self) -> bool:
        return apsw.VFSFile.xCheckReservedLock(self)

    def xClose(self) -> None:
        apsw.VFSFile.xClose(self)


def _served(file: _File) -> apsw.VFSFile:
    """apsw takes any object with the methods of a file, though its types do not say so."""
    return cast("apsw.VFSFile", file)


@contextmanager
def mounted(disk: Disk, rng: Random, scratch: Path) -> Iterator[str]:
    """The name of a VFS on that disk. Real files in `scratch` carry locks and shared memory, no data."""
    name = f"disk-{next(_numbers)}"
    vfs = _Vfs(name, disk, rng, scratch)
    apsw.randomness(0)  # start over from `rng`
    try:
        yield name
    finally:
        vfs.unregister()
