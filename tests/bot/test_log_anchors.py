"""`emeritus log anchor`: a record that was rolled back or forked does not go on from what lies beside the archives."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from bot.archives import anchoring_of
from bot.cli import cli
from bot.doctor.anchors import examine_anchors
from bot.settings import read
from bot.stamp_settings import TimeStamping
from data.events import Resumed
from data.events.anchors import AnchoringPlanned, CheckpointAnchored
from data.records.anchors import STREAM
from data.sqlite.store import SqliteStore
from tests.bot.test_log_command import Run, home, run, signed  # noqa: F401 - fixtures
from tests.contract.scripted import NOW
from workflows.machine import RetirementMachine


@pytest.fixture
def with_archive(home: Path, tmp_path: Path, signed: str) -> Run:  # noqa: F811
    def with_archive(*arguments: str) -> Result:
        environ = {
            "EMERITUS_STORE": str(home / "emeritus.db"),
            "EMERITUS_ARCHIVE": str(tmp_path / "archive"),
            "EMERITUS_SIGNING_KEY": str(tmp_path / "key"),
        }
        return CliRunner(env=environ).invoke(cli, arguments, prog_name="emeritus")

    return with_archive


def resume(home: Path, by: str) -> None:  # noqa: F811
    with closing(SqliteStore(home / "emeritus.db", RetirementMachine())) as store:
        store.write(lambda conn: store.append(conn, "RET-1", [Resumed(at=NOW, by=by)], NOW))


def resume_and_anchor(with_archive: Run, home: Path, by: str) -> None:  # noqa: F811
    resume(home, by)
    with_archive("log", "seal")
    with_archive("log", "anchor")


def test_a_rolled_back_and_a_forked_record_are_told_by_anchors(
    with_archive: Run,
    home: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    shutil.copy(home / "emeritus.db", tmp_path / "before.db")
    resume(home, "U1")
    with_archive("log", "seal")
    first, again = with_archive("log", "anchor"), with_archive("log", "anchor")
    (anchor,) = (tmp_path / "archive/.anchors").iterdir()

    assert first.stdout == f"Anchored as {anchor}\n", first.output
    assert first.stderr.startswith("It is not locked, so tamper-evident only")
    assert again.stdout == f"Anchored before as {anchor}\n"
    assert anchor.name.startswith("00000000000000000020-")
    assert with_archive("verify", "--anchors").stdout.endswith(
        "\nIt is held to 1 anchor, the last of 20 entries\n"
    )

    shutil.copy(tmp_path / "before.db", home / "emeritus.db")
    rolled_back = with_archive("verify", "--anchors")
    assert (rolled_back.exit_code, with_archive("verify").exit_code) == (1, 0)
    held_to = "It is held to 1 anchor, the last of 20 entries\n"
    assert rolled_back.stdout == (
        "The record does not hold: the kept checkpoint of 20 entries: the log has only 19 entries; "
        f"it was cut, or rolled back\n{held_to}"
    )
    resume(home, "U2")
    with_archive("log", "seal")
    assert with_archive("verify", "--anchors").stdout == (
        "The record does not hold: the kept checkpoint of 20 entries: the first 20 entries of the log are others now\n"
        + held_to
    )


def test_a_record_that_is_held_to_nothing_is_not_said_to_hold(with_archive: Run, tmp_path: Path) -> None:
    nothing = with_archive("verify", "--anchors")
    assert (nothing.exit_code, with_archive("verify").exit_code) == (1, 0)
    assert nothing.stdout == (
        f"The record does not hold: there is no anchor at {tmp_path / 'archive'}, so nothing shows that it was not "
        "rolled back. emeritus log anchor puts one; where some were put, see that EMERITUS_ARCHIVE names that place\n"
    )


def test_what_lies_beside_an_anchor_hides_no_rollback(
    with_archive: Run,
    home: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    shutil.copy(home / "emeritus.db", tmp_path / "before.db")
    resume_and_anchor(with_archive, home, "U1")
    folder = tmp_path / "archive/.anchors"
    (folder / ".DS_Store").touch()
    stray = f"{folder}/.DS_Store is no anchor"
    told = with_archive("verify", "--anchors")
    assert (told.exit_code, told.stdout.splitlines()[-1]) == (0, stray)
    assert f"BAD anchors: {stray}. Take it away if you put it there" in with_archive("doctor").stdout

    bad = folder / f"{9:020}-{'0' * 64}"
    bad.write_bytes(b"words")
    shutil.copy(tmp_path / "before.db", home / "emeritus.db")
    first, second, *_ = with_archive("verify", "--anchors").stdout.splitlines()
    assert first.endswith("the log has only 19 entries; it was cut, or rolled back")
    assert second == f"Nor does this: the anchor {bad} is not what was put there"


def test_an_anchor_that_was_changed_is_named(with_archive: Run, tmp_path: Path) -> None:
    with_archive("log", "anchor")
    (anchor,) = (tmp_path / "archive/.anchors").iterdir()
    anchor.chmod(0o644)
    anchor.write_bytes(b"x" + anchor.read_bytes()[1:])

    bad = f"the anchor {anchor} is not what was put there"
    assert with_archive("verify", "--anchors").stdout == f"The record does not hold: {bad}\n"
    assert with_archive("log", "anchor").stderr.startswith(f"Error: {bad}")


def test_the_doctor_holds_the_record_to_its_anchors(
    with_archive: Run,
    home: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    shutil.copy(home / "emeritus.db", tmp_path / "before.db")
    resume_and_anchor(with_archive, home, "U1")
    (anchor,) = (tmp_path / "archive/.anchors").iterdir()

    told = "ok  anchors: 1 checkpoint beside the archives, the last of 20 entries"
    assert told in with_archive("doctor").stdout
    shutil.copy(tmp_path / "before.db", home / "emeritus.db")
    rolled_back = "BAD store: the kept checkpoint of 20 entries: the log has only 19 entries;"
    assert rolled_back in with_archive("doctor").stdout
    anchor.chmod(0o644)
    anchor.write_bytes(b"other")
    assert f"BAD anchors: the anchor {anchor} is not what was put there" in with_archive("doctor").stdout


def test_a_record_brought_back_from_a_backup_leaves_anchors_behind_by_name_and_only_those(
    with_archive: Run,
    home: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    said = ("log", "leave-anchors", "--by", "U024BE7LH", "--because", "the disk died")
    with_archive("log", "anchor")
    assert with_archive(*said).stderr == (
        "Error: The record goes on from all of its anchors. There is nothing to leave behind\n"
    )
    shutil.copy(home / "emeritus.db", tmp_path / "before.db")
    assert with_archive("store", "backup", str(tmp_path / "backup.db")).exit_code == 0
    for by in ("U1", "U2"):
        resume_and_anchor(with_archive, home, by)
    resume_and_anchor(with_archive, home, "U4")
    shutil.copy(tmp_path / "before.db", home / "emeritus.db")
    nobody = with_archive(*said)
    assert nobody.stderr.startswith(
        "Error: Nothing on record says that a backup was brought back. Keep the record"
    )
    assert "leave-anchors" not in with_archive("verify", "--anchors").stdout

    assert with_archive("store", "restore", str(tmp_path / "backup.db"), "--replace").exit_code == 0
    red = with_archive("verify", "--anchors")
    assert red.exit_code == 1
    assert "the log has only 19 entries; it was cut, or rolled back" in red.stdout
    assert "run emeritus log leave-anchors --by SLACK_ID --because TEXT\n" in red.stdout
    assert "leave-anchors" in with_archive("doctor").stdout
    assert "the Slack id of a person" in with_archive(*said[:3], "ann", *said[4:]).stderr
    done = with_archive(*said)
    assert done.stdout.startswith("3 anchors left behind; U024BE7LH answers for it"), done.output
    assert with_archive(*said).exit_code == 1, "there is nothing more to leave"

    resume(home, "U3")
    with_archive("log", "seal")
    with_archive("log", "anchor")
    green = with_archive("verify", "--anchors")
    assert green.exit_code == 0, green.output
    assert "3 anchors of 20 to 22 entries left behind: a backup of " in green.stdout
    assert green.stdout.endswith("U024BE7LH answers for it: the disk died\n")
    examined = with_archive("doctor").stdout
    assert (
        "ok  anchors: 5 checkpoints beside the archives, the last of 21 entries; 3 anchors of 20" in examined
    )
    assert "U024BE7LH answers for it: the disk died" in examined
    with closing(SqliteStore(home / "emeritus.db", RetirementMachine(), read_only=True)) as store:
        (told,) = [one.effect for one in store.kept("anchors/")]
    assert (told.body["notice"], told.body["count"], told.body["who"]) == ("anchors left", "3", "U024BE7LH")


def test_no_backup_explains_an_anchor_from_before_it_was_taken(
    with_archive: Run,
    home: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    shutil.copy(home / "emeritus.db", tmp_path / "before.db")
    resume_and_anchor(with_archive, home, "U1")
    shutil.copy(tmp_path / "before.db", home / "emeritus.db")
    resume(home, "U2")
    with_archive("log", "seal")
    with_archive("store", "backup", str(tmp_path / "forked.db"))
    with_archive("store", "restore", str(tmp_path / "forked.db"), "--replace")

    refused = with_archive("log", "leave-anchors", "--by", "U024BE7LH", "--because", "the disk died")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Error: The anchor of 20 entries does not fit, and the backup of ")
    assert (
        "that was brought back has 20 sealed ones: no backup explains it. Keep the record" in refused.stderr
    )
    assert with_archive("verify", "--anchors").exit_code == 1


def test_the_doctor_names_an_anchor_that_is_gone_and_a_service_that_has_nothing_to_stamp(
    with_archive: Run,
    home: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    with_archive("log", "anchor")
    (anchor,) = (tmp_path / "archive/.anchors").iterdir()
    settings = read(
        {"EMERITUS_STORE": str(home / "emeritus.db"), "EMERITUS_ARCHIVE": str(tmp_path / "archive")}
    )
    with closing(SqliteStore(home / "emeritus.db", RetirementMachine())) as store:
        head = store.checkpoint()
        assert head is not None
        went = CheckpointAnchored(
            at=NOW,
            by="emeritus",
            size=head.size,
            name=anchor.name,
            checkpoint=head.checkpoint,
            where=str(anchor),
        )
        plan = AnchoringPlanned(at=NOW, by="emeritus", plan=anchoring_of(settings))
        store.write(lambda conn: store.append(conn, STREAM, [plan, went], NOW))
    assert (
        "ok  anchors by the clock: 19 entries came to the archive 2026-03-02" in with_archive("doctor").stdout
    )

    anchor.unlink()
    gone = f"{anchor} was put there, and is gone"
    assert f"BAD anchors: {gone}" in with_archive("doctor").stdout
    assert with_archive("verify", "--anchors").stdout == f"The record does not hold: {gone}\n"
    with closing(SqliteStore(home / "emeritus.db", RetirementMachine(), read_only=True)) as store:
        unsigned = replace(settings, stamping=TimeStamping(address="https://tsa.example.com", authorities=""))
        alone, *_ = examine_anchors(unsigned, store, NOW).findings
    assert alone.found == "https://tsa.example.com stamps nothing: no heads of the log are signed"
