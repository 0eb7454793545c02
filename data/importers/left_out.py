"""A directory as a source, but for some of what lies below it.

It is a path to whoever reads it, so no format has to know; what was left out is on it, for the report. What it told of
those files before is unseen then, as of files that are gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PosixPath

from msgspec.structs import replace

from data.importers.report import Note, Reading

SHOWN_MAX = 5


class Part(PosixPath):
    """A directory without what these globs match, by their name or by their path from here.

    left_out   what was, once somebody has walked it: path from here -> the glob it matched
    """

    globs: tuple[str, ...] = ()
    left_out: dict[str, str]

    def leaves_out(self, path: Path) -> bool:
        """Whether a file or folder below is none of this source; `*` stands for slashes, too."""
        shown = str(path.relative_to(self))
        for glob in self.globs:
            if fnmatchcase(path.name, glob.strip("/")) or fnmatchcase(shown, glob.strip("/")):
                self.left_out[shown] = glob
                return True
        return False


def without(path: Path, globs: Sequence[str]) -> Path:
    """What is named itself is read, whatever the globs say."""
    if not globs or not path.is_dir():
        return path
    part = Part(path)
    part.globs, part.left_out = tuple(globs), {}
    return part


def noted(reading: Reading, sources: Iterable[object]) -> Reading:
    """With what was left out of its sources, and globs that nothing matched: somebody may have misspelt one."""
    notes: list[Note] = []
    for part in (one for one in sources if isinstance(one, Part)):
        for glob in part.globs:
            found = sorted(path for path, by in part.left_out.items() if by == glob)
            more = f" and {len(found) - SHOWN_MAX:,} more" if len(found) > SHOWN_MAX else ""
            shown = f"left out: {', '.join(found[:SHOWN_MAX])}{more}" if found else "matches nothing there"
            notes.append(Note(where=str(part), what=f'excluded "{glob}"', note=shown))
    return replace(reading, notes=(*reading.notes, *notes))
