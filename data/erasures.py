"""Words of an entry are not kept any more: does a later entry of its stream say that they were erased?

Whoever may write the file, or a bundle, can take words out that nothing else is hashed over. On record they cannot
say that somebody answers for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Protocol, TypeVar

Text = TypeVar("Text")


class _Erased(Protocol):
    @property
    def entry(self) -> int: ...

    @property
    def texts(self) -> int: ...


class Missing:
    """What was looked up in vain, entry by entry, held against what was said of it."""

    def __init__(self) -> None:
        self._missing = Counter[tuple[str, int]]()
        self._told = Counter[tuple[str, int]]()

    def noting(
        self, stream: str, version: int, text_of: Callable[[str], Text | None]
    ) -> Callable[[str], Text | None]:
        """The same look-up, for one entry."""

        def look(commitment: str) -> Text | None:
            found = text_of(commitment)
            if found is None:
                self._missing[stream, version] += 1
            return found

        return look

    def told(self, stream: str, version: int, erased: _Erased) -> None:
        """An entry says that all words of an earlier one were erased."""
        if erased.entry < version:
            self._told[stream, erased.entry] += erased.texts

    def flaw(self) -> str:
        """The first entry that words were taken out of; empty where there is none."""
        for (stream, version), count in self._missing.items():
            if count > self._told[stream, version]:
                return f"{stream} entry {version}: words of it are missing, and no entry says that they were erased"
        return ""
