"""Which names may stand in a bag? Those that mean the same file on every system that may one day restore it.

A bag outlives the machine that wrote it, so a name that Windows reserves, one with a sign it reserves, or one that
differs from another only in case is refused while its owner can still rename it, and not found out about in a
restore years later (RFC 8493 section 6 advises the same). Rejected: encoding such names, since what is restored
would be called otherwise than what the model loads. Only line feed and carriage return are let through: the RFC
says how a manifest writes them down, but on Windows such a file has to be restored by hand.

A percent sign is refused, too. RFC 8493 section 2.1.3 has a manifest write it %25, and bagit-python, with which
auditors validate, does not read that back: there is no line that both take. (Of bags that have one, it is still read.)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from data.errors import Invalid, Problem

NAME_BYTES_MAX = 255  # of one component: ext4, xfs, APFS, NTFS
SHOWN_MAX = 120
PATH_BYTES_MAX = 900  # an S3 key ends at 1,024 bytes; prefix, bag id and data/ come before this path

# learn.microsoft.com/windows/win32/fileio/naming-a-file
_DEVICE = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_RENAME = "rename the file, or copy the S3 object under another key"
_RESERVED = '< > : " | ? *'
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
BREAKS_MAX = 2
"""Of each kind in a name: bagit-python 1.9 hands `re.sub` its flag for the count, and reads no third one back."""
_DRIVE = re.compile(r"^[A-Za-z]:")


def require_safe(paths: Iterable[str]) -> None:
    """Refuse all hostile names at once, so that nobody has to rename them one by one."""
    paths = list(paths)
    problems = [_problem(path, accepted) for path in paths for accepted in _faults(path)]
    problems += _collisions(paths)
    if problems:
        raise Invalid(problems)


def stays_inside(path: str) -> bool:
    """Does joining this path to a folder end below that folder, whatever lies there?"""
    return not path.startswith("/") and not _DRIVE.match(path) and not {"", ".", ".."} & set(path.split("/"))


def could_be_ours(path: str) -> bool:
    """Is this a place in a bag that we could have written to? What others list is looked for on no disk.

    path   from the top of the bag, as in a manifest
    """
    is_short = len(path.encode()) <= len("data/") + PATH_BYTES_MAX and all(
        len(part.encode()) <= NAME_BYTES_MAX for part in path.split("/")
    )
    return stays_inside(path) and is_short and "\0" not in path


def _faults(path: str) -> Iterator[str]:
    parts = path.split("/")
    if not stays_inside(path):
        yield 'must be relative and have no empty, "." or ".." part'
    if any(0xD800 <= ord(char) <= 0xDFFF for char in path):
        yield "must be UTF-8; rename the file"
        return
    if len(path.encode()) > PATH_BYTES_MAX or any(len(part.encode()) > NAME_BYTES_MAX for part in parts):
        yield f"must have at most {NAME_BYTES_MAX} bytes per part and {PATH_BYTES_MAX} in all"
    if stays_inside(path) and set(_RESERVED.split()) & set(path):
        yield f"must have none of {_RESERVED}, which Windows reserves; {_RENAME}"
    if "%" in path:
        yield f"must have no %, which validators of archives read in two ways; {_RENAME}"
    if max(path.count("\n"), path.count("\r")) > BREAKS_MAX:
        yield f"must have at most {BREAKS_MAX} line breaks of a kind, as validators of archives read no more; {_RENAME}"
    if "\\" in path or any(_is_control(char) for char in path):
        yield "must have no backslash and no control character"
    if _TURNING & set(path):
        yield f"must have no sign that turns the direction of what follows: it reads as another name; {_RENAME}"
    if any(_DEVICE.match(part) or part.endswith((" ", ".")) for part in parts if part not in (".", "..")):
        yield "must not be a name Windows reserves, nor end in a dot or a space"


def _is_control(char: str) -> bool:
    """Line feed and carriage return are spared: RFC 8493 section 2.1.3 says how to write them down.

    Other separators of lines have no such rule, and readers differ about whether a manifest line ends there.
    """
    return char not in "\r\n" and unicodedata.category(char) in ("Cc", "Zl", "Zp")


def _collisions(paths: list[str]) -> Iterator[Problem]:
    """Two files, a file and a folder, or two spellings of one folder, that some file system holds for one."""
    spelled: dict[str, str] = {}
    folders = {
        "/".join(parts[:end]): None
        for path in paths
        if (parts := path.split("/"))
        for end in range(1, len(parts))
    }
    for name in [*folders, *paths]:
        if (twin := spelled.get(_folded(name))) is not None:
            yield _problem(name, f"and {_shown(twin)} are one name where case does not count; rename one")
        spelled[_folded(name)] = name


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def _problem(path: str, accepted: str) -> Problem:
    return Problem(field="artifact path", value=_shown(path), accepted=accepted)


def _shown(path: str) -> str:
    """Quoted with escapes: a hostile name may hold what would otherwise rewrite the message or a terminal."""
    return repr(path if len(path) <= SHOWN_MAX else f"{path[:SHOWN_MAX]}...")
