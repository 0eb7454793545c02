"""What is stopped, killed, overtaken or changed in the middle leaves no half archive, and is simply done again."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import bagit
import pytest

from data.errors import Refused, Unavailable
from tests.workflows.adapters.test_local_directory import everything_in, never, now, put
from workflows.adapters.local_directory import LocalDirectory


def test_a_file_that_changes_while_it_is_copied_is_refused_and_nothing_is_kept(
    archive: LocalDirectory, model: Path
) -> None:
    weights = model / "weights/w.bin"

    def training_goes_on() -> bool:
        with weights.open("ab") as file:
            file.write(b"more")
        return False

    with pytest.raises(Refused) as refused:
        put(archive, model, stopped=training_goes_on)
    assert str(refused.value) == (
        "Cannot archive weights/w.bin: it changed while it was copied "
        "(2,500,000 bytes when listed, more when read). Stop what writes to it, then archive again"
    )
    assert everything_in(archive) == ["churn-v3"]


def add(folder: Path) -> None:
    (folder / "w-2.bin").write_bytes(b"the rest of the weights")


def take_away(folder: Path) -> None:
    (folder / "empty.bin").unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (add, "weights/w-2.bin: it changed while it was copied (it was added)"),
        (take_away, "{folder}/empty.bin: it changed while it was copied (it was removed)"),
    ],
)
def test_a_file_that_comes_or_goes_beside_the_others_while_they_are_copied_is_refused(
    archive: LocalDirectory, model: Path, change: Callable[[Path], None], told: str
) -> None:
    (model / "weights/empty.bin").touch()

    def meanwhile() -> bool:
        change(model / "weights")
        return False

    with pytest.raises(Refused) as refused:
        put(archive, model, stopped=meanwhile)
    name = told.format(folder=model / "weights")
    assert str(refused.value) == f"Cannot archive {name}. Stop what writes to it, then archive again"
    assert everything_in(archive) == ["churn-v3"]


def test_one_subject_is_archived_by_one_process_at_a_time(archive: LocalDirectory, model: Path) -> None:
    """Two would sweep away each other's half-written copy."""
    told: list[str] = []

    def meanwhile() -> bool:
        with pytest.raises(Unavailable) as busy:
            put(archive, model)
        told.append(str(busy.value))
        return False

    archived = put(archive, model, stopped=meanwhile).archived
    shelf = archive.root / "churn-v3"
    assert set(told) == {
        f"Another copy or drill is under way in {shelf}; it is tried again when that has ended"
    }
    assert archive.exists(archived.location, archived.manifest_digest)


def test_a_stop_signal_leaves_nothing_half_written(archive: LocalDirectory, model: Path) -> None:
    answers = iter([False, False, True])
    with pytest.raises(Unavailable):
        put(archive, model, stopped=lambda: next(answers))
    assert everything_in(archive) == ["churn-v3"]


KILLED_IN_THE_MIDDLE = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from data.archive.results import Artifact, Wrapping
from workflows.adapters.local_directory import LocalDirectory

root, source, location, digest, chunks = sys.argv[1:]
left = int(chunks)

def killed():
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return False

archive, now = LocalDirectory(Path(root)), lambda: datetime(2026, 3, 2, tzinfo=UTC)
if location:
    archive.drill(location, digest, now, killed)
else:
    archive.put("churn-v3", [Artifact(path="model", source=source)], Wrapping(), now, killed)
"""


def killed_after(
    chunks: int, archive: LocalDirectory, model: Path, location: str = "", digest: str = ""
) -> None:
    arguments = [str(archive.root), str(model), location, digest, str(chunks)]
    run = subprocess.run([sys.executable, "-c", KILLED_IN_THE_MIDDLE, *arguments], check=False)
    assert run.returncode == -signal.SIGKILL


@pytest.mark.parametrize("chunks", [1, 3, 4])
def test_a_copy_that_was_killed_is_started_over(archive: LocalDirectory, model: Path, chunks: int) -> None:
    killed_after(chunks, archive, model)
    assert (archive.root / "churn-v3/.partial").exists()
    archived = put(archive, model).archived
    assert sorted(path.name for path in (archive.root / "churn-v3").iterdir()) == [
        archived.location.split("/")[1]
    ]
    assert bagit.Bag(str(archive.path(archived.location))).validate()


def test_a_drill_that_was_killed_is_started_over(archive: LocalDirectory, model: Path) -> None:
    archived = put(archive, model).archived
    before = everything_in(archive)
    killed_after(6, archive, model, archived.location, archived.manifest_digest)
    assert (archive.root / "churn-v3/.restored").exists()
    archive.drill(archived.location, archived.manifest_digest, now, never)
    assert everything_in(archive) == before
