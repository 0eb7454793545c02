"""What stands where in what somebody typed: its first word, what is in quotation marks, and what a person saw."""

from __future__ import annotations

import re
from collections.abc import Collection

_ID_IN_TWO_WORDS = re.compile(r"[^\w\s]*RET[\W_]+[0-9]+[^\w\s]*(?=\s|$)", re.IGNORECASE)
_QUOTED = re.compile(r'((?:checks|file):)?["“”]([^"“”]*)["“”](?:\s+|$)(.*)', re.DOTALL)
_LIKE = re.compile(
    r'(?:(.*\S)\s+)?like\s+(?:["“”]([^"“”]+)["“”]|(RET[\W_]+[0-9]+|[^\s"“”]+))\s*', re.IGNORECASE | re.DOTALL
)
"""Nothing within the quotation marks around a model's title ends like this."""
_IN_BRACKETS = re.compile(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>")
OFF = "off"
ESCAPED_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


def as_typed(text: str) -> str:
    """What the person saw: Slack sends mentions and addresses in angle brackets, and three signs as entities."""
    shown = _IN_BRACKETS.sub(lambda found: f"{found[1][:1].strip('!')}{found[3] or found[2]}", text)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def split_quoted(text: str) -> tuple[str, str] | None:
    """What stands in quotation marks, where it comes first, and the rest; also the name in `checks:"a name"`."""
    quoted = _QUOTED.match(text)
    return (f"{quoted[1] or ''}{quoted[2].strip()}", quoted[3].strip()) if quoted else None


def retirement_first(text: str) -> tuple[str, str]:
    """The first word, or the two of `RET 1`, and the rest."""
    found = _ID_IN_TWO_WORDS.match(text)
    return (found[0], text[found.end() :].strip()) if found else split(text)


def split(text: str) -> tuple[str, str]:
    word, *rest = text.split(None, 1) or [""]
    return word, rest[0].strip() if rest else ""


def without_like(text: str) -> tuple[str, str]:
    """What stands before `like NAME` at the end, and the name; all of it where that is not there."""
    found = _LIKE.fullmatch(text)
    return (found[1] or "", found[2] or found[3]) if found else (text, "")


def whole(text: str) -> tuple[str, str]:
    """All that is left; quotation marks around all of it are not part of it."""
    quoted = _QUOTED.fullmatch(text)
    return (quoted[2].strip() if quoted and not quoted[1] and not quoted[3] else text), ""


def keyword(text: str, words: Collection[str]) -> tuple[str, str]:
    """One of these words, where it comes first, and the rest."""
    word, rest = split(text)
    return (word, rest) if word.casefold() in words else ("", text)


def named_or_off(text: str) -> str:
    """A name of small letters, which phones begin with a large one; empty for the word that ends what has it."""
    return "" if text.casefold() == OFF else text.lower()
