"""What one file of a bundle says, or why it says nothing. Nothing in it is trusted before that."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from data.errors import Corrupt, EmeritusError
from data.log.checkpoints import Head
from data.log.leaves import Leaf
from data.log.merkle import is_included
from data.log.proofs import Proven, consistency, inclusion, read_consistency, read_inclusion


class _Leaf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    digest: str
    position: int
    stream: str
    version: int


LEAF = msgspec.json.Decoder(_Leaf)
"""Built in one thread: two at once can crash msgspec 0.22."""


def file_of(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise Corrupt(f"{name}: missing")
    return files[name]


def leaf_of(files: Mapping[str, bytes], name: str) -> Leaf:
    try:
        found = LEAF.decode(file_of(files, name))
        leaf = Leaf(
            found.position, found.stream, found.version, bytes.fromhex(found.digest.removeprefix("sha256:"))
        )
        if leaf.entry == files[name]:
            return leaf
    except (msgspec.MsgspecError, ValueError, EmeritusError) as error:
        if isinstance(error, Corrupt):
            raise
    raise Corrupt(f"{name}: it is no leaf of a log")


def number_of(files: Mapping[str, bytes], name: str, leaf: Leaf, head: Head) -> int:
    """Where the entry is in the log, by its proof."""
    proven = proven_of(name, file_of(files, name), files["checkpoint"])
    if not is_included(leaf.hashed, proven.number, head.size, proven.hashes, head.root):
        raise Corrupt(f"{name}: it does not lead from the entry to the checkpoint")
    return proven.number


def proven_of(name: str, content: bytes, checkpoint: bytes) -> Proven:
    reads, spells = (
        (read_inclusion, inclusion) if name.endswith(".tlog-proof") else (read_consistency, consistency)
    )
    try:
        proven = reads(content)
    except Corrupt as corrupt:
        raise Corrupt(f"{name}: {corrupt}") from corrupt
    if proven.checkpoint != checkpoint or spells(proven) != content:
        raise Corrupt(f"{name}: it leads to another checkpoint")
    return proven
