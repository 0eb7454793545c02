"""Which texts do notices have, and can everybody be told by them? All that is wrong in them is told at once.

A policy keeps its texts, and a retirement its policy, so that what was voted on is told in the words there were then,
and a message that is drawn anew next month says the same. The texts in force were the other choice: then a slip in one
file would change what hundreds have read already.
"""

from __future__ import annotations

import errno
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from data.closest import closest
from data.errors import Problem
from data.printable import printable, shortened
from data.records.notices import Audience, NoticeText

TEXT_MAX = 2_400
"""Of one text with the longest there may be in each place, as Slack counts; a section holds 3,000, some of it ours."""
PARTS = ("until service ends", "once it is closed")
BETWEEN = "---"


class Placeholder(NamedTuple):
    """What the record says in a place of the text.

    chars_max      how much it is at most, as Slack counts; longer names are cut, longer lists say how many are left out
    is_technical   an id or a name that says something to engineers only
    closed         an example of what stands there once it is closed, where that is something else
    """

    says: str
    example: str
    chars_max: int
    is_technical: bool = False
    closed: str = ""


NOTHING_MORE = "None any more"
NOTHING_OF_YOURS = "None of yours: whoever asks you may be told this."
"""What the reader is to do once it is over, and where it is told to somebody who owns nothing of it."""

FACTS: Mapping[str, Placeholder] = {
    "what": Placeholder(
        "which model retires, and the retirement's number",
        "churn-v1 retires (RET-7)",
        120,
        closed="churn-v1 is retired (RET-7)",
    ),
    "when": Placeholder(
        "on which day service ends or ended",
        "service ends on Mon 2026-05-04",
        120,
        closed="service ended on Mon 2026-05-04",
    ),
    "why": Placeholder(
        "the reason, and what the proposer wrote", 'replaced — "churn-v2 is better on every segment"', 440
    ),
    "successor": Placeholder("the model that follows, or `none`", "churn-v2", 90),
    "action": Placeholder(
        "what the reader is to do",
        "Acknowledge that you have read this. Move to churn-v2, then press Migrated.",
        400,
        closed=NOTHING_MORE,
    ),
}
"""What everybody must be told, in every part of every text."""

PLACEHOLDERS: Mapping[str, Placeholder] = {
    **FACTS,
    "model": Placeholder("the model by its name", "churn-v1", 80),
    "retirement": Placeholder("the retirement's number", "RET-7", 20),
    "last_day": Placeholder("the day on which service ends or ended", "Mon 2026-05-04", 40),
    "things": Placeholder(
        "what of the reader's depends on it, by its kind; to whom owns nothing of it, all that does",
        "table orders, table churn_scores, job nightly-churn",
        300,
    ),
    "endpoints": Placeholder("the endpoints that go dark", "churn-v1-prod, churn-v1-batch", 160, True),
    "versions": Placeholder(
        "the versions of it that the catalog knows now", "churn-v1 3, churn-v1 4", 160, True
    ),
    "metrics": Placeholder(
        "decay, drift and cost as they were measured last",
        "7 % worse than when it was accepted (2026-03-02), PSI 0.31 (2026-03-02)",
        240,
        True,
    ),
    "guide": Placeholder(
        "a link to how to move, as the model or else its successor names it in the catalog",
        "<https://docs.example/churn-v2|How to move>",
        240,
    ),
    "archive": Placeholder(
        "what is kept of it, and how to ask for it",
        "12 files, sealed as sha256:9f2c at s3://archive/churn: ask @tom to read them",
        300,
        True,
    ),
    "contact": Placeholder("the coordinator", "@tom", 80),
}

PLAIN = "\n".join(f"**{name.capitalize()}** {{{name}}}" for name in FACTS)
"""What everybody is told by a policy from before there were texts."""

_PLACE = re.compile(r"\{([a-z_]+)\}")
_BRACE = re.compile(r"[{}]")
_MENTION = re.compile(r"<[@!#][^>\n]*>?")
_ARN = re.compile(r"\barn:[a-z-]+:\S*")
_ESCAPED = {"&": 5, "<": 4, ">": 4}


def filled(text: str, values: Mapping[str, str]) -> str:
    """With every placeholder replaced, once: what stands in a value is no placeholder."""
    return _PLACE.sub(lambda found: values[found[1]], text)


def examples(audience: Audience, *, is_closed: bool) -> dict[str, str]:
    """What may stand in each place of a part of an audience's text; support owns nothing of what they are told of."""
    found = {name: (one.closed if is_closed else "") or one.example for name, one in PLACEHOLDERS.items()}
    if audience is Audience.SUPPORT and not is_closed:
        found["action"] = NOTHING_OF_YOURS
    return found


