"""Is a leaf the canonical JSON that anybody would compute?"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from data.canonical import INTEGER_MAX, canonical
from data.log.leaves import Leaf

NUMBERS = st.integers(-INTEGER_MAX, INTEGER_MAX)


@settings(deadline=None)  # other tests have the machine, too
@given(NUMBERS, st.text(), NUMBERS, st.binary(min_size=32, max_size=32))
def test_a_leaf_is_spelled_as_canonical_json(position: int, stream: str, version: int, digest: bytes) -> None:
    tree = {
        "stream": stream,
        "version": version,
        "position": position,
        "digest": f"sha256:{digest.hex()}",
    }
    assert Leaf(position, stream, version, digest).entry == canonical(tree)


def test_a_leaf_looks_like_this() -> None:
    assert Leaf(7, "RET-7", 3, bytes(32)).entry == (
        b'{"digest":"sha256:' + b"0" * 64 + b'","position":7,"stream":"RET-7","version":3}'
    )
