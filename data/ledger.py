"""What exactly is hashed, and does a record still hold?

An entry is RFC 8785 JSON of strings and integers only, chained to the entry before it. Free text stands in it
as a salted commitment; text and salt are kept apart, so they can be erased without breaking the chain.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, cast

import msgspec

from data.canonical import canonical, is_unicode
from data.erasures import Missing
from data.errors import Invalid, Problem
from data.events import AnyEvent, Erased
from data.printable import printable
from data.records.base import ERASED
from data.store import Machine, Verified
from data.upcasting import upcast

GENESIS = bytes(32)
SALT_BYTES = 16

# What is wrong is named in a line, whatever a column holds.
SHOWN_MAX = 300


class Text(NamedTuple):
    """A person's words beside the record: `commitment` is what the entry holds instead."""

    commitment: str
    salt: bytes
    text: str


class Entry(NamedTuple):
    """An event as stored: `stored` are the hashed bytes, `digest` chains them to the entry before.

    position   its number over all streams; hashed with the bytes, but for entries of the first records
    """

    stream: str
    version: int
    stored: bytes
    digest: bytes
    position: int


class Head(NamedTuple):
    """Where a stream stands: how many entries, the digest of the last one, and the folded state."""

    version: int
    digest: bytes
    state: bytes


def chained(before: bytes, stored: bytes) -> bytes:
    """The digest of an entry that follows the one with digest `before`."""
    return hashlib.sha256(before + stored).digest()


def entry(
    stream: str, version: int, event: AnyEvent, before: bytes, rand: Callable[[int], bytes], *, position: int
) -> tuple[Entry, tuple[Text, ...]]:
    """The event as it is stored, and the texts to keep beside it."""
    texts: list[Text] = []
    tree = msgspec.to_builtins(event, builtin_types=(datetime,))
    if _holds_words(event):
        tree = _sealed(tree, rand, texts)
    stored = canonical({"stream": stream, "version": version, "position": position, "event": tree})
    return Entry(stream, version, stored, chained(before, stored), position), tuple(texts)


def _holds_words(event: AnyEvent) -> bool:
    """Whether there may be any; most events have none, and need not be searched."""
    try:
        return b'"prose"' in msgspec.json.encode(event)
    except UnicodeEncodeError:
        return True


def _is_prose(tree: object) -> bool:
    if not isinstance(tree, dict) or "prose" not in tree or len(tree) > 1:
        return False
    return isinstance(tree["prose"], str) and bool(tree["prose"])


def _sealed(tree: Any, rand: Callable[[int], bytes], texts: list[Text]) -> Any:
    if _is_prose(tree):
        words = tree["prose"]
        if not is_unicode(words):
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
    if (event := _read_at_once(stored, text_of)) is not None:
        return event
    tree = upcast(unsealed(msgspec.json.decode(stored)["event"], text_of))
    return cast("AnyEvent", msgspec.convert(tree, _ANY_EVENT))


class _Wrapping(msgspec.Struct):
    """What of an entry is read when only its event is asked for."""

    event: AnyEvent


# A union is no type to mypy, though msgspec decodes into one.
_ANY_EVENT: Any = AnyEvent
# Has every event's type built in one thread, at import: two threads at once can crash msgspec 0.22.
_WRAPPINGS = msgspec.json.Decoder(_Wrapping)


# No string holds this: it would have a backslash before each of the quotes.
_COMMITMENT = re.compile(rb'\{"prose":"(sha256:[0-9a-f]{64})"\}')


def _read_at_once(stored: bytes, text_of: Callable[[str], Text | None]) -> AnyEvent | None:
    """Most entries are of today and hold no words but as a commitment: many times as fast as by way of a tree.

    None for all others, also for what cannot be read: the tree says what is wrong with it.
    """

    def words(commitment: re.Match[bytes]) -> bytes:
        found = text_of(commitment[1].decode())
        text = found.text if found else ERASED
        # What is kept beside an entry can be anything once somebody was at it.
        return b'{"prose":%b}' % (msgspec.json.encode(text) if isinstance(text, str) else b"null")

    try:
        if count := stored.count(b'"prose"'):
            stored, replaced = _COMMITMENT.subn(words, stored)
            if replaced < count:
                return None
        return _WRAPPINGS.decode(stored).event
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return None


def unsealed(tree: Any, text_of: Callable[[str], Text | None]) -> Any:
    """What stands in an entry, with people's words instead of what they are committed to by."""
    if _is_prose(tree):
        found = text_of(tree["prose"])
        return {"prose": found.text if found else ERASED}
    if isinstance(tree, dict):
        return {key: unsealed(value, text_of) for key, value in tree.items()}
    if isinstance(tree, list):
        return [unsealed(value, text_of) for value in tree]
    return tree


