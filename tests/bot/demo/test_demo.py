"""`emeritus demo` as its users run it: a process of its own, with the real emulator, endpoints and bot."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.demo.company import POLICY
from bot.demo.player import STORY
from data.policies.policy import read_policy

pytestmark = pytest.mark.long

EMERITUS = [sys.executable, "-c", "from bot.cli import main; main()"]
DEMO = [*EMERITUS, "demo"]
# Where these tests run in the background, closing the terminal is ignored, and all they start inherits that.
AT_A_TERMINAL = (
    "import signal; signal.signal(signal.SIGHUP, signal.SIG_DFL); from bot.cli import main; main()"
)
PATIENCE_SECONDS = 90
LEAVE_SECONDS = 15


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Whatever the demo starts names this folder in its arguments, and so is found if it stays behind."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    yield {**os.environ, "TMPDIR": str(folder)}
    assert left_behind(folder) == []
    assert list(folder.iterdir()) == []


def ran(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    whole = [*EMERITUS, *arguments]
    return subprocess.run(
        whole, check=False, env=env, capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )


def left_behind(folder: Path) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = process.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it ended while we looked
            continue
        if str(folder) in arguments:
            found.append(arguments)
    return found


def test_the_whole_story_plays_by_itself(environment: dict[str, str], tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    done = ran("demo", "--autoplay", "--json", "--keep", str(kept), env=environment)

    summary = json.loads(done.stdout)
    missing = [step for step in summary["steps"] if not step["ok"]]
    assert missing[:1] == [], done.stderr  # the first one says why; what follows was not reached
    assert len(summary["steps"]) == len(STORY) + 2
    assert (done.returncode, summary["ok"]) == (0, True)
    assert summary["seconds"] < 50

    store = {**environment, "EMERITUS_STORE": str(kept / "emeritus.db")}
    assert ran("verify", env=store).returncode == 0
    assert [bag.is_file() for bag in kept.glob("archive/churn-v1/RET-1/*/bagit.txt")] == [True]

    again = ran("demo", "--keep", str(kept), env=environment)
    assert again.returncode == 1
    assert again.stdout == "", "refused before anything is started"
    assert "emeritus.db is there already" in again.stderr
    assert "Name an empty directory in --keep" in again.stderr


def test_a_story_that_ends_early_says_what_is_missing_and_exits_1(environment: dict[str, str]) -> None:
    """Slack dies in the middle of it."""
    with subprocess.Popen(
        [*DEMO, "--autoplay", "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as demo:
        assert demo.stderr is not None
        assert any(f" ok       {next(iter(STORY))}" in line for line in demo.stderr)
        (emulator,) = [
            int(child)
            for child in Path(f"/proc/{demo.pid}/task/{demo.pid}/children").read_text().split()
            if b"local-slack" in Path(f"/proc/{child}/cmdline").read_bytes()
        ]
        os.kill(emulator, signal.SIGKILL)
        printed, said = demo.communicate(timeout=PATIENCE_SECONDS)

    summary = json.loads(printed)
    assert (demo.returncode, summary["ok"]) == (1, False), said
    assert summary["steps"][0] == {
        "name": next(iter(STORY)),
        "ok": True,
        "detail": summary["steps"][0]["detail"],
    }
    assert [step["name"] for step in summary["steps"]][: len(STORY)] == [*STORY]
    assert summary["steps"][len(STORY) - 1] == {"name": [*STORY][-1], "ok": False, "detail": "not reached"}
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "number",
    [signal.SIGINT, signal.SIGTERM, signal.SIGHUP],
    ids=["Ctrl-C", "SIGTERM", "the terminal is closed"],
)
def test_it_says_what_to_do_and_ends_without_leaving_a_process(
    environment: dict[str, str], number: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", AT_A_TERMINAL, "demo"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        assert demo.stdout is not None
        said = ""
        for line in demo.stdout:
            said += line
            if "Ctrl-C here ends everything" in line:
                break
        assert left_behind(Path(environment["TMPDIR"])) != []
        demo.send_signal(number)
        try:
            said += demo.communicate(timeout=LEAVE_SECONDS)[0]
        finally:
            demo.kill()

    assert demo.returncode == 0
    assert "Open http://127.0.0.1:" in said
    assert "listens on all interfaces" in said
    assert "/retire propose churn-v1" in said
    assert "Traceback" not in said


def test_whoever_presses_ctrl_c_again_and_again_leaves_nothing_either(environment: dict[str, str]) -> None:
    with subprocess.Popen(
        DEMO, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as demo:
        assert demo.stdout is not None
        while "Imported" not in demo.stdout.readline():
            pass
        while not any("model_server" in one for one in left_behind(Path(environment["TMPDIR"]))):
            assert demo.poll() is None
        for _ in range(5):
            demo.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                demo.wait(0.01)
        said = demo.communicate(timeout=LEAVE_SECONDS)[0]

    assert demo.returncode in (0, -signal.SIGINT), "the last press may meet a Python that is about to end"
    assert "Traceback" not in said


def test_stopping_while_parts_start_leaves_nothing_either(environment: dict[str, str]) -> None:
    with subprocess.Popen(
        DEMO, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as demo:
        assert demo.stdout is not None
        while "Imported" not in demo.stdout.readline():
            pass
        demo.send_signal(signal.SIGINT)
        said = demo.communicate(timeout=LEAVE_SECONDS)[0]

    assert demo.returncode == 0
    assert "Traceback" not in said


def test_without_emulator_and_network_it_says_how_to_go_on(
    environment: dict[str, str], tmp_path: Path
) -> None:
    offline = {
        **environment,
        "PATH": "/usr/bin:/bin",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "npm_config_cache": str(tmp_path / "npm"),
        "npm_config_registry": "http://127.0.0.1:9/",
        "npm_config_fetch_retries": "0",
        "NODE_DISABLE_COMPILE_CACHE": "1",  # Node's own cache would be all that is left in the folder
    }

    done = ran("demo", env=offline)

    assert done.returncode == 1
    assert "npm could not fetch the Slack emulator" in done.stderr
    assert "Or put a local-slack 0.1.8 executable on PATH" in done.stderr


def test_json_without_autoplay_is_wrong_use(environment: dict[str, str]) -> None:
    done = ran("demo", "--json", env=environment)

    assert done.returncode == 2
    assert json.loads(done.stdout) == {
        "error": "--json is the summary of --autoplay: give both",
        "next_step": "Run emeritus demo --help",
        "problems": [],
    }


def test_the_demos_policy_is_one_and_says_so() -> None:
    policy = read_policy(POLICY)

    assert (policy.name, policy.notice_days(3)) == ("demo", 24)
