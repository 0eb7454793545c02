"""How are numbers and choices said? One place, so that nothing ever reads "1 consumers"."""

from __future__ import annotations

from collections.abc import Sequence

NAMED_MAX = 5


def counted(number: int, noun: str, plural: str = "") -> str:
    """ "1 consumer", "2 consumers"; `plural` where it takes more than an s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {plural or f'{noun}s'}"


def one_of(names: Sequence[str]) -> str:
    """ "a, b or c"; of very many, the first and how many more."""
    *others, last = (
        names if len(names) <= NAMED_MAX else [*names[:NAMED_MAX], f"{len(names) - NAMED_MAX:,} more"]
    )
    return f"{', '.join(others)} or {last}" if others else last


CHAIN_MAX = 12


def chain(names: Sequence[str]) -> str:
    """ "a -> b -> c"; of very many, both ends and how many stand between."""
    if len(names) > CHAIN_MAX:
        half = CHAIN_MAX // 2
        names = [*names[:half], f"{len(names) - 2 * half:,} more", *names[-half:]]
    return " -> ".join(names)
