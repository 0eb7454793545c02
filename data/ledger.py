"""What exactly is hashed, and does a record still hold?

An entry is RFC 8785 JSON of strings and integers only, chained to the entry before it. Free text stands in it
as a salted commitment; text and salt are kept apart, so they can be erased without breaking the chain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

import msgspec

from data.errors import Invalid, Problem
from data.events import AnyEvent
from data.store import Machine, Verified
from data.upcasting import upcast

GENESIS = bytes(32)
ERASED = "[erased]"
SALT_BYTES = 16
# Beyond these, JSON numbers stop being exact in other languages: RFC 7493 section 2.2.
INTEGER_MAX = 2**53 - 1

_ACCEPTED = "an event holds strings, whole numbers up to 2^53 - 1, aware datetimes, lists and objects"


class Text(NamedTuple):
    """A person's words beside the record: `commitment` is what the entry holds instead."""

    commitment: str
    salt: bytes
    text: str


class Entry(NamedTuple):
    """An event as stored: `stored` are the hashed bytes, `digest` chains them to the entry before."""

    stream: str
    version: int
    stored: bytes
    digest: bytes


class Head(NamedTuple):
    """Where a stream stands: how many entries, the digest of the last one, and the folded state."""

    version: int
    digest: bytes
    state: bytes


def canonical(value: object) -> bytes:
    """RFC 8785 JSON. Raises `Invalid` for what is not hashed: floats, booleans, null, naive datetimes."""
    return json.dumps(_plain(value, "event"), ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: object, where: str) -> object:
    match value:
        case bool():
            pass
        case str() if _is_unicode(value):
            return str(value)
        case int() if -INTEGER_MAX <= value <= INTEGER_MAX:
            return int(value)
        case datetime() if value.tzinfo is not None:
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case list() | tuple():
            return [_plain(item, f"{where}[{index}]") for index, item in enumerate(value)]
        case dict() if all(isinstance(key, str) and _is_unicode(key) for key in value):
            # RFC 8785 section 3.2.3 sorts by UTF-16 code units; beyond U+FFFF Python's order is another.
            keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
            return {key: _plain(value[key], f"{where}.{key}") for key in keys}
    raise Invalid([Problem(field=where, value=ascii(value), accepted=_ACCEPTED)])


