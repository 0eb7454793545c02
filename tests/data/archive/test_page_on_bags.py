"""Do the commands of bot/README.md take an archive, show its id, and refuse it with one bit flipped?"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.signing_key import model_signature_of
from data.archive.results import SIGNATURE_FILE, Wrapping
from tests.contract.archives import a_model, never, now, put
from workflows.adapters.local_directory import LocalDirectory

PAGE = Path(__file__).parents[3] / "bot/README.md"

pytestmark = pytest.mark.long
"""It takes openssl, which .ci/run installs; bagit.py and model_signing are the tests' own."""


def block(start: str) -> list[str]:
    """The commands of the block that begins so, without what is installed."""
    found = re.search(rf"```console\n({re.escape(start)}.*?)```", PAGE.read_text(), re.DOTALL)
    assert found
    said = re.sub(r"pip install [a-z -]+(&& |\n)", "", found[1])
    return said.splitlines()


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_page_s_commands_take_a_bag_that_was_brought_back_and_no_other(tmp_path: Path) -> None:
    make, publish, verify = block("openssl genpkey")
    assert shell(f"{make}\n{publish}", tmp_path).returncode == 0
    sign = model_signature_of(tmp_path / "model.key")
    assert sign is not None
    archive = LocalDirectory(tmp_path / "archive")
    wrapping = Wrapping(describe=lambda bag: {SIGNATURE_FILE: sign(bag, "churn-v1")})
    archived = put(archive, a_model(tmp_path / "model"), wrapping=wrapping).archived
    archive.fetch(archived, tmp_path / "bag", now, never)
    validate, ids = block("pip install bagit")
    valid, signed, shown = (shell(one, tmp_path) for one in (validate, verify, ids))

    assert valid.returncode == 0, valid.stderr
    assert (signed.returncode, signed.stdout) == (0, "Verification succeeded\n")
    assert [f"sha256:{line.split()[0]}" for line in shown.stdout.splitlines()] == [
        archived.preservation_id,
        archived.tags_digest,
    ]
    card = tmp_path / "bag/data/card.md"
    card.chmod(0o644)
    card.write_bytes(bytes([card.read_bytes()[0] ^ 1]) + card.read_bytes()[1:])
    for refused in (shell(validate, tmp_path), shell(verify, tmp_path)):
        assert refused.returncode == 1
        assert "card.md" in refused.stderr
