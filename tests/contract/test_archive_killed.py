"""An archive that is killed anywhere between copy, manifest and delete is done again, and nothing is lost by it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long


def killed(*arguments: object) -> list[int]:
    """At how many points, while it was copied and while some of it was pruned."""
    command = [sys.executable, "-m", "tests.contract.killing", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [int(one) for one in done.stdout.split()]


def test_killed_at_each_thing_it_asks_of_the_disk_nothing_is_lost(tmp_path: Path) -> None:
    copies, prunings = killed(tmp_path)
    assert copies > 40
    assert prunings > 10


def test_killed_at_each_thing_it_asks_of_s3_nothing_is_lost(
    seaweed: tuple[str, Path], tmp_path: Path
) -> None:
    copies, prunings = killed(tmp_path, *seaweed)
    assert copies > 15
    assert prunings > 5
