"""Do the commands of bot/README.md take a bundle to a yes, or to the first entry that does not hold, with Go alone?"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from data.audit.bundle import gathered
from data.audit.container import packed, unpacked
from data.log.checkpoints import Head
from data.sql.tree import export
from data.sqlite.store import SqliteStore
from tests.contract.scripted import NOW, Scripted, a_command, at
from tests.data.audit.conftest import LATER, OTHER, SIGNER, use
from tests.data.audit.test_bundle import Tamper, signed_by, swapped, without
from tests.data.recorded import record

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "bot/README.md"
BUNDLE = "RET-7-audit.zip"

pytestmark = pytest.mark.long
"""It takes Debian's golang-go and golang-golang-x-mod-dev, which .ci/run installs."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where an auditor has the page's programs, a key, a checkpoint kept from before, the log and a bundle of it."""
    place = tmp_path_factory.mktemp("auditor")
    (place / "tests").symlink_to(ROOT / "tests")
    with closing(SqliteStore(place / "emeritus.db", Scripted())) as store:
        record(store, "paused", state=b"{}")
        use(store, SIGNER)
        kept = store.seal(NOW, SIGNER).head
        assert kept is not None
        (place / "kept-elsewhere").write_text(kept.checkpoint)
        store.transact("k1", "RET-1", a_command(says=("because", "gone")), b"", NOW)
        store.transact("k2", "RET-10", a_command(counts=300), b"", NOW)
        store.seal(at(60), SIGNER)
        store.erase("RET-1", 19)
        with store.snapshot() as conn:
            (place / BUNDLE).write_bytes(packed(gathered(conn, "RET-1")))
            export(conn, place / "log")
        store.transact("k3", "RET-1", a_command(counts=1), b"", NOW)
        store.seal(at(120), SIGNER)
        with store.reading() as conn:
            export(conn, place / "log")
    (place / "the-public-key").write_text(f"{SIGNER.public}\n")
    return place


def commands(place: Path) -> list[str]:
    """Those of the page, but for what is installed; of this retirement and from this folder."""
    found = re.search(r"```console\napt-get install golang-go.*?\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found
    return found[1].replace('"RET-7"', '"RET-1"').replace("/srv/log", str(place / "log")).splitlines()


def shell(command: str, place: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "GOCACHE": str(place / "cache")}
    return subprocess.run(
        ["sh", "-c", command], cwd=place, env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def told(place: Path) -> list[str]:
    done = shell("set -e\n" + "\n".join(commands(place)), place)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout.splitlines()


def test_the_page_s_commands_take_the_log_and_a_bundle_and_count_what_came_later(told: list[str]) -> None:
    assert told == [
        "322 entries hold",
        "yes: 19 entries of RET-1, under a checkpoint of 321",
        "20",
    ]


@pytest.fixture
def audit(place: Path, told: list[str]) -> Iterator[Callable[[bytes], tuple[int, str]]]:
    """Runs the page's line on another bundle."""
    line = next(one for one in commands(place) if one.startswith("./auditor"))
    whole = (place / BUNDLE).read_bytes()

    def run(content: bytes) -> tuple[int, str]:
        (place / BUNDLE).write_bytes(content)
        done = shell(line, place)
        assert done.stderr == ""
        return done.returncode, done.stdout.strip()

    yield run
    (place / BUNDLE).write_bytes(whole)


def with_file(name: str, change: Callable[[bytes], bytes]) -> Tamper:
    return lambda files: {**files, name: change(files[name])}


def flipped(content: bytes) -> bytes:
    return content[:40] + bytes([content[40] ^ 1]) + content[41:]


def of_another_past(files: dict[str, bytes]) -> dict[str, bytes]:
    """Signed by the right key over another root, and every proof made to lead there."""
    checkpoint = SIGNER.sign(Head("example.com/record", 321, bytes(32))).encode()
    return {name: content.replace(files["checkpoint"], checkpoint) for name, content in files.items()}