def _is_unicode(text: str) -> bool:
    """A lone surrogate has no UTF-8, so nobody else could compute the hash."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def chained(before: bytes, stored: bytes) -> bytes:
    """The digest of an entry that follows the one with digest `before`."""
    return hashlib.sha256(before + stored).digest()


def entry(
    stream: str, version: int, event: AnyEvent, before: bytes, rand: Callable[[int], bytes]
) -> tuple[Entry, tuple[Text, ...]]:
    """The event as it is stored, and the texts to keep beside it."""
    texts: list[Text] = []
    tree = _sealed(msgspec.to_builtins(event, builtin_types=(datetime,)), rand, texts)
    stored = canonical({"stream": stream, "version": version, "event": tree})
    return Entry(stream, version, stored, chained(before, stored)), tuple(texts)


def _is_prose(tree: object) -> bool:
    return (
        isinstance(tree, dict)
        and tree.keys() == {"prose"}
        and isinstance(tree["prose"], str)
        and bool(tree["prose"])
    )


def _sealed(tree: Any, rand: Callable[[int], bytes], texts: list[Text]) -> Any:
    if _is_prose(tree):
        words = tree["prose"]
        if not _is_unicode(words):
            raise Invalid([Problem(field="text", value=ascii(words), accepted="text must be valid Unicode")])
        salt = rand(SALT_BYTES)
        texts.append(Text(committed(salt, words), salt, words))
        return {"prose": texts[-1].commitment}
    if isinstance(tree, dict):
        return {key: _sealed(value, rand, texts) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_sealed(value, rand, texts) for value in tree]
    return tree


def committed(salt: bytes, text: str) -> str:
    return f"sha256:{hashlib.sha256(salt + text.encode()).hexdigest()}"


def opened(stored: bytes, text_of: Callable[[str], Text | None]) -> AnyEvent:
    """The event in a stored entry as it reads today, its texts put back, or "[erased]" where they are gone."""
    tree = upcast(_unsealed(msgspec.json.decode(stored)["event"], text_of))
    return cast("AnyEvent", msgspec.convert(tree, _ANY_EVENT))


# A union is no type to mypy, though msgspec decodes into one.
_ANY_EVENT: Any = AnyEvent
# Has every event's type built in one thread, at import: two threads at once can crash msgspec 0.22.
msgspec.json.Decoder(_ANY_EVENT)


def _unsealed(tree: Any, text_of: Callable[[str], Text | None]) -> Any:
    if _is_prose(tree):
        found = text_of(tree["prose"])
        return {"prose": found.text if found else ERASED}
    if isinstance(tree, dict):
        return {key: _unsealed(value, text_of) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_unsealed(value, text_of) for value in tree]
    return tree


def verified(
    entries: Iterable[Entry],
    heads: Mapping[str, Head],
    text_of: Callable[[str], Text | None],
    machine: Machine,
) -> Verified:
    """Walk every stream and say which entry is the first that does not hold.

    entries   all of them, in the order they were stored
    heads     where each stream is said to stand
    """
    reached: dict[str, tuple[int, bytes, bytes | None]] = {}
    count = 0
    for item in entries:
        version, digest, state = reached.get(item.stream, (0, GENESIS, None))
        try:
            bad = _flaw(item, version + 1, digest, text_of)
            state = state if bad else machine.evolve(item.stream, state, opened(item.stored, text_of))
        except Exception:  # noqa: BLE001 - whatever somebody stored there, it is named and nothing else is lost
            bad = f"{item.stream} entry {item.version}: it cannot be read as an event"
        if bad:
            return Verified(entries=count, streams=len(reached), bad=bad)
        reached[item.stream] = (item.version, item.digest, state)
        count += 1
    ends = (
        _loose_end(name, *reached.get(name, (0, GENESIS, None)), heads.get(name))
        for name in {**reached, **heads}
    )
    return Verified(entries=count, streams=len(reached), bad=next(filter(None, ends), ""))


def _flaw(item: Entry, expected: int, before: bytes, text_of: Callable[[str], Text | None]) -> str:
    here = f"{item.stream} entry {expected}"
    if item.version != expected:
        return f"{here}: missing, entry {item.version} is stored in its place"
    if not isinstance(item.stored, bytes) or chained(before, item.stored) != item.digest:
        return f"{here}: stored bytes do not match their hash"
    if not item.stored.endswith(canonical({"stream": item.stream, "version": item.version})[1:]):
        return f"{here}: its bytes are those of another entry"
    for commitment in _commitments(msgspec.json.decode(item.stored)):
        found = text_of(commitment)
        if found and committed(found.salt, found.text) != commitment:
            return f"{here}: a text kept beside it does not match its commitment"
    return ""


def _commitments(tree: Any) -> Iterable[str]:
    if _is_prose(tree):
        yield tree["prose"]
    elif isinstance(tree, dict | list):
        for value in tree.values() if isinstance(tree, dict) else tree:
            yield from _commitments(value)


def _loose_end(name: str, version: int, digest: bytes, state: bytes | None, head: Head | None) -> str:
    if head is None:
        return f"{name} entry {version}: the stream has entries, but no state row"
    if head.version > version:
        return f"{name} entry {version + 1}: missing, the stream is said to have {head.version}"
    if head.version < version:
        return f"{name} entry {head.version + 1}: stored, though the stream is said to end before it"
    if head.digest != digest:
        return f"{name} entry {version}: its hash is not the one the stream is said to end with"
    if head.state != state:
        return f"{name} entry {version}: the stored state does not follow from the entries"
    return ""
