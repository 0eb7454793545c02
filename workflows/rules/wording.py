"""How are numbers and choices said? One place, so that nothing ever reads "1 consumers"."""

from __future__ import annotations

from collections.abc import Sequence

from data.records.policy import USER_GROUP

NAMED_MAX = 5
QUOTATION_MARKS = '"“”'


def counted(number: int, noun: str, plural: str = "") -> str:
    """ "1 consumer", "2 consumers"; `plural` where it takes more than an s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {plural or f'{noun}s'}"


UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def spoken(seconds: float) -> str:
    """ "2.5 days", "90 minutes", "1 second": in the largest unit of which there are two, or one to the full."""
    size, unit = next(
        ((size, unit) for size, unit in UNITS if seconds >= 2 * size or round(seconds) == size), UNITS[-1]
    )
    number = f"{seconds / size:,.1f}".removesuffix(".0")
    return f"{number} {unit}{'' if number == '1' else 's'}"


def one_of(names: Sequence[str]) -> str:
    """ "a, b or c"; of very many, the first and how many more."""
    *others, last = (
        names if len(names) <= NAMED_MAX else [*names[:NAMED_MAX], f"{len(names) - NAMED_MAX:,} more"]
    )
    return f"{', '.join(others)} or {last}" if others else last


def group_named(name: str) -> str:
    """A group of the policy: of Slack's user groups nobody knows the id alone for what it is."""
    is_of_slack = name.startswith(USER_GROUP)
    return f"the Slack user group {name.removeprefix(USER_GROUP)}" if is_of_slack else name


def typed(name: str, otherwise: str = "") -> str:
    """As one word of a command: in quotation marks where it has blanks. `otherwise`: where it has such marks itself."""
    if any(one in name for one in QUOTATION_MARKS):
        return typed(otherwise) if otherwise else name
    return f'"{name}"' if len(name.split()) > 1 else name


NAMES_ROOM = 300


def named(names: Sequence[str]) -> str:
    """ "a, b, c"; the first few, as many as leave room for what to do about them, and how many more there are."""
    shown = list(names[:NAMED_MAX])
    while len(shown) > 1 and len(", ".join(shown)) > NAMES_ROOM:
        shown.pop()
    said = ", ".join(shown)
    said = said if len(said) <= NAMES_ROOM else f"{said[: NAMES_ROOM - 1]}…"
    return f"{said} and {len(names) - len(shown):,} more" if len(names) > len(shown) else said


CHAIN_MAX = 12


def chain(names: Sequence[str]) -> str:
    """ "a -> b -> c"; of very many, both ends and how many stand between."""
    if len(names) > CHAIN_MAX:
        half = CHAIN_MAX // 2
        names = [*names[:half], f"{len(names) - 2 * half:,} more", *names[-half:]]
    return " -> ".join(names)
