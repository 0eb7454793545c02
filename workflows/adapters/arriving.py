"""What is brought back from an archive is at its place either whole and checked, or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.archive.bag import sync_folders
from data.errors import Refused, Unavailable


@contextmanager
def arriving(target: Path) -> Iterator[Path]:
    """A path beside `target` to write to; what is there in the end becomes `target`. Nothing stays after an error."""
    if target.is_symlink() or target.exists():
        raise Refused(
            f"Cannot fetch an archive to {target}",
            reasons=["something is there"],
            next_step="Name a folder that does not exist yet",
        )
    partial = target.with_name(f".{target.name}.partial")
    try:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(partial, ignore_errors=True)
            yield partial
            partial.rename(target)
            sync_folders(target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise Unavailable(
            f"Cannot fetch an archive to {target}: {error.strerror or error}. Make room there, or name another folder"
        ) from error
