"""How are numbers said? One place, so that nothing ever reads "1 consumers"."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """ "1 consumer", "2 consumers"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