DAMAGED: dict[str, tuple[Tamper, str]] = {
    "an entry flipped": (
        with_file("entries/7.json", lambda entry: entry.replace(b'"U', b'"V', 1)),
        "entries/7.json: its bytes are not those in the log",
    ),
    "two entries swapped": (
        lambda files: swapped(files, "entries/7.json", "entries/8.json"),
        "entries/7.json: its bytes are not those in the log",
    ),
    "a leaf of another entry": (
        lambda files: swapped(files, "leaves/7.json", "leaves/8.json"),
        "entries/7.json: its bytes are not those in the log",
    ),
    "a leaf at another position": (
        with_file("leaves/7.json", lambda leaf: leaf.replace(b'"position":8', b'"position":9')),
        "entries/7.json: invalid transparency proof",
    ),
    "a proof of another entry": (
        lambda files: swapped(files, "proofs/7.tlog-proof", "proofs/8.tlog-proof"),
        "entries/7.json: invalid transparency proof",
    ),
    "a proof flipped": (with_file("proofs/7.tlog-proof", flipped), "entries/7.json: "),
    "a proof of another log": (
        with_file("proofs/7.tlog-proof", lambda proof: proof.replace(b"\n321\n", b"\n320\n")),
        "entries/7.json: proofs/7.tlog-proof leads to another checkpoint",
    ),
    "a checkpoint of another log": (
        with_file("checkpoint", lambda _: OTHER.sign(Head("example.com/record", 321, bytes(32))).encode()),
        "checkpoint: note has no verifiable signatures",
    ),
    "a bundle of another log": (
        lambda files: signed_by(files, OTHER),
        "checkpoint: note has no verifiable signatures",
    ),
    "a checkpoint of another past": (of_another_past, "entries/1.json: invalid transparency proof"),
    "a checkpoint flipped": (with_file("checkpoint", flipped), "checkpoint: "),
    "an earlier checkpoint of another past": (
        with_file(
            "checkpoints/19", lambda _: SIGNER.sign(Head("example.com/record", 19, bytes(32))).encode()
        ),
        "checkpoints/19: invalid transparency proof",
    ),
    "other words": (
        with_file("texts.json", lambda texts: texts.replace(b"because", b"whereas")),
        "entries/18.json: other words are kept beside it",
    ),
    "an entry cut out": (
        lambda files: without(files, "entries/7.json"),
        "entries/7.json: open entries/7.json: file does not exist",
    ),
    "its proof cut out": (
        lambda files: without(files, "proofs/7.tlog-proof"),
        "entries/7.json: open proofs/7.tlog-proof: file does not exist",
    ),
    "its end cut off": (
        lambda files: without(files, "entries/19.json", "leaves/19.json", "proofs/19.tlog-proof"),
        "entries/19.json: open entries/19.json: file does not exist",
    ),
    "its end cut off, and said to be but for one file": (
        lambda files: {
            **without(files, "leaves/19.json", "proofs/19.tlog-proof"),
            "bundle": files["bundle"].replace(b":19,", b":18,"),
        },
        "entries/19.json: it is one more",
    ),
}


@pytest.mark.parametrize(("damage", "bad"), DAMAGED.values(), ids=DAMAGED)
def test_damage_is_a_no_with_the_first_entrys_name(
    place: Path, audit: Callable[[bytes], tuple[int, str]], damage: Tamper, bad: str
) -> None:
    files = unpacked((place / BUNDLE).read_bytes())
    code, answer = audit(packed(damage(files)))

    assert code == 1
    assert answer.startswith(f"no: {bad}")


def test_a_file_that_was_cut_or_is_signed_by_another_key_is_a_no(
    place: Path, audit: Callable[[bytes], tuple[int, str]]
) -> None:
    whole = (place / BUNDLE).read_bytes()

    assert audit(whole[:-1]) == (1, f"no: {BUNDLE}: zip: not a valid zip file")
    assert audit(whole.replace(b"because", b"whereas")) == (1, "no: texts.json: zip: checksum error")
    assert audit(whole)[0] == 0
    other = shell(f"./auditor {BUNDLE} '{LATER.public}'", place)
    assert (other.returncode, other.stdout) == (1, "no: checkpoint: note has no verifiable signatures\n")
