"""How long something archived is kept, how it is brought back and how it is removed for good."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.archive.keeping import Keeping
from data.archive.results import Wrapping
from data.errors import Corrupt, Refused
from tests.contract.archives import WEIGHTS, Kept, never, now, put
from workflows.artifact_store import ArtifactStore

GONE = ["weights/w.bin"]
FREE = Keeping()
STONE = b'{"pruned": "weights/w.bin"}\n'


def soon() -> datetime:
    """Of the store's own clock, which no test can move."""
    return datetime.now(UTC) + timedelta(hours=1)


def test_what_was_pruned_is_gone_and_is_missed_by_nobody_who_knows(
    kept: Kept, model: Path, tmp_path: Path
) -> None:
    archived = put(kept.store, model).archived
    before = kept.everything()
    for _ in range(2):
        kept.store.prune(archived, GONE, STONE, FREE, now())
    assert len(kept.everything()) == len(before)  # one file less, and a tombstone
    assert any(".tombstone-" in str(one) for one in kept.everything())
    assert kept.store.exists(archived, gone=GONE)
    assert kept.store.drill(archived, now, never, gone=GONE).files == 1
    assert kept.store.fetch(archived, tmp_path / "back", now, never, gone=GONE).bytes == 7
    assert not (tmp_path / "back/data/weights/w.bin").exists()
    assert "data/weights/w.bin" in (tmp_path / "back/manifest-sha256.txt").read_text()


def test_the_same_content_of_two_retirements_lies_apart_and_what_goes_of_one_can_come_again(
    archive: ArtifactStore, model: Path
) -> None:
    first, second = (
        put(archive, model, wrapping=Wrapping(retirement_id=one)).archived for one in ("RET-1", "RET-2")
    )
    assert first.preservation_id == second.preservation_id
    assert (second.location.split("/")[:2], first.location.split("/")[1]) == (["churn-v3", "RET-2"], "RET-1")
    archive.prune(first, GONE, STONE, FREE, now())
    assert archive.drill(second, now, never).files == 2
    assert put(archive, model, wrapping=Wrapping(retirement_id="RET-2")).archived == second
    third = put(archive, model, wrapping=Wrapping(retirement_id="RET-3")).archived
    assert archive.drill(third, now, never).files == 2


def test_what_it_listed_is_known_with_its_digests_after_something_went(
    archive: ArtifactStore, model: Path
) -> None:
    stored = put(archive, model)
    assert archive.files(stored.archived) == stored.artifacts
    archive.prune(stored.archived, GONE, STONE, FREE, now())
    left = {file.path: file.artifact_id for file in archive.files(stored.archived)}
    assert left == {file.path: file.artifact_id for file in stored.artifacts}


def test_what_is_gone_and_was_not_pruned_by_the_record_is_missed(archive: ArtifactStore, model: Path) -> None:
    archived = put(archive, model).archived
    archive.prune(archived, GONE, STONE, FREE, now())
    assert not archive.exists(archived)
    with pytest.raises(Corrupt, match=r"data/weights/w\.bin is missing"):
        archive.drill(archived, now, never)
    with pytest.raises(Corrupt):
        archive.drill(archived, now, never, gone=["card.md"])


@pytest.mark.parametrize(
    ("keeping", "why"),
    [
        (Keeping(held=True), "a legal hold is on it"),
        (Keeping(until=now() + timedelta(days=1)), "it is kept until 2026-03-03 09:14 UTC"),
        (
            Keeping(until=now() + timedelta(days=1), held=True),
            "a legal hold is on it; it is kept until 2026-03-03 09:14 UTC",
        ),
    ],
)
def test_what_the_record_keeps_is_not_pruned_whatever_the_store_locks(
    kept: Kept, model: Path, keeping: Keeping, why: str
) -> None:
    archived = put(kept.store, model).archived
    before = kept.everything()
    with pytest.raises(Refused) as refused:
        kept.store.prune(archived, GONE, STONE, keeping, now())
    assert str(refused.value) == (
        f"Cannot prune 1 file of {kept.where(archived)}: {why}. Nothing was removed. Prune once that has ended"
    )
    assert kept.everything() == before


def test_only_what_is_archived_is_pruned(kept: Kept, model: Path) -> None:
    archived = put(kept.store, model).archived
    before = kept.everything()
    for path in ("../../churn-v3", "weights", "bagit.txt"):
        with pytest.raises(Refused) as refused:
            kept.store.prune(archived, ["card.md", path], STONE, FREE, now())
        assert f"not archived there: {path}" in str(refused.value)
    assert kept.everything() == before


def test_keeping_longer_and_holding_can_be_said_any_number_of_times(
    archive: ArtifactStore, model: Path
) -> None:
    archived = put(archive, model).archived
    for keeping in (Keeping(until=soon()), Keeping(held=True), Keeping(held=True), Keeping()):
        archive.keep(archived, keeping)
    assert archive.drill(archived, now, never).files == 2


def test_what_is_asked_for_at_the_beginning_goes_by_role(archive: ArtifactStore, model: Path) -> None:
    keeping = {"weights": Keeping(until=soon()), "": Keeping()}
    archived = put(archive, model, wrapping=Wrapping(keeping=keeping)).archived
    assert archive.exists(archived)
    archive.prune(archived, ["card.md"], STONE, FREE, now())
    assert archive.drill(archived, now, never, gone=["card.md"]).bytes == len(WEIGHTS)


def test_nothing_is_fetched_over_what_is_there(archive: ArtifactStore, model: Path, tmp_path: Path) -> None:
    archived = put(archive, model).archived
    (tmp_path / "back").mkdir()
    with pytest.raises(Refused) as refused:
        archive.fetch(archived, tmp_path / "back", now, never)
    assert str(refused.value) == (
        f"Cannot fetch an archive to {tmp_path}/back: something is there. Name a folder that does not exist yet"
    )


def test_what_does_not_hold_is_not_fetched(kept: Kept, model: Path, tmp_path: Path) -> None:
    archived = put(kept.store, model).archived
    kept.rot(archived, "data/weights/w.bin")
    with pytest.raises(Corrupt, match=r"data/weights/w\.bin"):
        kept.store.fetch(archived, tmp_path / "here/back", now, never)
    assert list((tmp_path / "here").iterdir()) == []
