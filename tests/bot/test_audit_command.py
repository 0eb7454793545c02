"""`emeritus audit`: a bundle that holds wherever it is taken, and exit codes a script can go by."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from data.audit.bundle import files_of
from data.audit.container import packed, unpacked
from data.events import Resumed
from data.ledger import Text, commitments
from data.log.checkpoints import head_of
from data.log.leaves import Leaf
from data.log.proofs import read_inclusion
from data.sqlite.store import SqliteStore
from tests.bot.test_log_command import Run, home, run, signed  # noqa: F401 - fixtures
from tests.contract.scripted import NOW
from tests.data.audit.test_anchors import WHERE, anchored_files  # noqa: F401 - a fixture
from tests.data.log.test_stamps import HERE
from workflows.machine import RetirementMachine


def elsewhere(*arguments: str) -> Result:
    """Without a record and without settings."""
    return CliRunner(env={"EMERITUS_STORE": "/nowhere/emeritus.db"}).invoke(
        cli, arguments, prog_name="emeritus"
    )


@pytest.fixture
def bundle(run: Run, signed: str, tmp_path: Path) -> Path:  # noqa: F811
    file = tmp_path / "evidence.zip"
    exported = run("audit", "export", "RET-1", "--out", str(file))
    assert exported.exit_code == 0, exported.output
    assert exported.stdout == f"17 entries of RET-1 are in {file}, {file.stat().st_size:,} bytes\n"
    return file


def test_a_bundle_is_checked_without_record_and_settings(bundle: Path, signed: str) -> None:  # noqa: F811
    checked = elsewhere("audit", "verify", str(bundle))
    told = json.loads(elsewhere("audit", "verify", str(bundle), "--key", signed, "--json").stdout)

    assert checked.exit_code == 0
    assert checked.stdout.splitlines() == [
        "17 entries of RET-1 hold",
        f"In the log example.com/record, under its checkpoint of 19 entries, root {told['root']}",
        f"Signed by {signed}; it names that key itself: give the one you trust with --key",
    ]
    assert (told["retirement"], told["entries"], told["key"], told["bad"]) == ("RET-1", 17, signed, "")
    assert "it names that key itself" not in elsewhere("audit", "verify", str(bundle), "--key", signed).stdout


def test_a_bundle_that_was_changed_is_exit_code_one_and_named(bundle: Path) -> None:
    content = bundle.read_bytes()
    place = content.index(b'"event":"proposed')
    bundle.write_bytes(content[:place] + b"'" + content[place + 1 :])
    checked = elsewhere("audit", "verify", str(bundle))

    assert checked.exit_code == 1
    assert checked.stdout == "The bundle does not hold: entries/1.json: it was changed\n"
    assert json.loads(elsewhere("audit", "verify", str(bundle), "--json").stdout)["bad"] == (
        "entries/1.json: it was changed"
    )


def test_wrong_use_is_exit_code_two(bundle: Path) -> None:
    assert elsewhere("audit", "verify", "/nowhere/bundle").exit_code == 2
    assert elsewhere("audit", "verify", str(bundle), "--key", "words").exit_code == 2


def test_what_is_there_stays_and_a_model_may_be_named(run: Run, bundle: Path, tmp_path: Path) -> None:  # noqa: F811
    again = run("audit", "export", "churn-v1", "--out", str(bundle))

    assert again.stderr == (
        f"Error: {bundle} cannot be written (File exists). Give a new file with --out FILE\n"
    )
    other = tmp_path / "other.zip"
    assert run("audit", "export", "churn-v1", "--out", str(other), "--json").exit_code == 0
    assert other.read_bytes() == bundle.read_bytes()


def test_entries_under_no_checkpoint_are_refused_with_the_next_step(run: Run) -> None:  # noqa: F811
    refused = run("audit", "export", "RET-1")

    assert refused.exit_code == 1
    assert refused.stderr == (
        "Error: No head of the log is signed. Set EMERITUS_SIGNING_KEY, and run emeritus log seal\n"
    )


def test_the_log_says_whether_there_is_more_than_the_bundle_has(
    run: Run,  # noqa: F811
    bundle: Path,
    home: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    folder = tmp_path / "log"
    run("log", "export", str(folder))
    whole = elsewhere("audit", "verify", str(bundle), "--log", str(folder))
    with closing(SqliteStore(home / "emeritus.db", RetirementMachine())) as store:
        store.write(lambda conn: store.append(conn, "RET-1", [Resumed(at=NOW, by="U1")], NOW))
    run("log", "seal")
    run("log", "export", str(folder))
    later = elsewhere("audit", "verify", str(bundle), "--log", str(folder))

    assert whole.stdout.splitlines()[-1] == "Up to 19 entries of the log, nothing of it came later"
    assert later.stdout.splitlines()[-1] == "Up to 20 entries of the log, 1 entry of it came later"
    cut = cut_off(bundle)
    assert elsewhere("audit", "verify", str(cut)).exit_code == 0, "nothing in it says that one is missing"
    assert elsewhere("audit", "verify", str(cut), "--log", str(folder)).stdout == (
        f"The bundle does not hold: the log in {folder}: it has 17 entries of RET-1 by then, and the bundle 16\n"
    )
    (folder / "tile/entries/000.p/20").write_bytes(b"")
    assert elsewhere("audit", "verify", str(bundle), "--log", str(folder)).exit_code == 1
    assert elsewhere("audit", "verify", str(bundle), "--log", "/nowhere").stdout == (
        "The bundle does not hold: the log in /nowhere: /nowhere/checkpoint cannot be read\n"
    )


def cut_off(bundle: Path) -> Path:
    """All of it but the last entry, with everything drawn anew: as it was before that entry."""
    files = unpacked(bundle.read_bytes())
    texts = msgspec.json.decode(files["texts.json"])
    leaves = [msgspec.json.decode(files[f"leaves/{number}.json"]) for number in range(1, 17)]
    entries = [files[f"entries/{number}.json"] for number in range(1, 17)]
    held = {one for entry in entries for one in commitments(msgspec.json.decode(entry))}
    anew = files_of(
        stream="RET-1",
        entries=entries,
        texts={
            one: Text(one, bytes.fromhex(kept["salt"]), kept["text"])
            for one, kept in texts.items()
            if one in held
        },
        leaves=[
            Leaf(one["position"], one["stream"], one["version"], bytes.fromhex(one["digest"][7:]))
            for one in leaves
        ],
        numbers=[read_inclusion(files[f"proofs/{number}.tlog-proof"]).number for number in range(1, 17)],
        head=head_of(files["checkpoint"]),
        checkpoint=files["checkpoint"],
        keys=files["keys"].decode().split(),
    )
    proofs = {name: files[name] for number in range(1, 17) for name in [f"proofs/{number}.tlog-proof"]}
    cut = bundle.with_name("cut.zip")
    cut.write_bytes(packed({**anew, **proofs}))
    return cut


STAMPED = "Its checkpoint of 25 entries was stamped 2026-11-28 10:57:03 UTC by CN=example"


def test_anchors_and_stamps_are_told_and_whose_they_are_is_doubted(
    anchored_files: dict[str, bytes],  # noqa: F811
    tmp_path: Path,
) -> None:
    bundle = tmp_path / "anchored.zip"
    bundle.write_bytes(packed(anchored_files))
    doubted = elsewhere("audit", "verify", str(bundle))
    proven = elsewhere("audit", "verify", str(bundle), "--ca", str(HERE / "root.pem"))
    others = elsewhere("audit", "verify", str(bundle), "--ca", str(HERE / "other-root.pem"))
    told = json.loads(elsewhere("audit", "verify", str(bundle), "--json").stdout)

    assert doubted.exit_code == 0
    assert doubted.stdout.splitlines()[-3:] == [
        f"By the record, its checkpoint of 25 entries lies in {WHERE}, version v1, locked until 2026-03-02",
        "Compare what is there with checkpoints/25 of the bundle",
        f"{STAMPED}; it names that authority itself: give the certificates you trust with --ca",
    ]
    assert proven.stdout.splitlines()[-1] == STAMPED
    assert others.exit_code == 1
    assert others.stdout.startswith(
        "The bundle does not hold: stamps/25.tsr: the time-stamp does not hold: no cert"
    )
    assert [one["where"] for one in told["kept"]] == [WHERE]
    assert [one["by"] for one in told["seen"]] == ["CN=example"]
    assert elsewhere("audit", "verify", str(bundle), "--ca", str(HERE / "nonce")).exit_code == 2


def test_a_bundle_without_stamps_says_so_to_whoever_asks_for_one(bundle: Path) -> None:
    checked = elsewhere("audit", "verify", str(bundle), "--ca", str(HERE / "root.pem"))
    assert checked.exit_code == 0
    assert checked.stdout.endswith("It has no time-stamp\n")
