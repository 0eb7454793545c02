"""What does an auditor ask first, and which entries say so? Drawn from the stored entries, and from nothing else.

The very words of the entries: not what today's version would make of them, so that a bundle reads the same for ever.
A rule that was published here never changes; what is new gets another format (bundle.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from data.ledger import Text, unsealed

Tree = dict[str, Any]

PLANS = ("proposed", "revised", "amended")
VOTES = ("voted",)
ENDS = (
    "approved",
    "approval lapsed",
    "rejected",
    "expired",
    "withdrawn",
    "cancelled",
    "disabled",
    "closed",
    "rolled back",
)
ATTESTATIONS = ("attested",)
ARCHIVE = ("archive stored", "drill passed", "archive confirmed", "archive lost")


def events_of(entries: Sequence[bytes], text_of: Callable[[str], Text | None]) -> list[Tree]:
    """Each entry's event with its words, or "[erased]" where these are gone."""
    return [unsealed(msgspec.json.decode(stored)["event"], text_of) for stored in entries]


def facts(stream: str, events: Sequence[Tree], leaves: Sequence[int]) -> Tree:
    """What the report tells, by the number of the entry that says so. `leaves`: where each is in the log."""
    named = [(number, str(event["event"]).partition("/")[0], event) for number, event in enumerate(events, 1)]

    def of(names: Sequence[str]) -> list[Tree]:
        return [{"entry": number, **event} for number, name, event in named if name in names]

    plans = [event for event in of(PLANS) if "plan" in event]
    return {
        "retirement": stream,
        "plan": {"entry": plans[-1]["entry"], **plans[-1]["plan"]} if plans else {},
        "reasons": [{key: one[key] for key in ("entry", "at", "by", "why") if key in one} for one in plans],
        "votes": of(VOTES),
        "outcomes": of(ENDS),
        "attestations": of(ATTESTATIONS),
        "archive": of(ARCHIVE),
        "entries": [
            {"entry": number, "leaf": leaf, **event}
            for (number, _, event), leaf in zip(named, leaves, strict=True)
        ],
    }
