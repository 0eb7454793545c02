"""What every record has in common: frozen, keyword-only, strict about unknown keys, defaults left out when stored."""

from __future__ import annotations

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A fact. Two records with the same values are the same fact."""


class Prose(Record, frozen=True, kw_only=True):
    """Free text by a person. In what is hashed it stands as a salted commitment, so it can be erased later."""

    prose: str = ""

    def __str__(self) -> str:
        return self.prose

    def __bool__(self) -> bool:
        return bool(self.prose)


ERASED = "[erased]"
"""What is read in the place of words that are gone."""

Words = str | Prose
"""What stands as it is in older entries, and in newer ones as words that can be erased."""

NO_PROSE = Prose()
"""One and the same wherever nothing was written: then it is left out when it is stored."""
