"""The text of a file: UTF-8, or UTF-16 where it begins by saying so; anything else is refused by line."""

from __future__ import annotations

import codecs

from data.errors import Invalid, Problem


def decoded(content: bytes, shown: str) -> str:
    """Without its byte order mark. Raises `Invalid` with `shown` and the line of what is no text."""
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding, name = ("utf-16", "UTF-16") if is_utf_16 else ("utf-8-sig", "UTF-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].decode(encoding, "ignore").count("\n") + 1
        accepted = f"this is not {name}; save the file as UTF-8"
        found = f"byte 0x{content[error.start]:02x}"
        raise Invalid([Problem(field=f"{shown}:{line}", value=found, accepted=accepted)]) from error


def is_open(text: str) -> bool:
    """No line break ends it, as editors write it, and so does whatever cuts a file off."""
    return not text.rstrip(" \t").endswith(("\n", "\r"))


def cut_within(shown: str, line: int, what: str) -> Problem:
    """That a file may go on behind `what`, its last words, which are not to be taken as they stand."""
    found = f"ends within `{what[:80]}` without a line break, so the file may be cut off"
    accepted = "if it is whole, end it with one, then import again"
    return Problem(field=f"{shown}:{line}", value=found, accepted=accepted)
