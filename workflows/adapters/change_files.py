"""The directory for changes to catalogs that are files: people and pipelines take them from there. Safe to call twice.

A file is written beside its place and then put there, so that nobody ever takes half of one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from data.errors import Unavailable

DRAFT = ".draft"


def read(file: Path) -> str:
    """What the file holds; empty where it is not there. Raises `Unavailable` where it cannot be read."""
    try:
        return file.read_bytes().decode(errors="replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise _cannot("read", file, error) from error


def put(folder: Path, beginning: str, files: Mapping[str, str]) -> tuple[str, ...]:
    """Make these the files whose names begin so, and no others. Returns where they are."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            if read(folder / name) != content:
                draft = folder / f"{name}{DRAFT}"
                draft.write_bytes(content.encode())
                os.replace(draft, folder / name)  # noqa: PTH105 - the same call, and the one that is atomic by name
        for old in folder.iterdir():
            if old.name.startswith(beginning) and old.name not in files:
                old.unlink(missing_ok=True)
    except OSError as error:
        raise _cannot("write", folder, error) from error
    return tuple(str(folder.resolve() / name) for name in files)


def _cannot(what: str, place: Path, error: OSError) -> Unavailable:
    why = os.strerror(error.errno) if error.errno else type(error).__name__
    return Unavailable(f"Cannot {what} {place} ({why}). It is tried again once EMERITUS_CHANGES can be used")
