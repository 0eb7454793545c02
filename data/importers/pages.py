"""Lists that were saved page by page: which were read to their end, and what is none of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from data.errors import Problem
from data.importers.sources import File


@dataclass(slots=True)
class Pages(ABC):
    """What one file tells of its lists.

    what   what stands there, in words
    line   where its one value begins; 0 where it has none, or several
    bad    lists that are none, as (line, key, what stands there)
    more   lists with a page to follow -> its line
    ended  lists without one
    """

    what: str = ""
    line: int = 0
    bad: list[tuple[int, str, str]] = field(default_factory=list)
    more: dict[str, int] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)

    @property
    @abstractmethod
    def is_empty(self) -> bool:
        """Whether it tells of nothing of its format."""


PagesT = TypeVar("PagesT", bound=Pages)


def wrong_without(holds: str) -> Callable[[PagesT, str, bool], list[Problem]]:
    """What is wrong with a file. A directory may hold files of other things; what was named is to be one of ours.

    holds   what such a file has at least, in words
    """

    def wrong(pages: PagesT, name: str, is_named: bool) -> list[Problem]:
        problems = [
            Problem(field=f"{name}:{line}", value=f"{key} {found}", accepted="a list")
            for line, key, found in pages.bad
        ]
        if is_named and pages.is_empty and not problems:
            accepted = f"holds no {holds}"
            problems.append(Problem(field=f"{name}:{pages.line or 1}", value=pages.what, accepted=accepted))
        return problems

    return wrong


def unfinished(files: Sequence[File[PagesT]], token: str) -> Iterator[Problem]:
    """Lists of which every page says by its `token` that another one follows: the last is missing."""
    ended = {key for file in files for key in file.content.ended}
    for file in files:
        for key, line in file.content.more.items():
            if key not in ended:
                accepted = f"the pages of {key} up to the one without it"
                yield Problem(field=f"{file.shown}:{line}", value=token, accepted=accepted)
