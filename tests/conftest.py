"""How all tests run: more at a time than there are cores, and `--nightly` for those that take minutes each."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import written

BYTECODE = Path(__file__).parents[1] / ".pytest_cache" / "bytecode"

MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own in it
MEMORY_BYTES_MIN = 2**31
"""All tests together leave 300 MB."""

COMPILED = pytest.StashKey[str]()
"""What the compiler said of all that was sent to Slack."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nightly", action="store_true", help="run what takes minutes each, and nothing else")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("nightly"):
        config.option.markexpr = "nightly"
    if sys.dont_write_bytecode:
        # Kept all the same, where it litters nothing: every worker and every bot started would compile it all again.
        sys.dont_write_bytecode, sys.pycache_prefix = False, str(BYTECODE)
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(BYTECODE)
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_BYTES_MIN:
        # Thousands of small records, each synced at every commit; what a power cut does is tried on a disk of its own.
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    # Ends as Ctrl-C does, so that no process a test has started stays.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker has ended."""
    written.take_over(getattr(node, "workeroutput", {}).get("written", "{}"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if (worker := getattr(session.config, "workeroutput", None)) is not None:
        worker["written"] = written.handed_over()
        return
    count, bad = written.compiled()
    if count:
        session.config.stash[COMPILED] = bad or f"tsc --strict takes {count} shapes of payloads"
    if bad:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if said := config.stash.get(COMPILED, ""):
        terminalreporter.section("payloads that the bots sent")
        terminalreporter.line(said)


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: much of the time they wait for disks, processes and answers."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + cores // 2


def pytest_collection_finish() -> None:
    """Thousands of collected tests stay to the end: a full collection need not walk over them each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def seaweed(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[str, Path]:
    """Where the session's S3 answers, and where it keeps its data. Who we are is said by the environment."""
    from tests.contract import seaweedfs  # noqa: PLC0415 - takes half a second, and few ask for it

    is_worker = hasattr(request.config, "workerinput")
    base = tmp_path_factory.getbasetemp()
    for name, value in seaweedfs.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return seaweedfs.shared(base.parent if is_worker else base, os.getppid() if is_worker else os.getpid())


@pytest.fixture(scope="session")
def google_server() -> Iterator[dict[str, str]]:
    from tests.contract.clouds import google  # noqa: PLC0415 - as above

    with google() as environ:
        yield environ


@pytest.fixture(scope="session")
def azure_server() -> Iterator[dict[str, str]]:
    from tests.contract.clouds import azurite  # noqa: PLC0415 - as above

    with azurite() as environ:
        yield environ
