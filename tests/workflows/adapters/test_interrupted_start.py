"""Ctrl-C while an endpoint starts: whatever was begun can be stopped, and no process is left."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.interrupting import CtrlC
from workflows.adapters.local_endpoint import LocalEndpoints

REF = "churn-v1-prod"


def served_from(folder: Path) -> list[int]:
    return [
        one.pid
        for one in psutil.process_iter(["cmdline"])
        if any(str(folder) in part for part in one.info["cmdline"] or ())
    ]


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # what an interrupt left open, Python closes
def test_ctrl_c_at_any_line_of_a_start_leaves_what_can_be_stopped(tmp_path: Path) -> None:
    weights, folder = tmp_path / "weights.json", tmp_path / "state"
    weights.write_text(json.dumps({"intercept": 0.0, "coefficients": {}}))
    driver = LocalEndpoints(folder)
    executing = subprocess.Popen._execute_child  # type: ignore[attr-defined]
    keys = CtrlC(LocalEndpoints._run, LocalEndpoints._started, subprocess.Popen.__init__, executing)

    while keys.pressed_in(lambda: driver.start(REF, weights)):
        driver.stop_all()
        assert served_from(folder) == [], f"interrupted at {keys.seen[-1]}"

    assert driver.describe(REF) == "serving"
    driver.stop_all()
    assert served_from(folder) == []
    assert keys.functions_seen == {"_run", "_started", "__init__", "_execute_child"}
