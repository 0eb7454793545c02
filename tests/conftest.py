"""How all tests run: more at a time than there are cores, and `--nightly` for those that take minutes each."""

from __future__ import annotations

import gc
import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nightly", action="store_true", help="run what takes minutes each, and nothing else")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("nightly"):
        config.option.markexpr = "nightly"


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: much of the time they wait for disks, processes and answers."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + cores // 2


def pytest_collection_finish() -> None:
    """Thousands of collected tests stay to the end: a full collection need not walk over them each time."""
    gc.collect()
    gc.freeze()
