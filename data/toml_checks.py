"""Is a value in a TOML file of ours one that its key accepts? Each check says what would be, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Check = Callable[[Any], str]
"""What would be accepted instead of the value; empty when it is fine."""


def whole(low: int, high: int, unit: str) -> Check:
    accepted = f"a whole number of {unit} from {low} to {high}"
    return lambda value: "" if type(value) is int and low <= value <= high else accepted


def number(low: float, high: float, unit: str) -> Check:
    accepted = f"a number of {unit} from {low:,} to {high:,}"
    return lambda value: "" if type(value) in (int, float) and low <= value <= high else accepted


def text(pattern: str, accepted: str) -> Check:
    return lambda value: "" if isinstance(value, str) and re.fullmatch(pattern, value) else accepted


def word_of(words: tuple[str, ...]) -> Check:
    return lambda value: "" if value in words else f"one of {', '.join(words)}"


def words(pattern: str, accepted: str) -> Check:
    """A list of different texts of this form."""

    def check(value: Any) -> str:
        is_list = isinstance(value, list) and all(isinstance(item, str) for item in value)
        if not is_list or not all(re.fullmatch(pattern, item) for item in value):
            return accepted
        return "" if len(set(value)) == len(value) else "each only once"

    return check


def flag(value: Any) -> str:
    return "" if isinstance(value, bool) else "true or false"
