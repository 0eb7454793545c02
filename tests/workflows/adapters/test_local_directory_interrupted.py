"""What is stopped, killed, overtaken or changed in the middle leaves no half archive, and is simply done again."""

import signal
import subprocess
import sys
from pathlib import Path

import bagit
import msgspec
import pytest

from data.errors import Unavailable
from data.records.archived import Archived
from tests.contract.archives import never, now, put
from workflows.adapters.local_directory import LocalDirectory


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
    assert archive.exists(archived)


KILLED_IN_THE_MIDDLE = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
import msgspec
from data.archive.results import Artifact, Wrapping
from data.records.archived import Archived
from workflows.adapters.local_directory import LocalDirectory

root, source, archived, chunks = sys.argv[1:]
left = int(chunks)

def killed():
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return False

archive, now = LocalDirectory(Path(root)), lambda: datetime(2026, 3, 2, tzinfo=UTC)
if archived:
    archive.drill(msgspec.json.decode(archived, type=Archived), now, killed)
else:
    archive.put("churn-v3", [Artifact(path="model", source=source)], Wrapping(), now, killed)
"""


def killed_after(chunks: int, archive: LocalDirectory, model: Path, archived: Archived | None = None) -> None:
    told = msgspec.json.encode(archived).decode() if archived else ""
    arguments = [str(archive.root), str(model), told, str(chunks)]
    run = subprocess.run([sys.executable, "-c", KILLED_IN_THE_MIDDLE, *arguments], check=False)
    assert run.returncode == -signal.SIGKILL


@pytest.mark.parametrize("chunks", [1, 6, 7])
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
    before = sorted(archive.root.rglob("*"))
    killed_after(9, archive, model, archived)
    assert (archive.root / "churn-v3/.restored").exists()
    archive.drill(archived, now, never)
    assert sorted(archive.root.rglob("*")) == before
