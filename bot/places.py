"""May Emeritus keep things there? Tried rather than asked, since rights, read-only mounts and length limits all count.

Each function answers why not, as a clause with what to do; empty when all is well. Nothing is left behind.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

BESIDE = ".lock"
"""The longest ending of what stands beside a SQLite file while it is used."""


def why_no_store(path: Path, *, writes: bool) -> str:
    """For a SQLite file; `writes` False: it need only be one that could be there."""
    longest = path.with_name(path.name + BESIDE) if path.name else path
    if why := _why_no_name(longest):
        return f"{why}; give another path"
    if path.is_dir():
        return "is a directory; name a file in it"
    folder = path.resolve().parent
    if not folder.is_dir():
        return "its directory does not exist; create it, or give another path"
    if writes and path.exists() and not os.access(path, os.W_OK):
        return "cannot be written; give Emeritus the right to, or give another path"
    why = _why_not_written(folder) if writes else ""
    return (
        f"its directory cannot be written ({why}); give Emeritus the right to, or another path" if why else ""
    )


def why_no_folder(path: Path, *, writes: bool) -> str:
    """For a directory that is there, or can be made where it is not."""
    if why := _why_no_name(path):
        return f"{why}; give another directory"
    place = path.resolve()
    existing = next(parent for parent in (place, *place.parents) if parent.exists())
    if not existing.is_dir():
        return f"{existing} is no directory; give another one"
    if writes and (why := _why_not_written(existing)):
        return f"{existing} cannot be written ({why}); give Emeritus the right to, or another directory"
    return ""


def why_no_program(text: str) -> str:
    """For one that can be run, by whoever runs Emeritus and nobody else's hand in it, or none."""
    path = Path(text)
    if not text:
        return ""
    if not path.is_file() or not os.access(text, os.X_OK):
        return "no program that can be run; give the path of one, or leave it out to ask for no second factor"
    folder = path.resolve().parent.stat().st_mode
    if path.stat().st_mode & stat.S_IWOTH or (folder & stat.S_IWOTH and not folder & stat.S_ISVTX):
        return "a program that everybody may write, or that lies where everybody may: chmod o-w both"
    with suppress(OSError), path.open("rb") as file:
        return _why_not_started(file.read(256))
    return ""


def _why_not_started(begins: bytes) -> str:
    """A script says by what it is run; what has other bytes than a text is a program of its own."""
    if b"\0" in begins:
        return ""
    words = begins.removeprefix(b"#!").split(b"\n")[0].split() if begins.startswith(b"#!") else []
    if not words:
        return 'a script without a first line that says by what it is run; begin it with "#!/bin/sh"'
    if not Path(os.fsdecode(words[0])).is_file():
        return "a script whose first line names a program that is not there; correct that line"
    return ""


def _why_no_name(path: Path) -> str:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except ValueError:
        return "is no path"
    except OSError as error:
        return f"is no path that could be used ({os.strerror(error.errno or errno.EIO)})"
    return ""


def _why_not_written(folder: Path) -> str:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return os.strerror(error.errno or errno.EIO)
