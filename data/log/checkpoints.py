"""How does a log say where it stands, so that nobody can deny it later? A checkpoint: a note, signed with Ed25519.

https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note. Signatures by keys nobody gave are left alone: a
witness may have added its own. Keys are written as Go's golang.org/x/mod/sumdb/note has them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from data.errors import Corrupt, Invalid, Problem
from data.log.merkle import HASH_BYTES

NAME = re.compile(r"[!-*,-~]{1,200}")
"""What may name a log and its key: printable ASCII without blanks or "+"."""

PRIVATE = "PRIVATE+KEY+"
"""What the text of a private key begins with."""

NOTE_BYTES_MAX = 100_000
_ED25519 = b"\x01"
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_ID_BYTES = 4
_SIGNATURE_BYTES = 64
_KEY_TEXT = re.compile(r"(?P<name>[^\s+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]+={0,2})")


class Head(NamedTuple):
    """A log as it stood: its name, how many entries it had, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


class PublicKey(NamedTuple):
    """Who checks heads needs nothing else. `name` is the log's own."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        """As Go's `note.NewVerifier` takes it."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.raw).decode()}"

    def signed(self, text: str, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True

    def pem(self) -> str:
        """As `openssl pkeyutl -verify -pubin` takes it."""
        key = Ed25519PublicKey.from_public_bytes(self.raw)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class Signer:
    """Signs heads. Nothing shows the private part: not `repr`, and no error."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = PublicKey(name, raw)

    def sign(self, head: Head) -> str:
        """The checkpoint of a head of this log."""
        assert head.origin == self.public.name
        signature = base64.b64encode(self.public.id + self._key.sign(head.text.encode()))
        return f"{head.text}\n— {self.public.name} {signature.decode()}\n"


def read_key(text: str) -> PublicKey:
    """Raises `Invalid` for what is no public key of a log."""
    found = _KEY_TEXT.fullmatch(text.strip())
    raw = _decoded(found["key"]) if found else b""
    if found and NAME.fullmatch(found["name"]) and len(raw) == 1 + HASH_BYTES and raw[:1] == _ED25519:
        key = PublicKey(found["name"], raw[1:])
        if key.id.hex() == found["id"]:
            return key
    shown = "is a private one" if text.startswith(PRIVATE) else f'"{ascii(text.strip())[1:-1]}"'
    accepted = "NAME+ID+KEY on one line, as emeritus key show prints it"
    raise Invalid([Problem(field="public key", value=shown, accepted=accepted)])


def opened(checkpoint: bytes, keys: Iterable[PublicKey]) -> tuple[Head, PublicKey]:
    """The head in a checkpoint, and which of the keys signed it. Raises `Corrupt` where none did, or one wrongly."""
    head, signatures = _taken_apart(checkpoint)
    known = {(key.name, key.id): key for key in keys if key.name == head.origin}
    signed_by = None
    for name, signature in signatures:
        key = known.get((name, signature[:_ID_BYTES]))
        if key is None:
            continue
        if not key.signed(head.text, signature[_ID_BYTES:]):
            raise Corrupt(f"the signature of {key.name}+{key.id.hex()} does not match")
        signed_by = key
    if signed_by is None:
        raise Corrupt(f"no key that is known of {head.origin} signed it")
    return head, signed_by


def head_of(checkpoint: bytes) -> Head:
    """What a checkpoint says, whoever signed it. Raises `Corrupt` for what is no checkpoint."""
    return _taken_apart(checkpoint)[0]


def _taken_apart(checkpoint: bytes) -> tuple[Head, list[tuple[str, bytes]]]:
    try:
        text, _, after = checkpoint[: NOTE_BYTES_MAX + 1].decode().rpartition("\n\n")
        origin, size, hashed, *more = text.split("\n")
        lines = after.split("\n")
        root = _decoded(hashed)
        is_whole = len(checkpoint) <= NOTE_BYTES_MAX and not more and NAME.fullmatch(origin) is not None
        if is_whole and _SIZE.fullmatch(size) and len(root) == HASH_BYTES and lines.pop() == "" and lines:
            signed = [_SIGNATURE.fullmatch(line) for line in lines]
            signatures = [(found[1], _decoded(found[2])) for found in signed if found]
            if len(signatures) == len(lines) and all(
                len(signature) > _ID_BYTES for _, signature in signatures
            ):
                return Head(origin, int(size), root), signatures
    except ValueError:
        pass
    raise Corrupt("it is no checkpoint of a log")


def _decoded(text: str) -> bytes:
    """Base64 in its one spelling: bits that say nothing are none; empty for anything else."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return b""
    return raw if base64.b64encode(raw).decode() == text else b""
