"""Proofs as files that need no program of ours: C2SP tlog-proof, and what a witness is given of a log that grew.

https://c2sp.org/tlog-proof and https://c2sp.org/tlog-witness, section "add-checkpoint". Each has exactly one spelling.
"""

from __future__ import annotations

import base64
import re
from typing import NamedTuple

from data.errors import Corrupt
from data.log.checkpoints import decoded
from data.log.merkle import HASH_BYTES, Proof

_INCLUSION = "c2sp.org/tlog-proof@v1\nindex "
_CONSISTENCY = "old "
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
HASHES_MAX = 128
"""Twice the levels of the largest tree."""


class Proven(NamedTuple):
    """`number`: which entry of the log, or which earlier size of it, the hashes lead to the checkpoint from."""

    number: int
    hashes: Proof
    checkpoint: bytes


def inclusion(proven: Proven) -> bytes:
    return _spelled(_INCLUSION, proven)


def consistency(proven: Proven) -> bytes:
    return _spelled(_CONSISTENCY, proven)


def read_inclusion(content: bytes) -> Proven:
    """Raises `Corrupt` for what is no such proof."""
    return _read(content, _INCLUSION)


def read_consistency(content: bytes) -> Proven:
    """Raises `Corrupt` for what is no such proof."""
    return _read(content, _CONSISTENCY)


def _spelled(kind: str, proven: Proven) -> bytes:
    hashes = "".join(f"{base64.b64encode(hashed).decode()}\n" for hashed in proven.hashes)
    return f"{kind}{proven.number}\n{hashes}\n".encode() + proven.checkpoint


def _read(content: bytes, kind: str) -> Proven:
    begin, _, checkpoint = content.partition(b"\n\n")
    if begin.startswith(kind.encode()) and begin.isascii():
        number, *lines = begin.decode().removeprefix(kind).split("\n")
        hashes = tuple(map(decoded, lines))
        if (
            _NUMBER.fullmatch(number)
            and len(hashes) <= HASHES_MAX
            and all(len(one) == HASH_BYTES for one in hashes)
        ):
            return Proven(int(number), hashes, checkpoint)
    raise Corrupt("it is no proof")
