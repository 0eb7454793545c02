"""Are roots and proofs those of RFC 6962? By the published vectors, by the RFC's own recursion, and none forged."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.log.merkle import (
    EMPTY_ROOT,
    Growing,
    consistency_proof,
    entry_hash,
    inclusion_proof,
    is_consistent,
    is_included,
    node_hash,
    root,
)
from data.log.tiles import Tiles, grown

# The entries and hashes with which the reference implementation of Certificate Transparency tests itself:
# https://github.com/google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
INCLUDED = [
    (0, 1, ()),
    (
        0,
        8,
        (
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ),
    ),
    (
        5,
        8,
        (
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ),
    ),
    (2, 3, ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",)),
    (
        1,
        5,
        (
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ),
    ),
]
CONSISTENT = [
    (1, 1, ()),
    (
        1,
        8,
        (
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ),
    ),
    (
        6,
        8,
        (
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ),
    ),
    (
        2,
        5,
        (
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ),
    ),
]


def tree(entries: Sequence[bytes]) -> bytes:
    """MTH as RFC 6962, section 2.1, has it."""
    if len(entries) <= 1:
        return entry_hash(entries[0]) if entries else hashlib.sha256().digest()
    left = max(2**power for power in range(40) if 2**power < len(entries))
    return node_hash(tree(entries[:left]), tree(entries[left:]))


def hash_of(entries: Sequence[bytes]) -> Tiles:
    tiles = grown(0, map(entry_hash, entries), {})
    return Tiles(lambda place: tiles[place])


def hashes(texts: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(map(bytes.fromhex, texts))


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_roots_are_the_published_ones(size: int) -> None:
    growing = Growing()
    for entry in ENTRIES[:size]:
        growing.add(entry_hash(entry))

    assert root(size, hash_of(ENTRIES).hash_of).hex() == growing.root().hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "proof"), INCLUDED)
def test_inclusion_proofs_are_the_published_ones(index: int, size: int, proof: tuple[str, ...]) -> None:
    assert inclusion_proof(index, size, hash_of(ENTRIES).hash_of) == hashes(proof)
    assert is_included(entry_hash(ENTRIES[index]), index, size, hashes(proof), bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "new", "proof"), CONSISTENT)
def test_consistency_proofs_are_the_published_ones(old: int, new: int, proof: tuple[str, ...]) -> None:
    assert consistency_proof(old, new, hash_of(ENTRIES).hash_of) == hashes(proof)
    assert is_consistent(old, new, hashes(proof), bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new]))


SIZES = st.integers(1, 70) | st.sampled_from([255, 256, 257, 511, 513, 700])


@settings(deadline=None)  # other tests have the machine, too
@given(SIZES, st.data())
def test_every_proof_holds_and_none_that_was_tampered_with(size: int, data: st.DataObject) -> None:
    entries = [b"%d" % number for number in range(size)]
    tiles = hash_of(entries)
    now = root(size, tiles.hash_of)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    included = inclusion_proof(index, size, tiles.hash_of)
    consistent = consistency_proof(old, size, tiles.hash_of)
    then = root(old, tiles.hash_of)
    hashed = entry_hash(entries[index])

    assert (now, then) == (tree(entries), tree(entries[:old]))
    assert is_included(hashed, index, size, included, now)
    assert is_consistent(old, size, consistent, then, now)

    def flipped(hashed: bytes) -> bytes:
        bit = data.draw(st.integers(0, 255))
        return (int.from_bytes(hashed, "big") ^ 1 << bit).to_bytes(32, "big")

    at = data.draw(st.integers(0, max(len(included), len(consistent))))
    for proof, holds in (
        (included, lambda proof: is_included(hashed, index, size, proof, now)),
        (consistent, lambda proof: is_consistent(old, size, proof, then, now)),
    ):
        wrong = [(*proof, flipped(now)), proof[:-1] if proof else (now,)]
        if at < len(proof):
            wrong.append((*proof[:at], flipped(proof[at]), *proof[at + 1 :]))
        assert not any(map(holds, wrong))
    assert not is_included(flipped(hashed), index, size, included, now)
    assert not is_included(hashed, index, size, included, flipped(now))
    assert not any(is_included(hashed, other, size, included, now) for other in range(size) if other != index)
    assert not is_consistent(old, size, consistent, flipped(then), now)
    assert not is_consistent(old, size, consistent, then, flipped(now))


def test_nothing_is_in_an_empty_log_and_every_log_goes_on_from_it() -> None:
    tiles = hash_of(ENTRIES)

    assert not is_included(entry_hash(b""), 0, 0, (), EMPTY_ROOT)
    assert is_consistent(0, 8, consistency_proof(0, 8, tiles.hash_of), EMPTY_ROOT, root(8, tiles.hash_of))
    assert not is_consistent(0, 8, (), bytes(32), root(8, tiles.hash_of))
    assert not is_consistent(3, 8, (), root(3, tiles.hash_of), root(8, tiles.hash_of))
    assert not is_consistent(8, 3, (), root(8, tiles.hash_of), root(3, tiles.hash_of))


def test_a_log_that_grows_piece_by_piece_has_the_same_tiles_as_one_that_grew_at_once() -> None:
    leaves = [entry_hash(b"%d" % number) for number in range(70_000)]
    tiles = {}
    for start, end in pairwise((0, 1, 255, 256, 257, 65_535, 65_537, 70_000)):
        tiles.update(grown(start, leaves[start:end], tiles))

    assert tiles == grown(0, leaves, {})
