"""What does a command take, as its usage shows it? Which parts are words of ours, and which are what a person says."""

from __future__ import annotations

from enum import StrEnum


class Part(StrEnum):
    """A part of a command, by how it stands in its usage."""

    RETIREMENT = "RET-n|MODEL"
    MAYBE_RETIREMENT = "[RET-n|MODEL]"
    MAYBE_MODEL = "[MODEL]"
    MAYBE_WORDS = "[WORDS...]"
    ALL = "[all]"
    PAGE = "[PAGE]"
    WHAT = "CONSUMER|ENDPOINT|file:NAME|checks:NAME|traffic"
    CALLER = "CALLER"
    CONSUMER = "CONSUMER"
    MAYBE_CONSUMER = "[CONSUMER]"
    MAYBE_TEAM = "[TEAM]"
    PERSON = "@PERSON"
    REASON = "REASON..."
    DAYS = "DAYS"
    TEXT = "TEXT..."
    NAME = "NAME..."
    ATTESTATION = "ATTESTATION"
    EVIDENCE = "EVIDENCE..."
    OFTEN = "[weekly|off]"
    HERE = "[here]"
    DELEGATION = "[@PERSON until DATE|off]"
    PLAYBOOK = "NAME|off"


PROSE = (Part.REASON, Part.EVIDENCE, Part.TEXT, Part.NAME)
KEYWORDS = {Part.ALL: ("all",), Part.OFTEN: ("weekly", "off"), Part.HERE: ("here",)}
OPTIONAL = (
    Part.MAYBE_RETIREMENT,
    Part.MAYBE_MODEL,
    Part.MAYBE_CONSUMER,
    Part.MAYBE_TEAM,
    Part.MAYBE_WORDS,
)