def read_texts(folder: Path, source: str, shipped: Path) -> tuple[tuple[NoticeText, ...], list[Problem]]:
    """The texts in a folder, and what is wrong in them. What the folder does not have is as shipped.

    source   what the folder is called where something is wrong with it
    """
    known = {f"{audience}.md": audience for audience in Audience}
    try:
        names = sorted(one.name for one in folder.iterdir() if not one.name.startswith("."))
    except OSError as error:
        accepted = (
            f"cannot be read ({error.strerror}); name the folder of the texts, seen from the policy's file"
        )
        return (), [Problem(field=source, value="", accepted=accepted)]
    problems = []
    for name in names:
        if name not in known and name.casefold().endswith(".md"):
            accepted = f"no audience is called so; known here: {', '.join(known)}"
            problems.append(Problem(field=f"{source}/{printable(name)}", value="", accepted=accepted))
    texts = []
    for name, audience in known.items():
        path = (folder if name in names else shipped) / name
        try:
            written = _read(path)
        except (OSError, UnicodeDecodeError) as error:
            why = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
            problems.append(Problem(field=f"{source}/{name}", value="", accepted=f"cannot be read ({why})"))
            continue
        found = list(_problems(written, audience, f"{source}/{name}"))
        problems += found
        if not found:
            under_way, closed = (part.strip() for part in _parts(written))
            texts.append(NoticeText(audience=audience, under_way=under_way, closed=closed))
    return tuple(texts), problems


def _read(path: Path) -> str:
    """A pipe would keep whoever checks a policy waiting for somebody to write into it."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "no regular file")
    return path.read_text(encoding="utf-8-sig")


def _parts(written: str) -> list[str]:
    return re.split(rf"^{BETWEEN}[ \t]*$", written, flags=re.MULTILINE)


def _problems(written: str, audience: Audience, source: str) -> Iterator[Problem]:
    parts = _parts(written)
    if len(parts) != len(PARTS):
        accepted = f"{len(parts)} parts; it has two, with a line {BETWEEN} between: {' and '.join(PARTS)}"
        yield Problem(field=source, value="", accepted=accepted)
    first = 1
    for part, when in zip(parts, PARTS, strict=False):
        lines = part.split("\n")
        for number, line in enumerate(lines, start=first):
            yield from _in_line(line, audience, f"{source}:{number}")
        told = set(_PLACE.findall(part))
        if missing := [f"{{{name}}}" for name in FACTS if name not in told]:
            accepted = f"{', '.join(missing)} missing {when}: everybody is told what, when, why, successor and action"
            yield Problem(field=f"{source}:{first}", value="", accepted=accepted)
        yield from _too_long(lines, first, source)
        first += len(lines) - 1  # the line between two parts ends the one and begins the other


def _in_line(line: str, audience: Audience, where: str) -> Iterator[Problem]:
    def problem(value: str, accepted: str) -> Problem:
        return Problem(field=where, value=shortened(printable(value), 80), accepted=accepted)

    for name in _PLACE.findall(line):
        known = PLACEHOLDERS.get(name)
        if known is None:
            meant = ", ".join(f"{{{one}}}" for one in closest(name, PLACEHOLDERS, limit=1))
            near = f"closest is {meant}; " if meant else ""
            accepted = f"no such placeholder; {near}known here: {', '.join(PLACEHOLDERS)}"
            yield problem(f"{{{name}}}", accepted)
        elif known.is_technical and audience is Audience.PRODUCT_OWNERS:
            fine = ", ".join(name for name, one in PLACEHOLDERS.items() if not one.is_technical)
            yield problem(
                f"{{{name}}}", f"says something to engineers only; for product owners there are {fine}"
            )
    if hidden := dict.fromkeys(f"U+{ord(char):04X}" for char in line if _is_hidden(char)):
        accepted = f"{', '.join(hidden)} is shown nowhere, or moves what stands beside it; delete it"
        yield Problem(field=where, value="", accepted=accepted)
    if _BRACE.search(_PLACE.sub("", line)):
        yield problem(
            line.strip(), "a brace belongs to a placeholder, {when}; write what is meant without it"
        )
    for found in _MENTION.findall(line):
        yield problem(
            found, "a text mentions nobody; {contact} names the coordinator, [words](https://...) is a link"
        )
    for found in _ARN.findall(line) if audience is Audience.PRODUCT_OWNERS else ():
        yield problem(found, "an id says nothing to product owners; say what it is, in words")


def _is_hidden(char: str) -> bool:
    """Controls, breaks that are no line's end, and marks of direction; what joins the parts of an emoji is seen."""
    return char not in "\t\u200c\u200d" and unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")


def _too_long(lines: list[str], first: int, source: str) -> Iterator[Problem]:
    """At the line from which on nothing fits any more."""
    length = 0
    for number, line in enumerate(lines, start=first):
        before, length = length, length + _chars(line) + 1
        if before <= TEXT_MAX < length:
            whole = sum(_chars(one) + 1 for one in lines)
            accepted = (
                f"{whole:,} characters to here and below, with the longest that may stand in each place; "
                f"at most {TEXT_MAX:,} fit into a message"
            )
            yield Problem(field=f"{source}:{number}", value="", accepted=accepted)


def _chars(line: str) -> int:
    """What it has at most once it is filled in, as Slack counts: `&` is `&amp;` there."""
    own = sum(_ESCAPED.get(char, 1) for char in _PLACE.sub("", line))
    return own + sum(PLACEHOLDERS[name].chars_max for name in _PLACE.findall(line) if name in PLACEHOLDERS)
