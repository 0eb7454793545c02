"""A long stream is hashed beside its reading, where there is a core for that."""

from __future__ import annotations

import hashlib
import os
import threading

import pytest

from data.archive.hashing import WORTH_A_THREAD_BYTES, Digest

CHUNK = bytes(1 << 20)


@pytest.mark.parametrize("on_one", [True, False], ids=["one core", "all cores"])
def test_another_thread_hashes_only_where_another_core_can_run_it(on_one: bool) -> None:
    cores = os.sched_getaffinity(0)
    count = 2 * WORTH_A_THREAD_BYTES // len(CHUNK)
    before, digest = set(threading.enumerate()), Digest()
    os.sched_setaffinity(0, {min(cores)} if on_one else cores)
    try:
        for _ in range(count):
            digest.update(CHUNK)
    finally:
        os.sched_setaffinity(0, cores)
    threads = set(threading.enumerate()) - before

    assert digest.hexdigest() == hashlib.sha256(CHUNK * count).hexdigest()
    assert len(threads) == (0 if on_one or len(cores) == 1 else 1)
