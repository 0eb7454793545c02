"""What `git apply` takes: the difference between two texts of one file, by lines as git sees them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

_QUOTED = re.compile(r'[\x00-\x1f"\\\x7f]')
_SHORT = {"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def diff(path: str, old: str, new: str) -> str:
    """Empty where nothing differs. `path` is the file's in its repository, with slashes."""
    if old == new:
        return ""
    before, after = _name(f"a/{path}"), _name(f"b/{path}")
    # A name with blanks ends at a tab, which git itself writes there.
    tab = "\t" if " " in path else ""
    return "".join((f"diff --git {before} {after}\n", *_hunks(old, new, f"{before}{tab}", f"{after}{tab}")))


def changes(patch: str) -> tuple[str, ...]:
    """The lines a patch takes out and puts in, without where that is: the file may have grown around them."""
    lines = patch.split("\n")
    return tuple(line for line in lines if line[:1] in ("+", "-") and line[:4] not in ("+++ ", "--- "))


def _hunks(old: str, new: str, before: str, after: str) -> Iterator[str]:
    # Not by `splitlines`, which breaks lines where neither git nor an editor does.
    lines = difflib.unified_diff(
        re.findall(r"[^\n]*\n|[^\n]+", old), re.findall(r"[^\n]*\n|[^\n]+", new), before, after
    )
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _name(path: str) -> str:
    """As git quotes what it could not read back."""
    if not _QUOTED.search(path):
        return path
    inside = _QUOTED.sub(lambda found: _SHORT.get(found[0], f"\\{ord(found[0]):03o}"), path)
    return f'"{inside}"'
