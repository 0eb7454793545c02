"""Where did a bug happen? Kinds of errors and places in the code, down to the first cause; nothing that went through.

The message of an unexpected error may quote what somebody wrote, so it is never told; our own errors are
sentences meant to be read, and are.
"""

from __future__ import annotations

import errno
import traceback

from data.errors import EmeritusError

PLACES_MAX = 8


def traced(error: BaseException) -> str:
    """One line for each error from the outermost to the first cause, and the last places of each."""
    lines: list[str] = []
    cause: BaseException | None = error
    told: set[int] = set()
    while cause is not None and id(cause) not in told:
        told.add(id(cause))
        lines.append(_kind(cause))
        places = traceback.extract_tb(cause.__traceback__)[-PLACES_MAX:]
        lines += [f"  {place.filename.rsplit('/', 1)[-1]}:{place.lineno} in {place.name}" for place in places]
        cause = cause.__cause__ or cause.__context__
    return "\n".join(lines)


def _kind(error: BaseException) -> str:
    name = type(error).__name__
    if isinstance(error, EmeritusError):
        return f"{name}: {str(error)[:300]}"
    code = errno.errorcode.get(error.errno or 0, "") if isinstance(error, OSError) else ""
    return f"{name} {code}".rstrip()
