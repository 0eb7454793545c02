"""How does a log say where it stands, so that nobody can deny it later? A checkpoint: a note, signed with Ed25519.

https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note. Signatures by keys nobody gave are left alone: a
witness may have added its own. What keys are is in keys.py, which takes a while to load.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple, Protocol, TypeVar

from data.errors import Corrupt
from data.log.merkle import HASH_BYTES

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:~-]{0,199}")
"""What may name a log and its key: a URL without its scheme, as the specification recommends."""

NOTE_BYTES_MAX = 100_000
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
ID_BYTES = 4


class Head(NamedTuple):
    """A log as it stood: its name, how many entries it had, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


class Key(Protocol):
    """Who can check signatures of a log called `name`."""

    @property
    def name(self) -> str: ...

    @property
    def id(self) -> bytes: ...

    def signed(self, text: str, signature: bytes) -> bool: ...


K = TypeVar("K", bound=Key)


class Signs(Protocol):
    """Who can sign the heads of a log called `public.name`."""

    @property
    def public(self) -> Key: ...

    def sign(self, head: Head) -> str: ...


def opened(checkpoint: bytes, keys: Iterable[K]) -> tuple[Head, K]:
    """The head in a checkpoint, and which of the keys signed it. Raises `Corrupt` where none did, or one wrongly."""
    head, signatures = _taken_apart(checkpoint)
    known = {(key.name, key.id): key for key in keys if key.name == head.origin}
    signed_by = None
    for name, signature in signatures:
        key = known.get((name, signature[:ID_BYTES]))
        if key is None:
            continue
        if not key.signed(head.text, signature[ID_BYTES:]):
            raise Corrupt(f"the signature of {key.name}+{key.id.hex()} does not match")
        signed_by = key
    if signed_by is None:
        raise Corrupt(f"no key that is known of {head.origin} signed it")
    return head, signed_by


def head_of(checkpoint: bytes) -> Head:
    """What a checkpoint says, whoever signed it. Raises `Corrupt` for what is no checkpoint."""
    return _taken_apart(checkpoint)[0]


def name_of(checkpoint: bytes) -> str:
    """What it is kept under: by size, so that they sort, and by content, so that those of a forked log are two."""
    return f"{head_of(checkpoint).size:020}-{hashlib.sha256(checkpoint).hexdigest()}"


def _taken_apart(checkpoint: bytes) -> tuple[Head, list[tuple[str, bytes]]]:
    try:
        text, _, after = checkpoint[: NOTE_BYTES_MAX + 1].decode().rpartition("\n\n")
        origin, size, hashed, *more = text.split("\n")
        lines = after.split("\n")
        root = decoded(hashed)
        is_whole = len(checkpoint) <= NOTE_BYTES_MAX and not more and NAME.fullmatch(origin) is not None
        if is_whole and _SIZE.fullmatch(size) and len(root) == HASH_BYTES and lines.pop() == "" and lines:
            signed = [_SIGNATURE.fullmatch(line) for line in lines]
            signatures = [(found[1], decoded(found[2])) for found in signed if found]
            if len(signatures) == len(lines) and all(
                len(signature) > ID_BYTES for _, signature in signatures
            ):
                return Head(origin, int(size), root), signatures
    except ValueError:
        pass
    raise Corrupt("it is no checkpoint of a log")


def decoded(text: str) -> bytes:
    """Base64 in its one spelling: bits that say nothing are none; empty for anything else."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return b""
    return raw if base64.b64encode(raw).decode() == text else b""
