"""Who signs the heads of a log, and who can check them? Ed25519, written as Go's golang.org/x/mod/sumdb/note has it."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from data.errors import Invalid, Problem
from data.log.checkpoints import ID_BYTES, NAME, Head, decoded

SEED_BYTES = 32
_ED25519 = b"\x01"
_PRIVATE = "PRIVATE+KEY+"
_TEXT = re.compile(r"(?P<name>[^\s+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]+={0,2})")


class PublicKey(NamedTuple):
    """Who checks heads needs nothing else. `name` is the log's own."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:ID_BYTES]

    def __str__(self) -> str:
        """As Go's `note.NewVerifier` takes it."""
        return _text(self, self.raw)

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
    """Signs heads. Nothing shows the private part but `text`: not `repr`, and no error."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = PublicKey(name, raw)

    def sign(self, head: Head) -> str:
        """The checkpoint of a head of this log."""
        assert head.origin == self.public.name
        signature = base64.b64encode(self.public.id + self._key.sign(head.text.encode()))
        return f"{head.text}\n— {self.public.name} {signature.decode()}\n"

    def text(self) -> str:
        """What a key file holds, as Go's `note.NewSigner` takes it."""
        return f"{_PRIVATE}{_text(self.public, self._key.private_bytes_raw())}\n"


def read_key(text: str) -> PublicKey:
    """Raises `Invalid` for what is no public key of a log."""
    found = _read(text)
    if found is not None and not text.strip().startswith(_PRIVATE):
        key = PublicKey(*found[:2])
        if key.id == found[2]:
            return key
    # Somebody's private key is not to be read in a log of errors.
    shown = "is a private one" if _PRIVATE in text else f'"{ascii(text.strip())[1:-1]}"'
    accepted = "NAME+ID+KEY on one line, as emeritus key show prints it"
    raise Invalid([Problem(field="public key", value=shown, accepted=accepted)])


def read_signer(text: str) -> Signer | None:
    """Who signs with what a key file holds; None where it holds no private key."""
    if not text.startswith(_PRIVATE) or (found := _read(text.removeprefix(_PRIVATE))) is None:
        return None
    signer = Signer(*found[:2])
    return signer if signer.public.id == found[2] else None


def _text(key: PublicKey, raw: bytes) -> str:
    return f"{key.name}+{key.id.hex()}+{base64.b64encode(_ED25519 + raw).decode()}"


def _read(text: str) -> tuple[str, bytes, bytes] | None:
    """Name, key and id, as they stand there."""
    found = _TEXT.fullmatch(text.strip())
    raw = decoded(found["key"]) if found else b""
    if (
        found is None
        or not NAME.fullmatch(found["name"])
        or len(raw) != 1 + SEED_BYTES
        or raw[:1] != _ED25519
    ):
        return None
    return found["name"], raw[1:], bytes.fromhex(found["id"])
