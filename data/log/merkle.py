"""Which hash stands for all entries so far, and what proves that one is among them or that none was changed?

The tree, inclusion proofs and consistency proofs of RFC 6962, section 2.1, and how RFC 9162, sections 2.1.3.2 and
2.1.4.2, has others check them. Nothing here reads or keeps anything: hashes are asked of the caller.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from itertools import islice

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

HashOf = Callable[[int, int], bytes]
"""The hash over the 2**level entries from entry index * 2**level on; asked only for what is complete."""

Proof = tuple[bytes, ...]


def entry_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(size: int, hash_of: HashOf) -> bytes:
    """The hash of a log with so many entries."""
    return _over(0, size, hash_of) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, hash_of: HashOf) -> Proof:
    """What leads from the entry at `index`, counted from 0, to the root of a log of this size."""
    assert 0 <= index < size
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _left(end - start)
        if index < middle:
            proof.append(_over(middle, end, hash_of))
            end = middle
        else:
            proof.append(_over(start, middle, hash_of))
            start = middle
    return tuple(reversed(proof))


def consistency_proof(old: int, new: int, hash_of: HashOf) -> Proof:
    """What shows that a log of size `new` begins with all entries of the one of size `old`, unchanged."""
    assert 0 <= old <= new
    if old in (0, new):
        return ()
    proof: list[bytes] = []
    start, end, is_whole = 0, new, True
    while old != end:
        middle = start + _left(end - start)
        if old <= middle:
            proof.append(_over(middle, end, hash_of))
            end = middle
        else:
            proof.append(_over(start, middle, hash_of))
            start, is_whole = middle, False
    if not is_whole:
        # Whoever checks knows the old root, but not this part of it.
        proof.append(_over(start, end, hash_of))
    return tuple(reversed(proof))


def is_included(hashed: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes) -> bool:
    """Whether the proof leads from an entry's hash at `index` to the root of a log of this size."""
    if not 0 <= index < size:
        return False
    node, last, reached = index, size - 1, hashed
    for step in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            reached = node_hash(step, reached)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            reached = node_hash(reached, step)
        node, last = node >> 1, last >> 1
    return last == 0 and reached == expected_root


def is_consistent(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the proof shows that the log of size `new` goes on where the one of size `old` ended."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    steps = list(proof) if old & (old - 1) else [old_root, *proof]
    if not steps:
        return False
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = steps[0]
    for step in islice(steps, 1, None):
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, step)
        node, last = node >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


class Growing:
    """A log that is hashed entry by entry: keeps one hash per complete part, and knows the root at any time."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []

    def add(self, hashed: bytes) -> None:
        """`hashed`: the next entry's hash."""
        size = self.size
        while size & 1:
            hashed = node_hash(self._parts.pop(), hashed)
            size >>= 1
        self._parts.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        if not self._parts:
            return EMPTY_ROOT
        reached = self._parts[-1]
        for part in self._parts[-2::-1]:
            reached = node_hash(part, reached)
        return reached


def _over(start: int, end: int, hash_of: HashOf) -> bytes:
    """The hash over these entries: `start` is where the tree of a log is split, so what is complete is aligned."""
    count = end - start
    if not count & (count - 1):
        level = count.bit_length() - 1
        return hash_of(level, start >> level)
    middle = start + _left(count)
    return node_hash(_over(start, middle, hash_of), _over(middle, end, hash_of))


def _left(count: int) -> int:
    """How many of these go to the left: the largest power of two below their number."""
    return 1 << ((count - 1).bit_length() - 1)
