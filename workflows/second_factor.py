"""Is it really them? An operator's own program may be asked before somebody's word ends what cannot be had again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from data.records.base import Record


class Proof(Record, frozen=True, kw_only=True):
    """`said`: what is kept of it where it holds; what the person is told, such as where to prove it, otherwise."""

    holds: bool
    said: str = ""


class SecondFactor(Protocol):
    def proof(self, about: Mapping[str, str]) -> Proof:
        """Has the person proved it lately? Answers within seconds; safe to ask again.

        about   EMERITUS_PERSON, their Slack id; EMERITUS_RETIREMENT, EMERITUS_MODEL; EMERITUS_STEP, what it is for
        """
        ...
