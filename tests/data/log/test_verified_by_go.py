"""Does a verifier that is not ours take our log, and refuse it with one bit flipped? Go's own sumdb packages do."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from data.sql.tree import export
from data.sqlite.store import SqliteStore
from tests.contract.scripted import NOW, Scripted, a_command, at
from tests.contract.test_store_log import SIGNER, use

SOURCE = Path(__file__).with_name("verifier.go")
GOCODE = Path("/usr/share/gocode")

pytestmark = pytest.mark.long
"""It takes Debian's golang-go and golang-golang-x-mod-dev, which .ci/run installs."""

Verify = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def verify(tmp_path_factory: pytest.TempPathFactory) -> Verify:
    place = tmp_path_factory.mktemp("go")
    go = {**os.environ, "GOPATH": str(GOCODE), "GO111MODULE": "off", "GOCACHE": str(place / "cache")}
    subprocess.run(["go", "build", "-o", str(place / "verifier"), str(SOURCE)], env=go, check=True)

    def run(folder: Path, *older: Path) -> subprocess.CompletedProcess[str]:
        asked = [str(place / "verifier"), str(folder), str(SIGNER.public), *map(str, older)]
        return subprocess.run(asked, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize("size", [1, 2, 7, 256, 257, 1_000, 70_000])
def test_go_takes_the_exported_log_and_every_checkpoint_before(
    verify: Verify, tmp_path: Path, size: int
) -> None:
    folder, kept = tmp_path / "log", tmp_path / "kept"
    with closing(SqliteStore(tmp_path / "emeritus.db", Scripted())) as store:
        use(store, SIGNER)
        first = store.seal(NOW, SIGNER)
        assert first.head is not None
        kept.write_text(first.head.checkpoint)
        for start in range(1, size, 10_000):
            count = min(10_000, size - start)
            store.transact(f"k{start}", "RET-1", a_command(counts=count), b"", NOW)
        store.seal(at(60), SIGNER)
        with store.reading() as conn:
            export(conn, folder)
    done = verify(folder, kept)

    assert (done.stdout, done.stderr) == (f"{size} entries hold\n", "")


def test_go_refuses_a_log_with_a_bit_flipped(verify: Verify, tmp_path: Path) -> None:
    folder = tmp_path / "log"
    with closing(SqliteStore(tmp_path / "emeritus.db", Scripted())) as store:
        use(store, SIGNER)
        store.transact("k1", "RET-1", a_command(counts=300), b"", NOW)
        store.seal(NOW, SIGNER)
        with store.reading() as conn:
            export(conn, folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "keys")
    assert len(files) == 6
    for file in files:
        whole = file.read_bytes()
        file.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
        assert verify(folder).returncode == 1, file
        file.write_bytes(whole)
    assert verify(folder).returncode == 0