# Version, digest and state a stream has come to.
_Reached = tuple[int, bytes, bytes | None]
_NOTHING: _Reached = (0, GENESIS, None)


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
    reached: dict[str, _Reached] = {}
    missing, count = Missing(), 0
    for item in entries:
        bad, state = _followed(item, reached.get(item.stream, _NOTHING), text_of, machine, missing)
        if bad:
            return Verified(entries=count, streams=len(reached), bad=printable(bad[:SHOWN_MAX]))
        assert state is not None
        reached[item.stream] = (item.version, item.digest, state)
        count += 1
    ends = (_loose_end(name, *reached.get(name, _NOTHING), heads.get(name)) for name in {**reached, **heads})
    bad = next(filter(None, ends), "") or missing.flaw()
    return Verified(entries=count, streams=len(reached), bad=printable(bad[:SHOWN_MAX]))


def _followed(
    item: Entry,
    reached: _Reached,
    text_of: Callable[[str], Text | None],
    machine: Machine,
    missing: Missing,
) -> tuple[str, bytes | None]:
    """What is wrong with the entry, or the state it leads to. Whatever somebody stored there, nothing is raised."""
    version, before, state = reached
    here = f"{item.stream} entry {version + 1}"
    try:
        looked_up = missing.noting(item.stream, version + 1, text_of)
        if bad := _misplaced(item) or flaw(item, version + 1, before, looked_up):
            return bad, None
        event = opened(item.stored, text_of)
        if isinstance(event, Erased):
            missing.told(item.stream, version + 1, event)
    except msgspec.MsgspecError as error:
        return f"{here}: it cannot be read as an event ({error})", None
    except Exception:  # noqa: BLE001 - anything can be read from bytes
        return f"{here}: it cannot be read as an event", None
    try:
        return "", machine.evolve(item.stream, state, event)
    except Exception:  # noqa: BLE001 - the rules may fail in any way at what they never recorded
        return f"{here}: it cannot follow the entries before it", None


def _misplaced(item: Entry) -> str:
    if not isinstance(item.position, int):
        return f"the entry at position {item.position!a}: its position is no number"
    if not isinstance(item.stream, str) or not item.stream or not is_unicode(item.stream):
        return f"the entry at position {item.position}: {item.stream!a} is not the text that names a stream"
    return ""


def flaw(item: Entry, expected: int, before: bytes, text_of: Callable[[str], Text | None]) -> str:
    """What is wrong with an entry that is to be the `expected` one, after the one with digest `before`; else empty."""
    here = f"{item.stream} entry {expected}"
    if item.version != expected:
        return f"{here}: missing, entry {item.version} is stored in its place"
    if not isinstance(item.stored, bytes) or chained(before, item.stored) != item.digest:
        return f"{here}: stored bytes do not match their hash"
    ending = b"," + canonical({"stream": item.stream, "version": item.version})[1:]
    if not item.stored.endswith(ending):
        return f"{here}: its bytes are those of another entry"
    said = _POSITION.search(item.stored.removesuffix(ending))
    if said and said[1] != b"%d" % item.position:
        return f"{here}: it stands at position {item.position}, and was not recorded there"
    # Most entries hold no words; a name that is spelled otherwise than by us would have an escape in it.
    may_hold_words = b'"prose"' in item.stored or b"\\u" in item.stored
    for commitment in commitments(msgspec.json.decode(item.stored)) if may_hold_words else ():
        found = text_of(commitment)
        if found and not _is_kept(found, commitment):
            return f"{here}: a text kept beside it does not match its commitment"
    return ""


# Stands behind the event. The first records were made before positions were hashed, and have none.
_POSITION = re.compile(rb',"position":(\d+)$')


def _is_kept(text: Text, commitment: str) -> bool:
    is_text = isinstance(text.salt, bytes) and isinstance(text.text, str) and is_unicode(text.text)
    return is_text and committed(text.salt, text.text) == commitment


def commitments(tree: Any) -> Iterable[str]:
    """What stands in an entry instead of words."""
    if _is_prose(tree):
        yield tree["prose"]
    elif isinstance(tree, dict | list):
        for value in tree.values() if isinstance(tree, dict) else tree:
            yield from commitments(value)


def _loose_end(name: str, version: int, digest: bytes, state: bytes | None, head: Head | None) -> str:
    if head is None or not isinstance(head.version, int):
        row = "no state row" if head is None else f"its state row says {head.version!a} of them"
        return f"{name} entry {version}: the stream has entries, but {row}"
    if head.version > version:
        return f"{name} entry {version + 1}: missing, the stream is said to have {head.version}"
    if head.version < version:
        return f"{name} entry {head.version + 1}: stored, though the stream is said to end before it"
    if head.digest != digest:
        return f"{name} entry {version}: its hash is not the one the stream is said to end with"
    if head.state != state:
        return f"{name} entry {version}: the stored state does not follow from the entries"
    return ""
