"""What does a command load before it answers? Nothing it has no use for: asking for help is no reason to wait."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot.settings import read
from bot.wiring import build
from tests.bot.listeners.desk import Desk

ROOT = Path(__file__).parents[2]
HEAVY = {
    "apscheduler",
    "boto3",
    "botocore",
    "cryptography",
    "matplotlib",
    "networkx",
    "prometheus_client",
    "psycopg",
    "slack_bolt",
    "slack_sdk",
    "sqlite_utils",
    "waitress",
    "yaml",
}
ENTRY = """
import atexit, sys
atexit.register(lambda: print("loaded", *{name.partition(".")[0] for name in sys.modules}, file=sys.stderr))
from bot.entry import main
main()
"""
INTERRUPTED = """
import signal, sys

class Finder:
    def find_spec(self, name, *_):
        if name == "bot.commands":
            signal.raise_signal(signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Finder())
from bot.entry import main
main()
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record with a retirement."""
    folder = tmp_path_factory.mktemp("record")
    with Desk(folder) as desk:
        desk.propose()
    return folder / "emeritus.db"


@pytest.mark.parametrize(
    ("command", "says", "more"),
    [
        (("--help",), "Retires machine-learning models responsibly", set()),
        (("serve", "--help"), "Run the bot until SIGTERM", set()),
        (("verify",), "2 entries of 2 streams hold", set()),
        (("list",), "RET-1 proposed churn-v1", set()),
        (("plan", "RET-1"), "disable", set()),
        (("digest", "--print"), "Due in the next 7 days", set()),
        (("manifest",), "display_information", {"yaml"}),
        (("policy", "check", str(ROOT / "data/policies/default.toml")), "is a policy", set()),
        (("impact", "churn-v1"), "7 consumers", set()),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_command_loads_nothing_it_has_no_use_for(
    store: Path, command: tuple[str, ...], says: str, more: set[str]
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", ENTRY, *command],
        env={"EMERITUS_STORE": str(store), "PATH": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert says in ran.stdout
    loaded = set(ran.stderr.splitlines()[-1].split())
    assert loaded & HEAVY == more


def test_ctrl_c_while_a_command_is_loaded_ends_it_quietly() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, "demo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "")


def test_that_is_how_the_installed_command_starts() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {"emeritus": "bot.entry:main"}


def test_what_was_checked_is_what_runs_whatever_becomes_of_the_files(tmp_path: Path) -> None:
    (policy := tmp_path / "eu.toml").write_text("[steps]\nhour = 10\n[candidates]\nidle_days = 7\n")
    (imports := tmp_path / "imports.toml").write_text('channel = "C0123ABC"')
    environ = {"EMERITUS_POLICY": str(policy), "EMERITUS_IMPORTS": str(imports)}
    settings = read({**environ, "EMERITUS_STORE": str(tmp_path / "e.db"), "EMERITUS_ARCHIVE": str(tmp_path)})
    policy.write_text("[steps]\nhour = 99")
    imports.unlink()
    bot = build(settings)
    bot.store.close()
    assert (bot.house.policy.step_hour, bot.house.criteria.idle_days) == (10, 7)
    assert (bot.house.policy.name, bot.house.import_channel) == ("eu", "C0123ABC")
