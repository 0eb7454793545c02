"""Records are decoded by decoders that an import builds, in one thread.

msgspec 0.22 builds what it knows of a record when it is first decoded; threads that do so at the same time can read
the half of it, and the process dies of a segmentation fault.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BUILT_IN = ("tuple[", "dict[")  # these hold nothing that is built once and shared
PROGRAM = """
import sys, threading
import bot.wiring
from data.ledger import opened
from workflows.commands import decoded
from workflows.machine import RetirementMachine, state_of

sys.setswitchinterval(1e-6)
go = threading.Barrier(8)

def read(number):
    go.wait()
    for _ in range(5):
        state_of("RET-1", b'{"id": "RET-1", "round": null}')
        decoded(b'{"command": "send digest", "by": "emeritus"}')
        opened(b'{"event": {"event": "resumed", "at": "2026-03-02T09:00:00Z", "by": "U1"}}', lambda _: None)

threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.parametrize("layer", ["bot", "workflows", "data"])
def test_no_record_is_decoded_by_a_decoder_of_the_moment(layer: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((ROOT / layer).rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "msgspec.json.decode"
        for given in call.keywords
        if given.arg == "type" and not ast.unparse(given.value).startswith(BUILT_IN)
    ]
    assert found == []


def test_many_threads_may_be_the_first_to_read_a_record() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, check=True)
