"""How is a text shown that may hold anything, and does it show anything at all?"""

from __future__ import annotations

import unicodedata

# Letters and symbols to Unicode, and nothing to the eye: the fillers of Hangul, and an empty cell of Braille.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def printable(text: str) -> str:
    """On a line of ours: escapes what a terminal would obey instead of show, such as controls and turned writing."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def words(text: str) -> str:
    """What somebody wrote, without blanks around it; "" where no letter, digit or symbol can be seen in it."""
    is_said = any(unicodedata.category(sign)[0] in "LNS" and sign not in _BLANK for sign in text)
    return text.strip() if is_said else ""


def shortened(text: str, at_most: int) -> str:
    """The text, or so many signs of it and dots."""
    return text if len(text) <= at_most else f"{text[:at_most]}..."


def in_lines(text: str) -> str:
    """The same of a text whose line breaks are ours."""
    return "\n".join(map(printable, text.split("\n")))
