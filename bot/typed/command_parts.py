"""What does a command take, as its usage shows it? Which parts are words of ours, and which are what a person says."""

from __future__ import annotations

import re
from enum import StrEnum

from bot.typed import delegation
from bot.typed.words import ESCAPED_PERSON, as_typed
from data.errors import Problem
from data.printable import words

REASON_MAX = 3_000  # as in our modals (bot/views/limits.py)
_PAGE = re.compile(r"(?:[1-9][0-9]{0,5})?")
_TIME = re.compile(r"([1-9][0-9]{0,4})([dh])", re.IGNORECASE)


class Part(StrEnum):
    """A part of a command, by how it stands in its usage."""

    RETIREMENT = "RET-n|MODEL"
    MAYBE_RETIREMENT = "[RET-n|MODEL]"
    MAYBE_MODEL = "[MODEL]"
    MAYBE_WORDS = "[WORDS...]"
    WORDS = "WORDS..."
    ALL = "[all]"
    PAGE = "[PAGE]"
    WHAT = "CONSUMER|ENDPOINT|file:NAME|checks:NAME|archive:CLASS|traffic|brownouts"
    CALLER = "CALLER"
    CONSUMER = "CONSUMER"
    MAYBE_CONSUMER = "[CONSUMER]"
    MAYBE_TEAM = "[TEAM]"
    PERSON = "@PERSON"
    REASON = "REASON..."
    DAYS = "DAYS"
    TIME = "7d|12h"
    TEXT = "TEXT..."
    NAME = "NAME..."
    HOLD = "HOLD"
    CLASS = "CLASS|all"
    ATTESTATION = "ATTESTATION"
    EVIDENCE = "EVIDENCE..."
    OFTEN = "[weekly|off]"
    HERE = "[here]"
    DELEGATION = "[@PERSON until DATE|off]"
    PLAYBOOK = "NAME|off"
    LIKE = "[like NAME|RET-n]"


PROSE = (Part.REASON, Part.EVIDENCE, Part.TEXT, Part.NAME)
KEYWORDS = {Part.ALL: ("all",), Part.OFTEN: ("weekly", "off"), Part.HERE: ("here",)}
OPTIONAL = (
    Part.MAYBE_RETIREMENT,
    Part.MAYBE_MODEL,
    Part.MAYBE_CONSUMER,
    Part.MAYBE_TEAM,
    Part.MAYBE_WORDS,
    Part.LIKE,
)


def problem_with(part: Part, value: str, usage: str) -> Problem | None:
    """What is wrong with what stands there; None where it can be read."""
    if part is Part.DELEGATION:
        return delegation.problem_with(value, usage)
    accepted = ""
    if part in (*OPTIONAL, *KEYWORDS) or (part is Part.PAGE and _PAGE.fullmatch(value)):
        return None
    if part is Part.PAGE:
        every = 'only "all", ' if Part.ALL in usage else "only "
        accepted = f"{every}the number of a page, or nothing: {usage}"
    elif not (words(value) if part in PROSE else value):
        what = ", the model's exact name" if part is Part.NAME else ""
        accepted = f"missing{what}; say {usage}"
    elif part is Part.DAYS and not _PAGE.fullmatch(value):
        accepted = f"not a number of days: {usage}"
    elif part is Part.TIME and not _TIME.fullmatch(value):
        accepted = f"not a time, such as 7d for days or 12h for hours: {usage}"
    elif part is Part.HOLD and not _PAGE.fullmatch(value):
        accepted = f"not the number of a hold, which the card shows: {usage}"
    elif part is Part.PERSON and not ESCAPED_PERSON.fullmatch(value):
        accepted = f"not a person; type @ and choose the name: {usage}"
    elif part in PROSE and len(value) > REASON_MAX:
        accepted = f"{len(value):,} characters, more than {REASON_MAX:,}; say it shorter"
    shown = "" if not value or part in PROSE else f'"{as_typed(value)[:80]}"'
    return Problem(field=str(part), value=shown, accepted=accepted) if accepted else None


def hours_of(value: str) -> int:
    """Of a time that was looked at by `problem_with`."""
    found = _TIME.fullmatch(value)
    assert found is not None
    return int(found[1]) * (24 if found[2].casefold() == "d" else 1)
