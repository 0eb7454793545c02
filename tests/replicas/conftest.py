"""A database, a strict Slack with published limits (or a multiple of them), and a fleet of bots between the two."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.replicas.database import Database


@pytest.fixture
def database() -> Iterator[Database]:
    with Database() as running:
        yield running


@pytest.fixture
def chance() -> random.Random:
    """What is printed on failure makes the same things happen at about the same moments again."""
    seed = os.environ.get("REPLICAS_SEED") or str(random.SystemRandom().randrange(1_000_000))
    print(f"REPLICAS_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def epoch() -> float:
    return time.time()


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(tmp_path)
