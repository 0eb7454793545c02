"""Which files of an archive are read now? All of them in the end, in the order of their names, some at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Turn(NamedTuple):
    """How much of an archive is read now.

    after      the last file that was read before; empty begins at the first
    bytes_max  none: it is only looked whether all is there
    is_first   a file that alone is larger is read all the same, or it never would be
    """

    after: str = ""
    bytes_max: int = 0
    is_first: bool = False


ALL = Turn(bytes_max=1 << 62)


class Share(NamedTuple):
    """`upto`: the last of `paths`, or where the next turn goes on; empty once there is none after it."""

    paths: tuple[str, ...]
    upto: str


def share(sizes: Mapping[str, int], turn: Turn) -> Share:
    """What of these files, by size, one turn reads."""
    left = sorted(path for path in sizes if path > turn.after)
    taken: list[str] = []
    bytes_left = turn.bytes_max
    for path in left:
        if sizes[path] > bytes_left and (taken or not turn.is_first):
            break
        taken.append(path)
        bytes_left -= sizes[path]
        if bytes_left <= 0:
            break
    if len(taken) == len(left):
        return Share(tuple(taken), "")
    return Share(tuple(taken), taken[-1] if taken else turn.after)
