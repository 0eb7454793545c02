"""Is all that the tests' processes sent to Slack compiled, and does the run fail where it is not of Slack's types?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

CARD: dict[str, Any] = {"text": "a card", "blocks": [{"type": "divider"}]}
SENDS = """
from tests import written

def test_{name}():
    written.take_over('{shapes}')
"""


def run(folder: Path, payloads: dict[str, dict[str, Any]]) -> subprocess.CompletedProcess[str]:
    """A run of tests, in a process each, that send one of these payloads each."""
    for name, payload in payloads.items():
        shapes = json.dumps({name: [name, "message", payload]})
        (folder / f"test_{name}.py").write_text(SENDS.format(name=name, shapes=shapes))
    root = str(Path(__file__).parents[1])
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-n", str(len(payloads)), str(folder)]
    # xdist tells a process which worker it is in the environment; this run is one of its own.
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        command, cwd=folder, env={**own, "PYTHONPATH": root}, capture_output=True, text=True, check=False
    )


def test_what_every_process_sent_is_compiled(tmp_path: Path) -> None:
    done = run(tmp_path, {"first": CARD, "second": {**CARD, "unfurl_links": False}})

    assert "tsc --strict takes 2 shapes of payloads" in done.stdout
    assert done.returncode == 0


def test_a_payload_that_is_not_of_slacks_types_fails_the_run(tmp_path: Path) -> None:
    bad = {"blocks": [{"type": "divider", "colour": "red"}]}
    done = run(tmp_path, {"first": CARD, "second": bad})

    assert "second: " in done.stdout
    assert "error TS" in done.stdout
    assert done.returncode == 1
