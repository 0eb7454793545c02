"""Which command does what somebody wants done, or asks how to do? An answer names it, and runs nothing.

Looked at as the table of questions is (table.py): the first that fits is meant.
"""

from __future__ import annotations

import re

_NO_PERSON = r"(?:it|this|that|these|them|the|its?|what|an?|my|our)\b"
"""What is asked of a thing is asked of its owners."""

HOW = r"(?:how (?:do|does|can|could|may|would|should|to)\b.*\b|please )?"
_BEGUN = (
    r"(?:disable|(?<!the )(?<!an )archive|claim|take(?: \S+)? ?over|hand(?: \S+)? ?over|look back|confirm)"
)
BY_COMMAND = rf"{HOW}{_BEGUN}\b"
"""What is said of what happened as well, where a sentence does not begin with it."""
WISHES: dict[str, tuple[str, ...]] = {
    "waive": (r"\bwaive\b",),
    "check": (r"\b(?:re-?)?(?:run|start|begin|repeat)\b.*\bchecks?\b",),
    "pause": (r"\bpause\b",),
    "resume": (r"\bresume\b",),
    "cancel": (r"\b(?:cancel|call off|withdraw)\b",),
    "restore": (r"\b(?:restore|bring back)\b",),
    "handover": (r"\bhand ?over\b", rf"^{HOW}hand(?: \S+)? ?over\b"),
    "delegate": (
        r"\bdelegates?\b",
        rf"\bwho (?:stands in|fills in|acts|answers) for (?!{_NO_PERSON})[a-z]+$",
    ),
    "subscribe": (r"\b(?:un)?subscribe\b",),
    "attest": (r"(?<!i have to )(?<!i need to )(?<!must i )(?<!should i )\battest\b",),
    "confirm": (rf"^{HOW}confirm\b",),
    "break-glass": (r"\bbreak(?:ing)?[- ](?:the )?glass\b",),
    "disable": (rf"^{HOW}disable\b",),
    "archive": (rf"^{HOW}(?<!the )(?<!an )archive\b",),
    "claim": (rf"^{HOW}claim\b",),
    "hold": (r"\b(?:place|put|set)\b.*\bhold\b",),
    "retention": (
        r"\blegal holds?\b",
        r"\bretention\b",
        r"\b(?:how long|until when)\b.*\b(?:kept|keep|keeps)\b",
        r"\bkeeping\b.*\bcosts?\b",
        r"\bcosts?\b.*\b(?:keep|kept|keeping)\b",
    ),
    "grant": (r"\bwho (?:can|may) read\b", r"\bread the archive\b"),
    "object": (rf"^{HOW}object\b",),
    "take": (rf"^{HOW}take(?: \S+)? ?over\b",),
    "look-back": (rf"^{HOW}look back\b",),
    "playbook": (r"\b(?:make|name|call|turn)\b.*\bplaybook\b",),
    "playbooks": (r"\bplaybooks?\b",),
    "lessons": (r"\b(?:lessons?|learned|learnt)\b",),
    "search": (r"\b(?:search|look(?:ing)? for)\b", rf"^{HOW}find\b"),
    "candidates": (r"\bcandidates?\b",),
    "stats": (r"\b(?:stats|statistics)\b",),
    "digest": (r"\bdigest\b",),
}
"""Command -> how it is asked for."""
TELLS = frozenset({"retention", "playbooks", "lessons", "search", "candidates", "stats", "digest"})
"""Those that change nothing, and tell what was asked."""


def wished(words: str) -> str:
    """The command that does it; empty for none."""
    fits = (name for name, some in WISHES.items() if any(re.search(one, words) for one in some))
    return next(fits, "")
