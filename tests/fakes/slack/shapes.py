"""How is the shape of a JSON object described, and what is wrong with a given one?

A check takes a value and its JSON pointer and yields one message per fault, in the form Slack uses in
`response_metadata.messages`. Objects refuse unknown keys: that is where most real refusals come from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

Json = object
Check = Callable[[Json, str], Iterator[str]]
Extra = Callable[[dict[str, Json], str], Iterator[str]]


def fault(what: str, where: str) -> str:
    """One message, as Slack words it."""
    return f"[ERROR] {what} [json-pointer:{where or '/'}]"


def string(low: int, high: int, pattern: str = "") -> Check:
    """A string whose length lies between the two, both allowed."""

    def check(value: Json, where: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield fault(f"must provide a string, not {type(value).__name__}", where)
        elif len(value) < low:
            yield fault(f"must be more than {low - 1} characters", where)
        elif len(value) > high:
            yield fault(f"must be less than {high + 1} characters, found {len(value)}", where)
        elif pattern and not re.fullmatch(pattern, value):
            yield fault(f"does not match {pattern}: {value[:60]!r}", where)

    return check


def boolean(value: Json, where: str) -> Iterator[str]:
    """True or false, not 0, 1 or a word."""
    if not isinstance(value, bool):
        yield fault(f"must provide a boolean, not {type(value).__name__}", where)


def integer(low: int, high: int) -> Check:
    """A whole number between the two, both allowed."""

    def check(value: Json, where: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield fault(f"must provide an integer, not {type(value).__name__}", where)
        elif not low <= value <= high:
            yield fault(f"must be between {low} and {high}, found {value}", where)

    return check


def one_of(*words: str) -> Check:
    """One of a closed list of words."""

    def check(value: Json, where: str) -> Iterator[str]:
        if value not in words:
            yield fault(f"must be one of {', '.join(words)}, found {value!r}", where)

    return check


def items(item: Check, low: int, high: int) -> Check:
    """A list of `low` to `high` members, each checked by `item`."""

    def check(value: Json, where: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield fault(f"must provide an array, not {type(value).__name__}", where)
            return
        if len(value) < low:
            yield fault(f"no fewer than {low} items allowed, found {len(value)}", where)
        if len(value) > high:
            yield fault(f"no more than {high} items allowed, found {len(value)}", where)
        for index, member in enumerate(value):
            yield from item(member, f"{where}/{index}")

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check], *extras: Extra) -> Check:
    """An object with these keys and no others; the extras look at the whole of it."""
    known = {**required, **optional}

    def check(value: Json, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield fault(f"must provide an object, not {type(value).__name__}", where)
            return
        for key in required:
            if key not in value:
                yield fault(f"missing required field: {key}", where)
        for key, member in value.items():
            if key in known:
                yield from known[key](member, f"{where}/{key}")
            else:
                yield fault(f"additional property not allowed: {key}", where)
        for extra in extras:
            yield from extra(value, where)

    return check


def variant(kinds: Mapping[str, Check], noun: str) -> Check:
    """An object whose `type` says which shape it has."""

    def check(value: Json, where: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in kinds:
            yield fault(f"unsupported {noun} type: {kind!r}", where)
        else:
            yield from kinds[kind](value, where)

    return check


def plain(high: int) -> Check:
    """A plain_text object; no markup is understood here."""
    return shape({"type": one_of("plain_text"), "text": string(1, high)}, {"emoji": boolean})


def marked(high: int) -> Check:
    """A mrkdwn object."""
    return shape({"type": one_of("mrkdwn"), "text": string(1, high)}, {"verbatim": boolean})


def either(high: int) -> Check:
    """A text object of either kind."""
    return variant({"plain_text": plain(high), "mrkdwn": marked(high)}, "text object")
