"""Do the commands of bot/README.md stamp a checkpoint and check it? A real authority of openssl answers here."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.log.checkpoints import Head
from tests.contract.test_store_log import SIGNER
from tests.data.log.authority import make_authority, serving, shell, stamp

PAGE = Path(__file__).parents[3] / "bot/README.md"
ASK, VERIFY = "https://tsa.example.com", "openssl ts -verify "
pytestmark = pytest.mark.long
"""It takes openssl and curl, which .ci/run installs."""


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[str]:
    make_authority(tmp_path, "tsa")
    shutil.copy(tmp_path / "tsa-root.pem", tmp_path / "tsa-ca.pem")
    with serving(lambda asked: stamp(tmp_path, "tsa", asked)) as address:
        yield address


def test_the_page_s_commands_take_a_stamp_and_refuse_any_other(tmp_path: Path, authority: str) -> None:
    found = re.search(r"```console\n(openssl ts -query.*?)```", PAGE.read_text(), re.DOTALL)
    assert found
    (tmp_path / "checkpoint").write_text(SIGNER.sign(Head(SIGNER.public.name, 9, bytes(32))))
    done = shell(found[1].replace(ASK, authority), tmp_path)
    verify = next(line for line in found[1].splitlines() if line.startswith(VERIFY))

    assert done.returncode == 0, done.stderr
    assert "Verification: OK" in done.stdout
    assert "Time stamp: " in done.stdout
    make_authority(tmp_path, "other")
    (tmp_path / "later").write_text(SIGNER.sign(Head(SIGNER.public.name, 10, bytes(32))))
    stamp = (tmp_path / "checkpoint.tsr").read_bytes()
    (tmp_path / "altered.tsr").write_bytes(stamp[:-1] + bytes([stamp[-1] ^ 1]))
    for changed in (
        verify.replace("-data checkpoint", "-data later"),
        verify.replace("checkpoint.tsr", "altered.tsr"),
        verify.replace("tsa-ca.pem", "other-root.pem"),
    ):
        assert shell(changed, tmp_path).returncode == 1, changed
