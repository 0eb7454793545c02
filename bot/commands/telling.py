"""What did not happen where a source cannot be read? Whoever reads it does not know; the command that asked says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from data.errors import Invalid, Refused, Unavailable

NOTHING_IMPORTED = "Nothing was imported"


@contextmanager
def telling(what: str) -> Iterator[None]:
    """With this at the end of whatever is refused: behind the last problem, where there are several."""
    try:
        yield
    except Invalid as error:
        *others, last = error.problems
        raise Invalid([*others, replace(last, accepted=_with(last.accepted, what))]) from error
    except Unavailable as error:
        raise type(error)(_with(str(error), what)) from error
    except Refused as error:
        step = _with(error.next_step, what)
        raise Refused(error.what, reasons=error.reasons, next_step=step) from error


def _with(text: str, what: str) -> str:
    return f"{text} {what}" if text.endswith((".", "?", "!")) else f"{text}. {what}"
