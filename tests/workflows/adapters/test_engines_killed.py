"""kill -9 while a bot tells an engine what is wanted, at every step of it: real processes and a real engine."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from data.records.traffic import Desired
from tests.contract.planes import Model, load, two_models
from tests.workflows.adapters.engined import Engined, Envoy, an_envoy, an_haproxy
from tests.workflows.adapters.proxied import REF

KILLED = """
import os, signal, sys, threading
from datetime import UTC, datetime
from pathlib import Path
from data.records.traffic import Desired
from workflows.adapters.{module}.endpoints import {name}Endpoints
endpoints = {name}Endpoints(Path(sys.argv[1]))
left = int(sys.argv[3])
def count(event, args):
    global left
    if event in ("open", "os.rename", "os.symlink", "os.mkdir", "os.remove", "shutil.rmtree", "socket.connect"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
endpoints.want("churn-v1-prod", Desired(new=sys.argv[2], new_percent=100))
"""


RELOADS_WITHIN = 50


@pytest.mark.long
@pytest.mark.parametrize("build", [an_envoy, an_haproxy])
def test_a_bot_killed_at_any_step_leaves_what_was_or_what_is_wanted_and_the_next_one_goes_on(
    build: Callable[[Path, Model, Model], AbstractContextManager[Engined]], tmp_path: Path
) -> None:
    with two_models() as (old, new), build(tmp_path, old, new) as there:
        _killed_at_every_step(there)


def _killed_at_every_step(there: Engined) -> None:
    script = KILLED.format(module=type(there).__name__.lower(), name=type(there).__name__)
    before = Desired(new=there.new.address, new_percent=0)
    ended: list[int] = []
    for steps in range(1, 60):
        there.plane.want(REF, before)
        command = [sys.executable, "-c", script, str(there.top / "engines"), there.new.address, str(steps)]
        ended.append(subprocess.run(command, check=False, cwd=Path(__file__).parents[3]).returncode)
        # An engine takes a moment to read what was put there whole: it is one or the other from then on.
        answers = next(
            by for _ in range(RELOADS_WITHIN) if len(by := {one.by for one in load(there, 10)}) == 1
        )
        assert {one.by for one in load(there, 10)} == answers, "never in between"
        again = there.adapter()
        again.want(REF, again.desired(REF))
        assert again.obeyed(REF) == again.desired(REF)
        if ended[-1] == 0:
            break
    assert set(ended) == {-signal.SIGKILL, 0}
    assert len(ended) > 5
    if isinstance(there, Envoy):
        there.plane.want(REF, before)
        left = {one.name.split(".")[0] for one in Path(there.engine.folder).iterdir()}
        assert left == {REF, "current", "calls"}, "nothing half written is left"
