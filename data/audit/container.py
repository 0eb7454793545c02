"""How do files become one file in exactly one way? A ZIP that stores them side by side, which any program opens.

Nothing is compressed, so nothing can swell; and since every byte follows from the files, a bundle is read by putting
it together once more and comparing: whatever else somebody wrote into it is seen.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO

from data.errors import Corrupt, Refused

BYTES_MAX = 256 * 2**20
FILES_MAX = 0xFFFE
"""A number of two bytes counts them, and its largest means something else: APPNOTE.TXT, section 4.4.1.4."""
NAME = re.compile(r"[A-Za-z0-9]+(?:[/.-][a-z0-9]+)*")
"""No name leads out of the directory it is unpacked in, nor means another file on another system."""

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION = 20
_MADE_ON_UNIX = 3 << 8 | _VERSION
_FIRST_DAY = 0x21  # 1980-01-01, the first one a ZIP can say
_MODE = 0o100644 << 16


def packed(files: Mapping[str, bytes]) -> bytes:
    """The files in the order of their names."""
    if len(files) > FILES_MAX or sum(map(len, files.values())) > BYTES_MAX:
        raise Refused(
            f"{len(files):,} files are more than a bundle takes",
            next_step="Copy the record: emeritus store copy",
        )
    parts: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for name, content in sorted(files.items()):
        assert NAME.fullmatch(name), name
        about = (0, 0, 0, _FIRST_DAY, zlib.crc32(content), len(content), len(content), len(name), 0)
        parts += (_LOCAL.pack(b"PK\x03\x04", _VERSION, *about), name.encode(), content)
        listed = (b"PK\x01\x02", _MADE_ON_UNIX, _VERSION, *about, 0, 0, 0, _MODE, offset)
        directory += (_CENTRAL.pack(*listed), name.encode())
        offset += _LOCAL.size + len(name) + len(content)
    listing = b"".join(directory)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(files), len(files), len(listing), offset, 0)
    return b"".join([*parts, listing, end])


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files. Raises `Corrupt` for anything that `packed` would not have made of them."""
    if len(content) > BYTES_MAX:
        raise Corrupt(f"the bundle has {len(content):,} bytes, and none has more than {BYTES_MAX:,}")
    files: dict[str, bytes] = {}
    left = len(content)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for info in archive.infolist():
                _check(info, files, left)
                files[info.filename] = _content(archive, info)
                left -= info.file_size
    except Corrupt:
        raise
    except Exception as error:
        # Anything can be read from bytes, and zipfile fails in many ways at what is none.
        raise Corrupt("the bundle is no ZIP that can be read") from error
    if packed(files) != content:
        raise Corrupt("the bundle holds more than its files: bytes beside them were changed")
    return files


def _check(info: zipfile.ZipInfo, files: Mapping[str, bytes], left: int) -> None:
    """Before anything of it is read. `left`: bytes of the bundle that no file before has, as each has its own."""
    name = ascii(info.orig_filename)
    if not NAME.fullmatch(info.orig_filename):
        raise Corrupt(f"the bundle has a file called {name[:200]}, which could lead out of it")
    if info.filename in files:
        raise Corrupt(f"{info.filename}: it is twice in the bundle")
    if (
        info.compress_type != zipfile.ZIP_STORED
        or info.file_size != info.compress_size
        or info.file_size > left
    ):
        raise Corrupt(f"{info.filename}: it is not stored as it is, and might swell")


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        return archive.read(info)
    except zipfile.BadZipFile as error:
        raise Corrupt(f"{info.filename}: it was changed") from error
