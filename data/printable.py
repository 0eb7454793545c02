"""How is a text shown that may hold anything? For messages and reports: on a line of theirs, on any terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """Escapes what a terminal would obey instead of show: control characters, line breaks, turned writing."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def in_lines(text: str) -> str:
    """The same of a text whose line breaks are ours."""
    return "\n".join(map(printable, text.split("\n")))
